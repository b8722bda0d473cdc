import Foundation
import Imaging

/// The size at which a generator was shown the images of a domain in training, so that images far from it can be told, and scaled.
public struct TrainingScale: Codable, Equatable, Sendable {
    /// What happened to the size of an image before a part of it was cut out.
    public enum Rule: String, Codable, Sendable {
        /// Every image was scaled to one size, whatever its shape.
        case size
        /// Every image was scaled to one width and kept its shape.
        case width
        /// Images kept their own sizes.
        case own
    }

    /// What happened to sizes.
    public var rule: Rule
    /// The size; or the width with the least height; or the size of a typical image.
    public var size: ImageSize
    /// The part that was cut out and shown; `nil` where images were shown as a whole.
    public var crop: ImageSize?

    /// A scale in training.
    public init(_ rule: Rule, _ size: ImageSize, crop: ImageSize? = nil) {
        self.rule = rule
        self.size = size
        self.crop = crop
    }

    /// The factor from which on an image counts as far from the training.
    public static let farFactor = 1.5

    /// How many times larger or smaller an image is than in training, at least 1: the side that is further off or, where images kept their own
    /// sizes and so their shapes, the square root of the ratio of areas.
    public func factor(of image: ImageSize) -> Double {
        let (width, height) = (Double(image.width) / Double(size.width), Double(image.height) / Double(size.height))
        let ratios =
            switch rule {
            case .size: [width, height]
            case .width: [width]
            case .own: [(width * height).squareRoot()]
            }
        return ratios.map { max($0, 1 / $0) }.max() ?? 1
    }

    /// Whether an image is more than 1.5 times larger or smaller than in training.
    public func isFar(_ image: ImageSize) -> Bool { factor(of: image) > Self.farFactor }

    /// The size to which training scales an image: with `own` the image's shape in the area of a typical image.
    public func scaled(_ image: ImageSize) -> ImageSize {
        switch rule {
        case .size: return size
        case .width: return image.scaled(toWidth: size.width, leastHeight: size.height)
        case .own:
            let factor = (Double(size.width * size.height) / Double(image.width * image.height)).squareRoot()
            func side(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
            return ImageSize(height: side(image.height), width: side(image.width))
        }
    }

    /// In words, sizes as width x height: `286x286`, `286 pixels wide`, `typically 640x480`.
    public var words: String {
        switch rule {
        case .size: size.dimensions
        case .width: "\(size.width) pixels wide"
        case .own: "typically \(size.dimensions)"
        }
    }
}
