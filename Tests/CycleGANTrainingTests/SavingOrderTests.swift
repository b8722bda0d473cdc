import CycleGANModels
import CycleGANObjectives
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing
import Torch

@testable import CycleGANTraining

/// What a process leaves that ends just before a checkpoint is in its place.
@Suite struct SavingOrderTests {
    /// Looks at the run folder when a checkpoint is due.
    private final class Onlooker: TrainingObserver {
        let run: RunFolder
        var seen: [Int: Set<String>] = [:]

        init(_ run: RunFolder) { self.run = run }

        func handle(_ event: TrainingEvent) {
            guard case .checkpointDue(let step) = event else { return }
            let models = (try? FileManager.default.contentsOfDirectory(atPath: run.models.path)) ?? []
            seen[step] = Set(models)
        }
    }

    /// A checkpoint counts the models and the best networks: if they came behind it, a run that goes on from it would never write them.
    @Test func modelsComeBeforeTheCheckpoint() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["trainA": 2, "trainB": 2, "valA": 1, "valB": 1], to: data, width: 16, height: 16)
            var configuration = TrainingConfiguration()
            configuration.data.folder = data.path
            (configuration.domains.loadSize, configuration.data.cropSize) = (PerDomain(ImageSize(16)), ImageSize(16))
            configuration.networks.generator = .resnet(blocks: 1)
            (configuration.networks.ngf, configuration.networks.ndf, configuration.networks.discriminatorLayers) = (1, 1, 1)
            (configuration.run.checkpointEvery, configuration.run.checkpointSteps, configuration.run.maxSteps) = (1, 1, 5)
            let run = RunFolder(folder.appending(path: "run"))
            let onlooker = Onlooker(run)
            let validator = Validator(
                dataset: try configuration.deterministic.dataset(.validation),
                metrics: [PictureMetrics(PictureMetrics.Comparison.reconstructions)], workers: 1)
            _ = try Trainer(
                objective: CycleGAN(configuration: configuration, device: .cpu), configuration: configuration, run: run,
                dataset: try configuration.dataset(.train), samples: [], validator: validator,
                device: .cpu, observers: [onlooker]
            ).train()
            // Epochs of two steps; the last step lies in the middle of one.
            #expect(onlooker.seen[1] == [])
            for (step, label) in [(2, "epoch-0001"), (4, "epoch-0002"), (5, "step-00000005")] {
                for network in ["generatorAB", "generatorBA"] {
                    #expect(onlooker.seen[step]?.contains("\(label)_\(network).safetensors") == true, "\(step): \(onlooker.seen)")
                }
            }
            #expect(onlooker.seen[2]?.contains("best_generatorAB.safetensors") == true)
        }
    }
}
