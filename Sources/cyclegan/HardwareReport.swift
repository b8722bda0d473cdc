import Foundation
import Torch

/// What networks run on here.
struct HardwareReport: Encodable {
    let libtorch = TorchRuntime.version
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let threads = TorchRuntime.threadCount
    let kernels = TorchRuntime.kernels
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
        return """
            CPU       \(cores) cores, \(threads) threads for one operation
            Kernels   \(kernelText)
            Devices   \(devices.joined(separator: ", ")); auto is \(devices[0])
            libtorch  \(libtorch)
            """
    }
}
