import TorchNN

/// A code that was published with a paper, whose networks a file is to be loaded into.
public enum PublishedLayout: String, CaseIterable, Sendable {
    /// The authors' CycleGAN and pix2pix in PyTorch.
    case reference
    /// The authors' CUT.
    case cut

    /// The options with which the code builds a generator, such as `--netG resnet_9blocks --ngf 64`.
    ///
    /// - Throws: `NetworkConfigurationError` naming what the code cannot build.
    public func flags(for generator: GeneratorConfiguration) throws(NetworkConfigurationError) -> String {
        func require(_ condition: Bool, _ name: String, _ found: String, _ allowed: String) throws(NetworkConfigurationError) {
            if !condition { throw NetworkConfigurationError(name: name, found: found, allowed: "\(allowed) with the layout \(rawValue)") }
        }
        let network: String
        switch generator.architecture {
        case .resnet(let blocks):
            let possible = self == .cut ? [4, 6, 9] : [6, 9]
            try require(possible.contains(blocks), "residual blocks", "\(blocks)", possible.map(String.init).joined(separator: ", "))
            network = "resnet_\(blocks)blocks"
        case .mobile:
            throw NetworkConfigurationError(name: "generator", found: generator.architecture.rawValue, allowed: "a resnet or a U-Net")
        case .unet(let downsamplings):
            try require([7, 8].contains(downsamplings), "generator", generator.architecture.rawValue, "unet128, unet256")
            network = "unet_\(1 << downsamplings)"
        }
        try require(generator.normalization != .affineInstance, "normalization", generator.normalization.rawValue, "instance, batch, none")
        try require(generator.convolutionBias == nil, "convolutions with bias", "\(generator.convolutionBias ?? false)", "the norm's own")
        try require(generator.upsampling == .deconv, "upsampling", generator.upsampling.rawValue, "deconv")
        let kernel = generator.samplingKernelSize
        try require(kernel == 3 && generator.hasFinalBias, "kernels that halve and double", "\(kernel)", "3, and a bias at the end")
        try require(generator.zeroPadding.isEmpty, "zero padding", "zeros around maps", "none")
        try require(generator.attentionScales.isEmpty, "scales of attention", "\(generator.attentionScales)", "none")
        try require(generator.widths == nil, "widths", "\(generator.widths?.all ?? [])", "those that ngf gives")
        if case .resnet = generator.architecture {
            try require(generator.downsamplings == 2, "downsamplings", "\(generator.downsamplings)", "2")
        }
        let blurs = (generator.antialias, generator.antialiasUpsampling)
        if self == .reference { try require(blurs == (false, false), "antialias", "true", "false") }
        var flags = [
            "--netG \(network)", "--ngf \(generator.filters)", "--norm\(self == .cut ? "G" : "") \(generator.normalization.rawValue)",
            "--input_nc \(generator.inputChannels)", "--output_nc \(generator.outputChannels)",
        ]
        let isResnet = if case .resnet = generator.architecture { true } else { false }
        if self == .cut {
            flags.append("--no_dropout \(!generator.usesDropout)")
        } else if !generator.usesDropout {
            flags.append("--no_dropout")
        }
        if self == .cut, isResnet {
            if !blurs.0 { flags.append("--no_antialias") }
            if !blurs.1 { flags.append("--no_antialias_up") }
        }
        return flags.joined(separator: " ")
    }
}
