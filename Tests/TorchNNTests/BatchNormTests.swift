import TestSupport
import Testing
import Torch

@testable import TorchNN

@Suite struct BatchNormTests {
    /// By image, evaluation gives each image what training gives it alone, and leaves the running statistics alone.
    @Test func evaluationByImageIsTrainingOnEachImageAlone() {
        let norm = BatchNorm2d(channels: 3)
        let random = TorchRandom(seed: 4)
        norm.convert(to: .float64)
        withoutGradients {
            norm.weight.fillUniform(in: 0.5..<2, using: random)
            norm.bias.fillUniform(in: -1..<1, using: random)
        }
        let images = Tensor.empty([2, 3, 5, 4], dtype: .float64)
        images.fillUniform(in: -1..<3, using: random)
        let alone = withoutGradients {
            Tensor.concatenated((0..<2).map { norm(images.narrowed(dimension: 0, start: $0, length: 1)) })
        }
        let (mean, count) = (norm.runningMean.cloned(), norm.batchCount.item())
        norm.setTraining(false)
        #expect((withoutGradients { norm(images) } - alone).abs().max().item() > 0.01, "the running statistics are others")
        norm.evaluatesByImage = true
        expectClose(withoutGradients { norm(images) }, alone, relative: 1e-9, absolute: 1e-12)
        expectClose(norm.runningMean, mean)
        #expect(norm.batchCount.item() == count)
    }
}
