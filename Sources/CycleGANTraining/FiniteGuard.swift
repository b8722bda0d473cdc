import Torch

/// Finds the first NaN or infinite loss without waiting for the device at every step.
///
/// The step at which each loss first went wrong is kept on the device and read only with the losses and before a checkpoint.
struct FiniteGuard {
    private let names: [String]
    // Shape [number of losses]: the first bad step of each loss, 0 while all is well.
    private var firstBadSteps: Tensor
    private var recentBatches: [(step: Int, files: [String])] = []

    init(names: [String], device: Device) {
        self.names = names
        firstBadSteps = Tensor.zeros([names.count], dtype: .int64, device: device)
    }

    /// Whether so many steps have not been checked that it is time to wait for the device.
    var isFull: Bool { recentBatches.count >= 500 }
    /// The files of the latest step.
    private(set) var latestFiles: [String] = []

    /// Looks at the losses of a step that was just taken on `files`.
    mutating func observe(_ losses: StepLosses, step: Int, files: [String]) {
        recentBatches.append((step, files))
        latestFiles = files
        let isNewlyBad = (.!losses.values.isFinite()).and(firstBadSteps.equals(0))
        let now = Tensor.full([names.count], Double(step), dtype: .int64, device: firstBadSteps.device)
        firstBadSteps = isNewlyBad.selecting(now, else: firstBadSteps)
    }

    /// Waits for the device.
    ///
    /// - Parameter checkpoint: The path of the last good checkpoint, for the message.
    /// - Throws: `RunError.notFinite` naming the first bad loss, its step and the files of that step.
    mutating func check(checkpoint: String?) throws {
        let steps = firstBadSteps.array(of: Int64.self)
        if let (name, step) = zip(names, steps).filter({ $0.1 > 0 }).min(by: { $0.1 < $1.1 }) {
            let files = recentBatches.first { $0.step == Int(step) }?.files ?? []
            throw RunError.notFinite(what: "loss \(name)", step: Int(step), files: files, checkpoint: checkpoint)
        }
        recentBatches.removeAll(keepingCapacity: true)
    }
}
