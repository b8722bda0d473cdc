import Foundation
import Settings
import Support
import Torch

/// A run that needed more memory than there is.
public struct OutOfMemoryError: Error, CustomStringConvertible {
    /// What was asked for.
    public let request: String
    /// What needs less.
    public let remedies: [Remedy]
    /// The path of the last checkpoint, which is as it was; `nil` before the first.
    public var checkpoint: String?
    private let held = ProcessMemory.held

    public var description: String { text(\.description) }

    /// The description with the remedies in other words.
    public func text(_ remedy: (Remedy) -> String) -> String {
        let share = held.map { "; the program held up to \(gigabytes($0.bytes)) of \(gigabytes($0.limit)) \($0.kind)" } ?? ""
        let state = checkpoint.map { "the last checkpoint is whole: \($0)" } ?? "no checkpoint had been written yet"
        return "out of memory: \(request)\(share); try \(remedies.map(remedy).joined(separator: ", or ")); \(state)"
    }
}

extension TrainingConfiguration {
    /// Runs `body` with errors of libtorch as throws, and with those of memory in words.
    ///
    /// - Throws: `OutOfMemoryError`, `TorchError` for other failures of libtorch, or what `body` throws.
    public func withinMemory<Result>(checkpoint: @autoclosure () -> String? = nil, _ body: () throws -> Result) throws -> Result {
        do {
            return try withTorchErrors(body)
        } catch let error as TorchError where error.isOutOfMemory {
            throw OutOfMemoryError(request: error.message, remedies: Array(memoryRemedies.prefix(3)), checkpoint: checkpoint())
        }
    }

    /// What makes a step need less memory, what changes the result least first.
    package var memoryRemedies: [Remedy] {
        var remedies: [Remedy] = []
        let batch = optimization.batchSize
        if batch > 1 { remedies.append(Remedy("batchSize", 1, note: "with accumulate \(batch) the step is that of the batch")) }
        if networks.generator.residualBlocks != nil, !networks.checkpointActivations {
            remedies.append(Remedy("checkpointActivations", true))
        }
        let side = min(data.cropSize.height, data.cropSize.width)
        if crops, side > 64 {
            remedies.append(Remedy("cropSize", side > 256 ? 256 : side > 128 ? 128 : 64, note: "in place of \(side)"))
        }
        let filters = max(networks.ngf, networks.ndf)
        if filters > 32 {
            let fewer = filters > 64 ? 64 : 32
            remedies.append(Remedy([SettingArgument("ngf", fewer), SettingArgument("ndf", fewer)]))
        }
        if run.workers > 1 { remedies.append(Remedy("workers", 1)) }
        return remedies + ["closing other programs", "a machine with more memory", "smaller images"].map { Remedy($0) }
    }
}
