import Checkpoints
import CycleGANTraining
import Foundation
import Imaging
import Support

/// The runs that lie in folders, in a table.
///
/// It reads only what stands in the folders, so that runs may go on meanwhile.
public struct RunList: Encodable {
    /// The runs, in the order of their paths.
    public let runs: [ListedRun]

    // Deeper down are no runs, or somebody's whole disk.
    private static let depth = 4

    /// Finds the runs in some folders and below them, and a folder that is a run itself.
    ///
    /// - Throws: `RunError.missing` naming a folder without runs.
    public init(folders: [URL]) throws {
        var found: [(url: URL, name: String)] = []
        for folder in folders {
            let inside = Self.runs(in: folder, depth: Self.depth)
            guard !inside.isEmpty else { throw RunError.noRuns(folder.path) }
            let root = folder.standardizedFileURL.path
            found += inside.map { run in
                let path = run.standardizedFileURL.path
                let isBelow = folders.count == 1 && path.hasPrefix(root + "/")
                return (run, isBelow ? String(path.dropFirst(root.count + 1)) : folders.count == 1 ? run.lastPathComponent : path)
            }
        }
        runs = found.map { ListedRun(RunFolder($0.url), name: $0.name) }
    }

    private static func runs(in folder: URL, depth: Int) -> [URL] {
        if RunFolder(folder).holdsRun { return [folder] }
        guard depth > 0 else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map { folder.appending(path: $0) }.filter(\.isFolder)
            .flatMap { runs(in: $0, depth: depth - 1) }
    }

    /// A table for a terminal, a line for each run; below it, what is wrong with those that cannot be read.
    public var text: String {
        let head = ["run", "objective", "step", "epoch", "best", "state", "changed", "size"]
        let rows = runs.map { run in
            [
                printable(run.name), run.objective ?? "-", Self.share(run.step, of: run.totalSteps),
                Self.share(run.epoch, of: run.totalEpochs),
                run.best.map { "\($0.metric) \(shortNumber($0.value))" } ?? "-", run.stateText, Self.text(run.changed),
                bytesText(run.bytes),
            ]
        }
        let problems = runs.filter { $0.state == .unreadable }.map { "\(printable($0.name)): \(quoted($0.reason ?? "", limit: 600))" }
        return ([TextTable(head: head, rows: rows, numbers: [2, 3, 7]).text] + problems).joined(separator: "\n")
    }

    private static func share(_ number: Int?, of total: Int?) -> String {
        guard let number else { return "-" }
        return grouped(number) + (total.map { "/" + grouped($0) } ?? "")
    }

    private static func text(_ date: Date?) -> String {
        guard let date else { return "-" }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm"
        return formatter.string(from: date)
    }
}

/// A table of a terminal: columns of words to the left, of numbers to the right.
struct TextTable {
    let head: [String]
    let rows: [[String]]
    /// The columns of numbers.
    let numbers: Set<Int>

    var text: String {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([head] + rows).map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                // Nothing stands behind the end of a line.
                return numbers.contains(column) ? space + cell : column == row.count - 1 ? cell : cell + space
            }
            return cells.joined(separator: "  ")
        }
        return lines.joined(separator: "\n")
    }
}
