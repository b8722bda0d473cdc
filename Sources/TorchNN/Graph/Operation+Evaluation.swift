import Torch

/// A layer with operations around its own one: a border before a blur, convolutions before attention.
protocol OperationLayer: Layer {
    /// The layer's own operation alone.
    func operation(on inputs: [Tensor]) -> Tensor
}

extension Graph.Node {
    /// The operation by itself, as a function of its inputs.
    var evaluation: ([Tensor]) -> Tensor {
        guard let layer else { return operation.evaluation }
        if let layer = layer as? any OperationLayer { return layer.operation(on:) }
        return { layer($0[0]) }
    }
}

extension Operation {
    /// An operation without tensors and state, as a function of its inputs.
    var evaluation: ([Tensor]) -> Tensor {
        switch self {
        case .instanceNorm(let epsilon): { $0[0].instanceNorm(epsilon: epsilon) }
        case .activation(let activation): { activation($0[0]) }
        case .padding(let mode, let width): { $0[0].padded(mode, left: width, right: width, top: width, bottom: width) }
        case .add: { $0[0] + $0[1] }
        case .blend:
            { inputs in
                let (x, share) = (inputs[0], inputs[2].sum([1]).reshaped([inputs[2].shape[0], 1, 1, 1]))
                return x + (inputs[1] - x) * share
            }
        case .concatenate: { Tensor.concatenated($0, dimension: 1) }
        case .resize(let scale): { $0[0].interpolatedNearest(scale: scale) }
        case .pixelShuffle(let factor): { $0[0].pixelShuffled(factor) }
        case .channels(let start, let count, _): { $0[0].narrowed(dimension: 1, start: start, length: count) }
        case .firstPixel:
            { inputs in
                let pixel = inputs[0].narrowed(dimension: 2, start: 0, length: 1).narrowed(dimension: 3, start: 0, length: 1)
                // A condition is given: blocks that are computed again must not lead back through it.
                return pixel.reshaped([pixel.shape[0], pixel.shape[1]]).detached()
            }
        case .input, .convolution, .transposedConvolution, .linear, .batchNorm, .scaleAndShift, .modulate, .dropout, .blur, .attention,
            .custom:
            preconditionFailure("'\(self)' needs the tensors or the state of a layer: append it with one")
        }
    }
}
