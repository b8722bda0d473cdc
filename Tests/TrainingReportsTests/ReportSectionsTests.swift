import Foundation
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

/// Validation, rollback and the end of a run on the page.
struct ReportSectionsTests {
    private let folder: TemporaryFolder
    private let run: RunFolder

    init() throws {
        folder = try TemporaryFolder()
        run = RunFolder(folder.url.appending(path: "run"))
    }

    private func report() -> HTMLReport {
        HTMLReport(
            url: run.report, metrics: run.metrics, samples: run.samples, settings: [], bestMetric: "cycle", seconds: { 0 },
            date: { Date(timeIntervalSince1970: 0) })
    }

    private func page(after events: [TrainingEvent], by report: HTMLReport) throws -> Page {
        for event in events { try report.handle(event) }
        return try Page(Data(contentsOf: run.report))
    }

    private func finished(_ reason: RunSummary.Reason, step: Int = 1000) -> TrainingEvent {
        .finished(RunSummary(reason: reason, step: step, epoch: 10, seconds: 9, unreadableFiles: []))
    }

    /// The cycle loss falls until epoch 7 and rises from there.
    private func validation(_ epoch: Int) -> ValidationRecord {
        let value = 0.15 + 0.01 * Double(abs(epoch - 7))
        let metrics = ["cycle": value, "cycleA": value - 0.01, "cycleB": value + 0.01, "ssim": 0.9, "KID": 0.02]
        return ValidationRecord(epoch: epoch, step: epoch * 100, metrics: metrics, isBest: epoch <= 7)
    }

    private func path(_ page: Page, _ name: String) -> [String] {
        page.elements.filter { $0.name == "path" && $0.attributes["class"] == name }.compactMap { $0.attributes["d"] }
    }

    @Test func validationsAreCurvesWithTheBestMarked() throws {
        let events = (1...10).flatMap { epoch -> [TrainingEvent] in
            [.stepped(epoch: epoch, step: epoch * 100), .validated(validation(epoch))]
        }
        let page = try page(after: [.started(outline())] + events + [finished(.completed)], by: report())
        #expect(page.text.contains("best cycle 0.150 in epoch 7"))
        #expect(page.text.contains("SSIM higher is better"))
        // Three charts of five curves; the decisive group comes first, its mean after the domains.
        #expect(page.elements.count { $0.attributes["class"] == "chart" } == 3)
        #expect(path(page, "mark").count == 3)
        #expect(path(page, "line c0").count == 3 && path(page, "line c1").count == 1 && path(page, "line c2").count == 1)
        #expect(
            page.elements.compactMap { $0.attributes["aria-label"] }.contains { $0.hasPrefix("Cycle consistency over the steps: cycleA") })
        // Step 700 of 1000 lies at 70 percent of the width.
        #expect(path(page, "dot c2").first?.hasPrefix("M700 ") == true)
        #expect(page.text.contains("Epoch 7 (best)0.1400.1600.150"))
    }

    @Test func theBestEpochIsListedHoweverLongAgo() throws {
        let events = (1...40).map { TrainingEvent.validated(validation($0)) }
        let page = try page(after: [.started(outline())] + events + [finished(.completed)], by: report())
        #expect(page.text.contains("Epoch 40") && page.text.contains("Epoch 33") && !page.text.contains("Epoch 32"))
        #expect(page.text.contains("Epoch 7 (best)"))
    }

    @Test func aResumedRunShowsTheValidationsAndRollbacksOfBefore() throws {
        let log = JSONLinesLog(url: run.metrics)
        try log.handle(.started(outline()))
        for epoch in 1...5 {
            try log.handle(.logged(stepRecord(epoch * 100)))
            try log.handle(.validated(validation(epoch)))
        }
        try log.handle(.rolledBack(Rollback(fromStep: 500, step: 300, epoch: 4, learningRateScale: 0.5, reason: "collapse <A>")))
        let finding = LoggedEvent(event: .finding, step: 200, epoch: 2, reason: "modeCollapse", message: "all fakes look alike")
        let lines = try String(contentsOf: run.metrics, encoding: .utf8)
        try Data((lines + finding.jsonLine() + "\n").utf8).write(to: run.metrics)
        let page = try page(after: [.started(outline(completed: 300)), finished(.interrupted)], by: report())
        #expect(page.text.contains("best cycle 0.190 in epoch 3"))
        #expect(page.text.contains("back to step 300: collapse <A>"))
        #expect(page.text.contains("all fakes look alike"))
        #expect(page.text.contains("2 warnings"))
    }

    @Test func aRollbackTakesBackWhatCameAfterIt() throws {
        let report = report()
        var events: [TrainingEvent] = [.started(outline())]
        for epoch in 1...5 {
            events += [
                .stepped(epoch: epoch, step: epoch * 100), .logged(stepRecord(epoch * 100)),
                .pictures(samplePictures(step: epoch * 100)),
                .epochEnded(EpochSummary(epoch: epoch, step: epoch * 100, meanLosses: stepRecord(1).losses)), .validated(validation(epoch)),
            ]
        }
        let rollback = Rollback(fromStep: 500, step: 300, epoch: 4, learningRateScale: 0.5, reason: "generatorAB collapsed")
        let page = try page(after: events + [.rolledBack(rollback), finished(.interrupted, step: 300)], by: report)
        #expect(page.text.contains("back from step 500 to 300, learning rates times 0.500: generatorAB collapsed"))
        #expect(page.text.contains("best cycle 0.190 in epoch 3"))
        #expect(path(page, "line c0").allSatisfy { $0.split(separator: "L").count == 3 })
        #expect(!page.text.contains("Epoch 4") && !page.text.contains("Step 500"))
        #expect(
            page.pictures.filter { $0.label.contains("epoch") }.map(\.label).suffix(3) == (1...3).map { "Fake A, sample 1, epoch \($0)" })
    }

    @Test func theBadgeIsShortAndTheReasonBelow() throws {
        let why = "the mean of cycleA + cycleB has not fallen for 10 epochs"
        let stopped = try page(after: [.started(outline()), finished(.earlyStopping(why))], by: report())
        #expect(stopped.text.contains("Stopped early\n") || stopped.text.contains("Stopped earlyStopped early, since"))
        #expect(stopped.text.contains("Stopped early, since \(why)"))
        #expect(stopped.elements.count { $0.attributes["class"] == "reason" } == 1)
        let failed = try page(after: [.started(outline()), finished(.failure("collapse"))], by: report())
        #expect(failed.text.contains("Training failed") && failed.text.contains("Stopped because the training failed: collapse"))
        let completed = try page(after: [.started(outline()), finished(.completed)], by: report())
        #expect(!completed.elements.contains { $0.attributes["class"] == "reason" })
    }
}
