import ArgumentParser
import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Foundation

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Say what a run, a checkpoint or a network file holds.")

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one network.") var model: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let file = try GeneratorFile.file(at: url(model))
        let report = try ModelReport(file: file)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print(report.text)
        }
    }
}

/// What a file of networks holds.
struct ModelReport: Encodable {
    struct Network: Encodable {
        let name: String
        let architecture: String
        let inputChannels: Int
        let outputChannels: Int
        let filters: Int
        let normalization: String
        let dropout: Bool?
        let direction: String?
        let parameters: Int
    }

    let file: String
    let networks: [Network]
    let training: TrainingProgress?

    init(file url: URL) throws {
        file = url.path
        let contents = try StateDict.read(from: url) { !$0.hasPrefix("optimizers.") }
        training = TrainingProgress(metadata: contents.metadata)
        let names = training == nil ? [] : ["generatorAB", "generatorBA", "discriminatorA", "discriminatorB"]
        networks =
            try names.isEmpty
            ? [Self.network(url.deletingPathExtension().lastPathComponent, contents.withoutWrapperPrefixes(), file: url)]
            : names.map { try Self.network($0, contents.below("networks.\($0)"), file: url) }
    }

    private static func network(_ name: String, _ weights: StateDict, file: URL) throws -> Network {
        let parameters = weights.filter { !$0.name.contains("running_") && !$0.name.hasSuffix("num_batches_tracked") }
            .reduce(0) { $0 + $1.tensor.count }
        switch try GeneratorFile.network(of: weights, file: file) {
        case .generator(let generator):
            let direction = ["generatorAB": Direction.aToB, "generatorBA": .bToA][name]
            return Network(
                name: name, architecture: generator.architecture.rawValue, inputChannels: generator.inputChannels,
                outputChannels: generator.outputChannels, filters: generator.filters, normalization: generator.normalization.rawValue,
                dropout: generator.usesDropout, direction: direction?.rawValue, parameters: parameters)
        case .discriminator(let discriminator):
            let kind = discriminator.architecture == .patch ? "patch, \(discriminator.layerCount) layers" : "pixel"
            return Network(
                name: name, architecture: kind, inputChannels: discriminator.inputChannels, outputChannels: 1,
                filters: discriminator.filters, normalization: discriminator.normalization.rawValue, dropout: nil, direction: nil,
                parameters: parameters)
        }
    }

    var text: String {
        var lines = [file]
        if let training {
            lines.append("  training: step \(training.step), epoch \(training.epoch), \(training.batchesDone) batches into it")
        }
        for network in networks {
            lines.append(
                "  \(network.name): \(network.architecture), \(network.inputChannels) -> \(network.outputChannels) channels, "
                    + "\(network.filters) filters, \(network.normalization) norm\(network.dropout == true ? ", dropout" : ""), "
                    + "\(network.parameters) parameters")
        }
        return lines.joined(separator: "\n")
    }
}
