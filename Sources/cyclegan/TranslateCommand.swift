import ArgumentParser
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Torch

struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Translate images with a trained generator, each at its own size and bit depth.",
        discussion: "Folders are searched for images; their tree and the file names are kept under --output.")

    @Argument(help: "Image files and folders.") var inputs: [String]
    @Option(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String
    @Option(help: "Which way to translate with a run or a checkpoint.") var direction: Direction = .aToB
    @Option(help: "A file for one input file, else a folder.") var output: String
    @Option(help: "auto, cpu, cuda, cuda:N or mps.") var device = "auto"
    @Option(help: "Threads of one operation on the CPU (default: all cores).") var threads: Int?

    func validate() throws {
        if inputs.isEmpty { throw ValidationError("give at least one image file or folder") }
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
    }

    func run() throws {
        let jobs = try TranslationJob.plan(inputs: inputs.map(url), output: url(output))
        if let threads { TorchRuntime.threadCount = threads }
        let device = try Device.named(device)
        let translator = Translator(try GeneratorFile(url(model), direction: direction), device: device)
        var failures = 0
        let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
        for (index, job) in jobs.enumerated() {
            do {
                try FileManager.default.createDirectory(at: job.output.deletingLastPathComponent(), withIntermediateDirectories: true)
                let image = try PixelImage(contentsOf: job.input)
                try translator.translate(image, name: job.input.path).write(to: job.output)
            } catch {
                failures += 1
                standardError("\(isTerminal ? "\r\u{1B}[K" : "")\(error)\n")
            }
            if isTerminal { standardError("\r\u{1B}[K\(index + 1)/\(jobs.count) \(job.input.lastPathComponent)") }
        }
        if isTerminal { standardError("\r\u{1B}[K") }
        let done = jobs.count - failures
        print("Translated \(done) of \(jobs.count) images \(direction.rawValue): \(url(output).path)")
        if failures > 0 { throw ExitCode.failure }
    }

    private func standardError(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
