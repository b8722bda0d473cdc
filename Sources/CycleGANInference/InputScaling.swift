import CycleGANModels
import Imaging

/// What an image is scaled to before a generator gets it.
public enum InputScaling: Hashable, Sendable {
    /// Its own size.
    case original
    /// As in training: to the size that images had there when a part was cut out of them or, where they kept their own sizes, to the area of a
    /// typical one.
    case training
    /// The longer side to so many pixels; the image keeps its shape.
    case longerSide(Int)
    /// A size, whatever the image's shape.
    case exact(ImageSize)

    /// Sides beyond are refused: no memory holds what a generator makes of such an image.
    static let largestSide = 65_536

    /// Reads `original`, `training`, a number of pixels, or `256x512` (height x width); `nil` for anything else.
    public init?(_ text: String) {
        switch text {
        case "original": self = .original
        case "training": self = .training
        default:
            guard let size = ImageSize(text), max(size.height, size.width) <= Self.largestSide else { return nil }
            self = text.contains("x") ? .exact(size) : .longerSide(size.height)
        }
    }

    /// In words, sizes as width x height.
    public var words: String {
        switch self {
        case .original: "their own size"
        case .training: "the size of the training"
        case .longerSide(let side): "\(side) pixels at the longer side"
        case .exact(let size): size.namedDimensions
        }
    }

    /// The size to which an image is scaled.
    ///
    /// - Parameter scale: That of the domain's images in training; without it `training` changes nothing.
    public func size(of image: ImageSize, scale: TrainingScale?) -> ImageSize {
        switch self {
        case .original: return image
        case .training: return scale?.scaled(image) ?? image
        case .longerSide(let longer):
            let factor = Double(longer) / Double(max(image.height, image.width))
            func side(_ side: Int) -> Int { max(1, Int((Double(side) * factor).rounded())) }
            return ImageSize(height: side(image.height), width: side(image.width))
        case .exact(let size): return size
        }
    }
}

extension InputScaling: CustomStringConvertible {
    /// The text that `init(_:)` reads.
    public var description: String {
        switch self {
        case .original: "original"
        case .training: "training"
        case .longerSide(let side): "\(side)"
        case .exact(let size): "\(size.height)x\(size.width)"
        }
    }
}
