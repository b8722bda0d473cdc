import Foundation
import Imaging
import Support

extension PairList {
    /// Reads the known pairs of an unpaired data set.
    ///
    /// A text file has a line for each pair: the path of the first domain's image, a comma or a tab, and the path of the second
    /// domain's. Paths are absolute, or relative to the file's folder or to the training folder of their domain. A path with commas
    /// stands in quotes. The first line may name the columns.
    ///
    /// A folder holds pairs in its folders `A` and `B` or `trainA` and `trainB`, by name, or else pictures of two halves.
    ///
    /// - Parameters:
    ///   - url: A text file or a folder.
    ///   - root: The folder of the unpaired data set.
    /// - Throws: `DatasetError` naming the file and, in a text file, the line.
    public init(contentsOf url: URL, domains: [Domain] = Domain.pair, root: URL) throws(DatasetError) {
        precondition(domains.count == 2, "a pair is of two domains, not \(domains.count)")
        if url.isFolder {
            try self.init(folder: url, domains: domains)
            return
        }
        let lines = try Self.text(url).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var files: [[File]] = [[], []]
        var isFirst = true
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let fields = Self.fields(of: line)
            func invalid(_ found: String, _ expected: String) -> DatasetError {
                .invalidPairTable(path: url.path, line: index + 1, found: found, expected: expected)
            }
            guard fields.count == 2 else { throw invalid(counted(fields.count, "column"), "two paths with a comma or a tab between them") }
            let isHeader = isFirst && !fields.contains { ImageFileFormat(fileExtension: ($0 as NSString).pathExtension) != nil }
            isFirst = false
            if isHeader { continue }
            for (number, domain) in domains.enumerated() {
                let bases = [url.deletingLastPathComponent(), root.appending(path: Split.train.folder(of: domain))]
                guard let file = File(fields[number], bases: bases) else {
                    let places = bases.map(\.path).joined(separator: " or ")
                    throw invalid("“\(fields[number])”", "the path of an image of \(domain) from \(places)")
                }
                files[number].append(file)
            }
        }
        guard !files[0].isEmpty else { throw .unreadablePairs(path: url.path, reason: "it names no pairs") }
        self.init(files: files.map(Self.folder))
    }

    private static func text(_ url: URL) throws(DatasetError) -> String {
        guard url.exists else {
            throw .unreadablePairs(path: url.path, reason: "there is no such file or folder")
        }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadablePairs(path: url.path, reason: problem) }
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw .unreadablePairs(path: url.path, reason: error.localizedDescription)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .unreadablePairs(path: url.path, reason: "it is no text in UTF-8")
        }
        // Spreadsheets write a byte order mark.
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    /// The columns of a line, without quotes and the spaces around them.
    private static func fields(of line: Substring) -> [String] {
        let separator: Character = line.contains("\t") ? "\t" : ","
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Files of one folder, or of the whole system where they are of several.
    private static func folder(_ files: [File]) -> ImageFolder {
        if Set(files.map(\.base)).count == 1 { return ImageFolder(root: files[0].base, files: files.map(\.path)) }
        return ImageFolder(root: URL(filePath: "/"), files: files.map { String($0.base.appending(path: $0.path).path.dropFirst()) })
    }

    /// A file that exists.
    private struct File {
        let base: URL
        /// From the base.
        let path: String

        /// Looks for a path in some folders; an absolute path is looked for in none of them.
        init?(_ path: String, bases: [URL]) {
            let isAbsolute = path.hasPrefix("/")
            let path = String(path.drop { $0 == "/" })
            let base = (isAbsolute ? [URL(filePath: "/")] : bases).first { base in
                let file = base.appending(path: path)
                return file.exists && !file.isFolder
            }
            guard let base else { return nil }
            self.base = base
            self.path = path
        }
    }
}
