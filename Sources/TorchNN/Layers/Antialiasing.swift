import Torch

/// Blurs and halves: a mirrored border, then [1, 2, 1] / 4 in both directions at every other pixel; [N, C, H, W] to [N, C, ⌈H/2⌉, ⌈W/2⌉].
///
/// Zhang, "Making Convolutional Networks Shift-Invariant Again", arXiv 1904.11486, as the reference implementation of CUT
/// (arXiv 2007.15651) uses it after a convolution of stride 1.
public final class AntialiasedDownsample2d: Module, OperationLayer {
    /// The fixed filter of every channel, shape [C, 1, 3, 3]; CUT's files hold it.
    @Buffer("filt") public private(set) var filter: Tensor
    private let channels: Int

    /// A layer for `channels` channels.
    public init(channels: Int) {
        self.channels = channels
        super.init()
        filter = blur([1, 2, 1], sum: 1, channels: channels)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let blur = Blur(channels: channels, kernelSize: filter.shape[2], stride: 2, isTransposed: false, cropping: 0)
        return graph.append(.blur(blur), of: self, to: graph.append(.padding(.reflect, 1), to: input))
    }

    func operation(on inputs: [Tensor]) -> Tensor { inputs[0].conv2d(weight: filter, bias: nil, stride: 2, groups: channels) }
}

/// Doubles and smooths: the border repeated, then the transpose of a blur by [1, 3, 3, 1] / 4 with stride 2; [N, C, H, W] to
/// [N, C, 2H, 2W].
///
/// The counterpart of `AntialiasedDownsample2d` in CUT, which puts a convolution of stride 1 behind it.
public final class AntialiasedUpsample2d: Module, OperationLayer {
    /// The fixed filter of every channel, shape [C, 1, 4, 4]; CUT's files hold it.
    @Buffer("filt") public private(set) var filter: Tensor
    private let channels: Int
    /// Takes off what the border adds and keeps 2H × 2W pixels in the middle.
    private let cropping = 3

    /// A layer for `channels` channels.
    public init(channels: Int) {
        self.channels = channels
        super.init()
        // Each output pixel is reached by a quarter of the filter's entries.
        filter = blur([1, 3, 3, 1], sum: 4, channels: channels)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let blur = Blur(channels: channels, kernelSize: filter.shape[2], stride: 2, isTransposed: true, cropping: cropping)
        return graph.append(.blur(blur), of: self, to: graph.append(.padding(.replicate, 1), to: input))
    }

    func operation(on inputs: [Tensor]) -> Tensor {
        inputs[0].convTranspose2d(weight: filter, bias: nil, stride: 2, padding: cropping, outputPadding: 0, groups: channels)
    }
}

/// The outer product of `taps` with itself, scaled to `sum`, for each channel: shape [C, 1, taps, taps].
private func blur(_ taps: [Float], sum: Double, channels: Int) -> Tensor {
    let row = Tensor(taps, shape: [1, taps.count])
    let square = row.permuted([1, 0]).matmul(row)
    return (square * (sum / square.sum().item())).reshaped([1, 1, taps.count, taps.count])
        .expanded(to: [channels, 1, taps.count, taps.count]).contiguous()
}
