import CTorch

/// Runs `body` on `input` without keeping its inner results, which backward computes again: less memory for more time.
///
/// Chen et al., "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174. Gradients are those of `body(input)`, also of the
/// parameters that `body` uses (to the last bit when it uses each once), but only `backward()` gives them: `gradients(withRespectTo:)` and
/// second derivatives are errors. Without gradients being recorded this is `body(input)`. On a GPU, `body` runs a second time on
/// libtorch's own thread while the caller waits.
/// - Parameters:
///   - random: The source of random numbers in `body`, which draws the same ones again.
///   - body: Must do the same each time, and must not change any state, such as running statistics.
public func checkpointed(_ input: Tensor, random: TorchRandom? = nil, _ body: @escaping (Tensor) -> Tensor) -> Tensor {
    guard ct_grad_mode() else { return body(input) }
    let segment = Unmanaged.passRetained(Segment(body: body, random: random))
    let result = ct_checkpoint(
        input.pointer,
        { context, input in
            guard let context else { return nil }
            let segment = Unmanaged<Segment>.fromOpaque(context).takeUnretainedValue()
            let output = segment.run(Tensor(input, "checkpointed", []))
            return ct_share(output.pointer)
        },
        segment.toOpaque(),
        { context in
            if let context { Unmanaged<Segment>.fromOpaque(context).release() }
        })
    return Tensor(result, "checkpointed", [input])
}

/// The body of a checkpoint, with the state of the random numbers that its first run begins with.
private final class Segment {
    private let body: (Tensor) -> Tensor
    private let random: (generator: TorchRandom, start: Tensor)?
    private var hasRun = false

    init(body: @escaping (Tensor) -> Tensor, random: TorchRandom?) {
        self.body = body
        self.random = random.map { ($0, $0.state) }
    }

    func run(_ input: Tensor) -> Tensor {
        defer { hasRun = true }
        guard hasRun, let random else { return body(input) }
        return random.generator.replaying(from: random.start) { body(input) }
    }
}
