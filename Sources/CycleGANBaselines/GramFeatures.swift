import Checkpoints
import CycleGANMetrics
import Torch

/// Layers of VGG16 behind which features are taken, by the names of the literature: `relu3_3` is the third ReLU of the third block.
public enum FeatureLayer: String, CaseIterable, Codable, Sendable {
    case relu12 = "relu1_2"
    case relu22 = "relu2_2"
    case relu33 = "relu3_3"
    case relu43 = "relu4_3"
}

/// The features of VGG16, with gradients.
public final class GramFeatures {
    private let network = PerceptualNetwork.vgg
    private let weights: [String: (weight: Tensor, bias: Tensor)]
    private let shift, scale: Tensor
    /// Where they are computed.
    public let device: Device

    /// - Parameter weights: Those of `MetricNetwork.vgg16`.
    /// - Throws: `CheckpointError.mismatch` where names or shapes differ.
    public init(weights: MetricWeights, device: Device) throws(CheckpointError) {
        try weights.stateDict.check(holds: network.trunkTensors, source: weights.source)
        self.device = device
        self.weights = network.layers.flatMap(\.convolutions).reduce(into: [:]) { result, layer in
            guard let weight = weights.stateDict["\(layer.name).weight"], let bias = weights.stateDict["\(layer.name).bias"] else { return }
            result[layer.name] = (weight.to(device), bias.to(device))
        }
        // The means and deviations of ImageNet, for values in -1...1.
        let (means, deviations) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        shift = Tensor(means.map { Float(2 * $0 - 1) }, shape: [1, 3, 1, 1]).to(device)
        scale = Tensor(deviations.map { Float(2 * $0) }, shape: [1, 3, 1, 1]).to(device)
    }

    /// The fewest pixels on a side of an image: three poolings lie before the last layer.
    public static let smallestSide = 8

    /// The features of an image up to a layer, each [1, C, h, w].
    ///
    /// - Parameter image: Shape [1, 3, H, W], or [1, 1, H, W] for grey, with values in -1...1.
    public func features(of image: Tensor, upTo last: FeatureLayer = .relu43) -> [FeatureLayer: Tensor] {
        var features: [FeatureLayer: Tensor] = [:]
        var x = (image.expanded(to: [1, 3, image.shape[2], image.shape[3]]) - shift) / scale
        var layers = FeatureLayer.allCases[...]
        for step in network.layers {
            switch step {
            case .convolution(let layer):
                guard let (weight, bias) = weights[layer.name] else { continue }
                x = x.conv2d(weight: weight, bias: bias, stride: layer.stride, padding: layer.padding).relu()
            case .pool(let kernel, let roundsUp): x = x.maxPool2d(kernelSize: kernel, stride: 2, roundsUp: roundsUp)
            case .tap:
                guard let layer = layers.popFirst() else { return features }
                features[layer] = x
                if layer == last { return features }
            case .fire: continue
            }
        }
        return features
    }

    /// How often channels are active together: F Fᵀ / (C · h · w) of features F as C rows of h · w numbers, shape [C, C].
    public static func gram(_ features: Tensor) -> Tensor {
        let (channels, positions) = (features.shape[1], features.shape[2] * features.shape[3])
        let rows = features.reshaped([channels, positions])
        return rows.matmul(rows.permuted([1, 0])) / Double(channels * positions)
    }
}
