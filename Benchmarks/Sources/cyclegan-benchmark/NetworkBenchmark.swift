import ArgumentParser
import CycleGANModels
import Torch
import TorchNN

/// Runs one generator or one layer of a generator on request, without gradients.
///
/// It prints `ready`, and then answers the lines `forward` (the seconds of one run), `processor` (those of all processors together),
/// `memory` and `quit`.
struct NetworkBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "network", abstract: "Run a generator, or a layer of one with its norm, on request.")

    /// A layer of a generator with the norm and the activation behind it.
    enum Part: String, CaseIterable {
        case first, halving, depthwise, pointwise, separable, residual, doubling, last

        /// The channels of what goes in.
        func inputs(_ channels: Int) -> Int {
            switch self {
            case .first: 3
            case .doubling: 2 * channels
            default: channels
            }
        }

        func layers(_ channels: Int) -> [any Layer] {
            let norm: [any Layer] = [InstanceNorm2d(), ReLU()]
            func block(isLight: Bool) -> ResnetBlock {
                ResnetBlock(
                    channels: channels, isLight: isLight, normalization: .instance, hasBias: true, usesDropout: false,
                    random: TorchRandom(seed: 1))
            }
            switch self {
            case .first: return [ReflectionPad2d(3), Conv2d(inputChannels: 3, outputChannels: channels, kernelSize: 7)] + norm
            case .halving:
                return [Conv2d(inputChannels: channels, outputChannels: 2 * channels, kernelSize: 3, stride: 2, padding: 1)] + norm
            case .depthwise:
                return [
                    ReflectionPad2d(1), Conv2d(inputChannels: channels, outputChannels: channels, kernelSize: 3, isDepthwise: true),
                    InstanceNorm2d(),
                ]
            case .pointwise: return [Conv2d(inputChannels: channels, outputChannels: channels, kernelSize: 1)] + norm
            case .separable: return [block(isLight: true)]
            case .residual: return [block(isLight: false)]
            case .doubling:
                return [
                    ConvTranspose2d(
                        inputChannels: 2 * channels, outputChannels: channels, kernelSize: 3, stride: 2, padding: 1, outputPadding: 1)
                ] + norm
            case .last: return [ReflectionPad2d(3), Conv2d(inputChannels: channels, outputChannels: 3, kernelSize: 7), Tanh()]
            }
        }
    }

    @Option(help: "A generator such as mobile9 or resnet9, or first, halving, depthwise, pointwise, separable, residual, doubling or last.")
    var generator = "mobile9"
    @Option(help: "Channels after a generator's first convolution, or those of the layer.") var ngf = 64
    @Option(help: "Height and width of what goes in.") var size = 256
    @Option(help: "Images at a time.") var batchSize = 1
    @Option(help: "Threads of one operation.") var threads = 1
    @Option(help: "AVX-512, AVX2 or another that `cyclegan info --hardware` names.") var instructionSet = TorchRuntime.instructionSets[0]

    func run() throws {
        TorchRuntime.retainFreedMemory()
        TorchRuntime.threadCount = threads
        let random = TorchRandom(seed: 1)
        let network: any Layer
        var channels = 3
        if let part = Part(rawValue: generator) {
            let layers = Sequential(part.layers(ngf))
            WeightInitialization.normal.apply(to: layers, using: random)
            (network, channels) = (layers, part.inputs(ngf))
        } else if let architecture = GeneratorArchitecture(rawValue: generator) {
            network = GeneratorConfiguration(architecture: architecture, filters: ngf).makeGenerator(random: random)
        } else {
            throw ValidationError("unknown generator or layer '\(generator)'")
        }
        let images = Tensor.empty([batchSize, channels, size, size])
        images.fillUniform(in: -1..<1, using: random)
        let translate = { _ = withoutGradients { network(images) } }
        try TorchRuntime.withInstructionSet(instructionSet) {
            try RequestLoop(requests: [
                "forward": { RequestLoop.seconds(translate) }, "processor": { RequestLoop.processorSeconds(translate) },
            ]).run()
        }
    }
}
