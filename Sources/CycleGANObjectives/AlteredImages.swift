import Support
import Torch

/// What pre-training makes of an image before a network sees it. Nothing moves: what lies at one place stays there, so that features of two
/// views of an image belong together place by place. Crops, mirroring and turning are the data set's, once for both.
enum AlteredImages {
    /// What was drawn for a view of one image.
    struct View {
        /// Added to all values.
        var brightness: Double
        /// The factor on each pixel's distance from the mean of its channels.
        var saturation: Double
        /// The factor on the distance from the image's mean.
        var contrast: Double
        /// Added to the values one by one, shape [1, C, H, W].
        var noise: Tensor
    }

    // Half of the range of differentiable augmentation, but for the saturation: here two views must still tell what they show.
    private static let (brightness, saturation, contrast) = (-0.25...0.25, 0.0...2.0, 0.75...1.25)
    // The largest standard deviation: a twentieth of the range of values.
    private static let noise = 0.0...0.1

    /// - Parameter shape: Of the images, [N, C, H, W].
    static func views(of shape: [Int], using random: inout SplitMix64) -> [View] {
        (0..<shape[0]).map { _ in
            let values = Tensor.empty([1] + shape.dropFirst())
            let (brightness, saturation, contrast) = (
                random.uniform(in: brightness), random.uniform(in: saturation), random.uniform(in: contrast)
            )
            values.fillNormal(standardDeviation: random.uniform(in: noise), using: TorchRandom(seed: random.next()))
            return View(brightness: brightness, saturation: saturation, contrast: contrast, noise: values)
        }
    }

    /// Images [N, C, H, W] in -1...1 in other colours and with noise, and in -1...1 again.
    static func apply(_ views: [View], to images: Tensor) -> Tensor {
        Tensor.concatenated(
            views.enumerated().map { index, view in
                let image = images.narrowed(dimension: 0, start: index, length: 1)
                let recoloured = DiffAugmentation.recoloured(
                    image, brightness: view.brightness, saturation: view.saturation, contrast: view.contrast)
                return (recoloured + view.noise.to(image.dtype).to(image.device)).clamped(to: -1...1)
            })
    }
}

/// The squares that an image is divided into, some of which are hidden; those at the right and lower edge may be cut off.
struct BlockGrid {
    let height, width: Int
    /// The side of a block in pixels.
    let side: Int

    private var columns: Int { (width + side - 1) / side }

    /// The number of blocks.
    var count: Int { (height + side - 1) / side * columns }

    /// How many blocks make a share of all, at least one.
    func count(ofShare share: Double) -> Int { min(count, max(1, Int((share * Double(count)).rounded()))) }

    /// 0 in some blocks, counted in rows from the upper left one, and 1 elsewhere; shape [1, 1, H, W].
    func mask(hiding blocks: [Int]) -> Tensor {
        let mask = Tensor.ones([1, 1, height, width])
        for block in blocks {
            let (top, left) = (block / columns * side, block % columns * side)
            mask.narrowed(dimension: 2, start: top, length: min(side, height - top))
                .narrowed(dimension: 3, start: left, length: min(side, width - left)).fill(0)
        }
        return mask
    }
}
