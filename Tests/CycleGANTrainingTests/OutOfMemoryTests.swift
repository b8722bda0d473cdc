import CycleGANModels
import CycleGANObjectives
import Datasets
import Foundation
import Settings
import TestSupport
import Testing
import Torch

@testable import CycleGANTraining

/// Memory that runs out at any moment of a step is an error, and no end of the program.
@Suite struct OutOfMemoryTests {
    enum Networks: CaseIterable {
        case plain, penalised, unet, withEverything

        var configuration: TrainingConfiguration {
            var configuration = TrainingConfiguration()
            configuration.networks.generator = .resnet(blocks: 1)
            configuration.networks.ngf = 4
            configuration.networks.ndf = 4
            configuration.networks.discriminatorLayers = 1
            configuration.objective.poolSize = 2
            switch self {
            case .plain: break
            case .penalised: configuration.objective.ganMode = .wganGP
            case .unet: configuration.networks.generator = .unet(downsamplings: 5)
            case .withEverything:
                configuration.networks.attention = [4]
                configuration.networks.spectralNorm = true
                configuration.objective.diffAugment = true
                configuration.optimization.clipGradient = 1
                configuration.networks.checkpointActivations = true
                configuration.networks.ema = 0.9
                configuration.networks.upsampling = .resize
            }
            return configuration
        }
    }

    private static func work(with objective: CycleGAN, on batch: ImageBatch) throws {
        try withTorchErrors {
            _ = objective.step([batch])
            _ = objective.translations(of: batch)
        }
    }

    @Test(arguments: Networks.allCases) func everyAllocationMayFail(networks: Networks) throws {
        let size = networks == .unet ? 32 : 16
        let batch = ImageBatch(
            a: DomainImages(images: .ones([1, 3, size, size])), b: DomainImages(images: .zeros([1, 3, size, size])))
        // What is made once in the process.
        try Self.work(with: CycleGAN(configuration: networks.configuration, device: .cpu), on: batch)
        var failures = 0
        // Every one was tried once, in two minutes.
        for count in stride(from: 0, to: 100_000, by: 13) {
            let objective = CycleGAN(configuration: networks.configuration, device: .cpu)
            try Self.work(with: objective, on: batch)
            do {
                try TorchRuntime.failingAllocations(after: count) { try Self.work(with: objective, on: batch) }
                break
            } catch let error as TorchError {
                failures += 1
                #expect(error.isOutOfMemory && error.message.contains("no memory"), "\(count): \(error)")
            }
        }
        #expect(failures > 20, "\(failures)")
    }
}
