import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct StructuralSimilarityTests {
    @Test(arguments: SSIMWindow.allCases) func gradientsEqualFiniteDifferences(_ window: SSIMWindow) {
        let random = TorchRandom(seed: 1)
        let (images, others) = (Tensor.zeros([1, 2, 12, 13], dtype: .float64), Tensor.zeros([1, 2, 12, 13], dtype: .float64))
        for tensor in [images, others] { tensor.fillUniform(in: -1..<1, using: random) }
        func similarity(_ input: Tensor) -> Tensor { structuralSimilarity(input, others, dataRange: 2, window: window) }

        let input = images.cloned()
        input.setRequiresGrad(true)
        let gradient = similarity(input).gradients(withRespectTo: [input])[0]
        let direction = Tensor.zeros(like: images)
        direction.fillUniform(in: -1..<1, using: random)
        let step = 1e-5
        let difference = (similarity(images + step * direction) - similarity(images - step * direction)) / (2 * step)
        expectClose((gradient * direction).sum(), difference.sum(), relative: 1e-6)
    }
}
