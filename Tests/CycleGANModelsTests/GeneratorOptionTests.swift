import CycleGANModels
import Foundation
import Testing
import Torch
import TorchNN

@Suite struct GeneratorOptionTests {
    @Test func olderDescriptionsHaveTheDefaults() throws {
        let text = """
            {"architecture": "resnet6", "inputChannels": 1, "outputChannels": 2, "filters": 8, "normalization": "batch", "usesDropout": true}
            """
        let generator = try JSONDecoder().decode(GeneratorConfiguration.self, from: Data(text.utf8))
        #expect(
            generator
                == GeneratorConfiguration(
                    architecture: .resnet(blocks: 6), inputChannels: 1, outputChannels: 2, filters: 8, normalization: .batch,
                    usesDropout: true))
        let judge = #"{"architecture": "patch", "inputChannels": 3, "filters": 8, "layerCount": 2, "normalization": "instance"}"#
        let discriminator = try JSONDecoder().decode(DiscriminatorConfiguration.self, from: Data(judge.utf8))
        #expect(discriminator == DiscriminatorConfiguration(filters: 8, layerCount: 2))
    }

    @Test func optionsSurviveARoundTrip() throws {
        var generator = GeneratorConfiguration()
        generator.downsamplings = 3
        generator.upsampling = .pixelshuffle
        generator.antialias = true
        generator.convolutionBias = false
        generator.zeroPadding = [.blocks, .ends]
        generator.attentionScales = [8, 4]
        let copy = try JSONDecoder().decode(GeneratorConfiguration.self, from: JSONEncoder().encode(generator))
        #expect(copy == generator)
        #expect((generator.stride, generator.smallestSide) == (8, 16))
        let discriminator = DiscriminatorConfiguration(spectralNorm: true)
        #expect(try JSONDecoder().decode(DiscriminatorConfiguration.self, from: JSONEncoder().encode(discriminator)) == discriminator)
    }

    /// The layout of CUT's nine-block generator, whose convolutions are 1, 4, 8, 22, 26 and 30.
    @Test func theGeneratorOfCUTIsRecognised() throws {
        var tensors: [(name: String, shape: [Int])] = [
            ("model.1.weight", [64, 3, 7, 7]), ("model.1.bias", [64]), ("model.4.weight", [128, 64, 3, 3]), ("model.4.bias", [128]),
            ("model.7.filt", [128, 1, 3, 3]), ("model.8.weight", [256, 128, 3, 3]), ("model.8.bias", [256]),
            ("model.11.filt", [256, 1, 3, 3]),
        ]
        for block in 12...20 {
            for layer in [1, 5] {
                tensors.append(("model.\(block).conv_block.\(layer).weight", [256, 256, 3, 3]))
                tensors.append(("model.\(block).conv_block.\(layer).bias", [256]))
            }
        }
        tensors += [
            ("model.21.filt", [256, 1, 4, 4]), ("model.22.weight", [128, 256, 3, 3]), ("model.22.bias", [128]),
            ("model.25.filt", [128, 1, 4, 4]), ("model.26.weight", [64, 128, 3, 3]), ("model.26.bias", [64]),
            ("model.30.weight", [3, 64, 7, 7]), ("model.30.bias", [3]),
        ]
        var expected = GeneratorConfiguration()
        (expected.antialias, expected.antialiasUpsampling) = (true, true)
        #expect(try InferredNetwork(tensors: tensors) == .generator(expected))
        let made = expected.makeGenerator(initialization: nil).namedTensors
        #expect(made.map(\.name) == tensors.map(\.name))
        #expect(made.map(\.tensor.shape) == tensors.map(\.shape))
    }

    @Test(arguments: [DiscriminatorArchitecture.patch, .pixel])
    func spectralNormIsRecognisedInBothOfPyTorchsLayouts(_ architecture: DiscriminatorArchitecture) throws {
        let configuration = DiscriminatorConfiguration(architecture: architecture, filters: 4, normalization: .none, spectralNorm: true)
        let tensors = configuration.makeDiscriminator(initialization: nil).namedTensors.map { (name: $0.name, shape: $0.tensor.shape) }
        #expect(try InferredNetwork(tensors: tensors) == .discriminator(configuration))
        let parametrized = tensors.map { name, shape in
            (
                name: name.replacing("weight_orig", with: "parametrizations.weight.original")
                    .replacing("weight_u", with: "parametrizations.weight.0._u")
                    .replacing("weight_v", with: "parametrizations.weight.0._v"), shape: shape
            )
        }
        #expect(try InferredNetwork(tensors: parametrized) == .discriminator(configuration))
    }

    @Test func impossibleOptionsAreErrors() {
        func problem(_ change: (inout GeneratorConfiguration) -> Void) -> String? {
            var configuration = GeneratorConfiguration()
            change(&configuration)
            return #expect(throws: NetworkConfigurationError.self) { try configuration.validate() }?.description
        }
        #expect(problem { $0.downsamplings = 4 } == "downsamplings: found 4; allowed: 1 to 3")
        #expect(problem { $0.attentionScales = [4, 8] } == "scales of attention: found [4, 8]; allowed: each of [1, 2, 4] once")
        #expect(problem { $0.attentionScales = [4, 4] } == "scales of attention: found [4, 4]; allowed: each of [1, 2, 4] once")
        let unet = problem {
            $0.architecture = .unet(downsamplings: 8)
            $0.upsampling = .resize
        }
        #expect(unet == "upsampling: found resize; allowed: deconv with unet256, other values with a ResNet such as resnet9")
    }

    @Test func imagesTooLargeForAttentionAreErrors() throws {
        var configuration = GeneratorConfiguration()
        try configuration.checkImageSize(height: 16384, width: 16384)
        configuration.attentionScales = [4]
        try configuration.checkImageSize(height: 512, width: 512)
        let error = #expect(throws: NetworkConfigurationError.self) { try configuration.checkImageSize(height: 512, width: 516) }
        #expect(
            error?.description.contains("scale 4 in an image of 516x512 pixels (width x height): found 16512; allowed: at most 16384")
                == true)
    }

    @Test func foreignStacksOfBlocksAreNoKnownNetwork() {
        for name in ["model.99999999999999.conv_block.1.weight", "a.model.conv_block.1.weight", "model.11.conv_block.1.weight"] {
            #expect(throws: (any Error).self) {
                try InferredNetwork(tensors: [("model.1.weight", [4, 3, 7, 7]), (name, [16, 16, 3, 3])])
            }
        }
    }

    @Test func checkpointedBlocksGiveTheSameNumbersAndLeaveNothingBehind() throws {
        func losses(checkpoints: Bool) throws -> [Float] {
            let random = TorchRandom(seed: 6)
            let generator = ResnetGenerator(
                inputChannels: 1, outputChannels: 1, residualBlocks: 2, filters: 2, usesDropout: true, random: random)
            generator.checkpointsActivations = checkpoints
            let image = Tensor.empty([1, 1, 16, 16])
            image.fillNormal(using: random)
            func step() -> [Float] {
                for parameter in generator.parameters { parameter.zeroGrad() }
                // Twice in one graph, as in a cycle.
                let loss = generator(generator(image)).l1Loss(image)
                loss.backward()
                return [Float(loss.item())] + generator.parameters.flatMap { $0.grad?.array(of: Float.self) ?? [] }
            }
            let results = step() + step()
            let count = TorchRuntime.liveTensorCount
            _ = try step()
            #expect(TorchRuntime.liveTensorCount == count)
            return results
        }
        #expect(try losses(checkpoints: true) == losses(checkpoints: false))
    }
}
