import Support
import TorchNN

/// What a network file holds, read off the names and shapes of its tensors.
public enum InferredNetwork: Equatable, Sendable {
    /// A generator.
    case generator(GeneratorConfiguration)
    /// A discriminator.
    case discriminator(DiscriminatorConfiguration)

    /// Infers the architecture from the names and shapes of the layers that tell it; the other tensors are not looked at.
    ///
    /// The names are the reference's, or those of an implementation that numbers its layers alike. Strides and activations leave no trace:
    /// they are taken to be the reference's. Neither does dropout of a U-Net, which evaluation does not need.
    /// - Parameter tensors: Names and shapes.
    /// - Throws: `ArchitectureError` that says what was looked for, or `NetworkConfigurationError` for a network that cannot run.
    public init(tensors: [(name: String, shape: [Int])]) throws {
        let layout = NetworkLayout(tensors)
        let named = Dictionary(tensors.map { (layout.reference($0.name), $0.shape) }) { first, _ in first }
        let shapes = NetworkShapes(named)
        if let first = shapes.kernel("model.1", side: 7) ?? shapes.kernel("model.0", side: 7) {
            guard let resnet = GeneratorConfiguration(resnet: shapes, first: first) else { throw ArchitectureError(tensors) }
            self = .generator(resnet)
        } else if let first = shapes.kernel("model.model.0", side: 4), let last = shapes.kernel("model.model.3") {
            self = .generator(GeneratorConfiguration(unet: shapes, first: first, last: last))
        } else if let first = shapes.kernel("main.0", side: 4), shapes.kernel("conv1") != nil, let classes = shapes.kernel("conv2") {
            self = .discriminator(DiscriminatorConfiguration(domains: classes, first: first, shapes: shapes))
        } else if let first = shapes.kernel("model.0", side: 4) {
            self = .discriminator(DiscriminatorConfiguration(patch: shapes, first: first))
        } else if let first = shapes.kernel("net.0", side: 1) {
            let norm = shapes.norm("net.3", after: "net.2")
            self = .discriminator(
                DiscriminatorConfiguration(
                    architecture: .pixel, inputChannels: first[1], filters: first[0], normalization: norm.kind,
                    spectralNorm: shapes["net.0.weight_orig"] != nil))
        } else {
            throw ArchitectureError(tensors)
        }
        switch self {
        case .generator(let configuration): try configuration.validate()
        case .discriminator(let configuration): try configuration.validate()
        }
    }

    /// The reference's names of a network's tensors, by their names in a file.
    public static func referenceNames(of tensors: [(name: String, shape: [Int])]) -> [String: String] {
        let layout = NetworkLayout(tensors)
        return Dictionary(tensors.map { ($0.name, layout.reference($0.name)) }) { first, _ in first }
    }
}

/// The shapes of a network's tensors, by the reference's names.
private struct NetworkShapes {
    private let shapes: [String: [Int]]

    init(_ shapes: [String: [Int]]) {
        self.shapes = shapes
    }

    var names: some Sequence<String> { shapes.keys }

    subscript(name: String) -> [Int]? { shapes[name] }

    /// The shape of a layer's convolution; with `side` only where the kernel is of that side.
    func kernel(_ layer: String, side: Int? = nil) -> [Int]? {
        guard let shape = shapes["\(layer).weight"] ?? shapes["\(layer).weight_orig"], shape.count == 4 else { return nil }
        return side == nil || shape[2] == side ? shape : nil
    }

    /// Whether a convolution gives four times the channels that the next one takes: a pixel shuffle stands between them.
    func shuffles(_ prefix: String, _ index: Int) -> Bool {
        guard let own = kernel("\(prefix)\(index)") else { return false }
        let next = (1...8).lazy.compactMap { kernel("\(prefix)\(index + $0)") }.first
        return next.map { own[0] == 4 * $0[1] } ?? false
    }

    /// The number of convolutions, without fixed filters.
    var kernelCount: Int { shapes.count { $0.value.count == 4 && !$0.key.hasSuffix(".filt") } }

