import Settings

extension SampleConfiguration {
    public enum Objective: String, SettingChoice {
        case cycleGAN = "cyclegan"
        case cut
        case fastCUT = "fastcut"
    }

    public enum Pairing: String, SettingChoice {
        case random
        case serial
    }

    public enum Metric: String, SettingChoice {
        case kid
        case fid
        case lpips
    }

    public enum BitDepth: Int, SettingChoice {
        case eight = 8
        case sixteen = 16
        case float = 32
    }

    /// A value with more cases than can be listed.
    public enum Generator: SettingName {
        case resnet(blocks: Int)
        case unet

        public init?(rawValue: String) {
            if rawValue == "unet" {
                self = .unet
            } else if rawValue.hasPrefix("resnet"), let blocks = Int(rawValue.dropFirst(6)), (1...64).contains(blocks) {
                self = .resnet(blocks: blocks)
            } else {
                return nil
            }
        }

        public var rawValue: String {
            switch self {
            case .resnet(let blocks): "resnet\(blocks)"
            case .unet: "unet"
            }
        }

        public static var kind: ValueKind {
            let presets = [Generator.resnet(blocks: 6), .resnet(blocks: 9), .unet].map(\.rawValue)
            return ValueKind(
                noun: "a generator", words: "\(presets.joined(separator: ", ")), or resnetN with up to 64 blocks", placeholder: "name",
                choices: presets)
        }
    }
}

/// A height and width.
public struct SampleSize: SettingValue {
    public let height: Int
    public let width: Int

    public init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    public static var kind: ValueKind {
        ValueKind(noun: "a size", words: "N or HxW, such as 256 or 256x512", placeholder: "HxW")
    }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, let height = numbers.first, let width = numbers.last, numbers.count <= 2, min(height, width) > 0
        else { return nil }
        self.init(height: height, width: width)
    }

    public var form: SettingForm { .scalar(height == width ? "\(height)" : "\(height)x\(width)") }
}

/// Four numbers.
public struct SampleJitter: SettingValue {
    let values: [Double]

    public static var kind: ValueKind {
        ValueKind(
            noun: "a jitter",
            words: "four numbers brightness, contrast, saturation (each 0 to 10) and hue (0 to 0.5), such as 0.2,0.2,0.2,0.05",
            placeholder: "B,C,S,H")
    }

    public init?(form: SettingForm) {
        guard let values = [Double](form: form), values.count == 4, values.dropLast().allSatisfy((0...10).contains),
            (0...0.5).contains(values[3])
        else { return nil }
        self.values = values
    }

    public var form: SettingForm { values.form }
}
