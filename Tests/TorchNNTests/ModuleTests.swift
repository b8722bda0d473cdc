import TestSupport
import Testing
import Torch

@testable import TorchNN

private final class Block: Module, Layer {
    @Child("conv_block") var convolutions: Sequential
    @Parameter("scale_orig") var scale: Tensor
    let first: Conv2d?
    let absent: Conv2d? = nil
    let branches = [Linear(inputs: 2, outputs: 1), Linear(inputs: 2, outputs: 1, hasBias: false)]
    let note = "not a tensor"

    override init() {
        first = Conv2d(inputChannels: 1, outputChannels: 2, kernelSize: 3)
        super.init()
        convolutions = Sequential([ReLU(), BatchNorm2d(channels: 2)])
        scale = Tensor.ones([1])
    }

    func callAsFunction(_ input: Tensor) -> Tensor { input * scale }
}

@Suite struct ModuleTests {
    @Test func tensorsRegisterUnderTheirNamesInPyTorchsOrder() {
        #expect(
            Block().namedTensors.map(\.name) == [
                "scale_orig", "conv_block.1.weight", "conv_block.1.bias", "conv_block.1.running_mean", "conv_block.1.running_var",
                "conv_block.1.num_batches_tracked", "first.weight", "first.bias", "branches.0.weight", "branches.0.bias",
                "branches.1.weight",
            ])
    }

    @Test func onlyParametersAreTrained() {
        let block = Block()
        #expect(block.namedParameters.count == 8)
        #expect(block.parameters.allSatisfy { $0.requiresGrad })
        block.setRequiresGrad(false)
        #expect(block.parameters.allSatisfy { !$0.requiresGrad })
    }

    @Test func trainingModeReachesEveryModule() {
        let norm = BatchNorm2d(channels: 1)
        let network = Sequential([Sequential([norm])])
        network.setTraining(false)
        #expect(!norm.isTraining)
    }

    @Test func conversionReachesEveryFloatingPointTensorAndKeepsItTrainable() {
        let norm = BatchNorm2d(channels: 1)
        norm.convert(to: .float64)
        #expect(norm.namedTensors.map(\.tensor.dtype) == [.float64, .float64, .float64, .float64, .int64])
        #expect(norm.weight.requiresGrad)
    }

    @Test func dropoutScalesWhatItKeepsAndOnlyInTraining() {
        let dropout = Dropout(probability: 0.25, random: TorchRandom(seed: 3))
        let input = Tensor.ones([10_000])
        let output = dropout(input).array(of: Float.self)
        #expect(Set(output) == [0, 1 / 0.75])
        // 10 000 draws of probability 0.75: five standard deviations are 217.
        #expect(abs(output.count { $0 > 0 } - 7_500) < 217)
        dropout.setTraining(false)
        #expect(dropout(input).array(of: Float.self) == input.array(of: Float.self))
    }
}
