import ArgumentParser
import Foundation
import Support
import Torch

/// The command `cyclegan`.
@main struct CycleGANCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyclegan",
        abstract: "Image-to-image translation without pairs or with: train on folders of images, translate any image.",
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, PretrainCommand.self, TranslateCommand.self, EvaluateCommand.self, BaselineCommand.self, InfoCommand.self,
            MetricsCommand.self, RunsCommand.self, DatasetCommand.self, ModelsCommand.self, ConvertCommand.self, ExportCommand.self,
            CompressCommand.self,
            ManualCommand.self,
        ])

    static func main() {
        CrashHandler.install()
        StandardStreams.ignoreSignals()
        TorchRuntime.retainFreedMemory()
        let names = CPUKernels.allCases.map(\.rawValue)
        let environment = ProcessInfo.processInfo.environment
        if let kernels = environment["CYCLEGAN_KERNELS"], !names.contains(kernels) {
            exit(withError: ValidationError("CYCLEGAN_KERNELS: found \(kernels); allowed: \(names.joined(separator: ", "))"))
        }
        if let caches = environment["CYCLEGAN_CACHE"], !TorchRuntime.canParseCaches(caches) {
            let expected = "sizes of the second and the third cache from 64K to 4G, the second no larger, such as 512K,32M"
            exit(withError: ValidationError("CYCLEGAN_CACHE: found '\(caches)'; expected \(expected)"))
        }
        do {
            var command = try parseAsRoot(FileName.arguments)
            try command.run()
            // What others print is their result.
            if !(command is TrainCommand || command is PretrainCommand || command is CompressCommand) { try StandardStreams.flushOutput() }
        } catch {
            end(with: WordedError(error) ?? error)
        }
        StandardStreams.end(ExitCode.success.rawValue)
    }

    /// Says what went wrong, as `exit(withError:)` does.
    private static func end(with error: any Error) -> Never {
        let (text, code) = (fullMessage(for: error), exitCode(for: error))
        if code.isSuccess { print(text) } else if !text.isEmpty { StandardStreams.writeError(text + "\n") }
        StandardStreams.end(code.rawValue)
    }
}
