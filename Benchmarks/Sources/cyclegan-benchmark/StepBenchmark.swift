import ArgumentParser
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Torch
import TorchNN

/// Takes training steps on request, so that a driver can run them in turn with another program's.
///
/// It prints `ready`, and then answers the lines `step` (the seconds of one step), `forward` (those of one translation), `memory` (the peak resident bytes) and `quit`.
struct StepBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "step", abstract: "Take training steps on request.")

    @Option(help: "cyclegan, cut, fastcut or pix2pix.") var objective = ObjectiveKind.cycleGAN.rawValue
    @Option(help: "resnet9, resnet6, unet256 or unet128; the objective's own by default.") var generator: String?
    @Option(help: "Channels after the generators' first convolution.") var ngf = 64
    @Option(help: "Channels after the discriminators' first convolution.") var ndf = 64
    @Option(help: "Height and width of the images.") var size = 256
    @Option(help: "Pairs per step.") var batchSize = 1
    @Option(help: "Threads of one operation.") var threads = 2
    @Option(help: "AVX-512, AVX2 or another that `cyclegan info --hardware` names.") var instructionSet = TorchRuntime.instructionSets[0]

    func validate() throws {
        guard TorchRuntime.instructionSets.contains(instructionSet) else {
            throw ValidationError(
                "no kernels for '\(instructionSet)' here; there are \(TorchRuntime.instructionSets.joined(separator: ", "))")
        }
    }

    func run() throws {
        try TorchRuntime.withInstructionSet(instructionSet) { try answerRequests() }
    }

    private func answerRequests() throws {
        guard let kind = ObjectiveKind(rawValue: objective) else {
            let known = ObjectiveKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown objective '\(objective)'; known: \(known)")
        }
        TorchRuntime.retainFreedMemory()
        TorchRuntime.threadCount = threads
        var configuration = TrainingConfiguration.defaults(for: kind)
        if let generator {
            guard let architecture = GeneratorArchitecture(rawValue: generator) else {
                throw ValidationError("unknown generator '\(generator)'")
            }
            configuration.networks.generator = architecture
        }
        configuration.networks.ngf = ngf
        configuration.networks.ndf = ndf
        configuration.domains.loadSize = PerDomain(ImageSize(size))
        configuration.data.cropSize = ImageSize(size)
        try configuration.validate()
        let objective = configuration.makeObjective(device: .cpu)
        // Without an average, which these settings do not have, the network in training itself.
        guard let translator = objective.publishedGenerators[0].network as? any Layer else {
            preconditionFailure("these objectives have generators in one piece")
        }
        let random = TorchRandom(seed: 1)
        func images() -> Tensor {
            let images = Tensor.empty([batchSize, 3, size, size])
            images.fillUniform(in: -1..<1, using: random)
            return images
        }
        let batch = ImageBatch(
            [(.a, DomainImages(images: images())), (.b, DomainImages(images: images()))],
            areAligned: Array(repeating: kind == .pix2pix, count: batchSize))
        let translate = { _ = withoutGradients { translator(batch[.a].images) } }
        try RequestLoop(requests: [
            "step": { RequestLoop.seconds { _ = objective.step([batch]).read() } },
            "forward": { RequestLoop.seconds(translate) },
        ]).run()
    }
}
