import Checkpoints
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Settings

/// Weights to start from that are of other networks than the run's, with the settings that make the run's networks like them.
public struct PretrainedMismatch: Error, CustomStringConvertible {
    /// The file of the first network that differs.
    public let file: String
    /// The name of that network.
    public let network: String
    /// The settings of the networks in the files where they differ from the run's.
    public let remedy: Remedy
    /// Those of the run.
    public let own: Remedy

    /// Tells from names and shapes which settings the networks were made with; `nil` where these are the run's own, or cannot be told.
    ///
    /// - Parameter tensors: Names and shapes of all networks that are there, by network.
    init?(file: String, network: String, tensors: [String: [(name: String, shape: [Int])]], configuration: TrainingConfiguration) {
        var fit = PretrainedFit(configuration)
        let tensors = fit.assembled(tensors)
        // Generators first: what they tell of the norm holds for discriminators, too.
        for name in tensors.keys.sorted(by: >) {
            guard let found = tensors[name].flatMap({ try? InferredNetwork(tensors: $0) }) else { continue }
            switch found {
            case .generator(let generator): fit.match(generator, name: name)
            case .discriminator(let discriminator): fit.match(discriminator, name: name)
            }
        }
        guard !fit.settings.isEmpty else { return nil }
        (self.file, self.network, remedy, own) = (file, network, Remedy(fit.settings), Remedy(fit.own))
    }

    public var description: String { text(\.description) }

    /// The description with the settings in other words.
    public func text(_ wording: (Remedy) -> String) -> String {
        "\(file): the weights of \(network) are of another network than the run's, which has \(wording(own)); use \(wording(remedy))"
    }
}

/// Settings that make a configuration's networks like others.
private struct PretrainedFit {
    private(set) var settings: [SettingArgument] = []
    /// What the configuration had in their place.
    private(set) var own: [SettingArgument] = []
    private var configuration: TrainingConfiguration

    init(_ configuration: TrainingConfiguration) {
        self.configuration = configuration
    }

    private mutating func set<Value: SettingValue>(
        _ key: String, _ path: WritableKeyPath<TrainingConfiguration, Value>, _ value: Value
    ) {
        guard configuration[keyPath: path] != value else { return }
        own.append(SettingArgument(key, configuration[keyPath: path]))
        configuration[keyPath: path] = value
        settings.append(SettingArgument(key, value))
    }

    /// The networks with one whole generator in the place of parts, and how many blocks these share.
    mutating func assembled(_ tensors: [String: [(name: String, shape: [Int])]]) -> [String: [(name: String, shape: [Int])]] {
        func names(_ prefix: String) -> [String] { tensors.keys.filter { $0.hasPrefix(prefix) }.sorted() }
        let (encoders, decoders) = (names("encoder_"), names("decoder_"))
        guard let encoder = encoders.first, let decoder = decoders.first else { return tensors }
        let middle = tensors[GeneratorPart.Name.middle] ?? []
        let shared = Set(middle.map { $0.name.split(separator: ".").dropFirst().first }).count
        if shared != configuration.sharedBlocks { set("sharedBlocks", \.multiCycle.sharedBlocks, shared) }
        var whole = tensors.filter { !(encoders + decoders + [GeneratorPart.Name.middle]).contains($0.key) }
        whole["generator"] = (tensors[encoder] ?? []) + middle + (tensors[decoder] ?? [])
        return whole
    }

    /// - Parameter name: `generatorBA` for the generator of the way back.
    mutating func match(_ found: GeneratorConfiguration, name: String) {
        set("generator", \.networks.generator, found.architecture)
        set("ngf", \.networks.ngf, found.filters)
        set("widths", \.networks.widths, found.widths?.all)
        set("norm", \.networks.normalization, found.normalization)
        let domains = name.hasSuffix("BA") ? TrainingConfiguration.domains.reversed() : TrainingConfiguration.domains
        let input = configuration.domains.channels[domains[0]]
        if found.inputChannels == input + GeneratorMasking.channels { set("masks", \.data.masks, true) }
        if found.inputChannels == input { set("masks", \.data.masks, false) }
        let masks = configuration.data.masks ? GeneratorMasking.channels : 0
        for (domain, channels) in zip(domains, [found.inputChannels - masks, found.outputChannels]) {
            guard channels > 0, configuration.domains.channels[domain] != channels else { continue }
            own.append(SettingArgument(key: "channels", text: "\(domain.name)=\(configuration.domains.channels[domain])"))
            configuration.domains.channels[domain] = channels
            settings.append(SettingArgument(key: "channels", text: "\(domain.name)=\(channels)"))
        }
        // A U-Net's file does not tell of dropout; of the others a U-Net has none.
        if found.architecture.residualBlocks != nil { set("dropout", \.networks.dropout, found.usesDropout) }
        set("downsamplings", \.networks.downsamplings, found.downsamplings)
        set("upsampling", \.networks.upsampling, found.upsampling)
        set("antialias", \.networks.antialias, found.antialias)
        let side = min(configuration.data.cropSize.height, configuration.data.cropSize.width)
        let sides = found.attentionScales.map { side / $0 }
        if Set(sides) != Set(configuration.networks.attention) { set("attention", \.networks.attention, sides) }
    }

    mutating func match(_ found: DiscriminatorConfiguration, name: String) {
        set("discriminator", \.networks.discriminator, found.architecture)
        set("ndf", \.networks.ndf, found.filters)
        if found.architecture == .patch { set("discriminatorLayers", \.networks.discriminatorLayers, found.layerCount) }
        set("spectralNorm", \.networks.spectralNorm, found.spectralNorm)
        if configuration.effectiveDiscriminatorNorm != found.normalization {
            set("discriminatorNorm", \.networks.discriminatorNorm, found.normalization)
        }
    }
}
