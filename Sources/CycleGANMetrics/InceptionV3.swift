import Checkpoints
import Torch

/// What is taken out of the Inception network, named by its width.
public enum InceptionFeature: String, CaseIterable, Codable, Sendable {
    /// After the first max pooling, averaged over positions: 64 numbers.
    case pool1 = "64"
    /// After the second max pooling, averaged over positions: 192 numbers.
    case pool2 = "192"
    /// Before the auxiliary classifier, averaged over positions: 768 numbers.
    case mixed6 = "768"
    /// The pool3 layer, which FID and KID are defined on: 2048 numbers.
    case pool3 = "2048"
    /// The scores of 1008 classes.
    case logits
    /// The same without the bias, which the Inception score is commonly computed from.
    case logitsUnbiased = "logits-unbiased"

    /// The length of one feature vector.
    public var width: Int { Int(rawValue) ?? 1008 }
}

/// The Inception-v3 network that FID is defined by, evaluated without gradients.
///
/// It differs from torchvision's: average pools leave the padding out, the last block has a max pool, and there are 1008 classes.
public final class InceptionV3 {
    private let convolutions: [String: ConvolutionReLU]
    private let classWeight, classBias: Tensor
    /// Where the network runs.
    public let device: Device

    /// - Parameters:
    ///   - weights: Under the names of the published file `pt_inception-2015-12-05-6726825d.pth`.
    ///   - source: Where they come from, for messages.
    /// - Throws: `CheckpointError.mismatch` where names or shapes differ.
    public init(_ weights: StateDict, source: String, device: Device) throws(CheckpointError) {
        try weights.check(holds: InceptionLayout().tensors, source: source)
        func tensor(_ name: String) -> Tensor { (weights[name] ?? .zeros([0])).to(.float64) }
        var convolutions: [String: ConvolutionReLU] = [:]
        for layer in InceptionLayout().convolutions {
            // Batch normalisation with fixed statistics is a scaling of the weight and a bias.
            let scale = tensor("\(layer.name).bn.weight") / (tensor("\(layer.name).bn.running_var") + 0.001).sqrt()
            let weight = tensor("\(layer.name).conv.weight") * scale.reshaped([-1, 1, 1, 1])
            let bias = tensor("\(layer.name).bn.bias") - tensor("\(layer.name).bn.running_mean") * scale
            convolutions[layer.name] = ConvolutionReLU(
                weight: weight.to(.float32).to(device), bias: bias.to(.float32).to(device), stride: layer.stride, padding: layer.padding)
        }
        self.convolutions = convolutions
        classWeight = tensor("fc.weight").to(.float32).to(device)
        classBias = tensor("fc.bias").to(.float32).to(device)
        self.device = device
    }

    /// The features of images, each [N, width], float32.
    ///
    /// - Parameter images: Shape [N, 3, 299, 299], prepared as a `FeatureProtocol` says. Layers after the last wanted feature do not run.
    public func callAsFunction(_ images: Tensor, features wanted: Set<InceptionFeature>) -> [InceptionFeature: Tensor] {
        withoutGradients {
            var found: [InceptionFeature: Tensor] = [:]
            var x = images.to(device)
            for feature in [InceptionFeature.pool1, .pool2, .mixed6, .pool3] where !wanted.isSubset(of: found.keys) {
                x = layers(upTo: feature, x)
                if wanted.contains(feature) || feature == .pool3 { found[feature] = x.mean([2, 3]) }
            }
            if let pooled = found[.pool3] {
                if wanted.contains(.logitsUnbiased) { found[.logitsUnbiased] = pooled.linear(weight: classWeight, bias: nil) }
                if wanted.contains(.logits) { found[.logits] = pooled.linear(weight: classWeight, bias: classBias) }
            }
            return found.filter { wanted.contains($0.key) }
        }
    }

    /// The layers between one feature and the one before.
    private func layers(upTo feature: InceptionFeature, _ x: Tensor) -> Tensor {
        switch feature {
        case .pool1: return chain("Conv2d_", ["1a_3x3", "2a_3x3", "2b_3x3"], x).maxPool2d(kernelSize: 3, stride: 2)
        case .pool2: return chain("Conv2d_", ["3b_1x1", "4a_3x3"], x).maxPool2d(kernelSize: 3, stride: 2)
        case .mixed6:
            let fine = ["Mixed_5b", "Mixed_5c", "Mixed_5d"].reduce(x) { blockA($1, $0) }
            return ["Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"].reduce(blockB("Mixed_6a", fine)) { blockC($1, $0) }
        case .pool3, .logits, .logitsUnbiased:
            let first = blockE("Mixed_7b", blockD("Mixed_7a", x)) { $0.averagePool() }
            return blockE("Mixed_7c", first) { $0.maxPool2d(kernelSize: 3, stride: 1, padding: 1) }
        }
    }

    private func chain(_ prefix: String, _ names: [String], _ input: Tensor) -> Tensor {
        names.reduce(input) { x, name in convolutions[prefix + name].map { $0(x) } ?? x }
    }

    private func blockA(_ name: String, _ x: Tensor) -> Tensor {
        Tensor.concatenated(
            [
                chain(name, [".branch1x1"], x), chain(name, [".branch5x5_1", ".branch5x5_2"], x),
                chain(name, [".branch3x3dbl_1", ".branch3x3dbl_2", ".branch3x3dbl_3"], x), chain(name, [".branch_pool"], x.averagePool()),
            ], dimension: 1)
    }

    private func blockB(_ name: String, _ x: Tensor) -> Tensor {
        Tensor.concatenated(
            [
                chain(name, [".branch3x3"], x), chain(name, [".branch3x3dbl_1", ".branch3x3dbl_2", ".branch3x3dbl_3"], x),
                x.maxPool2d(kernelSize: 3, stride: 2),
            ], dimension: 1)
    }

    private func blockC(_ name: String, _ x: Tensor) -> Tensor {
        Tensor.concatenated(
            [
                chain(name, [".branch1x1"], x), chain(name, (1...3).map { ".branch7x7_\($0)" }, x),
                chain(name, (1...5).map { ".branch7x7dbl_\($0)" }, x), chain(name, [".branch_pool"], x.averagePool()),
            ], dimension: 1)
    }

    private func blockD(_ name: String, _ x: Tensor) -> Tensor {
        Tensor.concatenated(
            [
                chain(name, [".branch3x3_1", ".branch3x3_2"], x), chain(name, (1...4).map { ".branch7x7x3_\($0)" }, x),
                x.maxPool2d(kernelSize: 3, stride: 2),
            ], dimension: 1)
    }

    private func blockE(_ name: String, _ x: Tensor, pool: (Tensor) -> Tensor) -> Tensor {
        let split = chain(name, [".branch3x3_1"], x)
        let deepSplit = chain(name, [".branch3x3dbl_1", ".branch3x3dbl_2"], x)
        return Tensor.concatenated(
            [
                chain(name, [".branch1x1"], x), chain(name, [".branch3x3_2a"], split), chain(name, [".branch3x3_2b"], split),
                chain(name, [".branch3x3dbl_3a"], deepSplit), chain(name, [".branch3x3dbl_3b"], deepSplit),
                chain(name, [".branch_pool"], pool(x)),
            ], dimension: 1)
    }
}

extension Tensor {
    /// The mean of every pixel's 3x3 neighbours that lie inside the image.
    fileprivate func averagePool() -> Tensor { averagePool2d(kernelSize: 3, stride: 1, padding: 1, countsPadding: false) }
}
