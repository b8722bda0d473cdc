import Foundation
import Testing

/// The page that lists the sources, made of what stands in them.
@Suite struct FileListTests {
    private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// Made anew with `CYCLEGAN_WRITE_DOCS=1`.
    @Test func thePageListsTheFiles() throws {
        let page = root.appending(path: "docs/files.md")
        let text = try self.text
        if ProcessInfo.processInfo.environment["CYCLEGAN_WRITE_DOCS"] != nil { try Data(text.utf8).write(to: page) }
        #expect(try String(contentsOf: page, encoding: .utf8) == text, "docs/files.md is not of these files")
    }

    private var text: String {
        get throws {
            let targets = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
            let sections = try targets.filter { !$0.hasPrefix(".") }.sorted().map { target in
                let lines = try files(of: target).map { path in
                    let about = try sentence(of: root.appending(path: "Sources/\(target)/\(path)")).map { ": \($0)" } ?? ""
                    return "- [`\(path)`](../Sources/\(target)/\(path))\(about)\n"
                }
                return "\n## [\(target)](../Sources/\(target))\n\n" + lines.joined()
            }
            return "# Files\n\nWhat each file of the sources says of itself first; made by `FileListTests`.\n" + sections.joined()
        }
    }

    /// The sources of a target, by their paths in its folder.
    private func files(of target: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "Sources/\(target)").path)
            .filter { ["swift", "h", "hpp", "cpp"].contains(($0 as NSString).pathExtension) && !$0.contains("Generated/") }
            .sorted()
    }

    /// The first sentence of the first comment, or nothing.
    private func sentence(of file: URL) throws -> String? {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let mark = file.pathExtension == "swift" ? "///" : "//"
        let comment = lines.drop { !$0.hasPrefix(mark) }.prefix { $0.hasPrefix(mark) }
            .map { $0.drop { $0 == "/" }.trimmingCharacters(in: .whitespaces) }
        // A paragraph ends with an empty line, a list begins with a dash.
        let text = comment.prefix { !$0.isEmpty && !$0.hasPrefix("-") }.joined(separator: " ")
        return text.isEmpty ? nil : text.prefixMatch(of: /.*?[.:](?= |$)/).map { $0.output.dropLast() + "." } ?? text
    }
}
