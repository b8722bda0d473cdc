import CycleGANMetrics
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// How an image is optimised.
public struct GramSettings: Sendable, Equatable {
    /// Where the image's own features are kept.
    public var contentLayer = FeatureLayer.relu33
    /// Where the correlations of features become those of the style.
    public var styleLayers = FeatureLayer.allCases
    /// How much the style counts beside the content.
    public var styleWeight = 1e6
    /// Of Adam.
    public var steps = 300
    /// Of Adam, for values in -1...1.
    public var learningRate = 0.04

    /// The defaults.
    public init() {}
}

/// Changes an image by gradient descent until the correlations of its features are those of the style's, while its own features stay.
///
/// The loss is mean((F - F₀)²) at the content layer + `styleWeight` · Σ mean((G - G')²) over the style layers, with the Gram matrices of
/// `GramFeatures.gram(_:)`. Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", CVPR 2016, which has VGG19 and L-BFGS;
/// here it is VGG16, for its weights are those that LPIPS takes, and Adam, begun at the image itself.
public final class GramTransfer: Baseline {
    /// How images are optimised.
    public let settings: GramSettings
    private let features: GramFeatures
    private let style: [FeatureLayer: Tensor]
    // After each step, with the number done.
    private let progress: (Int) -> Void

    /// - Parameters:
    ///   - style: The image whose look is wanted, of `domain`.
    ///   - name: Its file, for errors.
    ///   - progress: Called after each step of each image with the number done.
    /// - Throws: `MetricError` for an image that is too small or has other channels than grey or RGB, `BaselineError.tooLarge`.
    public init(
        style: PixelImage, domain: DomainConfiguration, features: GramFeatures, settings: GramSettings = GramSettings(), name: String,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws {
        self.features = features
        self.settings = settings
        self.progress = progress
        try Self.check(style, device: features.device, name: name)
        let pixels = style.tensor(for: domain).to(features.device)
        self.style = try withTorchErrors {
            withoutGradients {
                features.features(of: pixels, upTo: settings.lastStyleLayer).filter { settings.styleLayers.contains($0.key) }
                    .mapValues(GramFeatures.gram)
            }
        }
    }

    public func picture(of image: PixelImage, in domain: DomainConfiguration, name: String) throws -> PixelImage {
        try Self.check(image, device: features.device, name: name)
        let start = image.tensor(for: domain).to(features.device)
        let result = try withTorchErrors { optimized(start).to(.cpu) }
        // Of 1 where all are: NaN would come out black.
        guard result.isFinite().to(.float32).min().item() == 1 else { throw BaselineError.diverged(path: name) }
        return PixelImage(tensor: result, domain: domain)
    }

    /// The two parts of the loss, without the weight of the style.
    ///
    /// - Parameter content: The features of the image that is to be kept, at the content layer.
    func losses(of image: Tensor, content: Tensor) -> (content: Tensor, style: Tensor) {
        let found = features.features(of: image, upTo: settings.lastLayer)
        let styles = settings.styleLayers.compactMap { layer in
            found[layer].flatMap { features in style[layer].map { GramFeatures.gram(features).mseLoss($0) } }
        }
        return ((found[settings.contentLayer] ?? content).mseLoss(content), Tensor.stacked(styles).sum())
    }

    /// What the image is to keep.
    func content(of image: Tensor) -> Tensor {
        withoutGradients { features.features(of: image, upTo: settings.contentLayer)[settings.contentLayer] ?? image }
    }

    private func optimized(_ start: Tensor) -> Tensor {
        let content = content(of: start)
        let image = start.cloned()
        image.setRequiresGrad(true)
        let optimizer = Adam(groups: [([("image", image)], settings.learningRate)], betas: (0.9, 0.999))
        for step in 0..<settings.steps {
            optimizer.zeroGrad()
            let losses = losses(of: image, content: content)
            (losses.content + losses.style * settings.styleWeight).backward()
            optimizer.step()
            withoutGradients { image.copy(from: image.clamped(to: -1...1)) }
            progress(step + 1)
        }
        return image.detached()
    }

    // Of a process with libtorch and VGG16; floats for each pixel of what a step keeps and of what it needs for a while.
    private static let program = 300_000_000
    private static let floatsPerPixel = 640

    /// What an image has to be.
    private static func check(_ image: PixelImage, device: Device, memory: Int = ProcessMemory.limit, name: String) throws {
        guard image.bands == 1 || image.bands == 3 else {
            throw MetricError.channels(path: name, found: image.bands, allowed: "1 or 3 for Gatys' method")
        }
        guard min(image.width, image.height) >= GramFeatures.smallestSide else {
            throw MetricError.tooSmall(
                path: name, size: image.size, smallestSide: GramFeatures.smallestSide, metric: "Gatys' method")
        }
        let needed = program + image.width * image.height * floatsPerPixel * MemoryLayout<Float>.size
        guard device == .cpu, needed > memory else { return }
        let share = (Double(max(0, memory - program)) / Double(needed - program)).squareRoot()
        throw BaselineError.tooLarge(
            path: name, size: image.size, needed: needed, memory: memory, side: Int(Double(max(image.width, image.height)) * share * 0.9))
    }
}

extension GramSettings {
    fileprivate var lastStyleLayer: FeatureLayer { Self.last(of: styleLayers) }
    fileprivate var lastLayer: FeatureLayer { Self.last(of: styleLayers + [contentLayer]) }

    private static func last(of layers: [FeatureLayer]) -> FeatureLayer { FeatureLayer.allCases.last(where: layers.contains) ?? .relu12 }
}
