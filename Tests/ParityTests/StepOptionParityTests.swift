import Checkpoints
import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

/// Steps of a CycleGAN with options that the reference lacks, against PyTorch in float64.
@Suite struct StepOptionParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable {
            let name: String
            let ganMode: String
            let cycleWeightA, cycleWeightB, cycleDecay, cycleFeatures: Double
            let r1Weight: Double
            let penaltyInterval: Int
            let ema: Double?
            let emaWarmup: Bool
            let losses: [[String: Double]]
            let finalSums, averageSums: [String: [Double]]
        }

        let blocks, ngf, ndf, steps: Int
        let runs: [Run]
    }

    private static func run(_ name: String) throws -> (run: Runs.Run, steps: Int, objective: CycleGAN) {
        let all = try Golden.json("step-options.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration()
        (configuration.networks.generator, configuration.networks.ngf, configuration.networks.ndf) = (
            .resnet(blocks: all.blocks), all.ngf, all.ndf
        )
        (configuration.networks.ema, configuration.networks.emaWarmup) = (run.ema, run.emaWarmup)
        configuration.objective.ganMode = try #require(GANMode(rawValue: run.ganMode))
        configuration.objective.gradientPenalty = run.r1Weight > 0 ? .r1 : nil
        configuration.objective.gradientPenaltyWeight = run.r1Weight > 0 ? run.r1Weight : nil
        configuration.objective.penaltyInterval = run.penaltyInterval
        (configuration.cycleGAN.cycleWeightA, configuration.cycleGAN.cycleWeightB) = (run.cycleWeightA, run.cycleWeightB)
        (configuration.cycleGAN.cycleDecay, configuration.cycleGAN.cycleFeatures) = (run.cycleDecay, run.cycleFeatures)
        let objective = CycleGAN(configuration: configuration, device: .cpu, dtype: .float64)
        let initial = try Golden.tensors("step/initial-instance.safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        objective.synchronizeAverages()
        return (run, all.steps, objective)
    }

    @Test(arguments: ["better-cycles", "lazy-r1", "warm-average", "slow-average"]) func stepsEqualPyTorchs(_ name: String) throws {
        let (run, steps, objective) = try Self.run(name)
        for step in 0..<steps {
            objective.begin(at: Double(step) / Double(steps))
            let losses = objective.step([try Golden.batch(step, size: 1, dtype: .float64)])
            #expect(losses.names == objective.monitoring.lossNames)
            #expect(Set(losses.names) == Set(run.losses[step].keys))
            for (loss, value) in losses.read() {
                expectClose(value, try #require(run.losses[step][loss]), relative: 1e-6, absolute: 1e-12, "\(loss), step \(step + 1)")
            }
        }
        let tensors = ObjectiveTensors(objective, names: [:])
        try tensors.expectSums(tensors.weights, run.finalSums)
        guard run.ema != nil else { return }
        let averages = objective.publishedGenerators.flatMap { generator in
            generator.network.namedTensors.map { (name: "\(generator.name).\($0.name)", tensor: $0.tensor) }
        }
        try tensors.expectSums(averages, run.averageSums)
    }
}
