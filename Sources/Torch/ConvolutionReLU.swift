import CTorch

/// A convolution followed by a ReLU, with weights that do not change: for networks that are only evaluated, without gradients.
///
/// On the CPU, oneDNN does both in one pass and keeps the weight in the order of its kernel.
public final class ConvolutionReLU {
    private let weight: Tensor
    private let bias: Tensor
    private let stride: Int
    private let padding: (height: Int, width: Int)
    // The packed weight, for one size of images at a time. oneDNN takes it for other batches as well.
    private var packed: (shape: [Int], weight: Tensor)?

    /// - Parameters:
    ///   - weight: Shape [Cout, Cin, kernel height, kernel width], float32.
    ///   - bias: Shape [Cout].
    ///   - padding: Zeros on each side of the input.
    public init(weight: Tensor, bias: Tensor, stride: Int = 1, padding: (height: Int, width: Int) = (0, 0)) {
        self.weight = weight
        self.bias = bias
        self.stride = stride
        self.padding = padding
    }

    /// [N, Cin, H, W] to [N, Cout, H', W'] with H' = (H + 2 · padding - kernel) / stride + 1.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        let shape = input.shape
        // What a failed operation gave has no shape either; the plain convolution reports it.
        guard input.device == .cpu, shape.count == 4, input.dtype == .float32 else { return plain(input) }
        if packed.map({ $0.shape.dropFirst() != shape.dropFirst() }) ?? true { packed = (shape, pack(for: shape)) }
        return withoutGradients {
            Tensor(
                ct_packed_convolution_relu(
                    input.pointer, (packed?.weight ?? weight).pointer, bias.pointer, Int64(stride), Int64(padding.height),
                    Int64(padding.width)),
                "ConvolutionReLU", [input, weight])
        }
    }

    /// The same through separate operations, on any device.
    func plain(_ input: Tensor) -> Tensor {
        let padded =
            padding == (0, 0)
            ? input
            : input.padded(.zero, left: padding.width, right: padding.width, top: padding.height, bottom: padding.height)
        return padded.conv2d(weight: weight, bias: bias, stride: stride).relu()
    }

    private func pack(for shape: [Int]) -> Tensor {
        Tensor(
            ct_pack_convolution(
                weight.pointer, Int64(stride), Int64(padding.height), Int64(padding.width), shape.map(Int64.init)),
            "ConvolutionReLU", [weight])
    }
}
