import TestSupport
import Testing
import Torch

@testable import TorchNN

@Suite struct InitializationTests {
    private func initialized(_ kind: WeightInitialization) -> Conv2d {
        let layer = Conv2d(inputChannels: 64, outputChannels: 32, kernelSize: 4)
        kind.apply(to: layer, using: TorchRandom(seed: 11))
        return layer
    }

    @Test func biasesStartAtZeroAndBatchNormsAroundOne() {
        #expect(initialized(.normal).bias?.abs().max().item() == 0)
        let norm = BatchNorm2d(channels: 4096)
        WeightInitialization.kaiming.apply(to: norm, using: TorchRandom(seed: 2))
        let weight = norm.weight.detached()
        expectClose(weight.mean().item(), 1, relative: 0.002)
        expectClose((weight - 1).square().mean().item().squareRoot(), 0.02, relative: 0.1)
    }

    @Test func theSeedFixesTheWeights() {
        #expect(initialized(.normal).weight.array(of: Float.self) == initialized(.normal).weight.array(of: Float.self))
    }
}