    /// The kind of a norm, and whether the convolution before it has a bias where the reference would have it otherwise.
    ///
    /// A norm with running statistics is a batch norm, also where it was made as an instance norm: evaluated by PyTorch the two are the
    /// same. Without a trained scale they are leftovers of PyTorch before 0.4, which its instance norm never used.
    func norm(_ norm: String, after convolution: String) -> (kind: Normalization, bias: Bool?) {
        let hasBias = shapes["\(convolution).bias"] != nil
        let hasStatistics = shapes["\(norm).running_mean"] != nil
        let kind: Normalization
        if shapes["\(norm).weight"]?.count == 1 {
            kind = hasStatistics ? .batch : .affineInstance
        } else {
            kind = hasBias || hasStatistics ? .instance : .none
        }
        return (kind, kind.wantsBias == hasBias ? nil : hasBias)
    }
}

extension GeneratorConfiguration {
    /// A ResNet, or nothing where layers are missing that it would need.
    fileprivate init?(resnet shapes: NetworkShapes, first: [Int]) {
        let isZeroPadded = shapes.kernel("model.0", side: 7) != nil
        let blockIndices = Set(shapes.names.filter { $0.contains(".conv_block.") }.compactMap { Int($0.split(separator: ".")[1]) })
        let antialias = shapes["model.\(isZeroPadded ? 6 : 7).filt"] != nil
        // A convolution, a norm, an activation and perhaps a border before or a blur behind them.
        let head = isZeroPadded ? 3 : 4
        let perDownsampling = antialias ? 4 : 3
        guard let start = blockIndices.min(), start >= head, (start - head).isMultiple(of: perDownsampling) else { return nil }
        let isLight = shapes.names.contains { $0.hasPrefix("model.\(start).conv_block.") && $0.hasSuffix(".conv.0.weight") }
        func convolution(_ place: Int, inBlock block: Int = 0) -> [Int]? {
            // Of a separable one the second decides the channels that come out.
            shapes.kernel("model.\(start + block).conv_block.\(place)\(isLight ? ".conv.2" : "")")
        }
        let places = (0...6).filter { convolution($0) != nil }
        guard let placing = isLight ? Self.lightBlocks[places] : Self.blocks[places] else { return nil }
        let samplingKernel = shapes.kernel("model.\(head)")?[2] ?? 3
        var norm = shapes.norm("model.\(head - 2)", after: "model.\(head - 3)")
        // StarGAN's norms track statistics and are used, also by its own test, with each image's own.
        if samplingKernel == 4, isZeroPadded, norm.kind == .batch { norm = (.affineInstance, norm.bias == true ? nil : false) }
        self.init(
            architecture: isLight ? .mobile(blocks: blockIndices.count) : .resnet(blocks: blockIndices.count), inputChannels: first[1],
            filters: first[0], normalization: norm.kind,
            usesDropout: placing.dropout)
        convolutionBias = norm.bias
        samplingKernelSize = samplingKernel
        downsamplings = (start - head) / perDownsampling
        self.antialias = antialias
        if isZeroPadded { zeroPadding.insert(.ends) }
        if placing.isZeroPadded { zeroPadding.insert(.blocks) }
        guard NetworkLimits.resnetDownsamplings.contains(downsamplings) else { return }

        var position = start + blockIndices.count
        func passAttention(atScale scale: Int) {
            guard shapes["model.\(position).gamma"] != nil else { return }
            attentionScales.append(scale)
            position += 1
        }
        passAttention(atScale: 1 << downsamplings)
        antialiasUpsampling = shapes["model.\(position).filt"] != nil
        switch (0...2).first(where: { shapes.kernel("model.\(position + $0)") != nil }) {
        case 0: upsampling = .deconv
        case 1 where antialiasUpsampling: upsampling = .deconv
        case 1 where shapes.shuffles("model.", position + 1): upsampling = .pixelshuffle
        case 1:
            upsampling = .resize
            zeroPadding.insert(.upsampling)
        case 2: upsampling = .resize
        default: return nil
        }
        let place = upsampling.convolutionIndex(
            antialias: antialiasUpsampling, zeroPadding: zeroPadding.contains(.upsampling))
        var found = GeneratorWidths(filters: first[0], downsamplings: downsamplings, blocks: blockIndices.count)
        let usual = found
        found.encoder = [first[0]] + (0..<downsamplings).map { shapes.kernel("model.\(head + perDownsampling * $0)")?[0] ?? 0 }
        for level in (0..<downsamplings).reversed() {
            let shape = shapes.kernel("model.\(position + place)") ?? [0, 0]
            let isTransposed = upsampling == .deconv && !antialiasUpsampling
            found.decoder[downsamplings - 1 - level] = isTransposed ? shape[1] : upsampling == .pixelshuffle ? shape[0] / 4 : shape[0]
            // Norm and activation follow the convolution.
            position += place + 3
            passAttention(atScale: 1 << level)
        }
        found.blocks = (0..<blockIndices.count).map { convolution(places[0], inBlock: $0)?[0] ?? 0 }
        if found != usual { widths = found }
        let end = "model.\(isZeroPadded ? position : position + 1)"
        guard let last = shapes.kernel(end) else { return nil }
        outputChannels = last[0]
        hasFinalBias = shapes["\(end).bias"] != nil
        // StarGAN's first convolution sees a plane for each domain behind the image.
        if samplingKernel == 4, isZeroPadded, inputChannels > outputChannels {
            (conditions, conditioning) = (inputChannels - outputChannels, .planes)
            inputChannels = outputChannels
        }
    }

