import Foundation
import Imaging
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

struct PictureHistoryTests {
    private func history(_ pictures: SamplePictures, stepsPerEpoch: Int = 100) throws -> PictureHistory {
        try PictureHistory(of: pictures, stepsPerEpoch: stepsPerEpoch, ranges: [:])
    }

    private func heads(_ history: PictureHistory) -> [String] { history.columns.map(history.head) }

    @Test func showsAllSamplesOfBothDirections() throws {
        let pictures = samplePictures(step: 0, rows: 5)
        var history = try history(pictures)
        try history.append(pictures)
        #expect(history.samples.map(\.label) == Array(repeating: "Fake B", count: 4) + Array(repeating: "Fake A", count: 4))
        #expect(history.samples.map(\.number) == [1, 2, 3, 4, 1, 2, 3, 4])
        #expect(history.samples.map(\.row) == [0, 2, 4, 6, 1, 3, 5, 7])
        #expect(history.samples.map { $0.input?.label } == Array(repeating: "Real A", count: 4) + Array(repeating: "Real B", count: 4))
        #expect(history.columns[0].pictures.count == 8)
    }

    @Test func staysShortEvenAndComplete() throws {
        var history = try history(samplePictures(step: 0))
        for epoch in 0...500 { try history.append(samplePictures(step: epoch * 100, side: 4)) }
        let steps = history.columns.map(\.step)
        #expect(steps.count == PictureHistory.limit)
        #expect(steps.first == 0)
        #expect(steps.last == 50_000)
        let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 > 0 && $0 <= 3 * 50_000 / (PictureHistory.limit - 1) })
        #expect(heads(history).first == "Start" && heads(history).last == "Epoch 500")
    }

    @Test func columnsAreEpochsAfterTheFirst() throws {
        var history = try history(samplePictures(step: 0))
        for step in [0, 40, 80, 100, 140, 180] { try history.append(samplePictures(step: step)) }
        #expect(heads(history) == ["Start", "Step 40", "Step 80", "Epoch 1", "Epoch 2"])
        #expect(history.columns.last?.step == 180)
        for step in [200, 240, 240] { try history.append(samplePictures(step: step)) }
        #expect(history.columns.map(\.step) == [0, 40, 80, 100, 200, 240])
        history.removeAll(after: 100)
        #expect(heads(history) == ["Start", "Step 40", "Step 80", "Epoch 1"])
    }

    @Test func sheetsAreReadBackOnceForEachEpoch() throws {
        let folder = try TemporaryFolder()
        let sheets = SampleSheets(folder: folder.url)
        let steps = [0] + (1...40).map { $0 * 50 }
        for step in steps { try sheets.handle(.pictures(samplePictures(step: step, seed: step + 1))) }
        let now = samplePictures(step: 1900)
        var history = try history(now)
        try history.recall(from: folder.url, upTo: 1880, like: now)
        let recalled = history.columns.map(\.step)
        #expect(recalled.count == PictureHistory.limit)
        #expect(recalled.first == 0 && recalled.last == 1850)
        // Of the first 1,000 steps one sheet is left besides the start; of the current epoch the latest counts.
        #expect(recalled == [0] + (10...18).map { $0 * 100 } + [1850])
    }

    @Test func largePicturesTakeLimitedRoom() throws {
        let pictures = samplePictures(step: 0, side: 96, rows: 4)
        var history = try history(pictures)
        for epoch in 0..<3 {
            var next = pictures
            next.step = epoch * 100
            try history.append(next)
        }
        let embedded = history.samples.compactMap(\.input) + history.columns.flatMap(\.pictures)
        #expect(embedded.count == 4 * 8)
        let share = embedded.reduce(0) { $0 + $1.source.utf8.count } / embedded.count
        #expect(share * 8 * (PictureHistory.limit + 1) <= 1_000_000)
    }
}
