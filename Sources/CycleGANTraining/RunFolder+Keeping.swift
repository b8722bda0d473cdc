import Checkpoints
import Foundation
import Support

/// What a run folder keeps, and what goes.
extension RunFolder {
    /// All full states that are there.
    var checkpoints: [URL] { [bestCheckpoint, previousCheckpoint, goodCheckpoint, latestCheckpoint].filter(\.exists) }

    /// Whether a run was started here that left nothing to go on from or to use: neither states nor models.
    ///
    /// A folder that somebody else's `config.yaml` lies in is none, nor one whose checkpoints are elsewhere.
    public var isWithoutCheckpoint: Bool {
        func isEmpty(_ folder: URL) -> Bool {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
            guard let attributes else { return true }
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
            return attributes[.type] as? FileAttributeType == .typeDirectory && files?.allSatisfy { $0.hasPrefix(".writing-") } == true
        }
        return lock.exists && (try? readConfiguration()) != nil && isEmpty(latestCheckpoint.deletingLastPathComponent()) && isEmpty(models)
    }

    /// Lets a second name lead to the latest checkpoint, before another one takes its place.
    func keepPreviousCheckpoint() throws(FileError) {
        if latestCheckpoint.exists { try AtomicFile.duplicate(latestCheckpoint, to: previousCheckpoint) }
    }

    /// Reads the latest checkpoint.
    ///
    /// - Throws: `RunError.damagedCheckpoint` where it is damaged and there is one before it; else what `body` throws.
    func readingLatest<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as CheckpointError where previousCheckpoint.exists {
            throw RunError.damagedCheckpoint(reason: "\(error)", previous: previousCheckpoint.path)
        }
    }

    /// Removes the generators' weights of all epochs but the last ones, and those in mid-epoch before the newest. Those of the best validation stay.
    func keepModels(_ count: Int) throws {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: models.path)) ?? []
        func labels(_ prefix: String) -> [String] {
            // Longer numbers come later, the others have leading zeros.
            Set(files.filter { $0.hasPrefix(prefix) }.compactMap { $0.split(separator: "_").first.map(String.init) })
                .sorted { ($0.count, $0) < ($1.count, $1) }
        }
        let old = Set(labels("epoch-").dropLast(count) + labels("step-").dropLast())
        for file in files where file.split(separator: "_").first.map({ old.contains(String($0)) }) == true {
            try FileManager.default.removeItem(at: models.appending(path: file))
        }
    }

    /// Removes what a run without checkpoint has written, and nothing else; its configuration gives way to the next.
    public func clear() throws {
        func files(in folder: URL, _ isOfRun: (String) -> Bool) -> [URL] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.filter(isOfRun).map { folder.appending(path: $0) }
        }
        let sheets = files(in: samples) { $0 == "layout.json" || $0.hasPrefix("step-") && ($0.hasSuffix(".jpg") || $0.hasSuffix(".png")) }
        let events = files(in: tensorboard) { $0.hasPrefix("events.out.tfevents") }
        for file in [metrics, report, images] + sheets + events where file.exists { try FileManager.default.removeItem(at: file) }
    }
}
