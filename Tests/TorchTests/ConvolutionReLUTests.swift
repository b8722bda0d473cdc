import TestSupport
import Testing

@testable import Torch

struct ConvolutionReLUTests {
    /// What a failed operation gave, as for want of memory, ends in that operation's error.
    @Test func undefinedInputsAreReported() {
        let convolution = ConvolutionReLU(weight: .zeros([5, 3, 3, 3]), bias: .zeros([5]), padding: (height: 1, width: 1))
        let error = #expect(throws: TorchError.self) { try withTorchErrors { convolution(Tensor.zeros([2]).reshaped([3])) } }
        #expect(error?.message.contains("reshaped") == true)
    }

    /// The fused kernel against separate operations, for kernels, strides and paddings of all kinds and changing batch sizes.
    @Test(arguments: [(1, 1, 1, 0, 0), (3, 3, 2, 0, 0), (3, 3, 1, 1, 1), (1, 7, 1, 0, 3), (5, 5, 1, 2, 2), (11, 11, 4, 2, 2)])
    func equalsConvolutionAndReLU(_ height: Int, _ width: Int, _ stride: Int, _ top: Int, _ left: Int) {
        let random = TorchRandom(seed: 4)
        func normal(_ shape: [Int]) -> Tensor {
            let tensor = Tensor.zeros(shape)
            tensor.fillNormal(using: random)
            return tensor
        }
        let convolution = ConvolutionReLU(
            weight: normal([5, 3, height, width]), bias: normal([5]), stride: stride, padding: (height: top, width: left))
        for batch in [2, 1, 3] {
            let input = normal([batch, 3, 19, 23])
            let output = convolution(input)
            expectClose(output, convolution.plain(input), relative: 1e-5, absolute: 1e-5)
            #expect(output.min().item() == 0)
        }
    }
}
