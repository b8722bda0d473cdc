import CycleGANModels
import CycleGANTraining
import Foundation
import Pages
import Support

/// The content of a report and the page that shows it.
struct ReportPage {
    let title: String
    let settings: [(key: String, value: String)]
    /// The validation metric that decides which epoch is the best.
    let bestMetric: String?
    /// What the domains are called.
    let domainNames: DomainNames
    /// A sentence about where the sample pictures come from.
    let sampleOrigin: String
    var progress: RunProgress?
    /// How the run ended, once it has.
    var summary: RunSummary?
    /// Why the run ended before its time.
    var failure: String?
    var isRunning: Bool { summary == nil && failure == nil }
    var warnings: [String] = []
    var epochs: [EpochSummary] = []
    /// The last epoch of those whose means are over the logged steps alone.
    private(set) var lastRecalledEpoch: Int?
    var validations: [ValidationRecord] = []
    var pictures: [[EmbeddedPicture]] = []
    /// The step of the latest pictures.
    var picturesStep: Int?
    var history: PictureHistory?
    var lossNames: [String] = []
    private(set) var record: StepRecord?
    private(set) var curves: [String: Curve] = [:]

    static let reloadSeconds = 10

    init(
        title: String, settings: [(key: String, value: String)], bestMetric: String?, domainNames: DomainNames = .own,
        sampleOrigin: String = ""
    ) {
        self.domainNames = domainNames
        self.sampleOrigin = sampleOrigin
        self.title = title
        self.settings = settings
        self.bestMetric = bestMetric
    }

    mutating func append(_ record: StepRecord) {
        self.record = record
        for (name, value) in record.losses { curves[name, default: Curve()].append(step: record.step, value: value) }
    }

    /// Takes up what the log of a run tells of the steps before it goes on.
    mutating func recall(_ log: RunLog) {
        guard let outline = progress?.outline else { return }
        let records = log.steps.filter { $0.step <= outline.completedSteps }
        for record in records { append(record) }
        recallEpochs(of: records, outline)
        validations = log.validations.filter { $0.step <= outline.completedSteps }
        for event in log.events where event.step <= outline.completedSteps {
            switch event.event {
            case .rolledBack: warnings.append("back to step \(grouped(event.step)): \(event.message ?? "")")
            case .finding: warnings.append(event.message ?? "")
            case .validated, .stopped: break
            }
        }
    }

    /// The epochs that have ended: their means are over the logged steps.
    private mutating func recallEpochs(of records: [StepRecord], _ outline: RunOutline) {
        let ended = outline.completedSteps / max(1, outline.stepsPerEpoch)
        for (epoch, records) in Dictionary(grouping: records, by: \.epoch).sorted(by: { $0.key < $1.key }) where epoch <= ended {
            let sums = records.reduce(into: [:]) { sums, record in sums.merge(record.losses, uniquingKeysWith: +) }
            let step = epoch * outline.stepsPerEpoch
            epochs.append(EpochSummary(epoch: epoch, step: step, meanLosses: sums.mapValues { $0 / Double(records.count) }))
            lastRecalledEpoch = epoch
        }
    }

    /// Drops what belongs to steps that will be taken again, as the log does.
    mutating func goBack(_ rollback: Rollback, at seconds: Double) {
        progress?.advance(to: rollback.step, epoch: rollback.epoch, at: seconds)
        for name in curves.keys { curves[name]?.removeAll(after: rollback.step) }
        if let step = record?.step, step > rollback.step { record = nil }
        epochs.removeAll { $0.step > rollback.step }
        validations.removeAll { $0.step > rollback.step }
        history?.removeAll(after: rollback.step)
        warnings.append(rollback.text)
    }

    /// The page, well-formed as HTML and as XML.
    ///
    /// - Parameters:
    ///   - seconds: The time of the run's clock.
    ///   - date: What the page says it is of.
    func html(at seconds: Double, date: Date) -> String {
        let body = """
            \(header(at: seconds))
            <main>
            \(failureSection)\(warningSection)\(pictureSection)\(curveSection)\(validationSection)\(epochSection)\(settingSection)</main>
            """
        return HTMLDocument(title: title, reloadSeconds: isRunning ? Self.reloadSeconds : nil, body: body, date: date).html
    }
}
