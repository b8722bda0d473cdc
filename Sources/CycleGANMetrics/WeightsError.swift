import Support

/// Why a network's weights cannot be used.
public enum WeightsError: ErrorWithRemedies, Equatable {
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is not the one that its name says.
    case damaged(path: String, found: String, expected: String)
    /// The file holds no network that a metric uses; `names` are its first tensors.
    case unknownNetwork(path: String, names: [String], count: Int)
    /// The file holds the weights of another network than the one asked for.
    case wrongNetwork(path: String, found: [MetricNetwork], expected: MetricNetwork)
    /// A metric needs weights that are not there.
    case missing(network: MetricNetwork, metric: String, folder: String)

    /// What happened and where.
    public var problem: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
        case .damaged(let path, let found, let expected):
            "\(path): its SHA-256 is \(found), but its name says that it begins with \(expected); get the file again"
        case .unknownNetwork(let path, let names, let count):
            "\(path): holds no network that a metric uses, but \(count) tensors "
                + "(\(names.joined(separator: ", "))\(count > names.count ? ", ..." : "")); wanted is one of "
                + MetricNetwork.allCases.map(\.published.fileName).joined(separator: ", ")
                + ". For FID, torchvision's own Inception-v3 does not do: its weights are others"
        case .wrongNetwork(let path, let found, let expected):
            "\(path): holds the weights of \(found.map(\.rawValue).joined(separator: " and ")), but those of \(expected.rawValue) are needed"
        case .missing(let network, let metric, let folder):
            """
            \(metric) needs the weights of \(network.rawValue), which are not there (\(folder)); none are needed for ssim, ms-ssim, psnr and \
            l1, nor for cycle errors. They are the file
              \(network.published.address)
              SHA-256 \(network.published.checksums[0])\(network.published.checksums[0].count < 64 ? "..." : "")
            """
        }
    }

    package var remedies: [ErrorRemedy] {
        guard case .missing(let network, _, _) = self else { return [] }
        return [.giveWeights(file: network.published.fileName)]
    }

    package var separator: String { "\n" }

    public var description: String { text(\.description) }
}
