import TestSupport
import Testing
import Torch

@Suite struct MatrixTests {
    @Test func eigenvaluesOfASymmetricMatrix() {
        let matrix = Tensor([2, 1, 1, 2] as [Double], shape: [2, 2])
        expectClose(matrix.symmetricEigenvalues(), Tensor([1, 3] as [Double], shape: [2]), relative: 1e-15)
    }

    @Test func choleskyFactorsNeedAPositiveDefiniteMatrix() throws {
        let factor = try #require(Tensor([4, 2, 2, 5] as [Double], shape: [2, 2]).choleskyFactor())
        expectClose(factor, Tensor([2, 0, 1, 2] as [Double], shape: [2, 2]), relative: 1e-15)
        #expect(Tensor([1, 2, 2, 1] as [Double], shape: [2, 2]).choleskyFactor() == nil)
    }

    @Test func gatheringTakesEntriesInTheirOrder() throws {
        let matrix = Tensor((0..<6).map(Float.init), shape: [2, 3])
        let columns = matrix.gathered(dimension: 1, indices: [2, 0, 2])
        #expect(columns.shape == [2, 3] && columns.array(of: Float.self) == [2, 0, 2, 5, 3, 5])
        #expect(matrix.gathered(dimension: 0, indices: []).shape == [0, 3])
        #expect(throws: TorchError.self) { try withTorchErrors { matrix.gathered(dimension: 0, indices: [2]) } }
    }

    @Test func theKthSmallestCountsFromOne() {
        let matrix = Tensor([3, 1, 2, 9, 7, 8] as [Float], shape: [2, 3])
        #expect(matrix.kthSmallest(1, dimension: 1).array(of: Float.self) == [1, 7])
        #expect(matrix.kthSmallest(2, dimension: 1).array(of: Float.self) == [2, 8])
        #expect(matrix.kthSmallest(2, dimension: 0).array(of: Float.self) == [9, 7, 8])
    }
}
