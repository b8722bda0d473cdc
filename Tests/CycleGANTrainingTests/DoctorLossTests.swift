import Foundation
import Settings
import Support
import Testing
import TrainingTestSupport

@testable import CycleGANTraining

@Suite struct DoctorLossTests {
    /// Losses of a run that goes well: noisy scores, cycle losses that fall and sometimes spike.
    private struct Run {
        var random = SplitMix64(seed: 7)
        let mode: GANMode

        mutating func noise() -> Double { Double(random.next() >> 11) / 9_007_199_254_740_992 * 2 - 1 }

        mutating func losses(_ index: Int) -> [String: Double] {
            let cycle = 1.5 + 2.5 * exp(-Double(index) / 150)
            let spike = random.next() % 60 == 0 ? 3.0 : 1
            let adversarial: Double
            let discriminator: Double
            switch mode {
            case .lsgan: (adversarial, discriminator) = (0.28, 0.18)
            case .vanilla: (adversarial, discriminator) = (1.1, 0.5)
            case .hinge: (adversarial, discriminator) = (0.3, 0.75)
            // Scores without a scale.
            case .wganGP: (adversarial, discriminator) = (2, -3)
            }
            return [
                "adversarialAB": adversarial * (1 + 0.3 * noise()), "adversarialBA": adversarial * (1 + 0.3 * noise()),
                "cycleA": cycle * (1 + 0.3 * noise()) * spike, "cycleB": cycle * (1 + 0.3 * noise()) * spike,
                "discriminatorA": discriminator * (1 + 0.4 * noise()), "discriminatorB": discriminator * (1 + 0.4 * noise()),
            ]
        }
    }

    private func doctor(_ mode: GANMode = .lsgan, adversarialWeight: Double = 1) -> TrainingDoctor {
        var configuration = TrainingConfiguration()
        configuration.objective.ganMode = mode
        configuration.objective.adversarialWeight = adversarialWeight
        return TrainingDoctor(configuration: configuration, stepsPerEpoch: 500)
    }

    /// Findings of 600 logged steps, every 20th step, with what `change` makes of healthy losses.
    private func findings(
        _ mode: GANMode = .lsgan, adversarialWeight: Double = 1, change: (_ losses: inout [String: Double], _ index: Int) -> Void
    ) -> [Finding] {
        var run = Run(mode: mode)
        var doctor = doctor(mode, adversarialWeight: adversarialWeight)
        return (1...600).flatMap { index in
            var losses = run.losses(index)
            change(&losses, index)
            return doctor.observe(.logged(stepRecord(index * 20, losses: losses)))
        }
    }

    @Test(arguments: GANMode.allCases) func healthyLossesAreLeftAlone(_ mode: GANMode) {
        #expect(findings(mode) { _, _ in } == [])
    }

