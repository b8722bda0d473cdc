import CycleGANTraining
import Torch

/// Differentiable augmentation of what the discriminators see, real and generated images alike (Zhao et al., "DiffAugment",
/// arXiv 2006.10738): colour, translation and cutout. Gradients pass through to the generators.
public struct DiffAugmentation {
    /// What was drawn for one image.
    struct Draw: Equatable {
        /// Added to all values, -0.5...0.5.
        var brightness: Double
        /// The factor on each pixel's distance from the mean of its channels, 0...2.
        var saturation: Double
        /// The factor on the distance from the image's mean, 0.5...1.5.
        var contrast: Double
        /// Pixels moved to the right and downwards; zeros move in.
        var shiftX, shiftY: Int
        /// The left and upper edge of the square that becomes zero; it may lie partly outside.
        var cutX, cutY: Int
    }

    /// The largest translation as a share of the side.
    static let translation = 0.125
    /// The side of the cutout as a share of the image's.
    static let cutout = 0.5

    private let random: TorchRandom

    /// - Parameter random: Of the CPU; its state belongs to the checkpoint.
    public init(random: TorchRandom) {
        self.random = random
    }

    /// Images [N, C, H, W] with values in -1...1, each augmented in its own way.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        let shape = images.shape
        return Self.apply(draws(count: shape[0], height: shape[2], width: shape[3]), to: images)
    }

    private func draws(count: Int, height: Int, width: Int) -> [Draw] {
        let numbers = Tensor.empty([count, 7], dtype: .float64)
        numbers.fillUniform(in: 0..<1, using: random)
        let values = numbers.array(of: Double.self)
        // None where there was no memory, and then there are no images either.
        guard values.count == count * 7 else { return [] }
        return (0..<count).map { image in
            let share = Array(values[image * 7..<image * 7 + 7])
            func shift(_ share: Double, _ side: Int) -> Int {
                let largest = Self.part(Self.translation, of: side)
                return Int(share * Double(2 * largest + 1)) - largest
            }
            func cut(_ share: Double, _ side: Int) -> Int {
                let size = Self.part(Self.cutout, of: side)
                // Any centre within the image: an even square has one more place.
                return Int(share * Double(side + 1 - size % 2)) - size / 2
            }
            return Draw(
                brightness: share[0] - 0.5, saturation: 2 * share[1], contrast: share[2] + 0.5, shiftX: shift(share[3], width),
                shiftY: shift(share[4], height), cutX: cut(share[5], width), cutY: cut(share[6], height))
        }
    }

    /// The augmented images for given draws, one for each image.
    static func apply(_ draws: [Draw], to images: Tensor) -> Tensor {
        Tensor.concatenated(
            draws.enumerated().map { index, draw in
                let image = images.narrowed(dimension: 0, start: index, length: 1)
                return cut(draw, translated(draw, coloured(draw, image)))
            })
    }

    private static func coloured(_ draw: Draw, _ image: Tensor) -> Tensor {
        recoloured(image, brightness: draw.brightness, saturation: draw.saturation, contrast: draw.contrast)
    }

    /// An image [1, C, H, W] in other colours; see `Draw` for the numbers.
    static func recoloured(_ image: Tensor, brightness: Double, saturation: Double, contrast: Double) -> Tensor {
        let bright = image + brightness
        let grey = bright.mean([1], keepDimensions: true)
        let saturated = (bright - grey) * saturation + grey
        let mean = saturated.mean([1, 2, 3], keepDimensions: true)
        return (saturated - mean) * contrast + mean
    }

    private static func translated(_ draw: Draw, _ image: Tensor) -> Tensor {
        let (height, width) = (image.shape[2], image.shape[3])
        let (x, y) = (draw.shiftX, draw.shiftY)
        return image.padded(.zero, left: max(x, 0), right: max(-x, 0), top: max(y, 0), bottom: max(-y, 0))
            .narrowed(dimension: 2, start: max(-y, 0), length: height).narrowed(dimension: 3, start: max(-x, 0), length: width)
    }

    private static func cut(_ draw: Draw, _ image: Tensor) -> Tensor {
        let (height, width) = (image.shape[2], image.shape[3])
        let mask = Tensor.ones([1, 1, height, width], dtype: image.dtype, device: image.device)
        let (top, left) = (max(draw.cutY, 0), max(draw.cutX, 0))
        mask.narrowed(dimension: 2, start: top, length: min(draw.cutY + part(cutout, of: height), height) - top)
            .narrowed(dimension: 3, start: left, length: min(draw.cutX + part(cutout, of: width), width) - left).fill(0)
        return image * mask
    }

    private static func part(_ share: Double, of side: Int) -> Int { Int(Double(side) * share + 0.5) }
}
