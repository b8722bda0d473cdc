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
        let isDepthwise: Bool
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
            isDepthwise = !isTransposed && pick([false, false, true])
            outputs = isDepthwise ? inputs : pick([1, 2, 3, 4, 5, 8, 16, 31, 33, 64])
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
            let weightShape =
                layer.isTransposed ? [layer.inputs, layer.outputs] : [layer.outputs, layer.isDepthwise ? 1 : layer.inputs]
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

    /// Those sizes of a discriminator's last layers for which tiles of different sizes are best.
    @Test(arguments: TorchRuntime.instructionSets)
    func smallImagesOfDiscriminatorsEqualFloat64(_ instructionSet: String) {
        let generator = TorchRandom(seed: 12)
        for (count, height, width) in [(3, 8, 8), (1, 16, 15), (4, 7, 7), (2, 32, 9), (8, 5, 6)] {
            let tensors = [normal([count, 16, height, width], generator), normal([33, 16, 4, 4], generator), normal([33], generator)]
            func layer(_ tensors: [Tensor]) -> Tensor {
                tensors[0].fusedConv2d(weight: tensors[1], bias: tensors[2], padding: 1, prologue: Prologue(epsilon: 1e-5, slope: 0.2))
            }
            let exact = gradients(of: tensors.map { $0.to(.float64) }, layer)
            let found = TorchRuntime.withInstructionSet(instructionSet) { gradients(of: tensors, layer) }
            for (name, (found, exact)) in zip(["output", "input", "weight", "bias"], zip(found, exact)) {
                let scale = exact.abs().max().item()
                expectClose(
                    found, exact, relative: 0, absolute: 3e-5 * scale, "\(name) of \(count) \(height)x\(width), \(instructionSet)")
            }
        }
    }

    /// Of images joined to one batch, those that want a gradient get the one they get alone, wherever they lie.
    @Test func joinedImagesGetTheirGradients() throws {
        let generator = TorchRandom(seed: 15)
        let (wanted, other) = (normal([2, 16, 12, 13], generator), normal([3, 16, 12, 13], generator))
        let (weight, wide, transposed) = (
            normal([16, 16, 3, 3], generator), normal([5, 16, 7, 7], generator), normal([16, 8, 3, 3], generator)
        )
        let layers: [(Tensor) -> Tensor] = [
            { $0.fusedConv2d(weight: weight, bias: nil, padding: 1, border: .reflect, prologue: Prologue(epsilon: 1e-5, slope: 0)) },
            { $0.fusedConv2d(weight: wide, bias: nil, padding: 3, border: .reflect) },
            { $0.fusedConvTranspose2d(weight: transposed, bias: nil, stride: 2, padding: 1, outputPadding: 1) },
        ]
        for layer in layers {
            let alone = gradients(of: [wanted]) { layer($0[0]).square() }[1]
            for (order, start) in [([wanted, other], 0), ([other, wanted], 3), ([other, wanted, other], 3)] {
                let joined = Tensor.concatenated(order)
                func total() -> Tensor {
                    let output = layer(joined).narrowed(dimension: 0, start: start, length: 2).square()
                    return (output * weights(of: output)).sum()
                }
                wanted.zeroGrad()
                total().backward()
                for found in [try #require(wanted.grad), total().gradients(withRespectTo: [wanted])[0]] {
                    expectClose(found, alone, relative: 0, absolute: 1e-5 * alone.abs().max().item())
                }
                // Whoever asks for that of the whole batch gets all of it.
                let ofAll = layer(joined).square().sum().gradients(withRespectTo: [joined])[0]
                let images = joined.detached()
                images.setRequiresGrad(true)
                let exact = layer(images).square().sum().gradients(withRespectTo: [images])[0]
                expectClose(ofAll, exact, relative: 0, absolute: 1e-5 * exact.abs().max().item())
            }
        }
    }

    /// libtorch's graph names the parts of a joined batch, by members that are not part of its interface.
    @Test func partsOfJoinedBatchesAreSeen() {
        let (wanted, other) = (Tensor.zeros([3, 2, 4, 4]), Tensor.zeros([5, 2, 4, 4]))
        wanted.setRequiresGrad(true)
        let notSeen: Comment = "libtorch's CatBackward0 has changed: images_with_gradient in joined_batches.cpp no longer reads it"
        #expect(Tensor.concatenated([wanted, other]).imagesWithGradient == 3, notSeen)
        #expect(Tensor.concatenated([wanted, other, other]).imagesWithGradient == 3, notSeen)
        #expect(Tensor.concatenated([other, wanted, other]).imagesWithGradient == 8, notSeen)
        #expect(Tensor.concatenated([other, wanted]).imagesWithGradient == 8, notSeen)
        #expect((wanted + 1).imagesWithGradient == 3 && wanted.imagesWithGradient == 3)
        #expect(Tensor.concatenated([wanted, wanted], dimension: 1).imagesWithGradient == 3, notSeen)
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

    /// The gradient of a gradient's norm, as gradient penalties need it, against libtorch in float64: a kernel's own backward pass must
    /// not stand in for one that can be differentiated.
    @Test func gradientsCanBeDifferentiatedAgain() {
        let generator = TorchRandom(seed: 9)
        let tensors = [
            normal([2, 16, 9, 8], generator), normal([16, 16, 3, 3], generator), normal([16], generator), normal([16, 3, 4, 4], generator),
        ]
        func penaltyGradients(_ tensors: [Tensor]) -> [Tensor] {
            for tensor in tensors { tensor.setRequiresGrad(true) }
            let inner = tensors[0].fusedConv2d(weight: tensors[1], bias: tensors[2], padding: 1, border: .reflect)
            let output = inner.fusedConvTranspose2d(
                weight: tensors[3], bias: nil, stride: 2, padding: 1, outputPadding: 0, prologue: Prologue(epsilon: 1e-5, slope: 0.2))
            let score = output.fusedNorm(Prologue(epsilon: 1e-5, slope: 0), adding: output).square().mean()
            let gradient = score.gradients(withRespectTo: [tensors[0]], createGraph: true)[0]
            let penalty = gradient.square().sum()
            return [penalty.detached()] + penalty.gradients(withRespectTo: [tensors[0], tensors[1], tensors[3]])
        }
        let exact = penaltyGradients(tensors.map { $0.to(.float64) })
        for (found, exact) in zip(penaltyGradients(tensors), exact) {
            let scale = exact.abs().max().item()
            #expect(scale > 0)
            expectClose(found, exact, relative: 0, absolute: 1e-4 * scale)
        }
    }

    /// Gradients against differences of the output, in the direction of one random step for all tensors together.
    @Test(arguments: TorchRuntime.instructionSets)
    func gradientsEqualDifferences(_ instructionSet: String) {
        let generator = TorchRandom(seed: 13)
        let cases: [(shape: [Int], weight: [Int], stride: Int, border: PaddingMode, prologue: Prologue)] = [
            ([1, 16, 24, 20], [16, 16, 3, 3], 1, .reflect, Prologue(epsilon: 1e-5, slope: nil)),
            ([2, 16, 9, 7], [32, 16, 3, 3], 2, .zero, Prologue(epsilon: 1e-5, slope: 0.2)),
            ([1, 16, 17, 18], [17, 16, 4, 4], 2, .zero, Prologue()), ([1, 3, 8, 9], [5, 3, 7, 7], 1, .reflect, Prologue()),
            ([1, 16, 12, 12], [2, 16, 5, 5], 1, .zero, Prologue(epsilon: 1e-5, slope: nil)),
        ]
        for (shape, weightShape, stride, border, prologue) in cases {
            let tensors = [normal(shape, generator), normal(weightShape, generator), normal([weightShape[0]], generator)]
            func layer(_ tensors: [Tensor]) -> Tensor {
                tensors[0].fusedConv2d(
                    weight: tensors[1], bias: tensors[2], stride: stride, padding: 1, border: border, prologue: prologue)
            }
            TorchRuntime.withInstructionSet(instructionSet) {
                let found = gradients(of: tensors, layer)
                let steps = tensors.map { normal($0.shape, generator) * 1e-2 }
                let (ahead, behind) = withoutGradients {
                    (layer(zip(tensors, steps).map { $0 + $1 }), layer(zip(tensors, steps).map { $0 - $1 }))
                }
                let difference = ((ahead - behind).to(.float64) * weights(of: ahead).to(.float64)).sum().item() / 2
                let changes = zip(found.dropFirst(), steps).map { ($0 * $1).to(.float64) }
                let expected = changes.reduce(0) { $0 + $1.sum().item() }
                let size = changes.reduce(0) { $0 + $1.square().sum().item() }.squareRoot()
                #expect(
                    abs(difference - expected) < 0.02 * size, "\(shape) \(weightShape) on \(instructionSet): \(difference), \(expected)")
            }
        }
    }

    /// Integers of 8 bits are for networks that are only evaluated, and each pixel stands for itself.
    @Test(.enabled(if: TorchRuntime.multipliesBytes)) func bytesAreForEvaluation() {
        let generator = TorchRandom(seed: 4)
        let (input, weight, bias) = (normal([2, 20, 5, 7], generator), normal([9, 20, 1, 1], generator), normal([9], generator))
        weight.setRequiresGrad(true)
        func convolved(_ kernels: CPUKernels, _ input: Tensor) -> Tensor {
            TorchRuntime.kernels = kernels
            defer { TorchRuntime.kernels = .auto }
            return input.fusedConv2d(weight: weight, bias: bias, prologue: Prologue(slope: 0.2))
        }
        #expect(convolved(.int8, input).array(of: Float.self) == convolved(.auto, input).array(of: Float.self))
        withoutGradients {
            let (exact, rounded) = (convolved(.auto, input), convolved(.int8, input))
            let error = ((rounded - exact).square().mean() / exact.square().mean()).sqrt().item()
            #expect(error > 1e-4 && error < 0.02, "\(error)")
            // A pixel that is no number, one of zeros and one of small numbers.
            let pixels = input.permuted([0, 2, 3, 1]).contiguous().array(of: Float.self).enumerated().map { index, value -> Float in
                switch index / 20 {
                case 1: return index == 25 ? Float.infinity : value
                case 2: return 0
                case 3: return value * 1e-20
                default: return value
                }
            }
            let odd = convolved(.int8, Tensor(pixels, shape: [2, 5, 7, 20]).permuted([0, 3, 1, 2]))
            func pixel(_ tensor: Tensor, _ index: Int) -> [Float] {
                Array(tensor.permuted([0, 2, 3, 1]).contiguous().array(of: Float.self)[index * 9..<(index + 1) * 9])
            }
            #expect(pixel(odd, 1).allSatisfy { !$0.isFinite })
            for index in [2, 3] { #expect(pixel(odd, index) == bias.array(of: Float.self)) }
            for index in [0] + Array(4..<70) { #expect(pixel(odd, index) == pixel(rounded, index)) }
        }
    }

    /// Weights in the kernels' own order are kept until an optimiser, a copy or anything else changes the weight; those that meet few
    /// pixels are not.
    @Test(arguments: [12, 140]) func changedWeightsAreSeen(_ size: Int) {
        let generator = TorchRandom(seed: 2)
        let (input, weight) = (normal([1, 16, size, size], generator), normal([16, 16, 3, 3], generator))
        weight.setRequiresGrad(true)
        func check(_ change: String) {
            let exact = withoutGradients { input.to(.float64).conv2d(weight: weight.to(.float64), bias: nil) }
            let found = withoutGradients { input.fusedConv2d(weight: weight, bias: nil) }
            expectClose(found, exact, relative: 0, absolute: 1e-5 * exact.abs().max().item(), change)
        }
        check("at first")
        let state = (0..<2).map { _ in Tensor.zeros(weight.shape) } + [Tensor.zeros([])]
        input.fusedConv2d(weight: weight, bias: nil).square().sum().backward()
        fusedAdam(
            parameters: [weight], means: [state[0]], squares: [state[1]], steps: [state[2]], learningRate: 0.5, betas: (0.9, 0.999),
            epsilon: 1e-8)
        check("after a step of Adam")
        withoutGradients { weight.copy(from: normal(weight.shape, generator)) }
        check("after a copy")
        withoutGradients { weight.multiply(by: 3) }
        check("after a product in place")
    }

    /// An instance norm takes a bias away; its gradient is zero itself, not rounding noise, and a step does not even have one.
    @Test func cancelledBiasesGetNoGradient() {
        let generator = TorchRandom(seed: 3)
        let (input, weight, bias) = (normal([1, 8, 6, 6], generator), normal([8, 8, 3, 3], generator), normal([8], generator))
        for tensor in [weight, bias] { tensor.setRequiresGrad(true) }
        let output = input.fusedConv2d(weight: weight, bias: bias, cancelsBias: true).fusedNorm(Prologue(epsilon: 1e-5))
        let (found, ofBias) = (output.detached(), output.pow(3).sum().gradients(withRespectTo: [bias])[0])
        #expect(
            ofBias.array(of: Float.self) == [Float](repeating: 0, count: 8),
            "libtorch's engine takes a request by name for a backward pass of leaves: only_leaves_get_gradients in internal.hpp")
        input.fusedConv2d(weight: weight, bias: bias, cancelsBias: true).square().sum().backward()
        #expect(weight.grad != nil)
        #expect(bias.grad == nil, "libtorch's engine no longer tells a backward pass of leaves: only_leaves_get_gradients in internal.hpp")
        expectClose(found, input.conv2d(weight: weight, bias: bias).instanceNorm(), relative: 1e-4, absolute: 1e-5)
    }

    /// Which thread does what does not show in the numbers.
    @Test func resultsAreTheSameInEachRun() {
        let generator = TorchRandom(seed: 4)
        let tensors = [normal([2, 32, 30, 34], generator), normal([32, 32, 3, 3], generator)]
        func run() -> [[Float]] {
            gradients(of: tensors) { $0[0].fusedConv2d(weight: $0[1], bias: nil, prologue: Prologue(epsilon: 1e-5, slope: 0)) }
                .map { $0.array(of: Float.self) }
        }
        let first = run()
        for _ in 0..<5 { #expect(run() == first) }
    }

    /// The output, and the gradients of a weighted sum of it.
    private func gradients(of tensors: [Tensor], _ run: ([Tensor]) -> Tensor) -> [Tensor] {
        for tensor in tensors { tensor.setRequiresGrad(true) }
        let output = run(tensors)
        return [output.detached()] + (output * weights(of: output)).sum().gradients(withRespectTo: tensors)
    }

    private func weights(of output: Tensor) -> Tensor { normal(output.shape, TorchRandom(seed: 7)).to(output.dtype) }

    private func normal(_ shape: [Int], _ generator: TorchRandom) -> Tensor {
        let tensor = Tensor.zeros(shape)
        tensor.fillNormal(using: generator)
        return tensor
    }
}
