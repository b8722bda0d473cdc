import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// Keeps one page about a run up to date: progress, pictures, curves and settings, in a single file that needs nothing else.
///
/// The page reloads itself while the run goes on.
public final class HTMLReport: TrainingObserver {
    private let url: URL
    private let metrics: URL
    private let samples: URL?
    private let ranges: [Domain: ValueRange]
    private let seconds: () -> Double
    private let date: () -> Date

    private var page: ReportPage
    private var pictures: SamplePictures?
    private var arePicturesNew = false
    private var lastWrite = -Double.infinity
    private var isOutdated = false

    // Rendering and syncing the page costs time, and nobody reloads it more often.
    private static let interval = Double(ReportPage.reloadSeconds) / 2
    // Leaves room for the earlier pictures and the rest of the page below 3 MB.
    private static let pictureBudget = 1_400_000

    /// - Parameters:
    ///   - url: The page; the folder around it names the run unless `title` does.
    ///   - metrics: The log of a run that goes on, for its earlier curves.
    ///   - samples: The contact sheets of a run that goes on, for its earlier pictures.
    ///   - settings: What the run was started with, in the order in which it is shown.
    ///   - bestMetric: The validation metric that decides which epoch is the best.
    ///   - names: What the domains are called.
    ///   - sampleOrigin: A sentence about where the sample pictures come from.
    ///   - ranges: The values shown as black and white by domain; by default the full range of the samples.
    ///   - seconds: A clock that never goes back; the page is not written again before some of them have passed.
    ///   - date: The date that the page is said to be of.
    public init(
        url: URL, title: String? = nil, metrics: URL, samples: URL? = nil, settings: [(key: String, value: String)],
        bestMetric: String? = nil, names: DomainNames = .own, sampleOrigin: String = "", ranges: [Domain: ValueRange] = [:],
        seconds: @escaping () -> Double = stopwatch(), date: @escaping () -> Date = { Date() }
    ) {
        self.url = url
        self.metrics = metrics
        self.samples = samples
        self.ranges = ranges
        self.seconds = seconds
        self.date = date
        page = ReportPage(
            title: title ?? url.absoluteURL.deletingLastPathComponent().lastPathComponent, settings: settings, bestMetric: bestMetric,
            domainNames: names, sampleOrigin: sampleOrigin)
    }

    /// - Throws: `FileError` naming the page, or `MetricsLogError` when the log of the earlier steps is damaged.
    public func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let outline): try start(outline)
        case .stepped(let epoch, let step): page.progress?.advance(to: step, epoch: epoch, at: seconds())
        case .logged(let record): page.append(record)
        case .pictures(let pictures): try take(pictures)
        case .epochEnded(let summary): page.epochs.append(summary)
        case .validated(let record): page.validations.append(record)
        case .finding(let finding): page.warnings.append(finding.description)
        case .rolledBack(let rollback): page.goBack(rollback, at: seconds())
        case .checkpointDue, .checkpointSaved: break
        case .warning(let message): page.warnings.append(message)
        case .finished(let summary): page.summary = summary
        case .failed(let message): page.failure = message
        }
        switch event {
        case .started, .finished, .failed: try write()
        case .pictures, .epochEnded, .validated, .finding, .rolledBack, .logged, .warning: isOutdated = true
        case .stepped, .checkpointDue, .checkpointSaved: break
        }
        if isOutdated, seconds() - lastWrite >= Self.interval { try write() }
    }

    private func start(_ outline: RunOutline) throws {
        try AtomicFile.createFolder(url.deletingLastPathComponent())
        page.progress = RunProgress(outline, at: seconds())
        page.lossNames = outline.lossNames
        guard outline.completedSteps > 0, FileManager.default.fileExists(atPath: metrics.path) else { return }
        page.recall(try RunLog(contentsOf: metrics))
    }

    private func take(_ pictures: SamplePictures) throws {
        if page.history == nil { page.history = try history(startingWith: pictures) }
        try page.history?.append(pictures)
        page.picturesStep = pictures.step
        self.pictures = pictures
        arePicturesNew = true
    }

    private func history(startingWith pictures: SamplePictures) throws -> PictureHistory {
        let outline = page.progress?.outline
        var history = try PictureHistory(of: pictures, stepsPerEpoch: outline?.stepsPerEpoch ?? 1, names: page.domainNames, ranges: ranges)
        if let samples, let completed = outline?.completedSteps, completed > 0 {
            try history.recall(from: samples, upTo: completed, like: pictures)
        }
        return history
    }

    private func write() throws {
        if let pictures, arePicturesNew {
            let rows = pictures.rows.map { row in row.pictures.map { (label: $0.title(page.domainNames), image: $0.displayed(ranges)) } }
            page.pictures = try EmbeddedPicture.embedded(rows, budget: Self.pictureBudget)
            arePicturesNew = false
        }
        try AtomicFile.write(Data(page.html(at: seconds(), date: date()).utf8), to: url)
        lastWrite = seconds()
        isOutdated = false
    }
}
