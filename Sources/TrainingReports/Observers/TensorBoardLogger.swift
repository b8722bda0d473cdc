import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import TensorBoard

/// Writes losses, learning rates, speed, sample pictures and the configuration of a run for TensorBoard.
///
/// | tag | value | when |
/// | --- | --- | --- |
/// | `configuration` | the settings as a table, and as hyperparameters | at the start |
/// | `loss/cycleA`, ... | the losses of a step, weighted as they enter the total | every logged step |
/// | `learningRate/generators`, ... | the learning rates of the step | every logged step |
/// | `speed/imagesPerSecond`, `speed/dataWait` | the speed; the share of time spent waiting for data, in 0...1 | every logged step |
/// | `epoch/cycleA`, ... | the mean losses of an epoch | at its end |
/// | `validation/cycle`, ... | the validation metrics | after a validation |
/// | `images/AtoB`, `images/BtoA` | a row for each sample: real, translated, reconstructed and identity picture | the first, the last of every epoch, and the last before a checkpoint |
///
/// A run that goes on or goes back gets another event file; what the earlier ones hold of steps that are taken again is dropped by TensorBoard.
public final class TensorBoardLogger: TrainingObserver {
    private let folder: URL
    private let settings: [(key: String, value: String)]
    private let ranges: [Domain: ValueRange]
    private let clock: () -> Date

    private var writer: EventWriter?
    private var unwrittenPictures: SamplePictures?
    private var hasWrittenPictures = false

    /// - Parameters:
    ///   - folder: Where the event files go; made when the run starts.
    ///   - settings: What the run was started with.
    ///   - ranges: The values shown as black and white by domain; by default the full range of the samples.
    ///   - clock: The wall-clock time that events are said to be of.
    public init(
        folder: URL, settings: [(key: String, value: String)], ranges: [Domain: ValueRange] = [:],
        clock: @escaping () -> Date = { Date() }
    ) {
        self.folder = folder
        self.settings = settings
        self.ranges = ranges
        self.clock = clock
    }

    /// - Throws: `EventFileError` naming the file, or `ImageError` for a picture that cannot be encoded.
    public func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let outline):
            try start(outline)
        case .logged(let record):
            let speed = ["imagesPerSecond": record.imagesPerSecond, "dataWait": record.dataWait]
            let scalars = tagged(record.losses, "loss") + tagged(record.learningRates, "learningRate") + tagged(speed, "speed")
            try writer?.add(scalars: scalars, step: record.step)
        case .pictures(let pictures):
            unwrittenPictures = pictures
            if !hasWrittenPictures { try writePictures() }
        case .checkpointDue:
            try writePictures()
        case .epochEnded(let summary):
            try writer?.add(scalars: tagged(summary.meanLosses, "epoch"), step: summary.step)
            try writePictures()
        case .validated(let record):
            try writer?.add(scalars: tagged(record.metrics, "validation"), step: record.step)
        case .rolledBack(let rollback):
            unwrittenPictures = nil
            writer = try EventWriter(folder: folder, firstStep: rollback.step + 1, clock: clock)
        case .finished(let summary):
            try writePictures()
            if summary.reason == .completed { try writer?.endSession() }
        case .stepped, .finding, .checkpointSaved, .warning, .failed:
            break
        }
    }

    private func start(_ outline: RunOutline) throws(EventFileError) {
        let firstStep = outline.completedSteps == 0 ? 0 : outline.completedSteps + 1
        let writer = try EventWriter(folder: folder, firstStep: firstStep, clock: clock)
        self.writer = writer
        hasWrittenPictures = outline.completedSteps > 0
        try writer.add(text: table, tag: "configuration", step: outline.completedSteps)
        try writer.add(
            hyperparameters: settings.map { ($0.key, HyperparameterValue(parsing: $0.value)) },
            metrics: outline.lossNames.map { "epoch/\($0)" })
    }

    private func tagged(_ values: [String: Double], _ group: String) -> [(tag: String, value: Double)] {
        values.sorted { $0.key < $1.key }.map { ("\(group)/\($0.key)", $0.value) }
    }

    private func writePictures() throws {
        guard let pictures = unwrittenPictures else { return }
        unwrittenPictures = nil
        hasWrittenPictures = true
        var translations: [Translation] = []
        for row in pictures.rows where !translations.contains(row.translation) { translations.append(row.translation) }
        for translation in translations {
            let rows = pictures.rows.filter { $0.translation == translation }.map { row in row.pictures.map { $0.displayed(ranges) } }
            let sheet = ContactSheet(sizes: rows.map { $0.map(\.size) })
            let png = try sheet.drawn(rows).encoded(as: .png)
            try writer?.add(
                image: png, width: sheet.size.width, height: sheet.size.height, tag: "images/\(translation)", step: pictures.step)
        }
    }

    /// The settings as a Markdown table.
    private var table: String {
        let rows = settings.map { "| \(escaped($0.key)) | \(escaped($0.value)) |" }
        return (["| setting | value |", "| --- | --- |"] + rows).joined(separator: "\n")
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "<": result += "&lt;"
            case "&": result += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "|": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
