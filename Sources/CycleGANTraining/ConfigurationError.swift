import CycleGANModels
import Datasets
import Foundation
import Imaging
import TorchNN
import Yams

/// A configuration that cannot be used.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// The key, such as `cropSize` or `domainA.channels`, or the place in the file.
    public let key: String
    /// What was found.
    public let value: String
    /// What is allowed.
    public let allowed: String
    /// The file it stands in, if it does.
    public var file: String?

    package init(key: String, value: Any, allowed: String, file: String? = nil) {
        self.key = Self.line(of: key)
        self.value = Self.line(of: "\(value)")
        self.allowed = allowed
        self.file = file
    }

    /// As much of what was found as a message shows: a line at most.
    private static func line(of text: String) -> String {
        let line = text.prefix { !$0.isNewline }.prefix(160)
        return line.endIndex < text.endIndex ? "\(line)..." : text
    }

    public var description: String {
        "\(file.map { "\($0): " } ?? "")\(key): found \(value); allowed: \(allowed)"
    }
}

extension ConfigurationError {
    /// The error of a domain's values.
    init(_ error: ImageError, domain: String, file: String? = nil) {
        guard case .invalidDomain(let key, let value, let allowed) = error else {
            self.init(key: domain, value: "a domain", allowed: error.description, file: file)
            return
        }
        self.init(key: "\(domain).\(key)", value: value, allowed: allowed, file: file)
    }

    /// The error of a decoder, in terms of key, value and what is allowed.
    init(decoding error: DecodingError, node: Node, file: String) {
        let (path, context): ([any CodingKey], DecodingError.Context?) =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): (context.codingPath, context)
            case .keyNotFound(let key, let context): (context.codingPath + [key], context)
            @unknown default: ([], nil)
            }
        // The elements of a list have no words of their own.
        let names = path.prefix { $0.intValue == nil }.map(\.stringValue)
        if let error = context?.underlyingError as? ImageError {
            self.init(error, domain: names.joined(separator: "."), file: file)
            return
        }
        let value = names.reduce(Optional(node)) { $0?[$1] }
        self.init(
            key: names.joined(separator: "."), value: value.map(Self.text) ?? "nothing",
            allowed: TrainingConfiguration.allowedValues(names) ?? context?.debugDescription ?? "another value", file: file)
    }

    /// The error of a text that is not YAML, or in which a key stands twice.
    init(yaml error: YamlError, file: String) {
        let allowed = "YAML with keys and values, such as 'epochs: 100'"
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init(
                key: "line \(mark.line), column \(mark.column)", value: "a syntax error (\(problem))", allowed: allowed, file: file)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let line = "once at line \(context.mark.line) and again elsewhere"
            self.init(key: duplicates.joined(separator: ", "), value: line, allowed: "each key once", file: file)
        case .reader(let problem, _, _, _):
            self.init(key: "the text", value: "an impossible character (\(problem))", allowed: allowed, file: file)
        default:
            self.init(key: "the text", value: "something that cannot be read", allowed: allowed, file: file)
        }
    }

    /// What stands at a place in a file.
    static func text(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : scalar.string
        // Of a long list, as much as a message shows.
        case .sequence(let sequence): "[\(sequence.prefix(40).map(text).joined(separator: ", "))\(sequence.count > 40 ? ", ..." : "")]"
        case .mapping: "keys and values"
        case .alias: "an alias"
        }
    }
}

extension TrainingConfiguration {
    /// The allowed values of a key, given with those around it, in words.
    static func allowedValues(_ path: [String]) -> String? {
        func list(_ values: [String]) -> String { values.joined(separator: ", ") }
        guard let key = path.first.flatMap({ CodingKeys(rawValue: $0) }) else { return nil }
        switch key {
        case .domainA, .domainB:
            return path.count > 1 ? DomainConfiguration.CodingKeys(rawValue: path[1])?.allowedValues : "keys and values"
        case .preprocess: return list(Preprocess.allCases.map(\.rawValue))
        case .pairing: return list(Pairing.allCases.map(\.rawValue))
        case .generator:
            let (blocks, levels) = (NetworkLimits.residualBlocks.upperBound, NetworkLimits.downsamplings)
            return list(GeneratorArchitecture.presets.map(\.rawValue)) + ", or resnetN with up to \(blocks) blocks, "
                + "or unetN with a power of two from \(1 << levels.lowerBound) to \(1 << levels.upperBound)"
        case .discriminator: return list(DiscriminatorArchitecture.allCases.map(\.rawValue))
        case .normalization, .discriminatorNorm: return list(Normalization.allCases.map(\.rawValue))
        case .upsampling: return list(Upsampling.allCases.map(\.rawValue))
        case .attention: return "a list of sides in pixels, such as [64]"
        case .gradientPenalty: return list(GradientPenalty.allCases.map(\.rawValue))
        case .onFailure: return list(FailurePolicy.allCases.map(\.rawValue))
        case .initialization: return list(WeightInitialization.allCases.map(\.rawValue))
        case .ganMode: return list(GANMode.allCases.map(\.rawValue))
        case .learningRatePolicy: return list(LearningRatePolicy.allCases.map(\.rawValue))
        case .loadSize, .cropSize: return "N or HxW, such as 256 or 256x512"
        case .dropout, .noFlip, .noFlipA, .noFlipB, .masks, .composite, .maskDiscriminator, .maskCycle, .spectralNorm, .diffAugment,
            .noDoctor, .noTensorboard, .antialias, .checkpointActivations:
            return "true, false"
        case .seed: return "a whole number from 0"
        case .colorJitter, .colorJitterA, .colorJitterB: return ColorJitter.allowedValues
        case .validationMetrics: return "a list of " + list(NetworkMetric.allCases.map(\.rawValue)) + ", such as [kid]"
        case .data, .pretrained, .device, .bestMetric, .earlyStoppingMetric: return "text"
        case .adversarialWeight, .cycleWeight, .cycleWeightA, .cycleWeightB, .identityWeight, .initGain, .learningRate, .beta1, .beta2,
            .maxMinutes, .learningRateG, .learningRateD, .clipGradient, .ema, .gradientPenaltyWeight, .earlyStoppingMinDelta,
            .validationFraction, .rotation, .rotationA, .rotationB, .zoom, .zoomA, .zoomB:
            return "a number"
        default: return TrainingConfiguration().wholeNumbers.first { $0.key == key }.map { Self.text($0.allowed) }
        }
    }

    /// A range of whole numbers in words.
    static func text(_ range: ClosedRange<Int>) -> String { "a whole number from \(range.lowerBound) to \(range.upperBound)" }
}
