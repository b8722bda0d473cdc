import Checkpoints
import Imaging
import Torch

/// The learned perceptual distance of images (LPIPS, version 0.1): 0 for equal images, about 1 for images that have nothing in common.
///
/// The features of a classification network, of length 1 at every position, are subtracted and squared; a linear layer that was fitted to
/// people's judgements weighs the channels; the means over positions are added over layers. Zhang et al., "The Unreasonable Effectiveness
/// of Deep Features as a Perceptual Metric", CVPR 2018.
public final class LPIPS {
    /// The network whose features are compared.
    public let network: PerceptualNetwork
    private let trunk: PerceptualTrunk
    private let heads: [Tensor]
    private let shift, scale: Tensor
    private let device: Device

    /// - Parameters:
    ///   - trunk: The network's weights.
    ///   - heads: The linear layers.
    /// - Throws: `CheckpointError.mismatch` where names or shapes differ.
    public init(_ network: PerceptualNetwork, trunk: MetricWeights, heads: MetricWeights, device: Device) throws(CheckpointError) {
        self.network = network
        self.device = device
        self.trunk = try PerceptualTrunk(network, weights: trunk.stateDict, source: trunk.source, device: device)
        try heads.stateDict.check(holds: network.headTensors, source: heads.source)
        self.heads = network.headTensors.compactMap { heads.stateDict[$0.name]?.to(device) }
        shift = Tensor([-0.030, -0.088, -0.188] as [Float], shape: [1, 3, 1, 1]).to(device)
        scale = Tensor([0.458, 0.448, 0.450] as [Float], shape: [1, 3, 1, 1]).to(device)
    }

    /// The distances of two batches of images, shape [N].
    ///
    /// - Parameters:
    ///   - images: Shape [N, 3, H, W], or [N, 1, H, W] for grey, with values in -1...1.
    ///   - others: Images of the same shape.
    ///   - name: The images, for the error.
    /// - Throws: `MetricError` for images that are too small or have other channels.
    public func distances(_ images: Tensor, _ others: Tensor, name: String = "the images") throws(MetricError) -> Tensor {
        let layers = try layerDistances(images, others, name: name).map { $0.mean([1, 2, 3]) }
        return Tensor.stacked(layers).sum([0])
    }

    /// The distance at every pixel, shape [N, 1, H, W]: the maps of all layers, enlarged to the images' size and added.
    ///
    /// - Throws: As `distances(_:_:name:)`.
    public func spatialMap(_ images: Tensor, _ others: Tensor, name: String = "the images") throws(MetricError) -> Tensor {
        let layers = try layerDistances(images, others, name: name)
        return withoutGradients {
            Tensor.stacked(layers.map { $0.resizedBilinear(height: images.shape[2], width: images.shape[3]) }).sum([0])
        }
    }

    /// The distances of each layer at each of its positions, [N, 1, h, w].
    private func layerDistances(_ images: Tensor, _ others: Tensor, name: String) throws(MetricError) -> [Tensor] {
        let shape = images.shape
        precondition(
            shape.count == 4 && shape == others.shape, "LPIPS compares images [N, C, H, W] of one shape, not \(shape) and \(others.shape)")
        guard shape[1] == 3 || shape[1] == 1 else { throw .channels(path: name, found: shape[1], allowed: "1 or 3 for LPIPS") }
        let side = network.smallestSide
        guard shape[2] >= side, shape[3] >= side else {
            throw .tooSmall(
                path: name, size: ImageSize(height: shape[2], width: shape[3]), smallestSide: side, metric: "LPIPS with \(network.rawValue)"
            )
        }
        return withoutGradients {
            let both = (Tensor.concatenated([images, others]).to(device).to(.float32) - shift) / scale
            return zip(trunk.features(of: both), heads).map { features, head in
                let unit = features / ((features * features).sum([1], keepDimensions: true).sqrt() + 1e-10)
                let (first, second) = (
                    unit.narrowed(dimension: 0, start: 0, length: shape[0]), unit.narrowed(dimension: 0, start: shape[0], length: shape[0])
                )
                let difference = first - second
                return (difference * difference).conv2d(weight: head, bias: nil)
            }
        }
    }
}

extension PixelImage {
    /// The image as LPIPS takes it, shape [1, 3, H, W] with -1 for black and 1 for white; opacity is left out.
    ///
    /// - Throws: `MetricError.channels` for images with other channels than grey or RGB.
    public func perceptualInput(name: String) throws(MetricError) -> Tensor {
        var domain = DomainConfiguration(channels: bands)
        domain.bitDepth = BitDepth(format)
        let colours = bands - (hasAlpha ? 1 : 0)
        guard colours == 1 || colours == 3 else {
            throw .channels(path: name, found: bands, allowed: "1 or 3, with or without opacity, for LPIPS")
        }
        return tensor(for: domain).narrowed(dimension: 1, start: 0, length: colours).expanded(to: [1, 3, height, width])
    }
}
