import TestSupport
import Testing
import Torch

@testable import TorchNN

/// Layers that the reference lacks. `ParityTests` compare most of them with PyTorch inside networks.
@Suite struct OptionalLayerTests {
    private func normal(_ shape: [Int], seed: UInt64) -> Tensor {
        let tensor = Tensor.empty(shape, dtype: .float64)
        tensor.fillNormal(using: TorchRandom(seed: seed))
        return tensor
    }

    /// 16 channels are split into 8 heads; 20 have 10, and 28 channels and keys of 3 need padding.
    @Test(arguments: [1, 16, 20, 28]) func attentionIsTheSoftmaxOfTheProducts(_ channels: Int) throws {
        let layer = SelfAttention2d(channels: channels)
        layer.convert(to: .float64)
        withoutGradients {
            for (index, parameter) in layer.parameters.enumerated() {
                parameter.copy(from: normal(parameter.shape, seed: UInt64(index)) * 0.5)
            }
        }
        let input = normal([2, channels, 3, 5], seed: 9)
        input.setRequiresGrad(true)

        func flat(_ images: Tensor) -> Tensor { images.reshaped([2, -1, 15]) }
        let scores = flat(layer.query(input)).permuted([0, 2, 1]).matmul(flat(layer.key(input)))
        let exponentials = (scores - scores.max([2], keepDimensions: true)).exp()
        let weights = exponentials / exponentials.sum([2], keepDimensions: true)
        let attention = flat(layer.value(input)).matmul(weights.permuted([0, 2, 1])).reshaped(input.shape)
        let expected = input + attention * layer.gamma
        let output = layer(input)
        expectClose(output, expected, relative: 1e-9, absolute: 1e-12)

        let tensors = [input] + layer.parameters
        let weighting = normal(input.shape, seed: 10)
        let found = (output * weighting).sum().gradients(withRespectTo: tensors)
        let wanted = (expected * weighting).sum().gradients(withRespectTo: tensors)
        for (index, pair) in zip(found, wanted).enumerated() {
            expectClose(pair.0, pair.1, relative: 1e-7, absolute: 1e-10, "gradient \(index)")
        }
    }

    @Test func attentionStartsAsTheIdentityUnderPyTorchsNames() {
        let layer = SelfAttention2d(channels: 16)
        WeightInitialization.normal.apply(to: layer, using: TorchRandom(seed: 1))
        let input = normal([1, 16, 4, 4], seed: 2).to(.float32)
        #expect(layer(input).array(of: Float.self) == input.array(of: Float.self))
        #expect(
            layer.namedTensors.map(\.name) == [
                "gamma", "query.weight", "query.bias", "key.weight", "key.bias", "value.weight", "value.bias",
            ])
        #expect(layer.query.weight.shape == [2, 16, 1, 1])
    }

    @Test func whatAFailedOperationGavePassesThroughAttentionQuietly() {
        #expect(throws: TorchError.self) {
            try withTorchErrors { SelfAttention2d(channels: 8)(Tensor.zeros([2]).reshaped([3])) }
        }
    }

    /// A weight of one output channel is a vector, whose spectral norm is its length.
    @Test func initializationFitsTheVectorsOfTheSpectralNorm() {
        let layer = SpectralNormConv2d(inputChannels: 3, outputChannels: 1, kernelSize: 1, hasBias: false)
        WeightInitialization.normal.apply(to: layer, using: TorchRandom(seed: 4))
        let weight = layer.weight.detached().reshaped([3])
        let length = weight.square().sum().item().squareRoot()
        layer.setTraining(false)
        let output = withoutGradients { layer(weight.reshaped([1, 3, 1, 1])) }
        expectClose(output.abs().item(), length, relative: 1e-5)
        expectClose(layer.rightVector.square().sum().item(), 1, relative: 1e-5)
    }

    @Test func fifteenIterationsFindTheLargestSingularValue() {
        let layer = SpectralNormConv2d(inputChannels: 3, outputChannels: 3, kernelSize: 1, hasBias: false)
        withoutGradients { layer.weight.copy(from: Tensor([3, 0, 0, 0, 1, 0, 0, 0, 0.5] as [Float], shape: [3, 3, 1, 1])) }
        layer.finishInitialization(using: TorchRandom(seed: 8))
        layer.setTraining(false)
        let output = withoutGradients { layer(.ones([1, 3, 1, 1])) }
        expectClose(output.reshaped([3]), Tensor([1, 1.0 / 3, 0.5 / 3] as [Float], shape: [3]), relative: 1e-5)
    }

    @Test func pixelShuffleStartsWithoutACheckerboard() {
        let layer = PixelShuffleConv2d(inputChannels: 2, outputChannels: 3, kernelSize: 3)
        WeightInitialization.kaiming.apply(to: layer, using: TorchRandom(seed: 3))
        let output = withoutGradients { layer(normal([1, 2, 5, 6], seed: 4).to(.float32)) }
        #expect(output.shape == [1, 3, 6, 8])
        // Every square of 2×2 pixels is of one value, as after nearest upsampling.
        let corners = output.reshaped([3, 3, 2, 4, 2]).narrowed(dimension: 2, start: 0, length: 1)
            .narrowed(dimension: 4, start: 0, length: 1)
        expectClose(output.reshaped([3, 3, 2, 4, 2]), corners.expanded(to: [3, 3, 2, 4, 2]), relative: 1e-4, absolute: 1e-5)
        #expect(output.square().mean().item() > 0.1)
    }

    @Test func defaultNetworksDrawNoMoreNumbers() {
        let (first, second) = (TorchRandom(seed: 1), TorchRandom(seed: 1))
        WeightInitialization.normal.apply(to: Conv2d(inputChannels: 2, outputChannels: 3, kernelSize: 3), using: first)
        Tensor.empty([3, 2, 3, 3]).fillNormal(using: second)
        #expect(first.state.array(of: UInt8.self) == second.state.array(of: UInt8.self))
    }
}
