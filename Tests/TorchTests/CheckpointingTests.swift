import TestSupport
import Testing
import Torch

@Suite struct CheckpointingTests {
    private final class Counter {
        var runs = 0
    }

    private func leaf(_ values: [Double]) -> Tensor {
        let tensor = Tensor(values, shape: [values.count])
        tensor.setRequiresGrad(true)
        return tensor
    }

    @Test func theBodyRunsAgainAndGivesTheSameGradients() throws {
        let (input, weight) = (leaf([0.3, -0.7]), leaf([1.5, 2]))
        let counter = Counter()
        func body(_ x: Tensor) -> Tensor { (x * weight).tanh().exp() }
        // Used twice in one graph, as a generator is.
        let plain = body(body(input)).sum()
        plain.backward()
        let expected = try [input, weight].map { try #require($0.grad).cloned() }
        for tensor in [input, weight] { tensor.zeroGrad() }

        func counted(_ x: Tensor) -> Tensor {
            counter.runs += 1
            return body(x)
        }
        let checkpointedSum = checkpointed(checkpointed(input, counted), counted).sum()
        #expect(checkpointedSum.item() == plain.item())
        #expect(counter.runs == 2)
        checkpointedSum.backward()
        #expect(counter.runs == 4)
        for (tensor, gradient) in zip([input, weight], expected) {
            #expect(tensor.grad?.array(of: Double.self) == gradient.array(of: Double.self))
        }
    }

    @Test func parametersGetGradientsWhenTheInputNeedsNone() throws {
        let weight = leaf([2])
        checkpointed(Tensor([3] as [Double], shape: [1])) { $0 * weight }.sum().backward()
        #expect(try #require(weight.grad).item() == 3)
    }

    @Test func randomNumbersAreDrawnAgainAndLaterOnesAreNotDisturbed() throws {
        func run(_ isCheckpointed: Bool) throws -> (gradient: [Double], next: [Float]) {
            let random = TorchRandom(seed: 5)
            let input = leaf((0..<20).map(Double.init))
            func body(_ x: Tensor) -> Tensor {
                let mask = Tensor.empty([20], dtype: .float64)
                mask.fillBernoulli(probability: 0.5, using: random)
                return x * mask
            }
            let output = isCheckpointed ? checkpointed(input, random: random, body) : body(input)
            let next = Tensor.empty([4])
            next.fillNormal(using: random)
            output.sum().backward()
            next.fillNormal(using: random)
            return (try #require(input.grad).array(of: Double.self), next.array(of: Float.self))
        }
        let (plain, replayed) = (try run(false), try run(true))
        #expect(plain.gradient == replayed.gradient)
        #expect(plain.next == replayed.next)
    }

    @Test func theBodyIsReleasedWithAndWithoutABackwardPass() {
        weak var released: Counter?
        let before = TorchRuntime.liveTensorCount
        for runsBackward in [true, false] {
            let input = leaf([1])
            do {
                let counter = Counter()
                released = counter
                let output = checkpointed(input) { x in
                    counter.runs += 1
                    return x * x
                }
                if runsBackward { output.sum().backward() }
                #expect(counter.runs == (runsBackward ? 2 : 1))
            }
            #expect(released == nil)
        }
        #expect(TorchRuntime.liveTensorCount == before)
    }

    @Test func withoutRecordingTheBodySimplyRuns() {
        let counter = Counter()
        let output = withoutGradients {
            checkpointed(leaf([2])) { x in
                counter.runs += 1
                return x * x
            }
        }
        #expect(output.item() == 4 && !output.requiresGrad && counter.runs == 1)
    }

    @Test func errorsInTheBodyAreThrown() {
        let first = #expect(throws: TorchError.self) {
            try withTorchErrors { checkpointed(leaf([1, 2])) { $0.reshaped([3]) } }
        }
        #expect(first?.message.contains("reshaped[3]") == true)
        let counter = Counter()
        let second = #expect(throws: TorchError.self) {
            try withTorchErrors {
                checkpointed(leaf([1, 2])) { x in
                    counter.runs += 1
                    return x.reshaped([counter.runs == 1 ? 2 : 3])
                }.sum().backward()
            }
        }
        #expect(second?.message.contains("reshaped[3]") == true)
    }

    @Test func whatACheckpointCannotGiveIsAnError() {
        let input = leaf([2])
        let output = checkpointed(input) { $0 * $0 * $0 }.sum()
        for createGraph in [false, true] {
            let error = #expect(throws: TorchError.self) {
                try withTorchErrors { output.gradients(withRespectTo: [input], createGraph: createGraph) }
            }
            #expect(error?.message.contains("do not checkpoint it") == true)
        }
    }
}
