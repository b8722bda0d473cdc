import Checkpoints
import Support

/// What tensors show of a network that is not known: not how its layers are connected, nor their strides and activations.
public struct WeightsSummary: CustomStringConvertible {
    /// The convolutions' kernels in their order, such as `4x4`.
    public let kernels: [String]
    /// Of the first convolution and of the last one, as far as their weights tell.
    public let channels: (input: Int, output: Int)?
    /// Whether there are norms with scales, and with running statistics.
    public let norms: (scales: Bool, statistics: Bool)
    /// The trained numbers.
    public let parameters: Int

    /// - Parameter weights: The tensors of the network.
    public init(_ weights: StateDict) {
        let convolutions = weights.filter { $0.tensor.rank == 4 && !$0.name.hasSuffix(".filt") }.map(\.tensor.shape)
        kernels = convolutions.map { "\($0[2])x\($0[3])" }
        if let first = convolutions.first, let last = convolutions.last {
            channels = (first[1], last[0])
        } else {
            channels = nil
        }
        norms = (
            weights.contains { $0.tensor.rank == 1 && $0.name.hasSuffix(".weight") },
            weights.names.contains { $0.hasSuffix("running_mean") }
        )
        parameters = weights.parameterCount()
    }

    /// What there is, apart from channels and numbers: `5 convolutions (4x4)`, `norms with scales`.
    public var facts: [String] {
        guard channels != nil else { return ["no convolutions"] }
        let convolutions = "\(counted(kernels.count, "convolution")) (\(Set(kernels).sorted().joined(separator: ", ")))"
        switch norms {
        case (true, true): return [convolutions, "norms with scales and running statistics"]
        case (true, false): return [convolutions, "norms with scales"]
        case (false, true): return [convolutions, "norms with running statistics"]
        case (false, false): return [convolutions]
        }
    }

    /// `5 convolutions (4x4), norms with scales, 3 -> 1 channels, 1234 parameters`.
    public var description: String {
        (facts + (channels.map { ["\($0.input) -> \($0.output) channels"] } ?? []) + ["\(parameters) parameters"]).joined(separator: ", ")
    }
}
