import Imaging

/// The networks that can be built: every value outside ends in an error instead of a network that cannot run.
public enum NetworkLimits {
    /// Channels of images.
    public static let channels = DomainConfiguration.possibleChannels
    /// Channels after the first convolution (`ngf`, `ndf`).
    public static let filters = 1...2048
    /// Channels of any map of a ResNet generator.
    public static let widths = 1...16384
    /// Numbers that tell a generator what to do.
    public static let conditions = 0...1000
    /// Residual blocks of a ResNet generator.
    public static let residualBlocks = 1...100
    /// Halvings of a ResNet generator.
    public static let resnetDownsamplings = 1...3
    /// Positions (width × height) of a map with self-attention, whose time grows with their square.
    public static let attentionPositions = 128 * 128
    /// Halvings of a U-Net: the four levels around the innermost one have fixed widths, and 12 stand for images of 4096 pixels.
    public static let downsamplings = 5...12
    /// Convolutions of stride 2 of a patch discriminator: 8 already judge patches of more than 2000 pixels.
    public static let discriminatorLayers = 1...8
}

/// A network that cannot be built: a value outside `NetworkLimits`.
public struct NetworkConfigurationError: Error, CustomStringConvertible, Equatable, Sendable {
    /// What the value is of, such as `filters`.
    public let name: String
    /// The value.
    public let found: String
    /// The values that are possible.
    public let allowed: String

    public var description: String { "\(name): found \(found); allowed: \(allowed)" }

    init(name: String, found: String, allowed: String) {
        self.name = name
        self.found = found
        self.allowed = allowed
    }

    init(name: String, found: Int, allowed: ClosedRange<Int>) {
        self.init(
            name: name, found: "\(found)",
            allowed: "\(allowed.count == 1 ? "" : "\(allowed.lowerBound) to ")\(allowed.upperBound)")
    }

    static func check(_ values: [(name: String, value: Int, allowed: ClosedRange<Int>)]) throws(NetworkConfigurationError) {
        for (name, value, allowed) in values where !allowed.contains(value) {
            throw NetworkConfigurationError(name: name, found: value, allowed: allowed)
        }
    }
}

extension GeneratorArchitecture {
    /// Checks that the depth is possible.
    ///
    /// - Throws: `NetworkConfigurationError` naming what was found and what is allowed.
    public func validate() throws(NetworkConfigurationError) {
        switch self {
        case .resnet(let blocks), .mobile(let blocks):
            try NetworkConfigurationError.check([("residual blocks", blocks, NetworkLimits.residualBlocks)])
        case .unet(let downsamplings):
            try NetworkConfigurationError.check([("levels of the U-Net", downsamplings, NetworkLimits.downsamplings)])
        }
    }
}

extension GeneratorConfiguration {
    /// Checks that the network can be built.
    ///
    /// - Throws: `NetworkConfigurationError` naming what was found and what is allowed.
    public func validate() throws(NetworkConfigurationError) {
        try architecture.validate()
        try NetworkConfigurationError.check([
            ("input channels", inputChannels, NetworkLimits.channels), ("output channels", outputChannels, NetworkLimits.channels),
            ("filters", filters, NetworkLimits.filters), ("conditions", conditions, NetworkLimits.conditions),
        ])
        if hasStrength, conditions == 0 || conditioning != .modulation || inputChannels != outputChannels {
            throw NetworkConfigurationError(
                name: "strength", found: "a network without", allowed: "one that is told it by its norms, with as many channels out as in")
        }
        if conditions > 0, conditioning == .modulation, normalization != .instance {
            throw NetworkConfigurationError(
                name: "normalization", found: normalization.rawValue, allowed: "instance with norms that are told a condition")
        }
        switch architecture {
        case .resnet(let blocks), .mobile(let blocks):
            try validateResnetOptions()
            try validateWidths(blocks: blocks)
        case .unet: try refuseResnetOptions()
        }
    }

