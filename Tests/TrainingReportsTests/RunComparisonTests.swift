import CycleGANModels
import Foundation
import Imaging
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

struct RunComparisonTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A run folder as a training leaves it, without checkpoints.
    private func makeRun(
        _ name: String, steps: Int = 200, validates: Bool = true, shows: Bool = true, stops: Bool = true,
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> URL {
        let run = RunFolder(folder.url.appending(path: name))
        try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
        var configuration = TrainingConfiguration()
        configuration.data.folder = "/data"
        change(&configuration)
        try run.write(configuration)
        let log = JSONLinesLog(url: run.metrics)
        try log.handle(.started(outline()))
        for step in stride(from: 20, through: steps, by: 20) {
            try log.handle(.logged(stepRecord(step)))
            guard validates, step.isMultiple(of: 100) else { continue }
            let metrics = ["cycle": 0.2 - Double(step) / 10_000]
            try log.handle(.validated(ValidationRecord(epoch: step / 100, step: step, metrics: metrics, isBest: true)))
        }
        if shows {
            let sheets = SampleSheets(folder: run.samples, isFullSize: true)
            for step in [0, 100] { try sheets.handle(.pictures(samplePictures(step: step, seed: step + 1, rows: 2))) }
        }
        if stops {
            let summary = RunSummary(reason: .timeLimit, step: steps, epoch: 2, seconds: 9, unreadableFiles: [])
            try log.handle(.finished(summary))
        }
        return run.url
    }

    private func page(of comparison: RunComparison) throws -> Page {
        let url = folder.url.appending(path: "new folder/compare.html")
        try comparison.write(to: url, date: Date(timeIntervalSince1970: 0))
        return try Page(Data(contentsOf: url))
    }

    @Test func showsWhatDiffersAndTheCurvesOverEachOther() throws {
        let runs = [
            try makeRun("a <run> & more") { $0.optimization.learningRate = 1e-3 },
            try makeRun("b", steps: 100) {
                $0.data.folder = "/other"
                $0.domains.channels[.b] = 1
                $0.run.threads = 2
            },
        ]
        let comparison = try RunComparison(runs: runs)
        let page = try page(of: comparison)
        for words in [
            "data/data/other", "domains.B.channelsnot given1", "learningRate0.0010.0002", "threadsnot given2", "Time limit reached",
            "cycle 0.180 in epoch 2", "cycle 0.190 in epoch 1", "a <run> & more: step 100",
        ] { #expect(page.text.contains(words), "\(words)") }
        // The losses of the shorter run are the beginning of the other's.
        #expect(page.text.contains("In all of them b is equal to a <run> & more up to step 100, its last."))
        // Eight losses and one metric of two runs each; the second run has ended half-way and has a single validation.
        #expect(page.elements.count { $0.attributes["class"] == "chart" } == 9)
        let lines = page.elements.filter { $0.attributes["class"]?.hasPrefix("line ") == true }.compactMap { $0.attributes["d"] }
        #expect(lines.count == 8 * 2 + 1)
        #expect(lines[0].contains("L1000 ") && lines[1].contains("L500 ") && !lines[1].contains("L1000 "))
        #expect(page.elements.allSatisfy { $0.name != "script" && $0.attributes["href"] == nil })
    }

    @Test func namesOfDomainsAreShownWhereTheRunsAgree() throws {
        func run(_ name: String, _ names: [String]) throws -> URL { try makeRun(name) { $0.data.domainNames = names } }
        let alike = try page(of: RunComparison(runs: [run("a", ["photo", "monet"]), run("b", ["photo", "monet"])]))
        #expect(alike.pictures.first?.label == "Real photo of a" && alike.text.contains("cycle monet"))
        #expect(alike.text.contains("In all of them a and b are equal."))
        let different = try page(of: RunComparison(runs: [run("c", ["photo", "monet"]), run("d", ["horse", "zebra"])]))
        #expect(different.pictures.first?.label == "Real A of c" && different.text.contains("cycleB"))
    }

    @Test func equalCurvesAreTold() {
        func curve(_ values: [Double]) -> Curve {
            values.enumerated().reduce(into: Curve()) { $0.append(step: ($1.offset + 1) * 20, value: $1.element) }
        }
        func text(_ curves: [[Double]]) -> String { EqualCurves.text(of: zip(["a", "b", "c", "d"], curves).map { ($0, curve($1)) }) }
        #expect(text([[1, 2, 3], [1, 2, 3]]) == "a and b are equal")
        #expect(text([[1, 2], [3, 4], [1, 2], [1, 2]]) == "a, c and d are equal")
        #expect(text([[1, 2], [1, 2, 3], [1, 2]]) == "a and c are equal; a is equal to b up to step 40, its last")
        // Nothing, and a single value that may be equal by chance.
        #expect(text([[1, 2], [2, 1], [], [1]]) == "")
    }

    @Test func theNewestPicturesStandBesideEachOther() throws {
        let page = try page(of: RunComparison(runs: [makeRun("a"), makeRun("b", shows: false), makeRun("c")]))
        let kinds = ["Real A", "Fake B", "Reconstructed A", "Real B", "Fake A", "Reconstructed B"]
        let labels = (kinds + kinds).flatMap { kind in ["a", "c"].map { "\(kind) of \($0)" } }
        #expect(page.pictures.map(\.label) == labels)
        let newest = samplePictures(step: 100, seed: 101, rows: 2)
        #expect(try page.pictures[2].decoded() == newest.rows[0].pictures[1].image)
        #expect(try page.pictures[labels.count - 1].decoded() == newest.rows[3].pictures[2].image)
    }

    @Test func sheetsOfUnknownLayoutAreShownWhole() throws {
        let runs = [try makeRun("a"), try makeRun("b")]
        try FileManager.default.removeItem(at: runs[1].appending(path: "samples/layout.json"))
        let page = try page(of: RunComparison(runs: runs))
        #expect(page.pictures.last?.label == "Whole sheet of b")
        let sheet = try PixelImage(contentsOf: runs[1].appending(path: "samples/step-00000100.png"))
        #expect(try page.pictures.last?.decoded() == sheet)
        #expect(page.pictures.dropLast().allSatisfy { $0.label.hasSuffix(" of a") })
    }

    @Test func runsThatHaveHardlyBegunOrGoOnAreShown() throws {
        let new = RunFolder(folder.url.appending(path: "new"))
        try FileManager.default.createDirectory(at: new.url, withIntermediateDirectories: true)
        try Data("data: /old\n".utf8).write(to: new.configuration)
        let going = try makeRun("going", validates: false, shows: false, stops: false)
        let lock = try RunLock(RunFolder(going))
        let comparison = try RunComparison(runs: [new.url, going])
        _ = try page(of: comparison)
        #expect(
            comparison.text == """
                run    steps  epochs  images/s  best validation  end
                new        0       0         -  -                broke off
                going    200       2     3.500  -                training
                settings: data differ, \(TrainingConfiguration().settings.count - 1) equal
                """)
        // Asking whether a run is in use leaves its lock alone.
        #expect(throws: RunError.self) { try RunLock(RunFolder(going)) }
        withExtendedLifetime(lock) {}
    }

    @Test func aFolderWithoutARunIsNamed() throws {
        let run = try makeRun("a")
        let error = #expect(throws: RunError.self) { try RunComparison(runs: [run, folder.url.appending(path: "absent")]) }
        #expect(error?.description.contains("/absent holds no run") == true)
    }

    @Test func differencesAreThoseOfAllRuns() {
        var (one, two, three) = (TrainingConfiguration(), TrainingConfiguration(), TrainingConfiguration())
        #expect(ConfigurationDifferences(of: [one, two]).differing.isEmpty)
        let all = ConfigurationDifferences(of: [one, two]).equalCount
        two.domains.bitDepth[.a] = .sixteen
        three.networks.ema = 0.999
        three.cycleGAN.cycleWeight = 5
        one.run.seed = 7
        let differences = ConfigurationDifferences(of: [one, two, three])
        #expect(differences.differing.map(\.key) == ["domains.A.bitDepth", "ema", "cyclegan.cycleWeight", "seed"])
        #expect(
            differences.differing.map(\.values) == [[nil, "16", nil], [nil, nil, "0.999"], ["10", "10", "5"], ["7", "0", "0"]])
        #expect(differences.equalCount == all - 2)
    }

    @Test func namesTellRunsApart() {
        func names(_ paths: [String]) -> [String] { ComparedRun.names(of: paths.map { URL(filePath: $0) }) }
        #expect(names(["/x/a", "/x/b/", "/x/c/../d"]) == ["a", "b", "d"])
        #expect(names(["/x/run", "/y/run", "/y/other"]) == ["x/run", "y/run", "other"])
        #expect(names(["/1/x/run", "/2/x/run", "/run"]) == ["1/x/run", "2/x/run", "run"])
    }

    @Test func aSeventhRunHasDashedLines() {
        #expect([0, 5, 6, 12].map(CurveChart.color) == ["c0", "c5", "c0 dashed", "c0"])
    }
}
