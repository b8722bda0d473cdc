import CycleGANModels
import Foundation
import Imaging
import Support
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import Pages
@testable import TrainingReports

struct HTMLReportTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let run: RunFolder

    init() throws {
        folder = try TemporaryFolder()
        run = RunFolder(folder.url.appending(path: "a <run> & more"))
    }

    private func report(settings: [(key: String, value: String)] = [], names: DomainNames = .own) -> HTMLReport {
        let clock = clock
        return HTMLReport(
            url: run.report, metrics: run.metrics, samples: run.samples, settings: settings, names: names,
            sampleOrigin: "The samples are <chosen>.", seconds: { clock.seconds },
            date: { Date(timeIntervalSince1970: 0) })
    }

    private func page() throws -> Page { try Page(Data(contentsOf: run.report)) }

    private func handle(_ events: [TrainingEvent], by observers: [any TrainingObserver]) throws {
        for event in events {
            for observer in observers { try observer.handle(event) }
        }
    }

    @Test func isWellFormedAtEveryMoment() throws {
        let report = report(settings: [("data", "a \"b\" <c> & 'd'"), ("domains.A.channels", "3")])
        let events: [TrainingEvent] = [
            .started(outline()), .warning("trainA/<b>&\u{1}.png: cannot be read"), .logged(stepRecord(1)),
            .pictures(samplePictures(step: 1)), .logged(stepRecord(2)), .pictures(samplePictures(step: 2)),
            .epochEnded(EpochSummary(epoch: 1, step: 100, meanLosses: stepRecord(1).losses)),
            .finished(RunSummary(reason: .interrupted, step: 100, epoch: 1, seconds: 60, unreadableFiles: ["x"])),
        ]
        for event in events {
            clock.seconds += 60
            try report.handle(event)
            _ = try page()
        }
        let page = try page()
        #expect(page.text.contains("a <run> & more"))
        #expect(page.text.contains("a \"b\" <c> & 'd'"))
        #expect(page.text.contains("trainA/<b>&\u{FFFD}.png: cannot be read"))
        #expect(page.text.contains("Interrupted"))
    }

    @Test func needsNothingFromOutside() throws {
        let report = report()
        try handle([.started(outline()), .logged(stepRecord(1)), .pictures(samplePictures(step: 1))], by: [report])
        let page = try page()
        #expect(page.elements.filter { ["script", "link", "iframe", "object"].contains($0.name) }.isEmpty)
        #expect(page.elements.compactMap { $0.attributes["src"] }.allSatisfy { $0.hasPrefix("data:image/png;base64,") })
        #expect(page.elements.allSatisfy { $0.attributes["href"] == nil })
        #expect(!page.text.contains("url(") && !page.text.contains("@import"))
    }

    @Test func reloadsOnlyWhileTheRunGoesOn() throws {
        let report = report()
        try report.handle(.started(outline()))
        #expect(try page().elements.contains { $0.attributes["http-equiv"] == "refresh" && $0.attributes["content"] == "10" })
        try report.handle(.finished(RunSummary(reason: .completed, step: 20_000, epoch: 200, seconds: 9, unreadableFiles: [])))
        #expect(try page().elements.allSatisfy { $0.attributes["http-equiv"] == nil })
    }

    @Test func aFailedRunSaysWhyAndStopsReloading() throws {
        let report = report()
        try handle([.started(outline()), .failed(message: "loss cycleA became NaN at <step> 7")], by: [report])
        let page = try page()
        #expect(page.text.contains("Failed"))
        #expect(page.text.contains("loss cycleA became NaN at <step> 7"))
        #expect(!page.elements.contains { $0.name == "meta" && $0.attributes["http-equiv"] == "refresh" })
    }

    @Test func isNotRewrittenTooOften() throws {
        let report = report()
        try handle([.started(outline()), .pictures(samplePictures(step: 1)), .logged(stepRecord(1))], by: [report])
        #expect(try page().pictures.isEmpty)
        clock.seconds = 10
        try report.handle(.stepped(epoch: 1, step: 2))
        #expect(try page().pictures.count == 8)
    }

    @Test func picturesDecodeEqual() throws {
        let pictures = samplePictures(step: 400, side: 20)
        try handle(
            [
                .started(outline()), .pictures(pictures),
                .finished(RunSummary(reason: .completed, step: 400, epoch: 4, seconds: 9, unreadableFiles: [])),
            ], by: [report()])
        let shown = try page().pictures
        #expect(try shown.map { try $0.decoded() } == pictures.rows.flatMap(\.pictures).map(\.image))
        #expect(shown.prefix(4).map(\.label) == ["Real A", "Fake B", "Reconstructed A", "Identity A"])
        // Enlarged by a whole number, without blur.
        #expect(shown.allSatisfy { $0.attributes["width"] == "160" && $0.attributes["class"] == "pixels" })
    }

    @Test func domainsAreCalledByTheirNames() throws {
        let report = report(names: DomainNames([.a: "photo", .b: "Claude & Monet"]))
        try handle(
            [.started(outline()), .logged(stepRecord(1)), .pictures(samplePictures(step: 0)), .pictures(samplePictures(step: 9))],
            by: [report])
        try report.handle(.finished(RunSummary(reason: .completed, step: 9, epoch: 1, seconds: 9, unreadableFiles: [])))
        let page = try page()
        #expect(page.pictures.prefix(4).map(\.label) == ["Real photo", "Fake Claude & Monet", "Reconstructed photo", "Identity photo"])
        #expect(page.pictures.last?.label == "Fake photo, sample 1, step 9")
        for words in ["The samples are <chosen>.", "adversarial photo to Claude & Monet", "cycle photo", "discriminator Claude & Monet"] {
            #expect(page.text.contains(words), "\(words)")
        }
        #expect(!page.text.contains("cycleA") && !page.text.contains("Fake A"))
    }

    @Test func theTimeAndTheEpochAreThoseOfTheWholeRun() throws {
        let report = report()
        try report.handle(.started(outline(completed: 130, earlierSeconds: 3600)))
        clock.seconds = 60
        try report.handle(.warning("write"))
        let text = try page().text
        #expect(text.contains("Time1:01:00"))
        // Step 130 is the thirtieth of the hundred of epoch 2.
        #expect(text.contains("Epoch2 of 200, 30%"))
    }

    @Test func manyLargePicturesStayWithinTheBudget() throws {
        let image = coloured(300, 200)
        let rows = (0..<4).map { _ in (0..<4).map { _ in (label: "Real A", image: image) } }
        let exact = try EmbeddedPicture.embedded(rows, budget: 10_000_000)
        #expect(exact.joined().allSatisfy { $0.source.hasPrefix("data:image/png;") })
        for budget in [1_000_000, 100_000] {
            let pictures = try EmbeddedPicture.embedded(rows, budget: budget)
            #expect(pictures.joined().reduce(0) { $0 + $1.source.utf8.count } <= budget)
            #expect(pictures.joined().allSatisfy { $0.source.hasPrefix("data:image/jpeg;") })
            #expect(pictures.joined().allSatisfy { $0.shownSize == image.size })
        }
    }

    @Test func aLongRunMakesASmallPage() throws {
        let report = report()
        try report.handle(.started(outline(totalSteps: 200_000)))
        for step in 1...50_000 {
            let noise = Double(step * 7919 % 1000) / 1000
            let losses = Dictionary(uniqueKeysWithValues: RunOutline.losses.map { ($0, 1 + noise) })
            try report.handle(.logged(stepRecord(step, losses: losses)))
        }
        clock.seconds = 60
        try report.handle(.warning("write"))
        let page = try page()
        #expect(page.size < 400_000)
        let lines = page.elements.filter { $0.attributes["class"]?.hasPrefix("line") == true }.compactMap { $0.attributes["d"] }
        #expect(lines.count == 8)
        #expect(lines.allSatisfy { $0.split(separator: "L").count == 600 })
    }

    @Test func aResumedRunShowsTheCurvesAndPicturesOfBefore() throws {
        let first: [any TrainingObserver] = [
            JSONLinesLog(url: run.metrics), SampleSheets(folder: run.samples, isFullSize: true), report(),
        ]
        var events: [TrainingEvent] = [.started(outline())]
        for step in 1...30 {
            events.append(.logged(stepRecord(step)))
            if step.isMultiple(of: 10) { events.append(.pictures(samplePictures(step: step, seed: step))) }
        }
        try handle(events, by: first)
        let second = report()
        clock.seconds = 100
        // The pictures of step 30 belong to steps that will be taken again.
        try second.handle(.started(outline(completed: 20)))
        try second.handle(.pictures(samplePictures(step: 22, seed: 22)))
        try second.handle(.finished(RunSummary(reason: .completed, step: 22, epoch: 1, seconds: 9, unreadableFiles: [])))
        let page = try page()
        let line = try #require(page.elements.first { $0.attributes["class"] == "line c0" }?.attributes["d"])
        #expect(line.split(separator: "L").count == 20)
        let history = page.pictures.filter { $0.label.contains(", step ") }
        let labels = ["Fake B", "Fake A"].flatMap { kind in [10, 20, 22].map { "\(kind), sample 1, step \($0)" } }
        #expect(history.map(\.label) == labels)
        #expect(try history[0].decoded() == samplePictures(step: 10, seed: 10).rows[0].pictures[1].image)
        #expect(try history[4].decoded() == samplePictures(step: 20, seed: 20).rows[1].pictures[1].image)
    }

    @Test func aResumedRunShowsTheEpochsOfBefore() throws {
        let log = JSONLinesLog(url: run.metrics)
        try log.handle(.started(outline()))
        for step in stride(from: 20, through: 240, by: 20) {
            // Over steps 20 ... 100 the mean is 0.060, over 120 ... 200 it is 0.160; epoch 3 has not ended.
            try log.handle(.logged(stepRecord(step, losses: ["cycleA": Double(step) / 1000])))
        }
        let report = report()
        try report.handle(.started(outline(losses: ["cycleA"], completed: 240)))
        try report.handle(.epochEnded(EpochSummary(epoch: 3, step: 300, meanLosses: ["cycleA": 0.5])))
        try report.handle(.finished(RunSummary(reason: .completed, step: 300, epoch: 3, seconds: 9, unreadableFiles: [])))
        let text = try page().text
        #expect(text.contains("means over an epoch, up to epoch 2 over the logged steps"))
        for words in ["Epoch 1\(shortNumber(0.06))", "Epoch 2\(shortNumber(0.16))", "Epoch 3\(shortNumber(0.5))"] {
            #expect(text.contains(words), "\(text)")
        }
    }

    @Test func aDamagedLogEndsTheResumedRunWithItsName() throws {
        try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
        try Data("damage\n".utf8).write(to: run.metrics)
        #expect(throws: MetricsLogError.self) { try report().handle(.started(outline(completed: 20))) }
    }
}
