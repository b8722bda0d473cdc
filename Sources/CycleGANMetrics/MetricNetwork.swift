import Checkpoints

/// The networks whose weights metrics need.
public enum MetricNetwork: String, CaseIterable, Codable, Sendable {
    /// The Inception-v3 of 2015-12-05, for FID, KID, the Inception score, precision and recall.
    case inception
    /// AlexNet, for LPIPS.
    case alexnet
    /// VGG16, for LPIPS, and for precision and recall as their paper has them.
    case vgg16
    /// SqueezeNet 1.1, for LPIPS.
    case squeezenet
    /// The linear layers of LPIPS over AlexNet.
    case lpipsAlex = "lpips-alex"
    /// The linear layers of LPIPS over VGG16.
    case lpipsVGG = "lpips-vgg"
    /// The linear layers of LPIPS over SqueezeNet.
    case lpipsSqueeze = "lpips-squeeze"

    /// The file that everyone uses.
    public var published: PublishedWeights {
        switch self {
        case .inception:
            PublishedWeights(
                fileName: "pt_inception-2015-12-05-6726825d.pth",
                address: "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth",
                checksums: ["6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"])
        case .alexnet:
            // The second is the same network in PyTorch's older file format.
            PublishedWeights(
                fileName: "alexnet-owt-7be5be79.pth", address: "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
                checksums: ["7be5be79", "4df8aa71"])
        case .vgg16:
            PublishedWeights(
                fileName: "vgg16-397923af.pth", address: "https://download.pytorch.org/models/vgg16-397923af.pth", checksums: ["397923af"])
        case .squeezenet:
            PublishedWeights(
                fileName: "squeezenet1_1-b8a52dc0.pth", address: "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth",
                checksums: ["b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b"])
        case .lpipsAlex: Self.head("alex.pth", "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0")
        case .lpipsVGG: Self.head("vgg.pth", "a78928a0af1e5f0fcb1f3b9e8f8c3a2a5a3de244d830ad5c1feddc79b8432868")
        case .lpipsSqueeze: Self.head("squeeze.pth", "4a5350f23600cb79923ce65bb07cbf57dca461329894153e05a1346bd531cf76")
        }
    }

    private static func head(_ fileName: String, _ checksum: String) -> PublishedWeights {
        PublishedWeights(
            fileName: fileName,
            address: "https://github.com/richzhang/PerceptualSimilarity/raw/master/lpips/weights/v0.1/\(fileName)", checksums: [checksum])
    }

    /// The networks whose tensors a file holds, by the names and shapes that tell networks apart: none for a foreign file, and two for
    /// one that holds all of LPIPS.
    static func found(in weights: StateDict) -> [MetricNetwork] {
        allCases.filter { network in network.marks.allSatisfy { weights[$0.name]?.shape == $0.shape } }
    }

    /// Tensors that no other network has.
    private var marks: [(name: String, shape: [Int])] {
        switch self {
        case .inception: [("Mixed_5b.branch1x1.conv.weight", [64, 192, 1, 1]), ("fc.weight", [1008, 2048])]
        case .alexnet: [("features.0.weight", [64, 3, 11, 11])]
        case .vgg16: [("features.28.weight", [512, 512, 3, 3])]
        case .squeezenet: [("features.0.weight", [64, 3, 3, 3]), ("features.3.squeeze.weight", [16, 64, 1, 1])]
        case .lpipsAlex: [("lin0.model.1.weight", [1, 64, 1, 1]), ("lin1.model.1.weight", [1, 192, 1, 1])]
        case .lpipsVGG: [("lin1.model.1.weight", [1, 128, 1, 1]), ("lin3.model.1.weight", [1, 512, 1, 1])]
        case .lpipsSqueeze: [("lin1.model.1.weight", [1, 128, 1, 1]), ("lin6.model.1.weight", [1, 512, 1, 1])]
        }
    }
}

/// A file of weights that is known by its checksum.
public struct PublishedWeights: Equatable, Sendable {
    /// The name under which it is published.
    public let fileName: String
    /// Where it can be got.
    public let address: String
    /// How the SHA-256 of the file begins, in hexadecimal; of files with equal weights there may be several.
    public let checksums: [String]

    /// Whether a file with this SHA-256 is the published one.
    public func matches(_ sha256: String) -> Bool { checksums.contains { sha256.hasPrefix($0) } }
}

extension MetricNetwork {
    /// Names and shapes of the tensors that metrics use, in the order of the published file.
    package var tensors: [(name: String, shape: [Int])] {
        switch self {
        case .inception: InceptionLayout().tensors
        case .alexnet: PerceptualNetwork.alex.trunkTensors
        case .vgg16: PerceptualNetwork.vgg.trunkTensors
        case .squeezenet: PerceptualNetwork.squeeze.trunkTensors
        case .lpipsAlex: PerceptualNetwork.alex.headTensors
        case .lpipsVGG: PerceptualNetwork.vgg.headTensors
        case .lpipsSqueeze: PerceptualNetwork.squeeze.headTensors
        }
    }
}
