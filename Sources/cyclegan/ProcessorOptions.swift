import ArgumentParser
import CycleGANTraining
import Support
import Torch

/// Where networks run, and how on the CPU.
struct ProcessorOptions: ParsableArguments {
    @Option(help: "auto, cpu, cuda, cuda:N or mps.") var device = "auto"
    @Option(help: "Threads of one operation on the CPU (default: all cores).") var threads: Int?
    @Option(
        help: """
            Kernels on the CPU: auto, accurate, libtorch, or int8, which makes light generators (mobile9, cyclegan compress) faster and \
            rounds more (default: CYCLEGAN_KERNELS, or auto).
            """)
    var kernels: CPUKernels?

    func validate() throws {
        let possible = TrainingConfiguration.possibleThreads
        if let threads, !possible.contains(threads) {
            throw ValidationError("--threads: found \(threads); allowed: \(possible.lowerBound) to \(possible.upperBound)")
        }
    }

    /// The device, with threads and kernels set.
    func start() throws -> Device {
        if let threads {
            if let notice = TrainingConfiguration.notice(ofThreads: threads) { StandardStreams.writeError("warning: \(notice)\n") }
            TorchRuntime.threadCount = TrainingConfiguration.useful(threads: threads)
        }
        if let kernels { TorchRuntime.kernels = kernels }
        if TorchRuntime.kernels == .int8, !TorchRuntime.multipliesBytes {
            let source = kernels == nil ? "CYCLEGAN_KERNELS" : "--kernels"
            throw ValidationError("\(source): found int8, and this processor does not multiply bytes (AVX-512 VNNI); use auto")
        }
        return try Device.named(device)
    }
}
