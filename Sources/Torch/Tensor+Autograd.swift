import CTorch

extension Tensor {
    /// Whether operations on this tensor are recorded for gradients. Set it on leaves only.
    public var requiresGrad: Bool { ct_requires_grad(pointer) }

    /// Turns the recording of gradients for this leaf on or off.
    public func setRequiresGrad(_ enabled: Bool) {
        check(ct_set_requires_grad(pointer, enabled), "setRequiresGrad", [self])
    }

    /// The gradient that `backward()` has accumulated here, of this tensor's shape.
    public var grad: Tensor? {
        let gradient = Tensor(ct_grad(pointer), "grad", [self])
        return ct_is_defined(gradient.pointer) ? gradient : nil
    }

    /// Forgets the accumulated gradient.
    public func zeroGrad() {
        check(ct_zero_grad(pointer), "zeroGrad", [self])
    }

    /// The same values, cut off from the graph.
    public func detached() -> Tensor {
        Tensor(ct_detach(pointer), "detached", [self])
    }

    /// Adds the gradient of this single number to the `grad` of every leaf it depends on.
    public func backward() {
        check(ct_backward(pointer), "backward", [self])
    }

    /// The gradients of this single number with respect to `inputs`, without touching any `grad`.
    ///
    /// - Parameter createGraph: Whether the gradients can be differentiated again, as a gradient penalty needs.
    public func gradients(withRespectTo inputs: [Tensor], createGraph: Bool = false) -> [Tensor] {
        var results = [OpaquePointer?](repeating: nil, count: inputs.count)
        let status = withPointers(inputs) { ct_gradients(pointer, $0, $1, createGraph, &results) }
        check(status, "gradients", [self] + inputs)
        return results.map { $0.map { Tensor($0, "gradients", []) } ?? Tensor(ct_undefined(), "gradients", []) }
    }
}

extension Tensor {
    /// Scales all gradients of `tensors` by one factor so that their common L2 norm is at most `max`, as PyTorch's `clip_grad_norm_`.
    ///
    /// The factor is min(1, max / (norm + 10⁻⁶)). Tensors without a gradient are left out.
    /// - Returns: The norm before, without dimensions; it stays on the device, so nothing waits for it.
    @discardableResult
    public static func clipGradientNorm(of tensors: [Tensor], to max: Double) -> Tensor {
        Tensor(withPointers(tensors) { ct_clip_gradient_norm($0, $1, max) }, "clipGradientNorm", tensors)
    }
}

/// Runs `body` without recording gradients on this thread.
///
/// The closure is synchronous because the mode belongs to the thread, and a task may continue on another one.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let wasEnabled = ct_grad_mode()
    ct_set_grad_mode(false)
    defer { ct_set_grad_mode(wasEnabled) }
    return try body()
}

/// One update of Adam over all parameters that have a gradient, in place, as a single fused operation.
package func fusedAdam(
    parameters: [Tensor], means: [Tensor], squares: [Tensor], steps: [Tensor], learningRate: Double, betas: (Double, Double),
    epsilon: Double
) {
    let status = withPointers(parameters) { parameters, count in
        withPointers(means) { means, _ in
            withPointers(squares) { squares, _ in
                withPointers(steps) { steps, _ in
                    ct_fused_adam(parameters, means, squares, steps, count, learningRate, betas.0, betas.1, epsilon)
                }
            }
        }
    }
    check(status, "fusedAdam", [])
}
