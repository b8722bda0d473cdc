import CTorch

/// Where a tensor lives and computes.
public enum Device: Hashable, Sendable {
    /// The computer's main processor.
    case cpu
    /// An NVIDIA GPU by its index; needs a libtorch built with CUDA (see `LIBTORCH` in the README).
    case cuda(Int)
    /// The GPU of an Apple computer.
    case mps

    var code: ct_device {
        switch self {
        case .cpu: ct_device(kind: CT_CPU, index: 0)
        case .cuda(let index): ct_device(kind: CT_CUDA, index: Int32(index))
        case .mps: ct_device(kind: CT_MPS, index: 0)
        }
    }

    init(code: ct_device) {
        switch code.kind {
        case CT_CUDA: self = .cuda(Int(code.index))
        case CT_MPS: self = .mps
        default: self = .cpu
        }
    }

    /// The devices that are there, the one that `auto` names first.
    public static var available: [Device] {
        (0..<TorchRuntime.cudaDeviceCount).map { .cuda($0) } + (TorchRuntime.hasMPS ? [.mps] : []) + [.cpu]
    }

    /// Finds the device that a person asked for.
    ///
    /// - Parameter name: `auto` (CUDA, else MPS, else CPU), `cpu`, `cuda`, `cuda:N` or `mps`.
    /// - Throws: `TorchError` when the name is unknown or the device is absent; the message says what there is.
    public static func named(_ name: String) throws -> Device {
        let cudaCount = name == "auto" || name.hasPrefix("cuda") ? TorchRuntime.cudaDeviceCount : 0
        switch name {
        case "auto":
            if cudaCount > 0 { return .cuda(0) }
            return TorchRuntime.hasMPS ? .mps : .cpu
        case "cpu":
            return .cpu
        case "mps":
            guard TorchRuntime.hasMPS else {
                throw TorchError("device mps was asked for, but this libtorch or this computer has none; use cpu")
            }
            return .mps
        default:
            guard let device = Device(name), case .cuda(let index) = device else {
                throw TorchError("unknown device '\(name)'; allowed: auto, cpu, cuda, cuda:N, mps")
            }
            guard index < cudaCount else {
                let reason = TorchRuntime.cudaLoadError.map { " (\($0))" } ?? ""
                throw TorchError(
                    "device cuda:\(index) was asked for, but \(cudaCount) CUDA devices are usable\(reason); "
                        + "set LIBTORCH to a libtorch with CUDA, or use cpu")
            }
            return device
        }
    }
}

extension Device: CustomStringConvertible, LosslessStringConvertible, Codable {
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        case .mps: "mps"
        }
    }

    /// Reads `cpu`, `cuda` (the first GPU), `cuda:N` or `mps`, without asking whether the device is there.
    public init?(_ description: String) {
        switch description {
        case "cpu": self = .cpu
        case "mps": self = .mps
        case "cuda": self = .cuda(0)
        default:
            guard description.hasPrefix("cuda:"), let index = Int(description.dropFirst(5)), index >= 0 else { return nil }
            self = .cuda(index)
        }
    }

    /// Decodes the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let device = Device(name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown device '\(name)'")
        }
        self = device
    }

    /// Encodes the text form, such as `cuda:0`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
