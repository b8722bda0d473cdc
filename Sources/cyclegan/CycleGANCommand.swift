import ArgumentParser
import Foundation
import Torch

/// The command `cyclegan`.
@main struct CycleGANCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyclegan",
        abstract: "Unpaired image-to-image translation: train on two folders of images, translate any image.",
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, TranslateCommand.self, EvaluateCommand.self, InfoCommand.self, MetricsCommand.self, RunsCommand.self,
            DatasetCommand.self,
        ])

    static func main() {
        TorchRuntime.retainFreedMemory()
        let names = CPUKernels.allCases.map(\.rawValue)
        if let kernels = ProcessInfo.processInfo.environment["CYCLEGAN_KERNELS"], !names.contains(kernels) {
            exit(withError: ValidationError("CYCLEGAN_KERNELS: found \(kernels); allowed: \(names.joined(separator: ", "))"))
        }
        main(nil)
    }
}
