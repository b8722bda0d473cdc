import Foundation
import Testing

/// What the pages for developers name, against the sources.
@Suite struct DocumentedNamesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// Names of others, and of what only a run has.
    private static let foreign: Set<String> = [
        "ArgumentParser", "ParsableCommand", "Sendable", "Examples/custom-objective", "samples/", "tensorboard/", "D_A",
        "Sources/cyclegan/NameCommand.swift", "Documentation.docc", "URLSession",
    ]

    private static let sources = Result { try Sources(root: root) }

    @Test(arguments: ["CONTRIBUTING.md", "docs/overview.md"]) func everyNameIsInTheSources(page: String) throws {
        let sources = try Self.sources.get()
        let lines = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        var isCode = false
        var checked = 0
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("```") { isCode.toggle() }
            if isCode { continue }
            for match in line.matches(of: /`([^`]+)`/) {
                let name = String(match.output.1)
                guard !Self.foreign.contains(name), let isThere = sources.knows(name) else { continue }
                checked += 1
                #expect(isThere, "\(page):\(number + 1): `\(name)` is not in the sources")
            }
        }
        #expect(checked > 50)
    }

    /// Links of all pages to files of the repository.
    @Test func everyLinkLeadsSomewhere() throws {
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path).map { "docs/\($0)" }
        for page in pages.filter({ $0.hasSuffix(".md") }) + ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
            let url = Self.root.appending(path: page)
            for match in try String(contentsOf: url, encoding: .utf8).matches(of: /\]\(([^)#:\s]+)(#[^)]*)?\)/) {
                let path = String(match.output.1)
                let target = url.deletingLastPathComponent().appending(path: path).standardizedFileURL
                #expect(FileManager.default.fileExists(atPath: target.path), "\(page): there is no \(path)")
            }
        }
    }

    /// Names that are none, so that the test above can fail.
    @Test func inventedNamesAreFound() throws {
        let sources = try Self.sources.get()
        // In two parts, because this file is one of the sources.
        for (name, end) in [
            ("NoSuch", "Type"), ("Trainer.noSuch", "Member"), ("noSuch", "Function(of:)"), ("step(of", "Nothing:)"),
            ("NoSuch", "File.swift"),
            ("Sources/NoSuch", "Target"), ("noSuch", "Name"),
        ] {
            #expect(sources.knows(name + end) == false, "\(name + end)")
        }
        for name in [
            "Trainer", "TrainingObjective.step(_:)", "makeObjective(device:dtype:)", "Trainer.swift", "+Math", "Sources/TorchNN/Layers/",
        ] {
            #expect(sources.knows(name) == true, "\(name)")
        }
        #expect(sources.knows("swift test") == nil && sources.knows("--gan-mode") == nil)
    }
}

/// All that is declared in the repository.
private struct Sources {
    private let paths: Set<String>
    private var words: Set<String> = []
    private var types: Set<String> = []
    /// Functions with the labels of their arguments, such as `step(_:)`.
    private var functions: Set<String> = []

    init(root: URL) throws {
        var paths: [String] = []
        for folder in ["Sources", "Tests", "docs", "scripts", "Examples", "Benchmarks"] {
            let below = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            paths += [folder] + below.filter { !$0.contains(".build") }.map { "\(folder)/\($0)" }
        }
        self.paths = Set(paths + (try FileManager.default.contentsOfDirectory(atPath: root.path)))
        for path in paths where [".swift", ".h", ".hpp", ".cpp"].contains(where: path.hasSuffix) && !path.contains("/Generated/") {
            read(try Array(Data(contentsOf: root.appending(path: path))))
        }
        for match in try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8).matches(
            of: /(?:arget|systemLibrary)\(\s*name: "(\w+)"/)
        {
            types.insert(String(match.output.1))
        }
    }

    private mutating func read(_ text: [UInt8]) {
        var (position, last) = (0, "")
        while position < text.count {
            guard Self.isOfWord(text[position]) else {
                position += 1
                continue
            }
            let begin = position
            while position < text.count, Self.isOfWord(text[position]) { position += 1 }
            let word = String(decoding: text[begin..<position], as: UTF8.self)
            words.insert(word)
            if ["class", "struct", "enum", "protocol", "actor", "typealias"].contains(last) { types.insert(word) }
            if last == "func" { functions.insert("\(word)(\(Self.labels(text[position...])))") }
            last = word
        }
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The labels of a list of parameters, from behind a function's name: `_:epoch:`.
    private static func labels(_ text: ArraySlice<UInt8>) -> String {
        var (depth, angles, labels, word, isLabel) = (0, 0, "", "", true)
        for byte in text.prefix(3000) {
            switch byte {
            case UInt8(ascii: "<") where depth == 0: angles += 1
            case UInt8(ascii: ">") where depth == 0: angles -= 1
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                if angles == 0 { depth += 1 }
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                if angles == 0 { depth -= 1 }
                if depth == 0 { return labels }
            case UInt8(ascii: ",") where depth == 1: (word, isLabel) = ("", true)
            case _ where depth == 1 && isLabel && isOfWord(byte): word.append(Character(UnicodeScalar(byte)))
            case _ where depth == 1 && isLabel && !word.isEmpty:
                labels += word + ":"
                isLabel = false
            default: break
            }
        }
        return labels
    }

    /// Whether a name is there; `nil` for what is no name of a file, type, function or property.
    func knows(_ name: String) -> Bool? {
        if name.wholeMatch(of: /\+\w+(\.swift)?/) != nil {
            return paths.contains { $0.hasSuffix(name.hasSuffix(".swift") ? name : "\(name).swift") }
        }
        if name.wholeMatch(of: /[\w+\-\/]+\.(swift|cpp|hpp|h|md|py)/) != nil {
            return paths.contains(name) || paths.contains { $0.hasSuffix("/\(name)") }
        }
        if name.wholeMatch(of: /(Sources|Tests|docs|scripts|Examples|Benchmarks)\/[\w+\-\/]*/) != nil {
            return paths.contains(name.hasSuffix("/") ? String(name.dropLast()) : name)
        }
        if name.wholeMatch(of: /(\w+\.)?[a-z]\w*\((\w+:)*\)/) != nil {
            let parts = name.split(separator: ".").map(String.init)
            // Arguments with a default may be left out behind the others.
            let isDeclared =
                functions.contains(parts[parts.count - 1]) || functions.contains { $0.hasPrefix(parts[parts.count - 1].dropLast()) }
            return isDeclared && (parts.count == 1 || types.contains(parts[0]))
        }
        if let match = name.wholeMatch(of: /([A-Z]\w*)\.(\w+)/) {
            return types.contains(String(match.output.1)) && words.contains(String(match.output.2))
        }
        if name.wholeMatch(of: /[A-Z][A-Z_]+/) != nil { return nil }
        if name.wholeMatch(of: /[A-Z]\w*/) != nil { return types.contains(name) }
        if name.wholeMatch(of: /[a-z]+[A-Z]\w*|[a-z]+_\w+/) != nil { return words.contains(name) }
        return nil
    }
}
