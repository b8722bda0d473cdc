import Support
import Torch
import TorchNN

/// Which numbers batch norm normalises an image by when nothing is trained.
public enum NormStatistics: Sendable {
    /// The image's own mean and variance of each channel, as in training with one image.
    case image
    /// The running ones that training left.
    case running
}

/// How a generator is used, where its file leaves it open or another way is wanted.
public struct GeneratorUse: Sendable {
    /// The network, in a file that holds several; see `NetworkSearch`.
    public var network: String?
    /// What batch norms normalise by; by default what the file says or, where it is silent, the running statistics if it has them.
    ///
    /// The reference tests pix2pix with the image's own.
    public var statistics: NormStatistics?
    /// Keeps dropout on, as the reference does when it tests pix2pix, with masks drawn from this seed anew for each image.
    public var dropoutSeed: UInt64?

    /// As the file says, unless told otherwise.
    public init(network: String? = nil, statistics: NormStatistics? = nil, dropoutSeed: UInt64? = nil) {
        self.network = network
        self.statistics = statistics
        self.dropoutSeed = dropoutSeed
    }
}

/// The dropout of a generator that otherwise only evaluates.
struct SeededDropout {
    private let random: TorchRandom
    private let start: Tensor

    init(of generator: any Layer, _ random: TorchRandom) {
        self.random = random
        start = random.state
        generator.forEachModule { ($0 as? Dropout)?.setTraining(true) }
    }

    func restart() throws { try random.restore(start) }
}

/// Something about how a file was read.
struct GeneratorNote {
    let fact: String
    var remedies: [ErrorRemedy] = []

    func text(_ wording: (ErrorRemedy) -> String) -> String {
        fact + (remedies.isEmpty ? "" : "; " + remedies.map(wording).joined(separator: ", "))
    }
}