    /// Where a residual block can have its convolutions: behind borders or not, and the second one behind dropout or not.
    private static var blocks: [[Int]: (isZeroPadded: Bool, dropout: Bool)] {
        [[1, 5]: (false, false), [1, 6]: (false, true), [0, 3]: (true, false), [0, 4]: (true, true)]
    }

    /// The same of light blocks, which always have a place for dropout.
    private static var lightBlocks: [[Int]: (isZeroPadded: Bool, dropout: Bool)] { [[1, 6]: (false, false), [0, 4]: (true, false)] }

    fileprivate init(unet shapes: NetworkShapes, first: [Int], last: [Int]) {
        var prefix = "model.model.1"
        var downsamplings = 1
        while shapes.kernel("\(prefix).model.1") != nil {
            downsamplings += 1
            prefix += ".model.3"
        }
        let norm = shapes.norm("model.model.1.model.2", after: "model.model.1.model.1")
        self.init(
            architecture: .unet(downsamplings: downsamplings), inputChannels: first[1], outputChannels: last[1], filters: first[0],
            normalization: norm.kind)
        convolutionBias = norm.bias
    }
}

extension DiscriminatorConfiguration {
    /// One that tells domains apart, as StarGAN's.
    fileprivate init(domains classes: [Int], first: [Int], shapes: NetworkShapes) {
        self.init(
            inputChannels: first[1], filters: first[0], layerCount: shapes.kernelCount - 2, normalization: .none,
            spectralNorm: shapes["conv1.weight_orig"] != nil)
        (domains, domainKernel) = (classes[0], classes[2])
    }

    fileprivate init(patch shapes: NetworkShapes, first: [Int]) {
        let antialias = shapes["model.2.filt"] != nil
        let norm = shapes.norm(antialias ? "model.4" : "model.3", after: antialias ? "model.3" : "model.2")
        self.init(
            inputChannels: first[1], filters: first[0], layerCount: shapes.kernelCount - 2, normalization: norm.kind,
            spectralNorm: shapes["model.0.weight_orig"] != nil)
        self.antialias = antialias
    }
}

/// A state dict that belongs to none of the known networks.
public struct ArchitectureError: Error, CustomStringConvertible {
    /// How many tensors there are, the first names, and what was expected.
    public let description: String

    init(_ tensors: [(name: String, shape: [Int])]) {
        let examples = tensors.map(\.name).sorted().prefix(4).map { quoted($0) }.joined(separator: ", ")
        description =
            "the \(tensors.count) tensors (\(examples), ...) are of no known network; known are ResNet and U-Net generators and patch and "
            + "pixel discriminators whose layers are numbered as the reference's: model.1.weight, model.4.weight, ..."
    }
}
