import Foundation
import Torch

/// What networks run on here.
struct HardwareReport: Encodable {
    let libtorch = TorchRuntime.version
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let threads = TorchRuntime.threadCount
    let kernels = TorchRuntime.kernels
    let kernelThreads = TorchRuntime.kernelThreadCount
    let caches = TorchRuntime.caches
    let instructionSet = TorchRuntime.instructionSets[0]
    let instructionSets = TorchRuntime.instructionSets
    let devices = Device.available.map(\.description)

    var text: String {
        let kernelText =
            switch kernels {
            case .auto: "\(instructionSet), of \(instructionSets.joined(separator: ", ")) (CYCLEGAN_KERNELS or --kernels choose others)"
            case .accurate: "\(instructionSet), without tiles that round more (accurate)"
            case .libtorch: "libtorch's own (CYCLEGAN_KERNELS=libtorch)"
            }
        let isAlone = kernels != .libtorch && kernelThreads < threads
        let threadText = isAlone ? "; the kernels run on one, because libtorch's OpenMP runtime was not found" : ""
        let origin =
            switch caches.source {
            case .system: caches.sharers.map { "\($0) processors here share the third" } ?? "as the system says"
            case .environment: "by CYCLEGAN_CACHE"
            case .assumed: "assumed, because the system does not tell; CYCLEGAN_CACHE sets them"
            }
        return """
            CPU       \(cores) cores, \(threads) threads for one operation\(threadText)
            Caches    \(caches.sizes) (\(origin))
            Kernels   \(kernelText)
            Devices   \(devices.joined(separator: ", ")); auto is \(devices[0])
            libtorch  \(libtorch)
            """
    }
}
