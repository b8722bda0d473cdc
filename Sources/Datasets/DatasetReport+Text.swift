import Foundation
import Support

extension DatasetReport {
    /// The report for people: the folders, the findings by topic, and a last line with the numbers of errors and warnings.
    ///
    /// - Parameter limit: The most files to list for one finding; `nil` lists all.
    public func text(listing limit: Int? = 3) -> String {
        var lines = folderLines
        for topic in Topic.allCases {
            let found = findings.filter { $0.topic == topic }
            if found.isEmpty { continue }
            lines += ["", topic.rawValue.prefix(1).uppercased() + topic.rawValue.dropFirst()]
            for finding in found { lines += Self.lines(finding, listing: limit) }
        }
        return (lines + ["", "\(counted(count(.error), "error")), \(counted(count(.warning), "warning"))"]).joined(separator: "\n")
    }

    private var folderLines: [String] {
        let rows = folders.map { folder in
            let sizes =
                switch (folder.smallest, folder.median, folder.largest) {
                case (let smallest?, _, let largest?) where smallest == largest: smallest
                case (let smallest?, let median?, let largest?): "\(smallest) to \(largest), median \(median)"
                default: "none readable"
                }
            let modes = folder.modes.map { folder.modes.count == 1 ? "\($0.mode)" : "\($0.images) \($0.mode)" }.joined(separator: ", ")
            return [folder.name, counted(folder.images, "image"), sizes, modes]
        }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "  " + (cells + row[3...]).joined(separator: "   ")
        }
        return lines + (folders.contains { $0.median != nil } ? ["  (sizes are width x height)"] : [])
    }

    private static func lines(_ finding: Finding, listing limit: Int?) -> [String] {
        let shown = finding.files.prefix(limit ?? .max)
        let mark = finding.severity.rawValue
        var lines = ["  \(mark)\(String(repeating: " ", count: 9 - mark.count))\(finding.message)"]
        lines += shown.map { example in
            // Whole groups would fill the screen where many images look alike.
            let files = example.files.prefix(limit.map { $0 + 1 } ?? .max).joined(separator: " = ")
            let hidden = example.files.count - (limit.map { $0 + 1 } ?? example.files.count)
            return indent + files + (hidden > 0 ? " = \(hidden) more" : "") + (example.detail.map { ": \($0)" } ?? "")
        }
        if finding.files.count > shown.count { lines.append(indent + "and \(finding.files.count - shown.count) more") }
        // A file name must not steer the terminal.
        return lines.map { quoted($0, limit: .max) }
    }

    private static let indent = String(repeating: " ", count: 13)
}
