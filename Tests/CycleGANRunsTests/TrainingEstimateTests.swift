import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing

@testable import CycleGANRuns
@testable import CycleGANTraining

struct TrainingEstimateTests {
    private func estimate(
        _ configuration: TrainingConfiguration = TrainingConfiguration(), device: String = "cpu", secondsPerStep: Double,
        memory: Int? = 1_000_000_000
    ) -> TrainingEstimate {
        TrainingEstimate(
            configuration: configuration, device: device, secondsPerStep: secondsPerStep, stepsPerEpoch: 1000, peakMemory: memory)
    }

    @Test func aRunIsAllEpochsUnlessItIsCutShort() {
        var configuration = TrainingConfiguration()
        let whole = estimate(configuration, secondsPerStep: 0.5)
        #expect(whole.totalSteps == 200_000 && whole.secondsPerEpoch == 500 && whole.secondsPerRun == 100_000)
        configuration.run.maxSteps = 300
        #expect(estimate(configuration, secondsPerStep: 0.5).secondsPerRun == 150)
        configuration.run.maxMinutes = 1
        #expect(estimate(configuration, secondsPerStep: 0.5).secondsPerRun == 60)
    }

    @Test func moreThanAWeekIsHopeless() {
        let configuration = TrainingConfiguration()
        #expect(estimate(secondsPerStep: 3).findings(for: configuration, memory: 8_000_000_000).map(\.severity) == [.note, .note])
        let slow = estimate(secondsPerStep: 5).findings(for: configuration, memory: 8_000_000_000)
        #expect(slow.map(\.severity) == [.warning, .note])
        #expect(slow[0].message.hasPrefix("5.000 s per step on cpu, 83 minutes per epoch of 1,000 steps, 11.6 days for the whole run"))
        for remedy in ["cropSize 128 (about 4 times as fast)", "ngf 32", "generator resnet6", "GPU", "epochs"] {
            #expect(slow[0].message.contains(remedy))
        }
        var small = configuration
        (small.data.cropSize, small.networks.ngf, small.networks.generator) = (.init(128), 16, .resnet(blocks: 6))
        let gpu = estimate(small, device: "cuda:0", secondsPerStep: 5).findings(for: small, memory: 8_000_000_000)
        #expect(gpu[0].message.hasSuffix("try fewer epochs and decayEpochs"))
        #expect(gpu[1].message.hasSuffix("besides that of the GPU"))
    }

    @Test func nearlyAllMemoryIsWarnedOf() {
        let configuration = TrainingConfiguration()
        let tight = estimate(secondsPerStep: 1).findings(for: configuration, memory: 1_100_000_000)
        #expect(tight[1].severity == .warning)
        #expect(tight[1].message.hasPrefix("1.0 GB of 1.1 GB memory: try checkpointActivations true, or cropSize 128"))
        #expect(estimate(secondsPerStep: 1, memory: nil).findings(for: configuration, memory: 1).count == 1)
    }

    @Test func measuringTakesStepsOnTheImages() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 2, "trainB": 1], to: root, width: 16, height: 16)
            var configuration = TrainingConfiguration()
            configuration.data.folder = root.path
            (configuration.networks.generator, configuration.networks.ngf, configuration.networks.ndf) = (.resnet(blocks: 1), 4, 4)
            configuration.networks.discriminatorLayers = 1
            (configuration.domains.loadSize, configuration.data.cropSize, configuration.run.device) = (
                PerDomain(ImageSize(16)), ImageSize(16), "cpu"
            )
            let measured = try TrainingEstimate(measuring: configuration)
            #expect(measured.stepsPerEpoch == 2 && measured.totalSteps == 400 && measured.device == "cpu")
            #expect(measured.secondsPerStep > 0 && measured.secondsPerSample > 0)
            #expect(measured.findings(for: configuration).contains { $0.message.contains("of disk for the run (checkpoints ") })
        }
    }
}
