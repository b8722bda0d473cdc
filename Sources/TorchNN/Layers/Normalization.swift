import Torch

/// The kind of normalisation between the layers of a network.
public enum Normalization: String, CaseIterable, Codable, Sendable {
    case instance, batch, none
    /// Instance norm with a trained scale and shift for each channel.
    case affineInstance = "instance-affine"

    /// Whether the reference gives convolutions before such a norm a bias: batch norm would cancel it.
    public var wantsBias: Bool { self == .instance || self == .affineInstance }

    /// A normalisation layer for `channels` channels.
    ///
    /// - Parameter conditions: Above 0, an instance norm is modulated by so many numbers; see `ModulatedInstanceNorm2d`.
    public func layer(channels: Int, conditions: Int = 0) -> any Layer {
        switch self {
        case .instance where conditions > 0: ModulatedInstanceNorm2d(channels: channels, conditions: conditions)
        case .instance: InstanceNorm2d()
        case .affineInstance: InstanceNorm2d(affineChannels: channels)
        case .batch: BatchNorm2d(channels: channels)
        case .none: Identity()
        }
    }
}

/// Normalises every channel of every image by its own mean and variance, without running statistics.
///
/// Ulyanov et al., "Instance Normalization", arXiv 1607.08022.
public final class InstanceNorm2d: Module, OperationLayer {
    /// The scale of each channel, shape [C]; nil for a norm without.
    @Parameter public private(set) var weight: Tensor?
    /// What is added to each channel, shape [C]; nil for a norm without.
    @Parameter public private(set) var bias: Tensor?
    /// Added to the variance.
    public let epsilon: Double

    /// - Parameter affineChannels: The channels that get a trained scale, at first 1, and shift, at first 0; by default there is neither, and
    ///   any number of channels will do.
    public init(affineChannels: Int? = nil, epsilon: Double = 1e-5) {
        weight = affineChannels.map { Tensor.ones([$0]) }
        bias = affineChannels.map { Tensor.zeros([$0]) }
        self.epsilon = epsilon
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        operation(on: [input.instanceNorm(epsilon: epsilon)])
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        let normalized = graph.append(.instanceNorm(epsilon: epsilon), to: input)
        guard let weight else { return normalized }
        return graph.append(.scaleAndShift(channels: weight.shape[0]), of: self, to: normalized)
    }

    func operation(on inputs: [Tensor]) -> Tensor {
        guard let weight, let bias else { return inputs[0] }
        return inputs[0].scaled(by: weight, shiftedBy: bias)
    }
}

extension Tensor {
    /// Every channel of images [N, C, H, W] times a number and plus another, both of shape [C].
    func scaled(by scale: Tensor, shiftedBy shift: Tensor) -> Tensor {
        let shape = [1, scale.shape[0], 1, 1]
        return self * scale.reshaped(shape) + shift.reshaped(shape)
    }
}

/// Normalises every channel over the batch; in evaluation by the running statistics or by those of each image.
///
/// Ioffe and Szegedy, "Batch Normalization", arXiv 1502.03167.
public final class BatchNorm2d: Module, Layer {
    /// Shape [C].
    @Parameter public private(set) var weight: Tensor
    /// Shape [C].
    @Parameter public private(set) var bias: Tensor
    /// Shape [C].
    @Buffer("running_mean") public private(set) var runningMean: Tensor
    /// Shape [C].
    @Buffer("running_var") public private(set) var runningVariance: Tensor
    /// The batches seen in training, int64 without dimensions.
    @Buffer("num_batches_tracked") public private(set) var batchCount: Tensor
    /// The weight of a batch in the running statistics.
    public let momentum: Double
    /// Added to the variance.
    public let epsilon: Double
    /// Whether evaluation normalises each image by its own statistics, as training with one image does, in place of the running ones.
    public var evaluatesByImage = false

    /// A layer with scale 1, shift 0 and statistics of mean 0 and variance 1.
    public init(channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) {
        weight = Tensor.ones([channels])
        bias = Tensor.zeros([channels])
        self.momentum = momentum
        self.epsilon = epsilon
        super.init()
        runningMean = Tensor.zeros([channels])
        runningVariance = Tensor.ones([channels])
        batchCount = Tensor.zeros([], dtype: .int64)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor {
        if isTraining { withoutGradients { batchCount.copy(from: batchCount + 1) } }
        if !isTraining, evaluatesByImage {
            return input.instanceNorm(epsilon: epsilon).scaled(by: weight, shiftedBy: bias)
        }
        return input.batchNorm(
            weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance, isTraining: isTraining,
            momentum: momentum, epsilon: epsilon)
    }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value {
        graph.append(
            .batchNorm(channels: weight.shape[0], epsilon: epsilon, momentum: momentum, evaluatesByImage: evaluatesByImage), of: self,
            to: input)
    }
}

/// Passes its input on; it stands where a normalisation would, so that keys keep their numbers.
public final class Identity: Module, Layer {
    public func callAsFunction(_ input: Tensor) -> Tensor { input }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value { input }
}
