import Torch
import TorchNN

extension Module {
    /// All parameters and buffers under PyTorch's names, as references to the live tensors.
    public func stateDict() -> StateDict {
        let tensors = namedTensors
        precondition(
            !tensors.isEmpty, "\(type(of: self)) has no tensors to save; was it compiled with -disable-reflection-metadata?")
        return StateDict(tensors.map { ($0.name, $0.tensor.detached()) })
    }

    /// Copies weights into this network's tensors, which keep their device and precision.
    ///
    /// The wrapper prefixes `module.` and `_orig_mod.` are removed first, and spectral norm is understood in both of PyTorch's layouts. Every name and shape is checked before any tensor changes.
    ///
    /// - Parameters:
    ///   - source: Where the weights come from, for messages.
    ///   - strict: Whether the names have to be exactly the network's; if not, tensors that only one side has are left alone.
    /// - Throws: `CheckpointError.mismatch` with all differences.
    public func load(_ stateDict: StateDict, source: String, strict: Bool = true) throws(CheckpointError) {
        let targets = namedTensors
        let isWrapped = targets.contains { $0.name.hasPrefix("module.") || $0.name.hasPrefix("_orig_mod.") }
        let stateDict = (isWrapped ? stateDict : stateDict.withoutWrapperPrefixes()).withHookNames()
        // PyTorch before 0.4.1 did not count batches, and later ones begin at 0 then.
        let mismatch = StateDictMismatch(
            between: stateDict.map { ($0.name, $0.tensor.shape) }, and: targets.map { ($0.name, $0.tensor.shape) }
        ) { name, isMissing in !strict || isMissing && name.hasSuffix("num_batches_tracked") }
        guard mismatch.isEmpty else { throw .mismatch(source: source, mismatch) }
        withoutGradients {
            for (name, tensor) in targets {
                if let weights = stateDict[name] { tensor.copy(from: weights) }
            }
        }
    }
}

extension StateDict {
    /// Checks that tensors are there with their shapes; others may be there too.
    ///
    /// - Parameter source: Where the weights come from, for messages.
    /// - Throws: `CheckpointError.mismatch` with all differences.
    package func check(holds tensors: [(name: String, shape: [Int])], source: String) throws(CheckpointError) {
        let mismatch = StateDictMismatch(between: map { ($0.name, $0.tensor.shape) }, and: tensors) { _, isMissing in !isMissing }
        guard mismatch.isEmpty else { throw .mismatch(source: source, mismatch) }
    }
}
