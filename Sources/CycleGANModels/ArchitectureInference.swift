import Support
import TorchNN

/// What a network file holds, read off the names and shapes of its tensors.
public enum InferredNetwork: Equatable, Sendable {
    /// A generator.
    case generator(GeneratorConfiguration)
    /// A discriminator.
    case discriminator(DiscriminatorConfiguration)

    /// Infers the architecture from a state dict in the reference's key layout.
    ///
    /// Dropout of a U-Net leaves no trace in a state dict, and evaluation does not need it.
    /// - Parameter tensors: Names and shapes.
    /// - Throws: `ArchitectureError` that says what was looked for, or `NetworkConfigurationError` for a network that cannot run.
    public init(tensors: [(name: String, shape: [Int])]) throws {
        let shapes = Dictionary(tensors.map { (SpectralNormConv2d.hookName($0.name), $0.shape) }) { first, _ in first }
        func shape(_ name: String) -> [Int]? { shapes[name].flatMap { $0.count == 4 ? $0 : nil } }
        func discriminatorWeight(_ layer: String) -> [Int]? { shape("\(layer).weight") ?? shape("\(layer).weight_orig") }
        if let first = shape("model.1.weight"), first[2] == 7 {
            self = .generator(try Self.resnet(first: first, shapes: shapes))
        } else if let first = shape("model.model.0.weight"), first[2] == 4, let last = shape("model.model.3.weight") {
            self = .generator(Self.unet(first: first, last: last, shapes: shapes))
        } else if let first = discriminatorWeight("model.0"), first[2] == 4 {
            let convolutions = shapes.count { $0.value.count == 4 && !$0.key.hasSuffix(".filt") }
            let antialias = shapes["model.2.filt"] != nil
            var configuration = DiscriminatorConfiguration(
                inputChannels: first[1], filters: first[0], layerCount: convolutions - 2,
                normalization: Self.normalization(
                    convolution: antialias ? "model.3" : "model.2", norm: antialias ? "model.4" : "model.3", shapes: shapes),
                spectralNorm: shapes["model.0.weight_orig"] != nil)
            configuration.antialias = antialias
            self = .discriminator(configuration)
        } else if let first = discriminatorWeight("net.0") {
            self = .discriminator(
                DiscriminatorConfiguration(
                    architecture: .pixel, inputChannels: first[1], filters: first[0],
                    normalization: Self.normalization(convolution: "net.2", norm: "net.3", shapes: shapes),
                    spectralNorm: shapes["net.0.weight_orig"] != nil))
        } else {
            throw ArchitectureError(names: tensors.map(\.name))
        }
        switch self {
        case .generator(let configuration): try configuration.validate()
        case .discriminator(let configuration): try configuration.validate()
        }
    }

    private static func resnet(first: [Int], shapes: [String: [Int]]) throws -> GeneratorConfiguration {
        let blockIndices = shapes.keys.filter { $0.hasSuffix(".conv_block.1.weight") }.map { Int($0.split(separator: ".")[1]) }
        let blocks = blockIndices.count
        let antialias = shapes["model.7.filt"] != nil
        // The head has four layers; so has a downsampling with a blur, and one less without.
        let head = 4
        let perDownsampling = antialias ? 4 : 3
        guard let start = blockIndices.compactMap({ $0 }).min(), start >= head, (start - head).isMultiple(of: perDownsampling) else {
            throw ArchitectureError(names: Array(shapes.keys))
        }
        var configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: blocks), inputChannels: first[1], filters: first[0],
            normalization: normalization(convolution: "model.1", norm: "model.2", shapes: shapes),
            // Dropout shifts the second convolution of a block from 5 to 6.
            usesDropout: shapes["model.\(start).conv_block.6.weight"]?.count == 4)
        configuration.downsamplings = (start - head) / perDownsampling
        configuration.antialias = antialias
        try configuration.validate()

        var position = start + blocks
        func passAttention(atScale scale: Int) {
            guard shapes["model.\(position).gamma"] != nil else { return }
            configuration.attentionScales.append(scale)
            position += 1
        }
        passAttention(atScale: 1 << configuration.downsamplings)
        let hasBlur = shapes["model.\(position).filt"] != nil
        let found = Upsampling.allCases.first { shapes["model.\(position + $0.convolutionIndex(antialias: hasBlur)).weight"]?.count == 4 }
        configuration.upsampling = found ?? .deconv
        for level in (0..<configuration.downsamplings).reversed() {
            // Norm and activation follow the convolution.
            position += configuration.upsampling.convolutionIndex(antialias: antialias) + 3
            passAttention(atScale: 1 << level)
        }
        // After one layer of padding.
        guard let last = shapes["model.\(position + 1).weight"], last.count == 4 else {
            throw ArchitectureError(names: Array(shapes.keys))
        }
        configuration.outputChannels = last[0]
        return configuration
    }

    private static func unet(first: [Int], last: [Int], shapes: [String: [Int]]) -> GeneratorConfiguration {
        var prefix = "model.model.1"
        var downsamplings = 1
        while shapes["\(prefix).model.1.weight"] != nil {
            downsamplings += 1
            prefix += ".model.3"
        }
        return GeneratorConfiguration(
            architecture: .unet(downsamplings: downsamplings), inputChannels: first[1], outputChannels: last[1], filters: first[0],
            normalization: normalization(convolution: "model.model.1.model.1", norm: "model.model.1.model.2", shapes: shapes))
    }

    private static func normalization(convolution: String, norm: String, shapes: [String: [Int]]) -> Normalization {
        if shapes["\(norm).weight"]?.count == 1 { return .batch }
        return shapes["\(convolution).bias"] != nil ? .instance : .none
    }
}

/// A state dict that belongs to none of the known networks.
public struct ArchitectureError: Error, CustomStringConvertible {
    /// How many tensors there are, the first names, and what was expected.
    public let description: String

    init(names: [String]) {
        let examples = names.sorted().prefix(4).map { quoted($0) }.joined(separator: ", ")
        description =
            "the \(names.count) tensors (\(examples), ...) are of no known network; expected a ResNet or U-Net generator "
            + "or a patch or pixel discriminator with the reference's names, such as model.1.weight"
    }
}
