import Testing

@testable import CycleGANTraining

@Suite struct EarlyStoppingTests {
    private func stop(_ values: [Double], patience: Int, minDelta: Double = 0) -> Int? {
        var state = EarlyStopping()
        for (index, value) in values.enumerated() {
            state.observe(value, epoch: index + 1, minDelta: minDelta)
            if state.reason(patience: patience, of: "the mean of cycleA + cycleB") != nil { return index + 1 }
        }
        return nil
    }

    @Test func stopsAfterAsManyEpochsWithoutProgress() {
        #expect(stop([3, 2, 2.1, 2.2, 2.3], patience: 3) == 5)
        #expect(stop([3, 2, 2.1, 2.2, 1.9, 2, 2], patience: 3) == nil)
        #expect(stop([1, 1, 1, 1], patience: 3) == 4)
        #expect(stop([4, 3, 2, 1], patience: 1) == nil)
    }

    @Test func smallProgressDoesNotCountWithMinDelta() {
        let slow = [3, 2.95, 2.9, 2.85, 2.8]
        #expect(stop(slow, patience: 3) == nil)
        #expect(stop(slow, patience: 3, minDelta: 0.1) == nil)
        #expect(stop(slow, patience: 2, minDelta: 0.2) == 3)
    }

    @Test func saysWhatItSaw() {
        var state = EarlyStopping()
        for (epoch, value) in [(1, 3.0), (2, 2.5), (3, 2.75), (4, 2.6)] { state.observe(value, epoch: epoch, minDelta: 0) }
        let expected = "the mean of cycleA + cycleB has not improved for 2 epochs; the best was 2.500 in epoch 2"
        #expect(state.reason(patience: 2, of: "the mean of cycleA + cycleB") == expected)
    }
}
