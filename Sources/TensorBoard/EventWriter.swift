import Foundation
import Support
import SwiftProtobuf

/// Writes values of a run for TensorBoard: one event file, to which every value is appended at once.
///
/// TensorBoard reads the event files of a folder in the order of their names as one run. A process that goes on with a run begins a new
/// file, which comes last; what earlier files hold of its first step and later ones is dropped.
///
/// All methods throw `EventFileError` naming the file.
public final class EventWriter {
    /// The file, `events.out.tfevents.SECONDS.HOST.PROCESS`.
    public let url: URL
    private let file: FileHandle
    private let clock: () -> Date

    private static let prefix = "events.out.tfevents."

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run, made when it is missing.
    ///   - firstStep: The first step that this process may write.
    ///   - clock: The wall-clock time that an event is said to be of.
    /// - Throws: `EventFileError` naming the folder or file that cannot be made.
    public init(folder: URL, firstStep: Int = 0, clock: @escaping () -> Date = { Date() }) throws(EventFileError) {
        do throws(FileError) {
            try AtomicFile.createFolder(folder)
        } catch {
            throw .unwritable(path: error.path, reason: error.reason)
        }
        self.clock = clock
        url = folder.appending(path: Self.fileName(in: folder, now: clock()))
        do {
            try Data().write(to: url, options: .withoutOverwriting)
            file = try FileHandle(forWritingTo: url)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
        try append(.fileVersion("brain.Event:2"), step: 0)
        // Also in the first file: TensorBoard takes the first start that it sees for no restart.
        try append(.sessionLog(.with { $0.status = .start }), step: firstStep)
    }

    deinit { try? file.close() }

    /// Adds a number; it is kept in single precision.
    ///
    /// - Parameter tag: Its name; what comes before the first `/` is the group in which it is shown.
    public func add(scalar value: Double, tag: String, step: Int) throws(EventFileError) {
        try add(scalars: [(tag, value)], step: step)
    }

    /// Adds several numbers of one step.
    public func add(scalars: [(tag: String, value: Double)], step: Int) throws(EventFileError) {
        let values = scalars.map { scalar in
            Summary.Value.with {
                $0.tag = scalar.tag
                $0.simpleValue = Float(scalar.value)
            }
        }
        try add(values, step: step)
    }

    /// Adds a picture.
    ///
    /// - Parameters:
    ///   - png: The content of an RGB PNG file.
    ///   - width: Its columns.
    ///   - height: Its rows.
    public func add(image png: Data, width: Int, height: Int, tag: String, step: Int) throws(EventFileError) {
        let value = Summary.Value.with {
            $0.tag = tag
            $0.image = .with {
                $0.height = Int32(height)
                $0.width = Int32(width)
                $0.colorspace = 3
                $0.encodedImageString = png
            }
        }
        try add([value], step: step)
    }

    /// Adds a text, which is shown as Markdown.
    public func add(text: String, tag: String, step: Int) throws(EventFileError) {
        let value = Summary.Value.with {
            $0.tag = tag
            $0.metadata.pluginData.pluginName = "text"
            $0.tensor = .with {
                $0.dtype = .dtString
                $0.tensorShape = TensorShapeProto()
                $0.stringVal = [Data(text.utf8)]
            }
        }
        try add([value], step: step)
    }

    /// Makes the run a row of the table of runs.
    ///
    /// TensorBoard keeps what the first file of a run says.
    ///
    /// - Parameters:
    ///   - hyperparameters: The run's settings, by name.
    ///   - metrics: The tags of the numbers that are shown beside them.
    public func add(
        hyperparameters: [(name: String, value: HyperparameterValue)], metrics: [String]
    ) throws(EventFileError) {
        let experiment = HParamsPluginData.OneOf_Data.experiment(Experiment(hyperparameters, metrics: metrics))
        let start = HParamsPluginData.OneOf_Data.sessionStartInfo(SessionStartInfo(hyperparameters, at: clock()))
        try add([try value(experiment, tag: "experiment"), try value(start, tag: "session_start_info")], step: 0)
    }

    /// Says that the run has reached its end; a run that may go on should leave it out.
    public func endSession() throws(EventFileError) {
        let end = SessionEndInfo.with {
            $0.status = .success
            $0.endTimeSecs = clock().timeIntervalSince1970
        }
        try add([try value(.sessionEndInfo(end), tag: "session_end_info")], step: 0)
    }

    private func value(_ data: HParamsPluginData.OneOf_Data, tag: String) throws(EventFileError) -> Summary.Value {
        let content = try serialized(HParamsPluginData.with { $0.data = data })
        return .with {
            $0.tag = "_hparams_/\(tag)"
            $0.metadata.pluginData = .with {
                $0.pluginName = "hparams"
                $0.content = content
            }
            // What counts is in the metadata; a value without a tensor is one that TensorBoard has to mend.
            $0.tensor = .with {
                $0.dtype = .dtFloat
                $0.tensorShape.dim = [TensorShapeProto.Dim()]
            }
        }
    }

    private func add(_ values: [Summary.Value], step: Int) throws(EventFileError) {
        try append(.summary(.with { $0.value = values }), step: step)
    }

    private func append(_ what: Event.OneOf_What, step: Int) throws(EventFileError) {
        let event = Event.with {
            $0.wallTime = clock().timeIntervalSince1970
            $0.step = Int64(step)
            $0.what = what
        }
        let record = TFRecord.framed(try serialized(event))
        do {
            // Unbuffered: TensorBoard sees every event at once, and a crash loses none.
            try file.write(contentsOf: record)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }

    private func serialized(_ message: some Message) throws(EventFileError) -> Data {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        do {
            return try message.serializedBytes(options: options)
        } catch {
            throw .unwritable(path: url.path, reason: "\(error)")
        }
    }

    /// A name that comes after those of the folder's event files, even where the clock was set back.
    private static func fileName(in folder: URL, now: Date) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let latest = names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count).prefix(10)) }.max()
        let seconds = max(Int(now.timeIntervalSince1970), latest.map { $0 + 1 } ?? 0)
        let process = ProcessInfo.processInfo
        return "\(prefix)\(String(format: "%010ld", seconds)).\(process.hostName).\(process.processIdentifier)"
    }
}
