import CycleGANTraining
import Foundation
import Imaging
import Support
import Testing
import TrainingTestSupport

@testable import TrainingReports

struct SheetThinningTests {
    /// What is left when a run that shows pictures at some steps thins out each time.
    private func kept(_ steps: [Int], _ thinning: SheetThinning) -> [Int] {
        steps.reduce(into: []) { kept, step in
            kept.append(step)
            let superseded = Set(thinning.superseded(kept, at: step))
            kept.removeAll(where: superseded.contains)
        }
    }

    @Test func epochsShorterThanAThousandStepsCountTogether() {
        // Of epochs of 100 steps ten are a span of 1,000: nothing but multiples of 1,000 and the last 1,000 steps.
        let steps = Array(stride(from: 0, through: 15_000, by: 100))
        let expected = (0...14).map { $0 * 1000 } + (141...150).map { $0 * 100 }
        #expect(kept(steps, SheetThinning(stepsPerEpoch: 100)) == expected)
        // Three epochs of 400 steps are the least that have 1,000.
        let longer = kept(steps, SheetThinning(stepsPerEpoch: 400))
        #expect(longer.filter { $0 <= 5000 } == [0, 1200, 2400, 3600, 4800])
    }

    @Test func longEpochsHaveASheetEach() {
        let steps = Array(stride(from: 0, through: 40_000, by: 100))
        let kept = kept(steps, SheetThinning(stepsPerEpoch: 1334))
        let epochs = (1...29).map { $0 * 1334 / 100 * 100 }
        let expected = Set([0] + epochs + (31...39).map { $0 * 1000 } + (391...400).map { $0 * 100 })
        #expect(kept == expected.sorted())
        // Epochs beyond the 10,000 steps, and sheets that are far apart.
        #expect(self.kept(steps, SheetThinning(stepsPerEpoch: 15_000)).filter { $0 < 30_000 } == [0, 15_000])
        let rare = [0, 3000, 6000, 9000, 12_000, 15_000, 18_000]
        #expect(self.kept(rare, SheetThinning(stepsPerEpoch: 1000)) == rare)
    }

    @Test func aSheetThatIsGoneIsNeverMissed() {
        // Thinning out once at the end gives the same as thinning out at every step.
        for stepsPerEpoch in [1, 70, 999, 1000, 1001, 1334, 12_345] {
            let (thinning, steps) = (SheetThinning(stepsPerEpoch: stepsPerEpoch), Array(stride(from: 0, through: 30_000, by: 70)))
            let superseded = Set(thinning.superseded(steps, at: 30_000))
            #expect(kept(steps, thinning) == steps.filter { !superseded.contains($0) }, "\(stepsPerEpoch)")
        }
    }

    /// The files of a run of 5,000 steps in epochs of 170 that shows pictures every 200 and in each epoch.
    ///
    /// - Parameter ends: Where processes end, and where the next ones go on; those that were stopped show pictures at their end.
    private func files(_ ends: [(end: Int, next: Int, isStop: Bool)]) throws -> [String: Data] {
        let folder = try TemporaryFolder()
        let (epoch, period) = (170, 200)
        var from = 0
        for (end, next, isStop) in ends + [(5000, 5000, true)] {
            let sheets = SampleSheets(folder: folder.url, sampleEvery: period, isFullSize: true)
            try sheets.handle(.started(outline(stepsPerEpoch: epoch, completed: from)))
            for step in (from == 0 ? 0 : from + 1)...end {
                let isForced =
                    step.isMultiple(of: epoch) && !(max(0, step - epoch) + 1...max(1, step)).contains { $0.isMultiple(of: period) }
                guard step == 0 || step.isMultiple(of: period) || isForced || (isStop && step == end) else { continue }
                try sheets.handle(.pictures(samplePictures(step: step, side: 2, seed: step)))
            }
            from = next
        }
        return try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil).reduce(into: [:]) {
            $0[$1.lastPathComponent] = try Data(contentsOf: $1)
        }
    }

    @Test func aKilledAndResumedRunEndsWithTheSameFiles() throws {
        let whole = try files([])
        #expect(whole.keys.sorted().prefix(2) == ["layout.json", "step-00000000.png"] && whole.count < 20)
        // Killed long after the checkpoint, stopped beside the schedule, in an epoch's end and twice in a row.
        let interrupted = try files([
            (1230, 1000, false), (1150, 1150, true), (1530, 1530, true), (1531, 1531, true), (3900, 1600, false), (2222, 2222, true),
            (4999, 3000, false),
        ])
        #expect(interrupted == whole)
        var random = SplitMix64(seed: 5)
        for _ in 0..<3 {
            var ends: [(Int, Int, Bool)] = []
            var from = 0
            while from < 4500 {
                let end = from + 1 + random.integer(below: 1500)
                guard end < 5000 else { break }
                let isStop = random.integer(below: 2) == 0
                from = isStop ? end : max(1, end - random.integer(below: 700))
                ends.append((end, from, isStop))
            }
            #expect(try files(ends) == whole, "\(ends)")
        }
    }

    @Test func theDiskUseIsThatOfTheSheetsThatStay() {
        for (stepsPerEpoch, period) in [(1334, 100), (400, 100), (100, 1000), (5000, 70), (20_000, 100)] {
            let (thinning, spacing) = (SheetThinning(stepsPerEpoch: stepsPerEpoch), min(period, stepsPerEpoch))
            let kept = kept(Array(stride(from: 0, through: 60_000, by: spacing)), thinning).count
            let estimate = SheetDiskUse.count(steps: 60_000, every: spacing, thinning)
            #expect(abs(kept - estimate) <= 3, "\(kept) of epochs of \(stepsPerEpoch), estimated \(estimate)")
        }
        var configuration = TrainingConfiguration()
        let screen = SheetDiskUse(configuration, stepsPerEpoch: 1334)
        configuration.data.cropSize = ImageSize(512)
        #expect(SheetDiskUse(configuration, stepsPerEpoch: 1334) == screen)
        // Four times the pixels at five times the bytes.
        configuration.run.fullSizeSamples = true
        #expect(SheetDiskUse(configuration, stepsPerEpoch: 1334).bytesPerSheet == 20 * screen.bytesPerSheet)
    }
}
