import CycleGANModels
import Foundation
import Support
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

struct ProgressBarTests {
    private let clock = ManualClock()

    /// Collects what is written to a terminal that is not there.
    private final class Screen {
        var text = ""
        var columns = 100
        /// The lines that stay, as a terminal shows them after carriage returns and erasures.
        var lines: [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                let last = line.split(separator: "\r", omittingEmptySubsequences: false).last ?? ""
                return String(last).replacing("\u{1B}[K", with: "")
            }
        }
    }

    private let screen = Screen()

    private func progressBar(isInteractive: Bool = true) -> ProgressBar {
        let (screen, clock) = (screen, clock)
        let terminal = Terminal(
            isInteractive: isInteractive, showsUnicode: true, width: { screen.columns }, write: { screen.text += $0 })
        return ProgressBar(terminal: terminal, seconds: { clock.seconds })
    }

    /// The progress after 12 000 of 20 000 steps, taken in 6000 seconds.
    private func progress(timeLimit: Double? = nil) -> RunProgress {
        var progress = RunProgress(outline(timeLimit: timeLimit), at: 0)
        for hundred in 1...120 { progress.advance(to: hundred * 100, epoch: hundred, at: Double(hundred) * 50) }
        return progress
    }

    @Test(arguments: [nil, 7000.0], [true, false])
    func neverExceedsTheWidth(timeLimit: Double?, showsUnicode: Bool) {
        for record in [nil, stepRecord(12_000), stepRecord(12_000, dataWait: 0.4)] {
            let line = ProgressLine(
                progress: progress(timeLimit: timeLimit), seconds: 6000, record: record, showsUnicode: showsUnicode)
            for width in 0...200 {
                let text = line.text(width: width)
                #expect(text.count <= width)
                #expect(showsUnicode || text.allSatisfy(\.isASCII))
                #expect(width < 4 || text.hasPrefix(timeLimit == nil ? " 60%" : " 85%"))
            }
        }
    }

    @Test func tellsEverythingWhereThereIsRoom() {
        let line = ProgressLine(progress: progress(), seconds: 6000, record: stepRecord(12_000), showsUnicode: true)
        // 8000 steps are left at 2 steps a second: 4000 seconds.
        let parts = [
            "12000/20000", "ETA 1:06:40", "epoch 120 of 200, 100%", "2.00 steps/s", "G 0.10/0.20", "cyc 0.30/0.40", "idt 0.50/0.60",
            "D 0.70/0.80", "data 2%",
        ]
        let text = line.text(width: 200)
        for part in parts { #expect(text.contains(part)) }
        #expect(text.filter { "━╸".contains($0) }.count == 19)
        #expect(text.filter { $0 == "─" }.count == 13)
        #expect(line.text(width: 80).contains("ETA 1:06:40"))
        #expect(line.text(width: 80).contains("G 0.10/0.20"))
    }

    @Test func theTimeLimitCountsWhereItComesFirst() {
        let limited = progress(timeLimit: 8000)
        #expect(limited.isBoundByTime(at: 6000))
        #expect(limited.fraction(at: 6000) == 0.75)
        #expect(limited.secondsLeft(at: 6000) == 2000)
        let text = ProgressLine(progress: limited, seconds: 6000, record: nil, showsUnicode: true).text(width: 120)
        #expect(text.contains("1:40:00/2:13:20"))
        let ample = progress(timeLimit: 20_000)
        #expect(!ample.isBoundByTime(at: 6000))
        #expect(ample.fraction(at: 6000) == 0.6)
        #expect(ample.secondsLeft(at: 6000) == 4000)
    }

    @Test func aResumedRunCountsOnlyItsOwnStepsForTheSpeed() {
        var progress = RunProgress(outline(completed: 10_000), at: 100)
        #expect(progress.stepsPerSecond == nil)
        #expect(progress.epoch == 101)
        #expect(progress.fraction(at: 100) == 0.5)
        progress.advance(to: 10_020, epoch: 101, at: 110)
        #expect(progress.stepsPerSecond == 2)
    }

    @Test func aResumedRunCountsTheTimeOfBefore() {
        var progress = RunProgress(outline(completed: 10_000, earlierSeconds: 3000, timeLimit: 1000), at: 100)
        progress.advance(to: 10_020, epoch: 101, at: 110)
        #expect(progress.elapsed(at: 110) == 3010)
        // 10 of 1000 seconds of this process, after 3000 of others.
        #expect(progress.isBoundByTime(at: 110))
        #expect(progress.fraction(at: 110) == 3010.0 / 4000)
        #expect(progress.secondsLeft(at: 110) == 990)
        let text = ProgressLine(progress: progress, seconds: 110, record: nil, showsUnicode: true).text(width: 120)
        #expect(text.contains("50:10/1:06:40") && text.contains("epoch 101 of 200, 20%"))
    }

    @Test func validationsNameTheDomains() {
        let terminal = Terminal(isInteractive: false, showsUnicode: true, width: { 80 }, write: { [screen] in screen.text += $0 })
        let bar = ProgressBar(terminal: terminal, names: DomainNames([.a: "photo", .b: "monet"]))
        let metrics = ["cycle": 0.2, "cycleA": 0.1, "cycleB": 0.3, "psnr": 20]
        bar.handle(.validated(ValidationRecord(epoch: 3, step: 300, metrics: metrics, isBest: true)))
        #expect(screen.lines.first == "validation after epoch 3: cycle 0.200 (photo 0.100, monet 0.300), psnr 20.00 (best)")
        let best = BestValidation(metric: "cycleB", value: 0.3, epoch: 3, step: 300)
        bar.handle(.finished(RunSummary(reason: .completed, step: 300, epoch: 3, seconds: 9, best: best, unreadableFiles: [])))
        #expect(screen.lines[1] == "Completed: 300 steps, 3 epochs, 0:09, 0 unreadable files, best cycle monet 0.300 in epoch 3")
    }

    @Test func redrawsAtMostTenTimesASecond() {
        let bar = progressBar()
        bar.handle(.started(outline()))
        for step in 1...1000 {
            clock.seconds += 0.001
            bar.handle(.stepped(epoch: 1, step: step))
        }
        let drawn = screen.text.filter { $0 == "\r" }.count
        #expect((9...11).contains(drawn))
        #expect(!screen.text.contains("\n"))
    }

    @Test func leavesTheLastColumnFree() {
        let bar = progressBar()
        for columns in 20...200 {
            screen.columns = columns
            screen.text = ""
            bar.handle(.started(outline()))
            #expect((screen.lines.last ?? "").count < columns)
        }
    }

    @Test func warningsStandAboveTheLine() {
        let bar = progressBar()
        bar.handle(.started(outline()))
        bar.handle(.logged(stepRecord(10)))
        bar.handle(.warning("trainA/\u{1B}[31mred.png: cannot be read"))
        #expect(screen.lines.count == 2)
        #expect(screen.lines.first == "warning: trainA/\u{FFFD}[31mred.png: cannot be read")
        #expect(screen.lines.last?.hasPrefix("  0%") == true)
    }

    @Test func endsWithOneSummaryLine() {
        let bar = progressBar()
        bar.handle(.started(outline()))
        bar.handle(.checkpointSaved(url: URL(filePath: "/runs/x/latest.safetensors"), step: 400))
        bar.handle(
            .finished(RunSummary(reason: .timeLimit, step: 1400, epoch: 14, seconds: 3723, unreadableFiles: ["a.png"])))
        let expected = "Time limit reached: 1,400 steps, 14 epochs, 1:02:03, 1 unreadable file, checkpoint /runs/x/latest.safetensors"
        #expect(screen.lines == [expected, ""])
    }

    @Test func anUnfinishedLineIsEnded() {
        var bar: ProgressBar? = progressBar()
        bar?.handle(.started(outline()))
        #expect(!screen.text.hasSuffix("\n"))
        bar = nil
        #expect(screen.text.hasSuffix("\n"))
    }

    @Test func aLogFileGetsAFewPlainLines() {
        let bar = progressBar(isInteractive: false)
        bar.handle(.started(outline(completed: 100)))
        for step in 101...200 {
            clock.seconds += 0.2
            bar.handle(.stepped(epoch: 2, step: step))
            bar.handle(.logged(stepRecord(step)))
        }
        bar.handle(.finished(RunSummary(reason: .completed, step: 200, epoch: 2, seconds: 20, unreadableFiles: [])))
        #expect(screen.text.allSatisfy { $0 != "\r" && $0 != "\u{1B}" })
        let steps = screen.lines.filter { $0.hasPrefix("step ") }
        // One after the first step, when no loss has been read; one every five seconds, and the last one.
        #expect(steps.count == 5)
        #expect(steps.first == "step 101/20000, epoch 2 of 200, 1%")
        #expect(steps.last?.hasPrefix("step 200/20000, epoch 2 of 200, 100%, 5.00 steps/s, 1:06:00 left, data wait 2%") == true)
        #expect(steps.last?.contains("cycleA 0.300, cycleB 0.400") == true)
        #expect(screen.lines.first == "Going on after step 100")
        #expect(screen.lines.dropLast().last == "Completed: 200 steps, 2 epochs, 0:20, 0 unreadable files")
    }

    @Test func durationsAreReadable() {
        #expect([0, 42.4, 723, 4323, 187_800].map(durationText) == ["0:00", "0:42", "12:03", "1:12:03", "2d 04:10"])
    }
}
