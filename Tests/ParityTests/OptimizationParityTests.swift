import Checkpoints
import CycleGANObjectives
import CycleGANTraining
import TestSupport
import Testing
import Torch

@testable import TorchNN

@Suite struct OptimizationParityTests {
    private struct AdamRun: Decodable {
        struct Group: Decodable {
            let parameters: [Int]
            let beta1: Double
            let beta2: Double
            let epsilon: Double
            let learningRates: [Double]
        }

        let steps: Int
        let groups: [Group]
    }

    /// Our optimiser has one pair of decays for all its groups, so each golden group is an optimiser here.
    @Test(arguments: [("float64", 1e-12), ("float32", 1e-6)]) func adamFollowsPyTorchs(_ dtype: String, _ tolerance: Double) throws {
        let run = try Golden.json("optim/adam.json", as: AdamRun.self)
        let golden = try Golden.tensors("optim/adam-\(dtype).safetensors")
        for group in run.groups {
            let parameters = try group.parameters.map { index in
                let tensor = try golden.golden("initial.\(index)").cloned()
                tensor.setRequiresGrad(true)
                return (name: "\(index)", tensor: tensor)
            }
            let adam = Adam(
                groups: [(parameters, group.learningRates[0])], betas: (group.beta1, group.beta2), epsilon: group.epsilon)
            for step in 1...run.steps {
                adam.learningRateFactor = group.learningRates[step - 1] / group.learningRates[0]
                adam.zeroGrad()
                for (name, tensor) in parameters {
                    // d/dx of sum(x · g) is g.
                    if let gradient = golden["gradient.\(step).\(name)"] {
                        (tensor * gradient).sum().backward()
                    }
                }
                adam.step()
                for (name, tensor) in parameters {
                    expectClose(tensor, try golden.golden("value.\(step).\(name)"), relative: tolerance, "value \(name), step \(step)")
                }
            }
            for (name, _) in parameters {
                let state = Dictionary(uniqueKeysWithValues: adam.namedState.map { ($0.name, $0.tensor) })
                expectClose(
                    try #require(state["exp_avg.\(name)"]), try golden.golden("firstMoment.\(name)"), relative: tolerance, "mean \(name)")
                expectClose(
                    try #require(state["exp_avg_sq.\(name)"]), try golden.golden("secondMoment.\(name)"), relative: tolerance,
                    "square \(name)")
            }
        }
    }

    private struct ScheduleTable: Decodable {
        let baseLearningRate: Double
        let policy: String
        let constantEpochs: Int?
        let decayEpochs: Int?
        let metrics: [Double]?
        let learningRates: [Double]
    }

    @Test func schedulesEqualTheTables() throws {
        let tables = try Golden.json("optim/schedules.json", as: [ScheduleTable].self)
        #expect(Set(tables.map(\.policy)) == ["linear", "linear2020", "step", "cosine", "plateau"])
        for table in tables {
            let policy = try #require(LearningRatePolicy(rawValue: table.policy == "linear2020" ? "linear-2020" : table.policy))
            let schedule = LearningRateSchedule(
                policy: policy, constantEpochs: table.constantEpochs ?? 1, decayEpochs: table.decayEpochs ?? 0)
            var plateau = PlateauState()
            for (index, expected) in table.learningRates.enumerated() {
                let factor = schedule.factor(epoch: index + 1, step: 0, plateauFactor: plateau.factor)
                expectClose(table.baseLearningRate * factor, expected, relative: 1e-9, "\(table.policy) epoch \(index + 1)")
                // The metric of an epoch is known at its end.
                if let metrics = table.metrics { plateau.observe(metrics[index]) }
            }
        }
    }

    private struct LossTable: Decodable {
        struct Mode: Decodable {
            let mode: String
            let generatorLoss: Double
            let generatorGradient: [Double]
            let discriminatorLoss: Double
            let discriminatorGradientReal: [Double]
            let discriminatorGradientFake: [Double]
        }

        let shape: [Int]
        let onReal: [Double]
        let onFake: [Double]
        let modes: [Mode]
    }

    @Test(arguments: GANMode.allCases) func adversarialLossesAndGradientsEqualPyTorchs(_ mode: GANMode) throws {
        let table = try Golden.json("optim/losses.json", as: LossTable.self)
        let expected = try #require(table.modes.first { $0.mode == mode.rawValue })
        func scores(_ values: [Double]) -> Tensor {
            let scores = Tensor(values, shape: table.shape)
            scores.setRequiresGrad(true)
            return scores
        }
        func expectGradient(_ tensor: Tensor, _ values: [Double]) throws {
            expectClose(try #require(tensor.grad), Tensor(values, shape: table.shape), relative: 1e-9, absolute: 1e-12)
        }
        let fooled = scores(table.onFake)
        let generatorLoss = mode.generatorLoss(fakeScores: fooled)
        generatorLoss.backward()
        expectClose(generatorLoss.item(), expected.generatorLoss, relative: 1e-12)
        try expectGradient(fooled, expected.generatorGradient)

        let (real, fake) = (scores(table.onReal), scores(table.onFake))
        let discriminatorLoss = mode.discriminatorLoss(realScores: real, fakeScores: fake)
        discriminatorLoss.backward()
        expectClose(discriminatorLoss.item(), expected.discriminatorLoss, relative: 1e-12)
        try expectGradient(real, expected.discriminatorGradientReal)
        try expectGradient(fake, expected.discriminatorGradientFake)
    }
}
