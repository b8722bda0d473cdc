import Checkpoints
import CycleGANModels
import Foundation
import Torch
import TorchNN

/// A discriminator read from a run folder, a training checkpoint, or a file of networks.
public struct DiscriminatorFile {
    /// The file that was read.
    public let url: URL
    /// Where it stands in the file, such as `networks.discriminatorB`; empty in a file of its own.
    public let path: String
    /// Its layers.
    public let configuration: DiscriminatorConfiguration
    /// Its tensors under the reference's names.
    package let weights: StateDict
    /// The discriminator in evaluation mode, on the CPU.
    public let discriminator: any Layer

    /// Reads the discriminator of a name, or the only network of a file that holds nothing else.
    ///
    /// - Parameter name: As `cyclegan info` lists it, such as `discriminatorB`.
    /// - Returns: Nothing where no discriminator is called so, or what the file holds alone is none.
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public init?(_ url: URL, network name: String?) throws {
        self.url = try GeneratorFile.file(at: url)
        // What describes itself is a generator.
        guard try name != nil || ModelContents(metadataOf: self.url).translations.isEmpty else { return nil }
        let tensors = try StateDict.read(from: self.url) { !$0.hasPrefix("optimizers.") }
        let found = NetworkSearch(in: tensors).found
        let matches = name.map { name in found.filter { $0.isCalled(name) } } ?? found
        guard matches.count == 1, case .discriminator(let configuration) = matches[0].network else { return nil }
        (path, self.configuration, weights) = (matches[0].path, configuration, matches[0].weights(in: tensors))
        discriminator = configuration.makeDiscriminator(initialization: nil)
        try discriminator.load(weights.withoutLeftoverStatistics(configuration.normalization), source: self.url.path)
        discriminator.setTraining(false)
    }
}
