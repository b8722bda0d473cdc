import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import Torch
import TorchNN

/// A generator read from whatever holds one: a run folder, a training checkpoint, or a single network's file.
public struct GeneratorFile {
    /// The file that was read.
    public let url: URL
    /// What the generator is and which images it takes and gives.
    public let description: GeneratorDescription
    /// Whether the file itself said what the generator is, rather than its tensors' shapes.
    public let isDescribed: Bool
    /// The generator in evaluation mode, on the CPU.
    public let generator: any Layer

    /// - Parameters:
    ///   - url: A run folder (its latest checkpoint is used), a checkpoint, or a `.pth` or `.safetensors` file of one generator.
    ///   - direction: Which generator of a run to take; a file with one generator has its own.
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public init(_ url: URL, direction: Direction = .aToB) throws {
        self.url = try Self.file(at: url)
        // Of a run's checkpoint only one of four networks is needed, or the average that translates in its place, and no optimiser.
        let name = direction == .aToB ? "generatorAB" : "generatorBA"
        let contents = try StateDict.read(from: self.url) { key in
            let owner = ["networks.", "averages."].first { key.hasPrefix($0) }
            return !key.hasPrefix("optimizers.") && (owner.map { key.hasPrefix("\($0)\(name).") } ?? true)
        }
        let weights: StateDict
        if contents.metadata["generatorAB"] != nil {
            description = try Self.description(contents.metadata[name] ?? "", file: self.url)
            let average = contents.below("averages.\(name)")
            weights = average.isEmpty ? contents.below("networks.\(name)") : average
            isDescribed = true
        } else if let text = contents.metadata["generator"] {
            description = try Self.description(text, file: self.url)
            guard description.direction == direction else {
                throw ModelFileError(
                    file: self.url.path,
                    problem: "it translates \(description.direction.rawValue), but \(direction.rawValue) was asked for; "
                        + "use --direction \(description.direction.rawValue) or the other generator's file")
            }
            weights = contents
            isDescribed = true
        } else {
            weights = contents.withoutWrapperPrefixes()
            description = try Self.infer(weights, direction: direction, file: self.url)
            isDescribed = false
        }
        // Before memory is taken for what the file only claims.
        let (least, found) = (description.configuration.leastWeightCount, weights.parameterCount())
        guard found >= least else {
            throw ModelFileError(
                file: self.url.path,
                problem: "its generator should be a \(description.configuration.architecture.rawValue) with "
                    + "\(description.configuration.filters) filters, of at least \(least) numbers, and it holds \(found); the file is damaged"
            )
        }
        generator = description.configuration.makeGenerator(initialization: nil)
        try generator.load(weights.withoutLeftoverStatistics(description.configuration.normalization), source: self.url.path)
        generator.setTraining(false)
    }

    /// The file that holds the networks of a model.
    ///
    /// - Throws: `ModelFileError` when there is none.
    public static func file(at url: URL) throws -> URL {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw ModelFileError(file: url.path, problem: "it does not exist; expected a run folder, a checkpoint or a network file")
        }
        guard isFolder.boolValue else { return url }
        let latest = url.appending(path: "checkpoints/latest.safetensors")
        guard FileManager.default.fileExists(atPath: latest.path) else {
            throw ModelFileError(
                file: url.path,
                problem:
                    "this folder has no checkpoints/latest.safetensors; give a run folder, or one network file such as latest_net_G_A.pth")
        }
        return latest
    }

    /// The directions in which a model translates: both for a run or a checkpoint, one for a network's file, and none for a file that
    /// does not tell, which is taken for either.
    ///
    /// - Throws: `ModelFileError`, or a checkpoint error naming the file.
    public static func directions(of url: URL) throws -> [Direction] {
        let file = try file(at: url)
        let metadata = try StateDict.read(from: file) { _ in false }.metadata
        if metadata["generatorAB"] != nil { return Direction.allCases }
        return try metadata["generator"].map { [try description($0, file: file).direction] } ?? []
    }

    /// Checks that masks are given where the generator was trained with masks, and nowhere else.
    ///
    /// - Throws: `ModelFileError` saying what to give or to leave out.
    public func checkMasks(areGiven: Bool) throws(ModelFileError) {
        if areGiven, description.masking == nil {
            throw ModelFileError(
                file: url.path, problem: "this generator was trained without masks; leave out --masks, or use a model trained with masks")
        }
        if !areGiven, description.masking != nil {
            throw ModelFileError(
                file: url.path,
                problem: "this generator was trained with masks, and none are given; add --masks with a folder that holds a mask for every "
                    + "image under the same path, or with one file for one image")
        }
    }

    /// Decodes what the metadata of a file say about a generator.
    ///
    /// - Throws: `ModelFileError` when the text is damaged or describes an impossible network.
    package static func description(_ text: String, file: URL) throws -> GeneratorDescription {
        do {
            let description = try JSONDecoder().decode(GeneratorDescription.self, from: Data(text.utf8))
            try description.validate()
            return description
        } catch let error as NetworkConfigurationError {
            throw ModelFileError(file: file.path, problem: "its description of the generator is impossible: \(error)")
        } catch {
            throw ModelFileError(file: file.path, problem: "its description of the generator is damaged")
        }
    }

    private static func infer(_ weights: StateDict, direction: Direction, file: URL) throws -> GeneratorDescription {
        guard case .generator(let configuration) = try network(of: weights, file: file) else {
            throw ModelFileError(file: file.path, problem: "it holds a discriminator; give a generator, such as latest_net_G_A.pth")
        }
        return GeneratorDescription(
            direction: direction, configuration: configuration,
            inputDomain: DomainConfiguration(channels: configuration.inputChannels),
            outputDomain: DomainConfiguration(channels: configuration.outputChannels))
    }

    /// Tells from names and shapes which network some weights belong to.
    ///
    /// - Throws: `ModelFileError` when they belong to none that is known.
    public static func network(of weights: StateDict, file: URL) throws -> InferredNetwork {
        do {
            return try InferredNetwork(tensors: weights.map { ($0.name, $0.tensor.shape) })
        } catch let error as ArchitectureError {
            throw ModelFileError(file: file.path, problem: error.description)
        } catch let error as NetworkConfigurationError {
            throw ModelFileError(file: file.path, problem: "the network in it cannot be built: \(error)")
        }
    }
}

/// A model that cannot be used.
public struct ModelFileError: Error, CustomStringConvertible {
    /// The path of the file or folder.
    public let file: String
    /// What is wrong and what to give instead.
    public let problem: String

    public var description: String { "\(file): \(problem)" }
}
