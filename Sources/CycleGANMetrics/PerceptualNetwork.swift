import Checkpoints
import Foundation
import Torch

/// The networks whose features LPIPS compares.
public enum PerceptualNetwork: String, CaseIterable, Codable, Sendable {
    /// AlexNet, the default of LPIPS for measuring.
    case alex
    /// VGG16.
    case vgg
    /// SqueezeNet 1.1.
    case squeeze

    /// Whose weights it needs.
    public var trunk: MetricNetwork {
        switch self {
        case .alex: .alexnet
        case .vgg: .vgg16
        case .squeeze: .squeezenet
        }
    }

    /// Whose linear layers it needs.
    public var heads: MetricNetwork {
        switch self {
        case .alex: .lpipsAlex
        case .vgg: .lpipsVGG
        case .squeeze: .lpipsSqueeze
        }
    }

    /// The fewest pixels on a side of an image.
    public var smallestSide: Int {
        switch self {
        case .alex: 31
        case .vgg: 16
        case .squeeze: 17
        }
    }

    /// The channels of the features that are compared.
    var channels: [Int] {
        switch self {
        case .alex: [64, 192, 384, 256, 256]
        case .vgg: [64, 128, 256, 512, 512]
        case .squeeze: [64, 128, 256, 384, 384, 512, 512]
        }
    }

    /// Names and shapes of the linear layers, in the order of the published file.
    var headTensors: [(name: String, shape: [Int])] {
        channels.enumerated().map { ("lin\($0).model.1.weight", [1, $1, 1, 1]) }
    }

    /// Names and shapes of the trunk's tensors that are used, in the order of the published file.
    package var trunkTensors: [(name: String, shape: [Int])] {
        layers.flatMap(\.convolutions).flatMap {
            [("\($0.name).weight", [$0.outputs, $0.inputs, $0.kernel, $0.kernel]), ("\($0.name).bias", [$0.outputs])]
        }
    }

    /// A convolution with a ReLU.
    package struct Convolution {
        package let name: String
        let inputs, outputs, kernel: Int
        package private(set) var stride = 1
        package private(set) var padding = 0
    }

    /// One step of a trunk.
    package enum Layer {
        case convolution(Convolution)
        /// A squeezing convolution and two expanding ones beside each other.
        case fire(squeeze: Convolution, expand: [Convolution])
        case pool(kernel: Int, roundsUp: Bool)
        /// Here features are compared.
        case tap

        package var convolutions: [Convolution] {
            switch self {
            case .convolution(let convolution): [convolution]
            case .fire(let squeeze, let expand): [squeeze] + expand
            case .pool, .tap: []
            }
        }
    }

    /// The trunk up to its last compared features, under torchvision's names.
    package var layers: [Layer] {
        switch self {
        case .alex:
            let pool = Layer.pool(kernel: 3, roundsUp: false)
            return [
                Self.convolution(0, 3, 64, 11, stride: 4, padding: 2), .tap, pool, Self.convolution(3, 64, 192, 5, padding: 2), .tap, pool,
                Self.convolution(6, 192, 384, 3, padding: 1), .tap, Self.convolution(8, 384, 256, 3, padding: 1), .tap,
                Self.convolution(10, 256, 256, 3, padding: 1), .tap,
            ]
        case .vgg:
            let blocks = [
                [(0, 3, 64), (2, 64, 64)], [(5, 64, 128), (7, 128, 128)], [(10, 128, 256), (12, 256, 256), (14, 256, 256)],
                [(17, 256, 512), (19, 512, 512), (21, 512, 512)], [(24, 512, 512), (26, 512, 512), (28, 512, 512)],
            ]
            let layers = blocks.map { $0.map { Self.convolution($0.0, $0.1, $0.2, 3, padding: 1) } + [.tap] }
            return Array(layers.joined(separator: [.pool(kernel: 2, roundsUp: false)]))
        case .squeeze:
            let pool = Layer.pool(kernel: 3, roundsUp: true)
            return [
                Self.convolution(0, 3, 64, 3, stride: 2), .tap, pool, Self.fire(3, 64, 16, 64), Self.fire(4, 128, 16, 64), .tap, pool,
                Self.fire(6, 128, 32, 128), Self.fire(7, 256, 32, 128), .tap, pool, Self.fire(9, 256, 48, 192), .tap,
                Self.fire(10, 384, 48, 192), .tap, Self.fire(11, 384, 64, 256), .tap, Self.fire(12, 512, 64, 256), .tap,
            ]
        }
    }

    private static func convolution(
        _ index: Int, _ inputs: Int, _ outputs: Int, _ kernel: Int, stride: Int = 1, padding: Int = 0
    ) -> Layer {
        .convolution(
            Convolution(name: "features.\(index)", inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, padding: padding))
    }

    private static func fire(_ index: Int, _ inputs: Int, _ squeezed: Int, _ expanded: Int) -> Layer {
        let name = "features.\(index)"
        return .fire(
            squeeze: Convolution(name: "\(name).squeeze", inputs: inputs, outputs: squeezed, kernel: 1),
            expand: [
                Convolution(name: "\(name).expand1x1", inputs: squeezed, outputs: expanded, kernel: 1),
                Convolution(name: "\(name).expand3x3", inputs: squeezed, outputs: expanded, kernel: 3, padding: 1),
            ])
    }
}

/// The part of a classification network whose features LPIPS compares.
final class PerceptualTrunk {
    private let layers: [PerceptualNetwork.Layer]
    private let convolutions: [String: ConvolutionReLU]

    /// - Parameter weights: Under torchvision's names, or under those of the `lpips` package.
    /// - Throws: `CheckpointError.mismatch` where names or shapes differ.
    init(_ network: PerceptualNetwork, weights: StateDict, source: String, device: Device) throws(CheckpointError) {
        let weights = weights.withTorchvisionNames()
        try weights.check(holds: network.trunkTensors, source: source)
        layers = network.layers
        convolutions = layers.flatMap(\.convolutions).reduce(into: [:]) { result, layer in
            guard let weight = weights["\(layer.name).weight"], let bias = weights["\(layer.name).bias"] else { return }
            result[layer.name] = ConvolutionReLU(
                weight: weight.to(device), bias: bias.to(device), stride: layer.stride, padding: (layer.padding, layer.padding))
        }
    }

    /// The compared features of images [N, 3, H, W], from the finest to the coarsest.
    func features(of images: Tensor) -> [Tensor] {
        var x = images
        var features: [Tensor] = []
        for layer in layers {
            switch layer {
            case .convolution(let convolution): x = apply(convolution, x)
            case .fire(let squeeze, let expand):
                let squeezed = apply(squeeze, x)
                x = Tensor.concatenated(expand.map { apply($0, squeezed) }, dimension: 1)
            case .pool(let kernel, let roundsUp): x = x.maxPool2d(kernelSize: kernel, stride: 2, roundsUp: roundsUp)
            case .tap: features.append(x)
            }
        }
        return features
    }

    private func apply(_ convolution: PerceptualNetwork.Convolution, _ x: Tensor) -> Tensor {
        convolutions[convolution.name].map { $0(x) } ?? x
    }
}

extension StateDict {
    /// The tensors of a trunk in a state dict of the `lpips` package, `net.slice2.3.weight`, under torchvision's names, `features.3.weight`.
    func withTorchvisionNames() -> StateDict {
        StateDict(
            map { name, tensor in
                (name.firstMatch(of: /^net\.slice\d+\.(.+)$/).map { "features.\($0.1)" } ?? name, tensor)
            }, metadata: metadata)
    }
}
