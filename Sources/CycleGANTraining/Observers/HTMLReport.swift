import Foundation
import Imaging
import Support

/// Keeps one page about a run up to date: progress, pictures, curves and settings, in a single file that needs nothing else.
///
/// The page reloads itself while the run goes on.
public final class HTMLReport: TrainingObserver {
    private let url: URL
    private let metrics: URL
    private let samples: URL?
    private let ranges: [Character: ClosedRange<Double>]
    private let seconds: () -> Double
    private let date: () -> Date

    private var page: ReportPage
    private var pictures: SamplePictures?
    private var lastWrite = -Double.infinity
    private var isOutdated = false

    // Rendering and syncing the page costs time, and nobody reloads it more often.
    private static let interval = Double(ReportPage.reloadSeconds) / 2
    // Leaves room for the rest of the page below 3 MB.
    private static let pictureBudget = 1_800_000

    /// - Parameters:
    ///   - url: The page; the folder around it names the run unless `title` does.
    ///   - metrics: The log of a run that goes on, for its earlier curves.
    ///   - samples: The contact sheets of a run that goes on, for its earlier pictures.
    ///   - settings: What the run was started with, in the order in which it is shown; a key's leading spaces indent it.
    ///   - ranges: The values shown as black and white by domain (`A`, `B`); by default the full range of the samples.
    ///   - seconds: A clock that never goes back; the page is not written again before some of them have passed.
    ///   - date: The date that the page is said to be of.
    public init(
        url: URL, title: String? = nil, metrics: URL, samples: URL? = nil, settings: [(key: String, value: String)],
        ranges: [Character: ClosedRange<Double>] = [:], seconds: @escaping () -> Double = stopwatch(),
        date: @escaping () -> Date = { Date() }
    ) {
        self.url = url
        self.metrics = metrics
        self.samples = samples
        self.ranges = ranges
        self.seconds = seconds
        self.date = date
        page = ReportPage(title: title ?? url.absoluteURL.deletingLastPathComponent().lastPathComponent, settings: settings)
    }

    /// - Throws: `FileError` naming the page, or `MetricsLogError` when the log of the earlier steps is damaged.
    public func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let outline): try start(outline)
        case .stepped(let epoch, let step): page.progress?.advance(to: step, epoch: epoch, at: seconds())
        case .logged(let record): page.append(record)
        case .pictures(let pictures): try take(pictures)
        case .epochEnded(let summary): page.epochs.append(summary)
        case .finding(let finding): page.warnings.append(finding.description)
        case .validated, .rolledBack, .checkpointSaved: break
        case .warning(let message): page.warnings.append(message)
        case .finished(let summary): page.summary = summary
        case .failed(let message): page.failure = message
        }
        switch event {
        case .started, .finished, .failed: try write()
        case .pictures, .epochEnded, .validated, .finding, .rolledBack, .logged, .warning: isOutdated = true
        case .stepped, .checkpointSaved: break
        }
        if isOutdated, seconds() - lastWrite >= Self.interval { try write() }
    }

    private func start(_ outline: RunOutline) throws {
        page.progress = RunProgress(outline, at: seconds())
        page.lossNames = outline.lossNames
        guard outline.completedSteps > 0, FileManager.default.fileExists(atPath: metrics.path) else { return }
        let records = try RunLog(contentsOf: metrics).steps.filter { $0.step <= outline.completedSteps }
        for record in records { page.append(record) }
        page.recallEpochs(of: records)
    }

    private func take(_ pictures: SamplePictures) throws {
        if self.pictures == nil { try startHistories(pictures) }
        self.pictures = pictures
        page.picturesAreOf = (pictures.epoch, pictures.step)
        for index in page.histories.indices {
            let (row, column) = (page.histories[index].row, page.histories[index].column)
            guard row < pictures.rows.count, column < pictures.rows[row].count else { continue }
            try page.histories[index].append(step: pictures.step, image: pictures.rows[row][column].displayed(ranges))
        }
    }

    private func startHistories(_ pictures: SamplePictures) throws {
        page.histories = try PictureHistory.histories(of: pictures, ranges: ranges)
        guard let samples, let completed = page.progress?.outline.completedSteps, completed > 0 else { return }
        let sizes = pictures.rows.map { row in row.map(\.image.size) }
        for index in page.histories.indices {
            try page.histories[index].recall(from: samples, upTo: completed, sizes: sizes)
        }
    }

    private func write() throws {
        if let pictures, page.picturesAreOf?.step != page.embeddedStep {
            let rows = pictures.rows.map { row in row.map { (label: $0.label, image: $0.displayed(ranges)) } }
            page.pictures = try EmbeddedPicture.embedded(rows, budget: Self.pictureBudget)
            page.embeddedStep = pictures.step
        }
        try AtomicFile.createFolder(url.deletingLastPathComponent())
        try AtomicFile.write(Data(page.html(at: seconds(), date: date()).utf8), to: url)
        lastWrite = seconds()
        isOutdated = false
    }
}
