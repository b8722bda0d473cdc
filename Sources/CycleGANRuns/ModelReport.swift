import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Support
import TorchNN

/// What a run, a checkpoint or a file of one network holds.
public struct ModelReport: Encodable {
    /// One network.
    public struct Network: Encodable {
        /// In checkpoints, or the name of the file.
        public let name: String
        /// The kind of network; `not known` where its tensors do not tell, with what they show in `options`.
        public let architecture: String
        /// Of the images that it is given; as all that follows, nothing for the projection of contrastive training.
        public var inputChannels: Int?
        /// Of what it gives.
        public var outputChannels: Int?
        /// Channels after the first convolution.
        public var filters: Int?
        /// Between its convolutions.
        public var normalization: String?
        /// The trained numbers.
        public var parameters: Int
        /// What differs from the reference's layers, such as `3 downsamplings`, in words.
        public var options: [String] = []
        /// Of generators only. What a file does not say and its tensors do not show is missing.
        public var dropout: Bool?
        public var translations: [Translation]?
        public var domains: [Domain: DomainConfiguration]?
        public var masking: GeneratorMasking?
        /// The sizes of the domains' images in training.
        public var scales: [Domain: Scale]?
        /// Of the networks of a run or a checkpoint, if they were asked for.
        public var layers: [LayerReport.Layer]?
        public var macs: Int?
    }

    /// The size that images of a domain had in training.
    public struct Scale: Encodable {
        /// What happened to their sizes.
        public let rule: TrainingScale.Rule
        /// As `TrainingScale.size`.
        public let size: PictureSize
        /// The part that was cut out and shown.
        public let crop: PictureSize?
        /// In words: `of 286x286, crops of 256x256`.
        let words: String

        private enum CodingKeys: CodingKey { case rule, size, crop }

        init(_ scale: TrainingScale) {
            rule = scale.rule
            size = PictureSize(scale.size)
            crop = scale.crop.map { PictureSize($0) }
            words = (scale.rule == .size ? "of " : "") + scale.words + (scale.crop.map { ", crops of \($0.dimensions)" } ?? "")
        }
    }

    /// What a run was started with.
    public struct Settings: Encodable {
        /// The folder of the data set.
        public let data: String
        /// Where it was to run.
        public let device: String
        /// The base learning rate.
        public let learningRate: Double
        /// Epochs in all.
        public let totalEpochs: Int
        /// The limit of steps, where there is one.
        public let maxSteps: Int?

        init(_ configuration: TrainingConfiguration) {
            data = configuration.data.folder
            device = configuration.run.device
            learningRate = configuration.optimization.learningRate
            totalEpochs = configuration.totalEpochs
            maxSteps = configuration.run.maxSteps
        }
    }

    /// The file that was read.
    public let file: String
    /// What it holds.
    public let networks: [Network]
    /// Where the run stood; of a run or a checkpoint.
    public let training: TrainingProgress?
    /// What the domains are called, by domain; missing where a file describes no generator.
    public let domainNames: [Domain: String]?
    /// Where the model comes from; missing where the file does not say.
    public let card: ModelCard?
    /// Whether averages of the generators' weights translate in place of these.
    public var hasAverages = false
    /// Of a run.
    public let settings: Settings?
    /// The size of images for which the layers were asked for.
    public let size: ImageSize?
    /// Of a file of one network, if they were asked for.
    public var layers: [LayerReport.Layer]?
    public var parameters: Int?
    public var macs: Int?

    /// - Parameter size: The size of images for which to list the layers; nil for none.
    /// - Throws: Errors of the file, and `LayerReportError`.
    public init(_ model: URL, layersFor size: ImageSize? = nil) throws {
        self.size = size
        let url = try GeneratorFile.file(at: model)
        file = url.path
        let contents = try StateDict.read(from: url) { !$0.hasPrefix("optimizers.") }
        training = TrainingProgress(metadata: contents.metadata)
        let described = try ModelContents(contents.metadata, file: url)
        card = ModelCard(contents.metadata)
        let domains = described.translations.flatMap { [$0.from, $0.to] }
        domainNames = domains.isEmpty ? nil : described.names.all(of: domains)
        if training == nil {
            let name = url.deletingPathExtension().lastPathComponent
            var found = try Self.networks(name, contents, described.description(of: nil), size: size)
            if size != nil, found.count == 1 {
                (layers, parameters, macs) = (found[0].layers, found[0].parameters, found[0].macs)
                (found[0].layers, found[0].macs) = (nil, nil)
            }
            networks = found
        } else {
            hasAverages = !contents.below("averages").isEmpty
            // The parts of generators are described as one.
            let parts = described.partNames
            var groups = contents.below("networks").grouped().filter { !parts.contains($0.name) }
            if let name = described.nameOfParts {
                groups.insert(
                    (
                        name,
                        StateDict(parts.flatMap { part in contents.below("networks.\(part)").map { ("\(part).\($0.name)", $0.tensor) } })
                    ), at: 0)
            }
            networks = try groups.flatMap { try Self.networks($0.name, $0.tensors, described.description(of: $0.name), size: size) }
        }
        let run = RunFolder(model)
        settings = try run.holdsRun ? Settings(run.readConfiguration()) : nil
    }

