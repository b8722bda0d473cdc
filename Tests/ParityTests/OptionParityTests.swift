import Checkpoints
import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

/// Networks with options that the reference lacks, against PyTorch in float64.
@Suite struct OptionParityTests {
    struct Entry: Decodable, CustomTestStringConvertible, Sendable {
        let file: String
        let configuration: GeneratorConfiguration
        let keys: [GoldenKey]

        var testDescription: String { file }
    }

    static func entries() throws -> [Entry] { try Golden.json("options.json") }

    @Test func generatorsEqualPyTorchs() throws {
        let entries = try Self.entries()
        #expect(entries.count == 13)
        for entry in entries {
            let golden = try Golden.tensors("options/\(entry.file).safetensors")
            let network = entry.configuration.makeGenerator(initialization: nil)
            network.convert(to: .float64)
            try network.load(golden.below("state"), source: entry.file)
            let input = try golden.golden("input").to(.float64).cloned()
            input.setRequiresGrad(true)
            let output = network(input)
            let loss = (output * (try golden.golden("weighting").to(.float64))).mean()
            loss.backward()
            expectClose(loss, try golden.golden("loss"), relative: 1e-9, entry.file)
            try expectEqual(output, "output", in: golden, entry.file)
            try expectEqual(try #require(input.grad), "inputGradient", in: golden, entry.file)
            for (key, parameter) in network.namedParameters {
                try expectEqual(try #require(parameter.grad, "\(key)"), "gradient.\(key)", in: golden, entry.file)
            }
        }
    }

    @Test func optionsAreInferredFromKeysAndShapes() throws {
        for entry in try Self.entries() {
            try entry.configuration.validate()
            let tensors = entry.keys.map { (name: $0.name, shape: $0.shape) }
            #expect(try InferredNetwork(tensors: tensors) == .generator(entry.configuration), "\(entry.file)")
            let made = entry.configuration.makeGenerator(initialization: nil)
            #expect(made.namedTensors.map(\.name) == entry.keys.map(\.name), "\(entry.file)")
        }
    }

    /// Three forward passes before one backward pass, then a gradient penalty, then evaluation.
    @Test(arguments: ["patch", "patch-spectral"]) func discriminatorsEqualPyTorchs(_ name: String) throws {
        let golden = try Golden.tensors("options/\(name).safetensors")
        let configuration = DiscriminatorConfiguration(
            inputChannels: 2, filters: 2, layerCount: 2, spectralNorm: name.hasSuffix("spectral"))
        let network = configuration.makeDiscriminator(initialization: nil)
        network.convert(to: .float64)
        let state = golden.below("state")
        try network.load(state, source: name)
        #expect(network.namedTensors.map(\.name).sorted() == state.names.sorted())
        #expect(try InferredNetwork(tensors: state.map { ($0.name, $0.tensor.shape) }) == .discriminator(configuration))
        let input = try golden.golden("input").to(.float64).cloned()
        input.setRequiresGrad(true)

        let outputs = (0..<3).map { _ in network(input) }
        let weighting = try golden.golden("weighting").to(.float64)
        let losses = outputs.enumerated().map { index, output in (output * weighting * Double(index + 1)).mean() }
        let loss = losses[0] + losses[1] + losses[2]
        loss.backward()
        expectClose(loss, try golden.golden("loss"), relative: 1e-9, "loss")
        try expectEqual(outputs[2], "output", in: golden, name)
        try expectEqual(try #require(input.grad), "inputGradient", in: golden, name)
        for (key, parameter) in network.namedParameters {
            try expectEqual(try #require(parameter.grad), "gradient.\(key)", in: golden, name)
            parameter.zeroGrad()
        }
        for (key, tensor) in golden.below("stateAfter") {
            expectClose(try #require(network.stateDict()[key]), tensor.to(.float64), relative: 1e-6, absolute: 1e-7, key)
        }

        let slope = network(input).sum().gradients(withRespectTo: [input], createGraph: true)[0]
        let norms = slope.reshaped([slope.shape[0], -1]).square().sum([1]).sqrt()
        let penalty = (norms - 1).square().mean()
        penalty.backward()
        expectClose(penalty, try golden.golden("penalty"), relative: 1e-9, "penalty")
        let expected = golden.below("penaltyGradient")
        #expect(expected.count > 3)
        for (key, parameter) in network.namedParameters where expected[key] != nil {
            try expectEqual(try #require(parameter.grad), key, in: expected, name)
        }

        network.setTraining(false)
        try expectEqual(withoutGradients { network(input) }, "evaluationOutput", in: golden, name)
    }

    @Test(arguments: ["large", "small"]) func structuralSimilarityEqualsScikitImages(_ name: String) throws {
        let golden = try Golden.tensors("options/ssim.safetensors").below(name)
        let (first, second) = (try golden.golden("first"), try golden.golden("second"))
        let expected = try golden.golden("ssim")
        expectClose(
            structuralSimilarity(first.to(.float64), second.to(.float64), dataRange: 2), expected, relative: 1e-6, name)
        expectClose(structuralSimilarity(first, second, dataRange: 2), expected, relative: 0, absolute: 1e-5, name)
    }

    private func expectEqual(_ actual: Tensor, _ name: String, in golden: StateDict, _ file: String) throws {
        expectClose(actual, try golden.golden(name).to(.float64), relative: 1e-6, absolute: 1e-9, "\(file): \(name)")
    }
}
