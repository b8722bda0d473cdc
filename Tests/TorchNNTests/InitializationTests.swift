import TestSupport
import Testing
import Torch

@testable import TorchNN

@Suite struct InitializationTests {
    private func initialized(_ kind: WeightInitialization, gain: Double = 0.02) -> Conv2d {
        let layer = Conv2d(inputChannels: 64, outputChannels: 32, kernelSize: 4)
        kind.apply(to: layer, gain: gain, using: TorchRandom(seed: 11))
        return layer
    }

    /// The standard deviations of torch.nn.init's formulas: fan in 64·16, fan out 32·16.
    @Test(arguments: [
        (WeightInitialization.normal, 0.02), (.xavier, 0.02 * (2.0 / (1024 + 512)).squareRoot()),
        (.kaiming, (2.0 / 1024).squareRoot()),
    ])
    func normalKindsHaveTheFormulasDeviation(_ kind: WeightInitialization, _ deviation: Double) {
        let weight = initialized(kind).weight.detached()
        // 32 768 draws: the relative error of a deviation is about 0.4 percent, of a mean 0.55 percent of the deviation.
        expectClose(weight.square().mean().item().squareRoot(), deviation, relative: 0.02)
        #expect(abs(weight.mean().item()) < 0.03 * deviation)
    }

    @Test func orthogonalRowsAreOrthonormalTimesTheGain() {
        let rows = initialized(.orthogonal).weight.detached().reshaped([32, 1024]).to(.float64)
        let products = rows.matmul(rows.permuted([1, 0]))
        let identity = Tensor((0..<1024).map { $0 / 32 == $0 % 32 ? 0.02 * 0.02 : 0 }, shape: [32, 32])
        expectClose(products, identity, relative: 1e-5, absolute: 1e-9)
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