    private func validateResnetOptions() throws(NetworkConfigurationError) {
        let kernels = antialias || antialiasUpsampling ? 3...3 : 3...4
        try NetworkConfigurationError.check([("kernels that halve and double", samplingKernelSize, kernels)])
        try NetworkConfigurationError.check([("downsamplings", downsamplings, NetworkLimits.resnetDownsamplings)])
        let possible = (0...downsamplings).map { 1 << $0 }
        guard Set(attentionScales).isSubset(of: possible), Set(attentionScales).count == attentionScales.count else {
            throw NetworkConfigurationError(
                name: "scales of attention", found: "\(attentionScales)", allowed: "each of \(possible) once")
        }
    }

    private func refuseResnetOptions() throws(NetworkConfigurationError) {
        let plain = GeneratorConfiguration()
        let options: [(name: String, isPlain: Bool, found: String, allowed: String)] = [
            ("downsamplings", downsamplings == plain.downsamplings, "\(downsamplings)", "\(plain.downsamplings)"),
            ("upsampling", upsampling == plain.upsampling, upsampling.rawValue, plain.upsampling.rawValue),
            ("antialias", antialias == plain.antialias, "\(antialias)", "\(plain.antialias)"),
            ("antialiasUpsampling", antialiasUpsampling == plain.antialiasUpsampling, "\(antialiasUpsampling)", "false"),
            ("zero padding", zeroPadding.isEmpty, "\(zeroPadding.rawValue)", "none"),
            ("kernels that halve and double", samplingKernelSize == plain.samplingKernelSize, "\(samplingKernelSize)", "3"),
            ("bias of the last convolution", hasFinalBias, "\(hasFinalBias)", "true"),
            ("scales of attention", attentionScales.isEmpty, "\(attentionScales)", "none"),
            ("conditions", conditions == 0, "\(conditions)", "0"), ("widths", widths == nil, "\(widths?.all ?? [])", "none"),
        ]
        for option in options where !option.isPlain {
            throw NetworkConfigurationError(
                name: option.name, found: option.found,
                allowed: "\(option.allowed) with \(architecture.rawValue), other values with a ResNet such as resnet9")
        }
    }

    /// Checks that attention can work on images of a size, in pixels; height and width are multiples of `stride`.
    ///
    /// - Throws: `NetworkConfigurationError` naming the number of positions and the limit.
    public func checkImageSize(height: Int, width: Int) throws(NetworkConfigurationError) {
        for scale in attentionScales {
            let positions = (height / scale) * (width / scale)
            guard positions > NetworkLimits.attentionPositions else { continue }
            throw NetworkConfigurationError(
                name: "positions of attention at scale \(scale) in an image of \(width)x\(height) pixels (width x height)",
                found: "\(positions)",
                allowed: "at most \(NetworkLimits.attentionPositions); use smaller images, or a network with attention at a larger scale")
        }
    }
}

extension DiscriminatorConfiguration {
    /// Checks that the network can be built.
    ///
    /// - Throws: `NetworkConfigurationError` naming what was found and what is allowed.
    public func validate() throws(NetworkConfigurationError) {
        try NetworkConfigurationError.check([
            ("input channels", inputChannels, NetworkLimits.channels), ("filters", filters, NetworkLimits.filters),
        ])
        if architecture == .patch {
            try NetworkConfigurationError.check([("layers of the discriminator", layerCount, NetworkLimits.discriminatorLayers)])
        }
    }
}

extension GeneratorDescription {
    /// Checks that the generator can be built and that its domains have its channels.
    ///
    /// - Throws: `NetworkConfigurationError` naming what was found and what is allowed.
    public func validate() throws(NetworkConfigurationError) {
        try configuration.validate()
        guard !translations.isEmpty else { throw NetworkConfigurationError(name: "translations", found: "none", allowed: "at least one") }
        let input = configuration.inputChannels - (masking == nil ? 0 : GeneratorMasking.channels)
        let output = configuration.outputChannels
        for translation in translations {
            try NetworkConfigurationError.check([
                ("channels of domain \(translation.from)", images(of: translation.from).channels, input...input),
                ("channels of domain \(translation.to)", images(of: translation.to).channels, output...output),
            ])
        }
        if masking == .composite {
            try NetworkConfigurationError.check([("output channels with the input's pixels outside a mask", output, input...input)])
        }
    }
}
