import Torch

/// Whether new layers take memory for their weights.
enum WeightMemory {
    @TaskLocal static var isTaken = true
}

/// Calls `body`, in which new layers have weights of their full shapes that share one number each, and so take no memory.
///
/// For questions to the graph of a network that is not to run: how large it is can be known before it is built, whatever a file claims.
/// Such weights can be neither initialised nor loaded.
public func withoutWeightMemory<Result>(_ body: () throws -> Result) rethrows -> Result {
    try WeightMemory.$isTaken.withValue(false, operation: body)
}

extension Tensor {
    /// The weight of a new layer: zeros, which an initialisation or a file overwrites.
    static func startingWeight(_ shape: [Int]) -> Tensor {
        WeightMemory.isTaken ? zeros(shape) : zeros([Int](repeating: 1, count: shape.count)).expanded(to: shape)
    }
}
