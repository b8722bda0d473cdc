import Support
import TestSupport
import Testing

@testable import Torch

/// The fast kernels against libtorch's operators in float64.
@Suite(.serialized) struct FusedLayerTests {
    /// A layer of random extents, drawn from what kernels find hard: borders, odd channels, images smaller than a tile.
    struct Case {
        let count: Int, height: Int, width: Int, inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int, outputPadding: Int
        let border: PaddingMode
        let isTransposed: Bool
        let prologue: Prologue

        init(_ random: inout SplitMix64) {
            func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
            let kernel = pick([3, 3, 3, 3, 1, 2, 4, 5, 7])
            isTransposed = pick([false, false, true])
            border = isTransposed ? .zero : pick([.zero, .reflect])
            self.kernel = kernel
            stride = min(kernel, pick(isTransposed ? [2, 3] : [1, 1, 2, 3]))
            count = pick([1, 2, 3])
            height = pick([1, 2, 3, 5, 8, 13, 31, 67])
            width = pick([1, 2, 4, 7, 16, 23, 40, 131])
            inputs = pick([1, 2, 3, 4, 5, 8, 15, 16, 17, 32, 40, 300])
            outputs = pick([1, 2, 3, 4, 5, 8, 16, 31, 33, 64])
            padding = pick(Array(0...(border == .zero ? kernel / 2 : max(0, min(3, min(height, width) - 1)))))
            outputPadding = isTransposed ? pick(Array(0..<max(stride, 1))) : 0
            prologue =
                height * width < 16
                ? Prologue(slope: pick([nil, 0]))
                : Prologue(epsilon: pick([nil, 1e-5]), slope: pick([nil, 0, 0.2]))
        }

        var hasOutput: Bool {
            func size(_ input: Int) -> Int {
                isTransposed ? (input - 1) * stride - 2 * padding + kernel + outputPadding : input + 2 * padding - kernel + 1
            }
            return size(height) > 0 && size(width) > 0
        }

        func callAsFunction(_ input: Tensor, _ weight: Tensor, _ bias: Tensor) -> Tensor {
            guard isTransposed else {
                return input.fusedConv2d(
                    weight: weight, bias: bias, stride: stride, padding: padding, border: border, prologue: prologue)
            }
            return input.fusedConvTranspose2d(
                weight: weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding, prologue: prologue)
        }
    }

    @Test(arguments: TorchRuntime.instructionSets)
    func convolutionEqualsFloat64(_ instructionSet: String) {
        var random = SplitMix64(seed: 3)
        let generator = TorchRandom(seed: 11)
        for _ in 0..<120 {
            let layer = Case(&random)
            guard layer.hasOutput else { continue }
            let weightShape = layer.isTransposed ? [layer.inputs, layer.outputs] : [layer.outputs, layer.inputs]
            let tensors = [
                normal([layer.count, layer.inputs, layer.height, layer.width], generator),
                normal(weightShape + [layer.kernel, layer.kernel], generator), normal([layer.outputs], generator),
            ]
            TorchRuntime.kernels = random.next() % 2 == 0 ? .auto : .accurate
            defer { TorchRuntime.kernels = .auto }
            // Single and double precision get the same rounded numbers.
            let exact = gradients(of: tensors.map { $0.to(.float64) }) { layer($0[0], $0[1], $0[2]) }
            let found = TorchRuntime.withInstructionSet(instructionSet) { gradients(of: tensors) { layer($0[0], $0[1], $0[2]) } }
            for (name, (found, exact)) in zip(["output", "input", "weight", "bias"], zip(found, exact)) {
                // Rounding errors of sums grow with their terms' size, so they are judged against the largest number.
                let scale = exact.abs().max().item()
                expectClose(found, exact, relative: 0, absolute: 3e-5 * scale + 1e-12, "\(name) of \(layer), \(instructionSet)")
            }
        }
    }

    @Test(arguments: TorchRuntime.instructionSets)
    func normEqualsFloat64(_ instructionSet: String) {
        let generator = TorchRandom(seed: 5)
        for (shape, slope) in [([1, 3, 5, 7], 0.0), ([2, 16, 64, 33], 0.2), ([3, 130, 4, 4], 1.0), ([1, 1, 131, 67], 0.0)] {
            let prologue = Prologue(epsilon: 1e-5, slope: slope)
            // A mean far from zero, which a one-pass variance would lose.
            let tensors = [normal(shape, generator) + 20, normal(shape, generator)]
            func run(_ tensors: [Tensor]) -> Tensor { tensors[0].fusedNorm(prologue, adding: tensors[1]) }
            let exact = gradients(of: tensors.map { $0.to(.float64) }, run)
            let found = TorchRuntime.withInstructionSet(instructionSet) { gradients(of: tensors, run) }
            for (found, exact) in zip(found, exact) {
                expectClose(found, exact, relative: 0, absolute: 3e-5 * exact.abs().max().item(), "\(shape) on \(instructionSet)")
            }
        }
    }

    /// The output, and the gradients of a weighted sum of it.
    private func gradients(of tensors: [Tensor], _ run: ([Tensor]) -> Tensor) -> [Tensor] {
        for tensor in tensors { tensor.setRequiresGrad(true) }
        let output = run(tensors)
        let weights = normal(output.shape, TorchRandom(seed: 7)).to(output.dtype)
        return [output.detached()] + (output * weights).sum().gradients(withRespectTo: tensors)
    }

    private func normal(_ shape: [Int], _ generator: TorchRandom) -> Tensor {
        let tensor = Tensor.zeros(shape)
        tensor.fillNormal(using: generator)
        return tensor
    }
}
