import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Synchronization
import TestSupport
import Testing
import Torch

@testable import CycleGANRuns

/// Many files through a network, with reading and writing beside it.
@Suite struct TranslationRunTests {
    private final class Records: Sendable {
        let all = Mutex<[Int: TranslationRecord]>([:])
    }

    private func withImages(_ body: (_ folder: URL, _ translator: Translator) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let input = folder.appending(path: "in")
            try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
            for index in 0..<24 {
                // Sizes that go through the network together, in runs of uneven length.
                let side = index % 7 < 4 ? 40 : 24
                try PixelImage.synthetic(variant: index, width: side, height: 40).write(to: input.appending(path: "\(index + 10).png"))
            }
            try body(folder, .untrained(in: folder))
        }
    }

    @Test(arguments: [1, 3]) func everyFileIsTranslatedOnce(jobs: Int) throws {
        try withImages { folder, translator in
            let broken = folder.appending(path: "in/13.png")
            try Data("no image".utf8).write(to: broken)
            let plan = try TranslationPlan(inputs: [folder.appending(path: "in")], output: folder.appending(path: "out"))
            let records = Records()
            let findings = TranslationRun(plan, by: translator, jobs: jobs).run { record, index in
                records.all.withLock { all in
                    #expect(all.updateValue(record, forKey: index) == nil)
                }
            }
            #expect(findings.sizes.count == 23)
            let all = records.all.withLock(\.self)
            #expect(all.count == 24)
            for (index, job) in plan.jobs.enumerated() {
                let record = try #require(all[index])
                #expect(record.input == job.input.path && record.output == job.output.path)
                guard job.input.lastPathComponent != broken.lastPathComponent else {
                    #expect(record.error?.contains("13.png") == true && !job.output.exists)
                    continue
                }
                #expect(record.error == nil && record.seconds > 0)
                #expect(try PixelImage(contentsOf: job.output) == translator.translate(contentsOf: job.input))
            }
        }
    }

    @Test func whatIsMadeBeforeAStopIsWholeAndTheRestCanFollow() throws {
        try withImages { folder, translator in
            let plan = try TranslationPlan(inputs: [folder.appending(path: "in")], output: folder.appending(path: "out"))
            var options = TranslationOutput()
            options.skipsExisting = true
            func run(until count: Int?) -> [TranslationRecord] {
                let records = Records()
                _ = TranslationRun(plan, by: translator, output: options, jobs: 2).run(
                    isStopped: { count.map { count in records.all.withLock { $0.count >= count } } ?? false },
                    onRecord: { record, index in records.all.withLock { $0[index] = record } })
                return records.all.withLock { Array($0.values) }
            }
            let first = run(until: 5)
            #expect(first.count >= 5 && first.count < 24)
            let written = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out").path)
            #expect(Set(written) == Set(first.map { URL(filePath: $0.output).lastPathComponent }))
            let second = run(until: nil)
            #expect(second.count == 24 && second.filter { $0.isSkipped == true }.count == first.count)
            for job in plan.jobs {
                #expect(try PixelImage(contentsOf: job.output) == translator.translate(contentsOf: job.input))
            }
        }
    }

    /// Read and translated alone, with the same result.
    @Test func largeFilesWaitForTheirTurn() throws {
        try withImages { folder, translator in
            let large = folder.appending(path: "in/00.png")
            try PixelImage(width: 2100, height: 2100, bands: 3, format: .uint8, bytes: (0..<2100 * 2100 * 3).map { UInt8($0 % 251) }).write(
                to: large)
            let plan = try TranslationPlan(inputs: [folder.appending(path: "in")], output: folder.appending(path: "out"))
            let records = Records()
            _ = TranslationRun(plan, by: translator).run { record, index in records.all.withLock { $0[index] = record } }
            #expect(records.all.withLock { $0.values.allSatisfy { $0.error == nil } && $0.count == 25 })
            #expect(try PixelImage(contentsOf: folder.appending(path: "out/00.png")).size == ImageSize(height: 2100, width: 2100))
        }
    }
}
