import Checkpoints
import CycleGANModels
import TorchNN

/// The networks in a file that does not describe them, told by the names and shapes of their tensors.
///
/// People save networks alone, or in dictionaries with optimisers and other networks: `{"state_dict": ..., "epoch": 7}`, or under names with
/// `netG.` or `module.` before each. Every part of the file is looked at until it is a network as a whole.
public struct NetworkSearch {
    /// The known networks, in the file's order.
    public private(set) var found: [FoundNetwork] = []
    /// Where nothing is found: the known network that a part of the file is most like.
    public private(set) var nearest: NearestNetwork?

    /// A network that would be known if it were a possible one.
    private(set) var impossible: NetworkConfigurationError?

    typealias Entry = (name: String, shape: [Int])

    /// - Parameter weights: All tensors of the file.
    public init(in weights: StateDict) {
        search(weights.map { ($0.name, $0.tensor.shape) }, path: [])
    }

    private mutating func search(_ entries: [Entry], path: [String]) {
        if identify(entries, path: path) { return }
        var groups: [String: [Entry]] = [:]
        var order: [String] = []
        for (name, shape) in entries {
            guard let dot = name.firstIndex(of: ".") else { continue }
            let group = String(name[..<dot])
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append((String(name[name.index(after: dot)...]), shape))
        }
        for group in order { search(groups[group] ?? [], path: path + [group]) }
    }

    /// Whether all tensors of a part are those of one network.
    private mutating func identify(_ entries: [Entry], path: [String]) -> Bool {
        let network: InferredNetwork
        do {
            network = try InferredNetwork(tensors: entries)
        } catch {
            impossible = error as? NetworkConfigurationError ?? impossible
            return false
        }
        let names = InferredNetwork.referenceNames(of: entries)
        let candidate = FoundNetwork(path: path.joined(separator: "."), network: network, names: names)
        let mismatch = StateDictMismatch(
            between: entries.map { (names[$0.name] ?? $0.name, $0.shape) }, and: network.tensors, tolerating: candidate.isTolerable)
        if mismatch.isEmpty {
            found.append(candidate)
            return true
        }
        if mismatch.count < nearest?.mismatch.count ?? .max {
            nearest = NearestNetwork(path: candidate.path, network: network, mismatch: mismatch)
        }
        return false
    }
}

/// A network in a file.
public struct FoundNetwork {
    /// Where in the file's dictionaries it stands, such as `state_dict` or `netG.module`; empty for a file of one network.
    public let path: String
    /// What it is.
    public let network: InferredNetwork
    /// The reference's names by those below `path`.
    let names: [String: String]

    /// Its tensors under the reference's names.
    package func weights(in file: StateDict) -> StateDict {
        let own = path.isEmpty ? file : file.below(path)
        return StateDict(own.map { (names[$0.name] ?? $0.name, $0.tensor) })
    }

    /// Whether it stands where someone calls a network by this name: by the whole path or any part of it.
    package func isCalled(_ name: String) -> Bool {
        path == name || path.split(separator: ".").contains { $0 == name }
    }

    /// Whether there are running statistics that its instance norms do not use.
    public var hasUnusedStatistics: Bool {
        network.normalization.wantsBias && names.values.contains { $0.hasSuffix(".running_mean") }
    }

    /// PyTorch before 0.4.1 did not count batches, and before 0.4 kept statistics of instance norms.
    fileprivate func isTolerable(_ name: String, isMissing: Bool) -> Bool {
        if name.hasSuffix(".num_batches_tracked") { return isMissing || network.normalization != .batch }
        return !isMissing && network.normalization.wantsBias && (name.hasSuffix(".running_mean") || name.hasSuffix(".running_var"))
    }
}

/// The known network that a part of a file is most like, and how it differs.
public struct NearestNetwork: CustomStringConvertible {
    /// The part of the file.
    public let path: String
    /// What it is like.
    public let network: InferredNetwork
    /// How it differs.
    public let mismatch: StateDictMismatch

    public var description: String {
        "the nearest known network is \(network.title)\(path.isEmpty ? "" : ", at '\(path)'"): \(mismatch.differences)"
    }
}

extension InferredNetwork {
    /// What stands between its convolutions.
    public var normalization: Normalization {
        switch self {
        case .generator(let configuration): configuration.normalization
        case .discriminator(let configuration): configuration.normalization
        }
    }

    /// In words: `a resnet9 generator with 64 filters`.
    var title: String {
        switch self {
        case .generator(let generator): "a \(generator.architecture.rawValue) generator with \(generator.filters) filters"
        case .discriminator(let discriminator):
            "a \(discriminator.architecture.rawValue) discriminator with \(discriminator.filters) filters"
        }
    }

    /// Whether it is a generator.
    var isGenerator: Bool { if case .generator = self { true } else { false } }
}
