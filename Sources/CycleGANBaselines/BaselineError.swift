import Imaging
import Support

/// Why a baseline gives no picture.
public enum BaselineError: ErrorWithRemedies, Equatable {
    /// The weights of VGG16 are not there; `folder` is where they would be kept.
    case missingWeights(folder: String, fileName: String)
    /// An image that takes more memory to optimise than there is; `side` is what would fit.
    case tooLarge(path: String, size: ImageSize, needed: Int, memory: Int, side: Int)
    /// An optimisation that left the numbers.
    case diverged(path: String)
    /// Images of a style of which more than half cannot be used.
    case unusableStyle(path: String, unusable: Int, count: Int, example: String)
    /// Images of a domain whose channels cannot become those of the style.
    case otherChannels(found: Int, style: Int)

    /// What happened and where.
    public var problem: String {
        switch self {
        case .missingWeights(let folder, let fileName):
            "gatys compares features of VGG16, whose weights are not there (\(folder)); reinhard and histogram need none. "
                + "They are torchvision's \(fileName)"
        case .tooLarge(let path, let size, let needed, let memory, _):
            "\(path): to optimise \(size.namedDimensions) takes about \(gigabytes(needed)) of memory, of which there are \(gigabytes(memory))"
        case .diverged(let path): "\(path): the optimisation gave values that are no numbers; take a smaller weight of the style"
        case .unusableStyle(let path, _, 1, let example): "\(path): cannot be used as a style: \(example)"
        case .unusableStyle(let path, let unusable, let count, let example):
            "\(path): \(unusable) of \(counted(count, "image")) cannot be used as a style, such as: \(example)"
        case .otherChannels(let found, let style):
            "baselines give images the channels of the style, \(style), and those of \(counted(found, "channel")) cannot become such"
        }
    }

    package var remedies: [ErrorRemedy] {
        switch self {
        case .missingWeights(_, let fileName): [.giveStyleWeights(file: fileName)]
        case .tooLarge(_, _, _, _, let side): [.smallerSize(side)]
        default: []
        }
    }

    package var separator: String {
        if case .missingWeights = self { return "\n" }
        return "; "
    }

    public var description: String { text(\.description) }
}
