import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

/// Networks run through their graphs against the same networks run layer by layer.
@Suite struct GraphExecutionTests {
    static let generators: [GeneratorConfiguration] = Normalization.allCases.flatMap { norm in
        let plain = [GeneratorArchitecture.resnet(blocks: 2), .unet(downsamplings: 6)].flatMap { architecture in
            [false, true].map { dropout in
                GeneratorConfiguration(
                    architecture: architecture, inputChannels: 2, outputChannels: 3, filters: 3, normalization: norm, usesDropout: dropout)
            }
        }
        let options = Upsampling.allCases.flatMap { upsampling in
            [(false, []), (true, [4]), (false, [2, 1])].map { antialias, scales in
                var configuration = GeneratorConfiguration(
                    architecture: .resnet(blocks: 1), inputChannels: 1, outputChannels: 2, filters: 3, normalization: norm)
                configuration.upsampling = upsampling
                configuration.antialias = antialias
                configuration.antialiasUpsampling = antialias
                configuration.attentionScales = scales
                return configuration
            }
        }
        return plain + options
    }

    static let discriminators: [DiscriminatorConfiguration] = Normalization.allCases.flatMap { norm in
        DiscriminatorArchitecture.allCases.flatMap { architecture in
            [false, true].map {
                DiscriminatorConfiguration(
                    architecture: architecture, inputChannels: 2, filters: 3, layerCount: 2, normalization: norm, spectralNorm: $0)
            }
        }
    }

    @Test(arguments: generators) func generatorsRunAsTheirLayersDo(_ configuration: GeneratorConfiguration) throws {
        let side = max(16, configuration.smallestSide)
        try compare(channels: configuration.inputChannels, side: side) { random in
            configuration.makeGenerator(initialization: .kaiming, random: random)
        }
    }

    @Test(arguments: discriminators) func discriminatorsRunAsTheirLayersDo(_ configuration: DiscriminatorConfiguration) throws {
        try compare(channels: 2, side: 17) { configuration.makeDiscriminator(initialization: .kaiming, random: $0) }
    }

    private struct Run {
        let outputs: [Tensor]
        let gradients: [(name: String, tensor: Tensor?)]
        let state: [(name: String, tensor: Tensor)]
    }

    private func compare(channels: Int, side: Int, _ make: (TorchRandom) -> any Layer) throws {
        for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 2e-3)] {
            func run(_ evaluate: (any Layer, Tensor) -> Tensor) -> Run {
                let random = TorchRandom(seed: 8)
                let network = make(random)
                network.convert(to: dtype)
                let drawn = Tensor.empty([2, channels, side, side + side % 2])
                drawn.fillNormal(using: random)
                let input = drawn.to(dtype).cloned()
                input.setRequiresGrad(true)
                // Twice, so that running statistics and power iterations of the first pass show in the second.
                let outputs = [evaluate(network, input), evaluate(network, input)]
                for output in outputs { output.square().mean().backward() }
                network.setTraining(false)
                let judged = withoutGradients { evaluate(network, input.detached()) }
                return Run(
                    outputs: outputs + [judged],
                    gradients: [("input", input.grad)] + network.namedParameters.map { ($0.name, $0.tensor.grad) },
                    state: network.namedTensors + [("random", random.state)])
            }
            let found = run { $0($1) }
            let expected = run { network, input in
                var plain = PlainEvaluation()
                return plain(network, input)
            }
            for (index, (found, expected)) in zip(found.outputs, expected.outputs).enumerated() {
                expectClose(found, expected, relative: 0, absolute: tolerance, "output \(index), \(dtype)")
            }
            for (found, expected) in zip(found.gradients, expected.gradients) {
                // A bias that a norm takes away has none here, and rounding noise there.
                guard let gradient = found.tensor, let wanted = expected.tensor else { continue }
                let scale = wanted.abs().max().item()
                expectClose(gradient, wanted, relative: 0, absolute: tolerance * (5 * scale + 0.01), "\(found.name), \(dtype)")
            }
            for (found, expected) in zip(found.state, expected.state) {
                expectClose(found.tensor, expected.tensor, relative: tolerance, absolute: tolerance, "\(found.name), \(dtype)")
            }
        }
    }

    /// The five places of CUT in its antialiased generator: the padded image, two convolutions and two residual blocks.
    @Test(arguments: [false, true]) func featuresEqualThoseOfTheLayers(_ checkpoints: Bool) throws {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 6), filters: 3)
        (configuration.antialias, configuration.antialiasUpsampling) = (true, true)
        guard let network = configuration.makeGenerator(initialization: .kaiming) as? ResnetGenerator else {
            Issue.record("a ResNet should be a ResnetGenerator")
            return
        }
        network.convert(to: .float64)
        network.checkpointsActivations = checkpoints
        let places = [0, 4, 8, 12, 16].map { "model.\($0)" }
        let images = Tensor.empty([2, 3, 16, 20], dtype: .float64)
        images.fillNormal(using: TorchRandom(seed: 5))

        func gradients(_ features: [Tensor]) throws -> [(name: String, tensor: Tensor?)] {
            for parameter in network.parameters { parameter.zeroGrad() }
            features.dropFirst().reduce(features[0].square().mean()) { $0 + $1.square().mean() }.backward()
            return network.namedParameters.map { ($0.name, $0.tensor.grad?.cloned()) }
        }
        let encoder = try FeatureEncoder(network, at: places)
        // The encoder stops behind its last place.
        #expect(encoder.graph.nodes.last?.name == "model.16")
        let found = encoder(images)
        var plain = PlainEvaluation()
        let output = plain(network, images)
        let expected = places.compactMap { plain.results[$0] }
        #expect(expected.count == 5)
        for (index, (found, expected)) in zip(found, expected).enumerated() {
            expectClose(found, expected, relative: 1e-9, absolute: 1e-11, places[index])
        }
        for (found, expected) in zip(try gradients(found), try gradients(expected)) {
            #expect((found.tensor == nil) == (expected.tensor == nil), "\(found.name)")
            guard let gradient = found.tensor, let wanted = expected.tensor else { continue }
            expectClose(gradient, wanted, relative: 1e-8, absolute: 1e-12, found.name)
        }
        let both = try network.features(at: places + [FeatureEncoder.output], of: images)
        expectClose(both[5], output, relative: 1e-9, absolute: 1e-11, "output")
        expectClose(both[2], expected[2], relative: 1e-9, absolute: 1e-11, "feature")
    }

    @Test func featuresInsideBlocksAndUnetsEqualThoseOfTheLayers() throws {
        let configuration = GeneratorConfiguration(architecture: .unet(downsamplings: 5), inputChannels: 1, outputChannels: 1, filters: 2)
        let network = configuration.makeGenerator(initialization: .kaiming)
        network.convert(to: .float64)
        let images = Tensor.empty([1, 1, 32, 32], dtype: .float64)
        images.fillNormal(using: TorchRandom(seed: 5))
        var plain = PlainEvaluation()
        _ = plain(network, images)
        let places = ["model.model.1.model.3.model.1", "model.model.1.model.0", "model.model.1.model.3", "model.model.2"]
        for (place, found) in zip(places, try network.features(at: places, of: images)) {
            expectClose(found, try #require(plain.results[place]), relative: 1e-9, absolute: 1e-11, place)
        }
    }
}
