import CycleGANModels
import CycleGANTraining
import Foundation
import Support
import Torch
import TorchNN

/// How much memory a training step needs, from the networks' layers; `TrainingEstimate` measures it.
struct MemoryEstimate {
    /// In bytes: weights, gradients and moments, image pools, and what the passes of a step keep for the gradients.
    let bytes: Int

    // Of a process with libtorch and a few decoded images.
    private static let program = 350_000_000

    init(_ objective: any TrainingObjective, configuration: TrainingConfiguration) {
        let gradients = objective.networks.reduce(0) { $0 + $1.network.parameterCount } * MemoryLayout<Float>.size
        let (generator, discriminator) = (
            configuration.generatorConfiguration.graph, configuration.discriminatorConfiguration(of: configuration.trainedDomains[1]).graph
        )
        let size = configuration.data.cropSize
        func kept(_ graph: Graph) -> Int {
            let shape = [configuration.optimization.batchSize, graph.inputChannels ?? 3, size.height, size.width]
            let costs = (try? graph.costs(forInput: shape)) ?? []
            return costs.filter(\.operation.keepsOutput).reduce(0) { $0 + $1.outputShape.reduce(1, *) } * MemoryLayout<Float>.size
        }
        let passes = configuration.generatorPasses
        bytes =
            Self.program + objective.stateBytes + gradients + configuration.poolBytes + passes.generator * kept(generator)
            + passes.discriminator * kept(discriminator)
    }

    func text(on device: Device) -> String {
        let memory = Int(ProcessInfo.processInfo.physicalMemory)
        guard device == .cpu else { return "about \(gigabytes(bytes)) on \(device) at its peak" }
        return "about \(gigabytes(bytes)) at its peak, of \(gigabytes(memory))"
    }
}

extension TorchNN.Operation {
    /// Whether training keeps what this gives until the gradients are known.
    fileprivate var keepsOutput: Bool {
        switch self {
        case .convolution, .transposedConvolution, .instanceNorm, .batchNorm, .scaleAndShift, .modulate, .attention, .blur, .concatenate,
            .custom,
            .linear:
            true
        case .input, .activation, .blend, .padding, .dropout, .add, .resize, .pixelShuffle, .channels, .firstPixel: false
        }
    }
}

extension TrainingConfiguration {
    /// How often the networks are run in a step with what they keep held at once.
    fileprivate var generatorPasses: (generator: Int, discriminator: Int) {
        switch objective.kind {
        case .cycleGAN: (hasIdentityLoss ? 6 : 4, 2)
        // The generator's, and its encoder's on the images that are compared.
        case .cut: (4, 2)
        case .fastCUT: (2, 2)
        case .pix2pix, .distill: (1, 2)
        // The way there and back; real, generated and mixed images.
        case .starGAN: (2, 3)
        // All ways through the domains of a cycle, and of each an image that stays what it is.
        case .multiCycle: (multiCycle.cycleLength * (multiCycle.cycleLength + (hasIdentityLoss ? 1 : 0)), 2)
        // One domain after the other.
        case .pretrain: (1, 0)
        }
    }
}
