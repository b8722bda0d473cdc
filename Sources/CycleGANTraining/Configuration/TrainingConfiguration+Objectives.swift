import CycleGANModels

extension TrainingConfiguration {
    /// The layers of the generator whose outputs are compared: those that are set, or the mirrored border, the convolution of each
    /// downsampling, and the first and the fifth (or last) residual block, which with the published generators are 0, 4, 8, 12 and 16.
    public var contrastiveLayers: [Int] {
        if let layers = cut.nceLayers { return layers }
        guard let blocks = networks.generator.residualBlocks else { return [] }
        // The head has four layers; a downsampling a convolution, a norm, an activation and perhaps a blur.
        let perDownsampling = networks.antialias ? 4 : 3
        let convolutions = (0..<networks.downsamplings).map { 4 + perDownsampling * $0 }
        let firstBlock = 4 + perDownsampling * networks.downsamplings
        return [0] + convolutions + Set([firstBlock, firstBlock + min(blocks, 5) - 1]).sorted()
    }

    /// The last layer of the generator that may be compared: its last residual block.
    var lastContrastiveLayer: Int {
        guard let blocks = networks.generator.residualBlocks else { return 0 }
        return 4 + (networks.antialias ? 4 : 3) * networks.downsamplings + blocks - 1
    }
}
