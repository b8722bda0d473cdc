import CycleGANModels
import Testing
import Torch
import TorchNN

/// A network as the golden files name it.
struct GoldenNetwork: Decodable, Sendable {
    let name: String
    let norm: Normalization

    /// Builds the network with zero weights.
    func make(width: Int, channels: Int, dropout: Bool = false) -> any Layer {
        if let architecture = GeneratorArchitecture(rawValue: name) {
            return GeneratorConfiguration(
                architecture: architecture, inputChannels: channels, outputChannels: channels, filters: width, normalization: norm,
                usesDropout: dropout
            ).makeGenerator(initialization: nil)
        }
        return DiscriminatorConfiguration(
            architecture: name == "pixel" ? .pixel : .patch, inputChannels: channels, filters: width,
            layerCount: Int(name.dropFirst("patch".count)) ?? 3, normalization: norm
        ).makeDiscriminator(initialization: nil)
    }
}

/// A tensor's name and shape, stored as a list of two.
struct GoldenKey: Decodable, Sendable {
    let name: String
    let shape: [Int]

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        name = try container.decode(String.self)
        shape = try container.decode([Int].self)
    }
}

@Suite struct KeyParityTests {
    private struct Entry: Decodable {
        let kind: String
        let dropout: Bool
        let parameters: Int
        let keys: [GoldenKey]
    }

    @Test func everyArchitectureHasTheReferencesKeysAndShapesInOrder() throws {
        let entries = try Golden.json("keys.json", as: [String: Entry].self)
        let networks = try Golden.json("keys.json", as: [String: GoldenNetwork].self)
        #expect(entries.count >= 40)
        for (label, entry) in entries {
            let network = try #require(networks[label])
            let made = network.make(width: 64, channels: 3, dropout: entry.dropout)
            #expect(made.namedTensors.map(\.name) == entry.keys.map(\.name), "\(label)")
            #expect(made.namedTensors.map(\.tensor.shape) == entry.keys.map(\.shape), "\(label)")
            #expect(made.parameterCount == entry.parameters, "\(label)")
        }
    }

    @Test func theArchitectureIsInferredFromKeysAndShapes() throws {
        let entries = try Golden.json("keys.json", as: [String: Entry].self)
        let networks = try Golden.json("keys.json", as: [String: GoldenNetwork].self)
        for (label, entry) in entries {
            let network = try #require(networks[label])
            switch try InferredNetwork(tensors: entry.keys.map { ($0.name, $0.shape) }) {
            case .generator(let configuration):
                #expect(configuration.architecture.rawValue == network.name, "\(label)")
                #expect(configuration.normalization == network.norm, "\(label)")
                #expect((configuration.inputChannels, configuration.outputChannels, configuration.filters) == (3, 3, 64), "\(label)")
                // A U-Net's dropout has no tensors and shifts no others.
                if network.name.hasPrefix("resnet") { #expect(configuration.usesDropout == entry.dropout, "\(label)") }
            case .discriminator(let configuration):
                #expect(entry.kind == "discriminator", "\(label)")
                let name = configuration.architecture == .pixel ? "pixel" : "patch\(configuration.layerCount)"
                #expect(name == network.name, "\(label)")
                #expect(configuration.normalization == network.norm, "\(label)")
                #expect((configuration.inputChannels, configuration.filters) == (3, 64), "\(label)")
            }
        }
    }

    @Test func foreignTensorsAreRefusedWithExamples() {
        let error = #expect(throws: ArchitectureError.self) {
            try InferredNetwork(tensors: [("conv1.weight", [64, 3, 7, 7]), ("fc.weight", [10, 512])])
        }
        #expect(error?.description.contains("conv1.weight") == true)
    }
}
