import CycleGANTraining
import Foundation
import Support

/// Several runs beside each other: what they were set to, how they went, what they make of the samples.
///
/// It reads only what stands in the folders, so that a run may go on meanwhile.
public struct RunComparison {
    let runs: [ComparedRun]

    /// Reads the runs in the order in which they are to be shown.
    ///
    /// - Throws: `RunError.missing` naming a folder that holds no run, and errors of a run's configuration, log or checkpoint.
    public init(runs urls: [URL]) throws {
        runs = try zip(urls, ComparedRun.names(of: urls)).map { try ComparedRun(RunFolder($0), name: $1) }
    }

    /// Writes the page about the runs, one file that needs nothing else.
    ///
    /// - Throws: `FileError` naming the page, or `ImageError`.
    public func write(to url: URL, date: Date = Date()) throws {
        let page = try ComparisonPage(runs: runs).html(date: date)
        try AtomicFile.createFolder(url.absoluteURL.deletingLastPathComponent())
        try AtomicFile.write(Data(page.utf8), to: url)
    }

    /// A short table for a terminal, a line for each run.
    public var text: String {
        let head = ["run", "steps", "epochs", "images/s", "best validation", "end"]
        let rows = runs.map { run in
            [
                printable(run.name), grouped(run.steps), grouped(run.epochs), run.imagesPerSecond.map(shortNumber) ?? "-",
                run.bestValidation ?? "-", run.ending.short,
            ]
        }
        let table = TextTable(head: head, rows: rows, numbers: [1, 2, 3]).text
        let differences = ConfigurationDifferences(of: runs.map(\.configuration))
        let keys = differences.differing.map(\.key).joined(separator: ", ")
        let settings = "settings: \(keys.isEmpty ? "all" : "\(keys) differ,") \(differences.equalCount) equal"
        return "\(table)\n\(settings)"
    }
}
