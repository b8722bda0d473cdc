import Foundation
import Pages
import Support
import Torch

/// A run that needed more memory than there is.
public struct OutOfMemoryError: Error, CustomStringConvertible {
    /// What was asked for.
    public let request: String
    /// Settings that need less, as flags of `cyclegan train`.
    public let remedies: [String]
    /// The path of the last checkpoint, which is as it was; `nil` before the first.
    public var checkpoint: String?
    private let held = ProcessMemory.held

    public var description: String {
        let share = held.map { "; the program held up to \(gigabytes($0.bytes)) of \(gigabytes($0.limit)) \($0.kind)" } ?? ""
        let state = checkpoint.map { "the last checkpoint is whole: \($0)" } ?? "no checkpoint had been written yet"
        return "out of memory: \(request)\(share); try \(remedies.joined(separator: ", or ")); \(state)"
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
    var memoryRemedies: [String] {
        var remedies: [String] = []
        if batchSize > 1 { remedies.append("--batch-size 1 (with --accumulate \(batchSize) the step is that of the batch)") }
        if case .resnet = generator, !checkpointActivations { remedies.append("--checkpoint-activations") }
        let side = min(cropSize.height, cropSize.width)
        if preprocess.crops, side > 64 {
            let smaller = side > 256 ? 256 : side > 128 ? 128 : 64
            remedies.append("--crop-size \(smaller) in place of \(side)")
        }
        if max(ngf, ndf) > 32 {
            let fewer = max(ngf, ndf) > 64 ? 64 : 32
            remedies.append("--ngf \(fewer) --ndf \(fewer)")
        }
        if workers > 1 { remedies.append("--workers 1") }
        return remedies + ["closing other programs", "a machine with more memory", "smaller images"]
    }
}
