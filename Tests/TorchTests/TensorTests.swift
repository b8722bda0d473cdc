import TestSupport
import Testing
import Torch

@Suite struct TensorTests {
    @Test func arithmeticFollowsTheFormulas() {
        let x = Tensor([1, -2, 3, 4] as [Double], shape: [2, 2])
        let y = Tensor([2, 2, 0.5, -1] as [Double], shape: [2, 2])
        #expect((x + y).array(of: Double.self) == [3, 0, 3.5, 3])
        #expect((x - y).array(of: Double.self) == [-1, -4, 2.5, 5])
        #expect((x * y).array(of: Double.self) == [2, -4, 1.5, -4])
        #expect((x / y).array(of: Double.self) == [0.5, -1, 6, -4])
        #expect((2 * x - 1).array(of: Double.self) == [1, -5, 5, 7])
        #expect(x.matmul(y).array(of: Double.self) == [1, 4, 8, 2])
        #expect(x.clamped(to: -1...3).array(of: Double.self) == [1, -1, 3, 3])
        #expect(x.leakyReLU(0.5).array(of: Double.self) == [1, -1, 3, 4])
        #expect(x.sum([1]).array(of: Double.self) == [-1, 7])
        #expect(x.mean().item() == 1.5)
        #expect(x.isGreater(than: 0).selecting(x, else: y).array(of: Double.self) == [1, 2, 3, 4])
    }

    @Test func shapesAreRearrangedInRowMajorOrder() {
        let x = Tensor([0, 1, 2, 3, 4, 5] as [Int64], shape: [2, 3])
        #expect(x.permuted([1, 0]).array(of: Int64.self) == [0, 3, 1, 4, 2, 5])
        #expect(x.narrowed(dimension: 1, start: 1, length: 2).array(of: Int64.self) == [1, 2, 4, 5])
        #expect(x.flipped(1).array(of: Int64.self) == [2, 1, 0, 5, 4, 3])
        #expect(x.selected(dimension: 0, index: 1).shape == [3])
        #expect(Tensor.concatenated([x, x], dimension: 1).shape == [2, 6])
        #expect(Tensor.stacked([x, x]).shape == [2, 2, 3])
        #expect(x.reshaped([3, -1]).shape == [3, 2])
    }

    @Test(arguments: DType.allCases) func everyElementTypeSurvivesARoundTrip(_ dtype: DType) {
        let x = Tensor([0, 1, 1, 0] as [Float], shape: [4]).to(dtype)
        #expect(x.dtype == dtype)
        #expect(x.withUnsafeBytes { $0.count } == 4 * dtype.byteCount)
        #expect(x.to(.float32).array(of: Float.self) == [0, 1, 1, 0])
    }

    @Test func sharedStorageIsNotCopiedAndLivesLongEnough() {
        var values = ContiguousArray((0..<1000).map(Float.init))
        let address = values.withUnsafeBytes { $0.baseAddress }
        let x = Tensor(sharing: values, shape: [10, 100])
        values = []
        #expect(x.withUnsafeBytes { $0.baseAddress } == address)
        #expect(x.sum().item() == 499_500)
    }

    @Test func handlesAreFreed() {
        let before = TorchRuntime.liveTensorCount
        for _ in 0..<10_000 {
            let x = Tensor([1, 2] as [Float], shape: [2])
            _ = (x * x + 1).sum()
        }
        #expect(TorchRuntime.liveTensorCount == before)
    }

    @Test func gradientsOfGradientsAreRight() {
        let x = Tensor([0.5, -1.5] as [Double], shape: [2])
        x.setRequiresGrad(true)
        let cubes = (x * x * x).sum()
        let first = cubes.gradients(withRespectTo: [x], createGraph: true)[0]
        #expect(first.array(of: Double.self) == [0.75, 6.75])
        first.square().sum().backward()
        // d/dx (3x²)² = 36x³
        expectClose(x.grad ?? .zeros([2]), Tensor([36 * 0.125, 36 * -3.375] as [Double], shape: [2]))
    }

    @Test func noGraphIsRecordedWithoutGradients() {
        let x = Tensor([1] as [Float], shape: [1])
        x.setRequiresGrad(true)
        #expect(withoutGradients { (x * 2).requiresGrad } == false)
        #expect((x * 2).requiresGrad)
    }

    @Test func errorsInAScopeAreThrownWithOperationAndShapes() {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors {
                _ = Tensor.zeros([2, 3]).matmul(Tensor.zeros([2, 3])).relu().sum()
            }
        }
        #expect(error?.message.contains("matmul(float32[2, 3], float32[2, 3])") == true)
        #expect((try? withTorchErrors { Tensor.ones([2]).sum().item() }) == 2)
    }

    @Test func anErrorThatAnInnerScopeCatchesDoesNotReachTheOuterOne() throws {
        let sum = try withTorchErrors {
            #expect(throws: TorchError.self) { try withTorchErrors { Tensor.zeros([2]).reshaped([3]) } }
            return Tensor.ones([3]).sum().item()
        }
        #expect(sum == 3)
    }

    /// Code that looks at shapes and elements of what failed gets to the end of the scope.
    @Test func aTensorThatFailedHasAShapeAndNoElements() {
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                let failed = Tensor.zeros([2]).reshaped([3])
                #expect(failed.shape == [1, 1, 1, 1] && failed.rank == 4 && failed.count == 1)
                #expect(failed.array(of: Float.self).isEmpty && failed.array(of: Int64.self).isEmpty)
                #expect((failed + 1).square().shape == [1, 1, 1, 1])
            }
        }
    }

    @Test func randomStateCanBeSavedAndRestored() throws {
        let random = TorchRandom(seed: 7)
        let first = Tensor.empty([100])
        first.fillNormal(using: random)
        let state = random.state
        let second = Tensor.empty([100])
        second.fillNormal(using: random)
        let other = TorchRandom(seed: 1)
        try other.restore(state)
        let again = Tensor.empty([100])
        again.fillNormal(using: other)
        #expect(again.array(of: Float.self) == second.array(of: Float.self))
        #expect(first.array(of: Float.self) != second.array(of: Float.self))
        #expect(throws: TorchError.self) { try other.restore(Tensor.zeros([3], dtype: .uint8)) }
    }

    @Test func unknownAndAbsentDevicesAreRefused() throws {
        #expect(try Device.named("cpu") == .cpu)
        #expect(throws: TorchError.self) { try Device.named("tpu") }
        #expect(throws: TorchError.self) { try Device.named("cuda:99") }
        #expect(Device("cuda:2") == .cuda(2))
        #expect(Device("cuda:-1") == nil)
    }
}
