import Support
import Torch
import TorchNN

/// Named tensors in the order of PyTorch's `state_dict`, with a few strings about them.
///
/// The tensors are references: a state dict taken from a network changes when the network is trained further.
public struct StateDict {
    /// The tensors' names in order.
    public private(set) var names: [String] = []

    /// Strings saved beside the tensors.
    public var metadata: [String: String]

    private var tensors: [String: Tensor] = [:]

    /// Tensors in order; of two with one name the later one counts.
    public init(_ entries: [(name: String, tensor: Tensor)] = [], metadata: [String: String] = [:]) {
        self.metadata = metadata
        for (name, tensor) in entries { self[name] = tensor }
    }

    /// The number of tensors.
    public var count: Int { names.count }

    /// Whether there are no tensors.
    public var isEmpty: Bool { names.isEmpty }

    /// The tensor of that name. A new name goes to the end, `nil` removes the tensor.
    public subscript(name: String) -> Tensor? {
        get { tensors[name] }
        set {
            let previous = tensors.updateOrRemove(newValue, forKey: name)
            switch (previous, newValue) {
            case (nil, .some): names.append(name)
            case (.some, nil): names.removeAll { $0 == name }
            default: break
            }
        }
    }

    /// The tensors whose names begin with `prefix` and a dot, named without them; the metadata stays.
    public func below(_ prefix: String) -> StateDict {
        let start = prefix + "."
        return StateDict(
            compactMap { $0.name.hasPrefix(start) ? (String($0.name.dropFirst(start.count)), $0.tensor) : nil }, metadata: metadata)
    }

    /// The tensors by what their names begin with, up to the first dot, in the order in which these occur; their names lose it.
    package func grouped() -> [(name: String, tensors: StateDict)] {
        var groups: [(name: String, tensors: StateDict)] = []
        var indices: [Substring: Int] = [:]
        for (name, tensor) in self {
            let group = name.prefix { $0 != "." }
            let index = indices[group] ?? groups.count
            if index == groups.count {
                indices[group] = index
                groups.append((String(group), StateDict(metadata: metadata)))
            }
            groups[index].tensors[String(name.dropFirst(group.count + 1))] = tensor
        }
        return groups
    }

    /// The elements of all trained parameters whose names begin with `prefix`: running statistics do not count.
    package func parameterCount(prefix: String = "") -> Int {
        filter { $0.name.hasPrefix(prefix) && !$0.name.contains("running_") && !$0.name.hasSuffix("num_batches_tracked") }
            .reduce(0) { $0 + $1.tensor.count }
    }

    /// The same tensors without the `module.` that DataParallel and the `_orig_mod.` that torch.compile put before every name.
    public func withoutWrapperPrefixes() -> StateDict {
        for wrapper in ["module", "_orig_mod"] where !isEmpty && names.allSatisfy({ $0.hasPrefix(wrapper + ".") }) {
            return below(wrapper).withoutWrapperPrefixes()
        }
        return self
    }

    /// The same tensors with those of spectral norm under the names of PyTorch's older hook (`weight_orig`, `weight_u`, `weight_v`), also
    /// where the newer `parametrizations.weight.original`, `.0._u` and `.0._v` stand.
    func withHookNames() -> StateDict {
        StateDict(map { (SpectralNormConv2d.hookName($0.name), $0.tensor) }, metadata: metadata)
    }

    /// The same tensors without the running statistics that instance norm left in files of PyTorch before 0.4.
    ///
    /// - Parameter normalization: That of the network; batch norm needs its statistics and keeps them.
    public func withoutLeftoverStatistics(_ normalization: Normalization) -> StateDict {
        guard normalization != .batch else { return self }
        let leftovers = ["running_mean", "running_var", "num_batches_tracked"]
        return StateDict(
            filter { entry in !leftovers.contains { entry.name == $0 || entry.name.hasSuffix("." + $0) } }, metadata: metadata)
    }
}

extension StateDict: Sequence {
    /// The names and tensors in order.
    public func makeIterator() -> AnyIterator<(name: String, tensor: Tensor)> {
        var remaining = names.makeIterator()
        return AnyIterator {
            while let name = remaining.next() {
                if let tensor = tensors[name] { return (name, tensor) }
            }
            return nil
        }
    }
}

extension Dictionary {
    fileprivate mutating func updateOrRemove(_ value: Value?, forKey key: Key) -> Value? {
        if let value { updateValue(value, forKey: key) } else { removeValue(forKey: key) }
    }
}
