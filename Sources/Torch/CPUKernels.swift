import CTorch

/// Which kernels compute convolutions and instance norms in float32 on the CPU.
public enum CPUKernels: String, CaseIterable, Codable, Sendable {
    /// The fastest: Winograd's minimal filtering where it pays, direct kernels elsewhere, libtorch's operators for what neither covers.
    case auto
    /// The same without tiles that round more than a direct convolution.
    case accurate
    /// libtorch's operators alone.
    case libtorch
    /// As `auto`, but that 1×1 convolutions multiply integers of 8 bits where no gradients are computed: each pixel and each filter has a
    /// scale of its own. For processors with AVX-512 VNNI; as `auto` elsewhere.
    case int8
}

extension TorchRuntime {
    /// The kernels in use by the whole process; at its start what the environment variable `CYCLEGAN_KERNELS` names, or `auto`.
    public static var kernels: CPUKernels {
        get {
            switch ct_get_kernels() {
            case CT_KERNELS_ACCURATE: .accurate
            case CT_KERNELS_LIBTORCH: .libtorch
            case CT_KERNELS_INT8: .int8
            default: .auto
            }
        }
        set {
            switch newValue {
            case .auto: ct_set_kernels(CT_KERNELS_AUTO)
            case .accurate: ct_set_kernels(CT_KERNELS_ACCURATE)
            case .libtorch: ct_set_kernels(CT_KERNELS_LIBTORCH)
            case .int8: ct_set_kernels(CT_KERNELS_INT8)
            }
        }
    }

    /// The instruction sets that the kernels are compiled for and this processor has, the one in use first.
    public static var instructionSets: [String] {
        (0...).lazy.map { ct_instruction_set(Int32($0)) }.prefix { $0 != nil }.compactMap { $0.map { String(cString: $0) } }
    }

    /// Whether the kernels in use multiply integers of 8 bits, as `CPUKernels.int8` asks for.
    public static var multipliesBytes: Bool { ct_multiplies_bytes() }

    /// The caches by whose sizes the kernels cut up their work.
    public static var caches: CPUCaches { CPUCaches(ct_get_caches()) }

    /// Whether a text says sizes of caches as the environment variable `CYCLEGAN_CACHE` takes them: those of the second and the third, such
    /// as `512K,32M`.
    public static func canParseCaches(_ text: String) -> Bool { ct_can_parse_caches(text) }

    /// Threads that the kernels run on: `threadCount`, or 1 where libtorch's OpenMP runtime was not found.
    public static var kernelThreadCount: Int { Int(ct_kernel_thread_count()) }

    /// What the order of sums on the CPU depends on. Numbers of two runs may differ by rounding where it differs.
    public static var kernelDescription: String {
        guard kernels != .libtorch else { return "libtorch, threads: \(threadCount)" }
        return "\(kernels.rawValue), \(instructionSets[0]), caches: \(caches.sizes), threads: \(threadCount)"
    }

    /// Runs `body` with the kernels of one of `instructionSets`, for tests and comparisons.
    public static func withInstructionSet<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        guard let index = instructionSets.firstIndex(of: name) else { preconditionFailure("no kernels for \(name) on this processor") }
        ct_use_instruction_set(Int32(index))
        defer { ct_use_instruction_set(0) }
        return try body()
    }
}
