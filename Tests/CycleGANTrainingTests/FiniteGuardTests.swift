import TestSupport
import Testing
import Torch

@testable import CycleGANTraining

@Suite struct FiniteGuardTests {
    private func losses(_ a: Double, _ b: Double) -> StepLosses {
        StepLosses([NamedLoss("cycleA", Tensor(a)), NamedLoss("identityB", Tensor(b))])
    }

    @Test func theFirstBadStepIsNamedEvenWhenReadLater() {
        var finite = FiniteGuard(names: ["cycleA", "identityB"], device: .cpu)
        finite.observe(losses(1, 2), step: 41, files: ["a41.png"])
        finite.observe(losses(1, .infinity), step: 42, files: ["a42.png", "b42.png"])
        finite.observe(losses(.nan, .nan), step: 43, files: ["a43.png"])
        let error = #expect(throws: RunError.self) { try finite.check(checkpoint: "run/latest") }
        for word in ["identityB", "step 42", "a42.png and b42.png", "run/latest"] {
            #expect(error?.description.contains(word) == true)
        }
    }

    @Test func finiteLossesPass() throws {
        var finite = FiniteGuard(names: ["cycleA", "identityB"], device: .cpu)
        for step in 1...3 { finite.observe(losses(1e30, -2), step: step, files: []) }
        try finite.check(checkpoint: nil)
    }
}
