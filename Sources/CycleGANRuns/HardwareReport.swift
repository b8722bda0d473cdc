import Foundation
import Support
import Torch

/// What networks run on here.
public struct HardwareReport: Encodable {
    /// Its version.
    public let libtorch = TorchRuntime.version
    /// Of the processor.
    public let cores = ProcessInfo.processInfo.activeProcessorCount
    /// Of one operation of libtorch.
    public let threads = TorchRuntime.threadCount
    /// Which kernels convolve on the CPU.
    public let kernels = TorchRuntime.kernels
    /// Threads of these.
    public let kernelThreads = TorchRuntime.kernelThreadCount
    /// By whose sizes they cut up their work.
    public let caches = TorchRuntime.caches
    /// What these are compiled for.
    public let instructionSet = TorchRuntime.instructionSets[0]
    /// All that the processor has, the best one first.
    public let instructionSets = TorchRuntime.instructionSets
    /// What networks can run on; the first is chosen without a wish.
    public let devices = Device.available.map(\.description)

    /// Looks at this machine.
    public init() {}

    /// The report for a terminal.
    public var text: String {
        let kernelText =
            switch kernels {
            case .auto:
                "\(instructionSet), of \(instructionSets.joined(separator: ", ")) (CYCLEGAN_KERNELS or the setting kernels choose others)"
            case .int8: "\(instructionSet), 1x1 convolutions in integers of 8 bits where nothing is trained (int8)"
            case .accurate: "\(instructionSet), without tiles that round more (accurate)"
            case .libtorch: "libtorch's own (CYCLEGAN_KERNELS=libtorch)"
            }
        let isAlone = kernels != .libtorch && kernelThreads < threads
        let threadText = isAlone ? "; the kernels run on one, because libtorch's OpenMP runtime was not found" : ""
        let origin =
            switch caches.source {
            case .system:
                caches.sharers.map { "\(counted($0, "processor")) here \($0 == 1 ? "has" : "share") the third" } ?? "as the system says"
            case .environment: "by CYCLEGAN_CACHE"
            case .assumed: "assumed, because the system does not tell; CYCLEGAN_CACHE sets them"
            }
        return """
            CPU       \(counted(cores, "core")), \(counted(threads, "thread")) for one operation\(threadText)
            Caches    \(caches.sizes) (\(origin))
            Kernels   \(kernelText)
            Devices   \(devices.joined(separator: ", ")); auto is \(devices[0])
            libtorch  \(libtorch)
            """
    }
}