    @Test(arguments: [(GANMode.lsgan, 0.96), (.vanilla, 4.1), (.hinge, 1.3)])
    func aDiscriminatorThatKnowsAllFakes(_ mode: GANMode, adversarial: Double) throws {
        let findings = findings(mode, adversarialWeight: 2) { losses, index in
            guard index > 150 else { return }
            losses["adversarialAB"] = 2 * adversarial
            losses["discriminatorB"] = 0.004
        }
        #expect(findings.map(\.kind) == [.discriminatorWon])
        let finding = try #require(findings.first)
        #expect(finding.subject == "discriminatorB" && finding.isFailure && finding.sinceStep > 3000)
        #expect(finding.message.hasPrefix("discriminator B recognises every generated image"))
        #expect(
            finding.advice.map(\.description) == [
                "spectralNorm true and discriminatorNorm none", "diffAugment true", "learningRateD 0.0001", "ndf 32",
                "more training images",
            ])
    }

    @Test func aStrongDiscriminatorWhoseGeneratorStillFoolsItHasNotWon() {
        #expect(
            findings { losses, _ in
                losses["adversarialAB"] = 0.6
                losses["discriminatorB"] = 0.01
            } == [])
    }

    @Test(arguments: [(GANMode.lsgan, 0.25), (.vanilla, log(2)), (.hinge, 1)])
    func aDiscriminatorThatGuesses(_ mode: GANMode, guessing: Double) throws {
        let findings = findings(mode) { losses, index in
            losses["discriminatorA"] = guessing * (1 + (index.isMultiple(of: 2) ? 0.01 : 0))
        }
        #expect(findings.map(\.kind) == [.discriminatorLost])
        let finding = try #require(findings.first)
        #expect(finding.subject == "discriminatorA" && !finding.isFailure)
        #expect(finding.value < finding.threshold)
    }

    @Test func aCycleLossThatExplodesAndRecovers() throws {
        let findings = findings { losses, index in
            if (301..<360).contains(index) { losses["cycleB"] = 9 }
        }
        #expect(findings.map(\.kind) == [.explodingCycleLoss, .explodingCycleLoss])
        let (begun, ended) = (try #require(findings.first), try #require(findings.last))
        #expect(begun.subject == "cycleB" && begun.isFailure && begun.endedStep == nil)
        #expect((6000...6600).contains(begun.detectedStep) && begun.value > 3)
        let endedStep = try #require(ended.endedStep)
        #expect((7200...8400).contains(endedStep))
        #expect(ended.description.hasPrefix("doctor: over at step \(grouped(endedStep)): loss cycleB is a multiple of what it was"))
    }

    @Test func aGoodReconstructionMayGetWorse() {
        // 0.03 to 0.15 of -1...1 at the default weight of 10.
        #expect(findings { losses, index in losses["cycleA"] = index < 300 ? 0.3 : 1.5 } == [])
    }

    /// Every piece of advice is a change that the configuration takes, whatever it starts from.
    @Test(arguments: FailureKind.allCases) func adviceIsPossible(_ kind: FailureKind) throws {
        var unet = TrainingConfiguration()
        (unet.networks.generator, unet.domains.preprocess, unet.objective.poolSize) = (.unet(downsamplings: 7), PerDomain(.none), 0)
        var stable = TrainingConfiguration()
        (stable.networks.spectralNorm, stable.networks.discriminatorNorm, stable.objective.diffAugment) = (true, .instance, true)
        (stable.networks.upsampling, stable.networks.antialias) = (.resize, true)
        (stable.optimization.learningRateG, stable.optimization.learningRateD) = (1e-4, 4e-4)
        (stable.optimization.clipGradient, stable.optimization.warmupSteps, stable.cycleGAN.identityWeight) = (1, 2000, 0)
        #expect(!TrainingConfiguration().advice(against: kind).isEmpty)
        func keys(_ configuration: TrainingConfiguration) -> [String] {
            configuration.advice(against: kind).flatMap(\.settings).map(\.key)
        }
        #expect(Set(keys(unet)).isDisjoint(with: ["discriminatorBatch", "upsampling", "antialias"]))
        let given = ["spectralNorm", "diffAugment", "upsampling", "antialias", "clipGradient", "warmupSteps", "learningRate"]
        #expect(Set(keys(stable)).isDisjoint(with: given))
        let others = (unet.advice(against: kind) + stable.advice(against: kind)).filter(\.settings.isEmpty).map(\.description)
        #expect(Set(others).isSubset(of: ["more training images"]))
    }

    @Test func scoresBeyondAllBoundsFromTheStart() throws {
        let findings = findings(.lsgan) { losses, _ in losses["discriminatorA"] = 1e12 }
        let finding = try #require(findings.first { $0.kind == .explodingScores })
        #expect(finding.subject == "discriminatorA" && finding.isFailure && finding.sinceStep == 20 && finding.detectedStep == 100)
        #expect(finding.message.hasPrefix("discriminator A gives scores beyond all bounds (loss 1.0e+12, guessing costs 0.250"))
    }

    @Test func aLossThatIsNotFinite() {
        let finding = Finding(notFinite: "loss cycleA", step: 1040, configuration: TrainingConfiguration())
        #expect(finding.isFailure && finding.kind == .notFinite)
        #expect(
            finding.description
                == "doctor: loss cycleA became NaN or infinite at step 1,040; try learningRate 0.0001, clipGradient 10, "
                + "warmupSteps 1000, spectralNorm true and discriminatorNorm none")
    }

    @Test func aRestoredDoctorGoesOnAsIfNeverInterrupted() throws {
        var run = Run(mode: .lsgan)
        let records = (1...400).map { index in
            var losses = run.losses(index)
            if index > 200 { losses["cycleA"] = 12 }
            return stepRecord(index * 20, losses: losses)
        }
        let whole = Self.observe(doctor(), records)
        for cut in [90, 203, 212, 300] {
            let first = Self.observe(doctor(), records[..<cut])
            var restored = doctor()
            restored.state = try JSONDecoder().decode(TrainingDoctor.State.self, from: JSONEncoder().encode(first.doctor.state))
            #expect(restored == first.doctor)
            let second = Self.observe(restored, records[cut...])
            #expect(first.findings + second.findings == whole.findings)
            #expect(second.doctor == whole.doctor)
        }
        #expect(whole.doctor.active.map(\.subject) == ["cycleA"])
    }

    private static func observe(_ doctor: TrainingDoctor, _ records: some Sequence<StepRecord>) -> (
        doctor: TrainingDoctor, findings: [Finding]
    ) {
        var doctor = doctor
        let findings = records.flatMap { doctor.observe(.logged($0)) }
        return (doctor, findings)
    }
}