    /// The networks among some weights: the one that is described, or those that the tensors show.
    private static func networks(
        _ name: String, _ weights: StateDict, _ described: GeneratorDescription?, size: ImageSize?
    ) throws -> [Network] {
        if let places = PatchProjection.placeCount(in: weights.withoutWrapperPrefixes().map(\.name)) {
            let parameters = weights.reduce(0) { $0 + $1.tensor.count }
            return [Network(name: name, architecture: "projection of the features of \(counted(places, "layer"))", parameters: parameters)]
        }
        func network(_ name: String, _ inferred: InferredNetwork) throws -> Network {
            var network = self.network(name, inferred, described)
            let layers = try size.map { try LayerReport(inferred, name: name, size: $0) }
            (network.layers, network.macs) = (layers?.layers, layers?.macs)
            return network
        }
        if let described {
            var whole = try network(name, .generator(described.configuration))
            if let shared = described.sharedBlocks {
                whole.parameters = weights.parameterCount()
                whole.options.insert("an encoder and a decoder for each domain around \(counted(shared, "shared block"))", at: 0)
            }
            return [whole]
        }
        let search = NetworkSearch(in: weights)
        guard !search.found.isEmpty else { return [unknown(name, weights, search.nearest)] }
        return try search.found.map { found in
            var network = try network(found.path.isEmpty ? name : found.path, found.network)
            if found.hasUnusedStatistics { network.options.append("its running statistics are not used") }
            return network
        }
    }

    /// What can be said of a network of an unknown kind.
    private static func unknown(_ name: String, _ weights: StateDict, _ nearest: NearestNetwork?) -> Network {
        let summary = WeightsSummary(weights)
        var network = Network(name: name, architecture: "not known", parameters: summary.parameters)
        (network.inputChannels, network.outputChannels) = (summary.channels?.input, summary.channels?.output)
        network.options = summary.facts + (nearest.map { ["\($0)"] } ?? [])
        return network
    }

    private static func network(_ name: String, _ network: InferredNetwork, _ described: GeneratorDescription?) -> Network {
        let parameters = network.graph.parameterCount
        switch network {
        case .generator(let generator):
            // Dropout moves no tensor of a U-Net.
            let isUnet = if case .unet = generator.architecture { true } else { false }
            return Network(
                name: name, architecture: generator.architecture.rawValue, inputChannels: generator.inputChannels,
                outputChannels: generator.outputChannels, filters: generator.filters, normalization: generator.normalization.rawValue,
                parameters: parameters, options: options(of: generator), dropout: described == nil && isUnet ? nil : generator.usesDropout,
                translations: described?.translations, domains: described?.domains, masking: described?.masking,
                scales: described?.scales?.mapValues(Scale.init))
        case .discriminator(let discriminator):
            let kind =
                discriminator.domains > 0
                ? "of \(counted(discriminator.domains, "domain")), \(counted(discriminator.layerCount, "halving"))"
                : discriminator.architecture == .patch ? "patch, \(counted(discriminator.layerCount, "layer"))" : "pixel"
            return Network(
                name: name, architecture: kind, inputChannels: discriminator.inputChannels, outputChannels: 1,
                filters: discriminator.filters, normalization: discriminator.normalization.rawValue, parameters: parameters,
                options: (discriminator.spectralNorm ? ["spectral norm"] : []) + (discriminator.antialias ? ["antialiased"] : []))
        }
    }

    private static func options(of generator: GeneratorConfiguration) -> [String] {
        let plain = GeneratorConfiguration()
        var options: [String] = []
        if generator.downsamplings != plain.downsamplings {
            options.append(generator.downsamplings == 1 ? "1 downsampling" : "\(generator.downsamplings) downsamplings")
        }
        if generator.hasStrength { options.append("of any strength") }
        if generator.conditions > 1 {
            options.append("told one of \(generator.conditions) by \(generator.conditioning == .planes ? "planes" : "its norms")")
        }
        if generator.upsampling != plain.upsampling { options.append("upsampling \(generator.upsampling.rawValue)") }
        if generator.normalizesByImage { options.append("by each image's own statistics") }
        switch (generator.antialias, generator.antialiasUpsampling) {
        case (true, false) where generator.upsampling == .deconv: options.append("antialiased downsampling")
        case (true, _): options.append("antialiased")
        case (false, true): options.append("antialiased upsampling")
        case (false, false): break
        }
        if generator.normalization == .batch, generator.convolutionBias == true {
            options.append("or an instance norm with running statistics, which is evaluated alike")
        } else if let bias = generator.convolutionBias {
            options.append(bias ? "convolutions with bias" : "convolutions without bias")
        }
        if generator.samplingKernelSize != plain.samplingKernelSize { options.append("4x4 kernels that halve and double, as StarGAN's") }
        if !generator.zeroPadding.isEmpty { options.append("zeros around maps") }
        options += generator.attentionScales.map { "attention at 1/\($0) of the size" }
        return options
    }
}
