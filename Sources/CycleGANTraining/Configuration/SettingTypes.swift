import CycleGANModels
import Datasets
import Imaging
import NIfTI
import Settings
import Torch
import TorchNN

extension BitDepth: SettingChoice {}
extension Conditioning: SettingChoice {}
extension ContrastiveNegatives: SettingChoice {}
extension CPUKernels: SettingChoice {
    /// Those for networks that are trained.
    static let ofTraining: [Self] = allCases.filter { $0 != .int8 }

    public static var kind: ValueKind { ValueKind(choices: ofTraining.map(\.rawValue)) }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form, let kernels = Self(rawValue: text), Self.ofTraining.contains(kernels) else { return nil }
        self = kernels
    }
}
extension DiscriminatorArchitecture: SettingChoice {}
extension FailurePolicy: SettingChoice {}
extension GANMode: SettingChoice {}
extension GradientPenalty: SettingChoice {}
extension LearningRatePolicy: SettingChoice {}
extension NetworkMetric: SettingChoice {}
extension Normalization: SettingChoice {}
extension Pairing: SettingChoice {}
extension Precision: SettingChoice {}
extension PretrainingTask: SettingChoice {}
extension Preprocess: SettingChoice {}
extension SliceAxis: SettingChoice {}
extension Upsampling: SettingChoice {}
extension WeightInitialization: SettingChoice {}

extension GeneratorArchitecture: SettingName {
    public static var kind: ValueKind {
        let (blocks, levels) = (NetworkLimits.residualBlocks.upperBound, NetworkLimits.downsamplings)
        let names = presets.map(\.rawValue)
        return ValueKind(
            noun: "a generator",
            words: names.joined(separator: ", ") + ", or resnetN with up to \(blocks) blocks, or unetN with a power of two from "
                + "\(1 << levels.lowerBound) to \(1 << levels.upperBound)",
            placeholder: "name", choices: names)
    }
}

extension Domain: SettingValue {
    public static var kind: ValueKind { ValueKind(choices: pair.map(\.name)) }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form, let domain = Domain.pair.first(where: { $0.name == text }) else { return nil }
        self = domain
    }

    public var form: SettingForm { .scalar(name) }
}

extension ImageSize: SettingValue {
    public static var kind: ValueKind {
        ValueKind(noun: "a size", words: "N or HxW (height x width), such as 256 or 256x512", placeholder: "HxW")
    }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        self.init(text)
    }

    public var form: SettingForm { .scalar(description) }
}

/// `[0, 4095]`, `0,4095/0,1` or `percentile:1,99` in a file, the same or `0...4095`, `0,4095` or `window:40,400` as a flag.
extension RangeChoice: SettingValue {
    public static var kind: ValueKind {
        var kind = ValueKind(noun: "a range", words: words, placeholder: "low,high")
        kind.mayBeNegative = true
        return kind
    }

    public init?(form: SettingForm) {
        guard form != .nothing else { return nil }
        self.init(form.text)
    }

    public var form: SettingForm {
        switch self {
        case .fixed(let range):
            range.common?.form ?? .scalar(range.bands.map(\.form.text).joined(separator: "/"))
        case .percentile(let low, let high, let perBand):
            .scalar("percentile\(perBand ? "-per-band" : ""):\(low.form.text),\(high.form.text)")
        }
    }
}

extension ColorJitter: SettingValue {
    public static var kind: ValueKind { ValueKind(noun: "a jitter", words: allowedValues, placeholder: "B,C,S,H") }

    public init?(form: SettingForm) {
        guard let values = [Double](form: form), let jitter = try? ColorJitter(values) else { return nil }
        self = jitter
    }

    public var form: SettingForm { [brightness, contrast, saturation, hue].form }
}
