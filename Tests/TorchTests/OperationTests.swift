import TestSupport
import Testing
import Torch

@Suite struct OperationTests {
    private func ramp(_ shape: [Int]) -> Tensor {
        Tensor((0..<shape.reduce(1, *)).map { Double(($0 * 37) % 23) / 11 - 1 }, shape: shape)
    }

    @Test func groupsAreConvolvedApart() {
        let (images, weight) = (ramp([2, 4, 5, 6]), ramp([6, 2, 3, 3]))
        let whole = images.conv2d(weight: weight, bias: nil, groups: 2)
        let halves = [0, 1].map { half in
            images.narrowed(dimension: 1, start: 2 * half, length: 2)
                .conv2d(weight: weight.narrowed(dimension: 0, start: 3 * half, length: 3), bias: nil)
        }
        expectClose(whole, Tensor.concatenated(halves, dimension: 1))

        let transposedWeight = ramp([4, 3, 3, 3])
        let enlarged = images.convTranspose2d(weight: transposedWeight, bias: nil, stride: 2, padding: 1, outputPadding: 1, groups: 2)
        let enlargedHalves = [0, 1].map { half in
            images.narrowed(dimension: 1, start: 2 * half, length: 2).convTranspose2d(
                weight: transposedWeight.narrowed(dimension: 0, start: 2 * half, length: 2), bias: nil, stride: 2, padding: 1,
                outputPadding: 1)
        }
        expectClose(enlarged, Tensor.concatenated(enlargedHalves, dimension: 1))
    }

    @Test func nearestUpsamplingRepeatsPixels() {
        let image = Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2]).interpolatedNearest(scale: 2)
        #expect(image.shape == [1, 1, 4, 4])
        #expect(image.array(of: Float.self) == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
    }

    @Test func pixelShuffleTurnsFourChannelsIntoSquares() {
        let image = Tensor((0..<8).map(Float.init), shape: [1, 8, 1, 1]).pixelShuffled(2)
        #expect(image.shape == [1, 2, 2, 2])
        #expect(image.array(of: Float.self) == (0..<8).map(Float.init))
    }

    @Test func interpolationMovesAShareOfTheWay() {
        let average = Tensor([1, 2] as [Double], shape: [2])
        average.interpolate(to: Tensor([3, -2] as [Double], shape: [2]), weight: 0.25)
        expectClose(average, Tensor([1.5, 1] as [Double], shape: [2]))
    }

    /// Gradients (3, 0) and (4): a norm of 5.
    @Test(arguments: [(max: 1.0, factor: 1 / (5 + 1e-6)), (max: 10, factor: 1)])
    func gradientsAreScaledToACommonNorm(_ max: Double, _ factor: Double) throws {
        let x = Tensor([1, 1] as [Double], shape: [2])
        let y = Tensor([1] as [Double], shape: [1])
        let unused = Tensor([1] as [Double], shape: [1])
        for tensor in [x, y, unused] { tensor.setRequiresGrad(true) }
        (x.narrowed(dimension: 0, start: 0, length: 1) * 3 + y * 4).sum().backward()
        let norm = Tensor.clipGradientNorm(of: [x, unused, y], to: max)
        expectClose(norm.item(), 5)
        expectClose(try #require(x.grad), Tensor([3 * factor, 0], shape: [2]), relative: 1e-14)
        expectClose(try #require(y.grad), Tensor([4 * factor], shape: [1]), relative: 1e-14)
        #expect(unused.grad == nil)
        #expect(Tensor.clipGradientNorm(of: [unused], to: 1).item() == 0)
    }
}
