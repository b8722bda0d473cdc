import Support
import TestSupport
import Testing
import Torch

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct ImagePoolTests {
    private func image(_ value: Double) -> Tensor { Tensor.full([1, 1, 1, 1], value) }

    @Test func aFillingPoolReturnsTheNewImages() {
        let pool = ImagePool(capacity: 3, random: SplitMix64(seed: 0))
        let batch = Tensor([1, 2, 3] as [Float], shape: [3, 1, 1, 1])
        #expect(pool.query(batch).array(of: Float.self) == [1, 2, 3])
        #expect(pool.images.map { $0.item() } == [1, 2, 3])
    }

    @Test func aFullPoolReturnsStoredImagesHalfOfTheTimeAndReplacesThem() {
        let pool = ImagePool(capacity: 50, random: SplitMix64(seed: 5))
        for value in 0..<50 { _ = pool.query(image(Double(value))) }
        var stored = Set(pool.images.map { $0.item() })
        var exchanged = 0
        for value in 50..<1050 {
            let answer = pool.query(image(Double(value))).item()
            if answer != Double(value) {
                exchanged += 1
                #expect(stored.remove(answer) != nil)
                stored.insert(Double(value))
            }
            #expect(Set(pool.images.map { $0.item() }) == stored)
        }
        // 1000 fair draws: five standard deviations are 79.
        #expect(abs(exchanged - 500) < 79)
    }

    @Test func anEmptyPoolPassesImagesThrough() {
        let pool = ImagePool(capacity: 0, random: SplitMix64(seed: 0))
        #expect(pool.query(image(4)).item() == 4)
        #expect(pool.images.isEmpty)
    }

    @Test func storedImagesDoNotShareTheBatchsMemory() {
        let pool = ImagePool(capacity: 2, random: SplitMix64(seed: 0))
        let batch = Tensor.ones([1, 1, 1, 1])
        _ = pool.query(batch)
        batch.fill(9)
        #expect(pool.images[0].item() == 1)
    }
}
