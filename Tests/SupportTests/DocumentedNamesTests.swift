import Foundation
import Testing

/// What the pages for developers name, against the sources.
@Suite struct DocumentedNamesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// Names of others, and of what only a run has.
    private static let foreign: Set<String> = [
        "ArgumentParser", "ParsableCommand", "Sendable", "Examples/custom-objective", "samples/", "tensorboard/", "D_A",
        "Sources/cyclegan/NameCommand.swift",
    ]

    @Test(arguments: ["CONTRIBUTING.md", "docs/overview.md"]) func everyNameIsInTheSources(page: String) throws {
        let sources = try Sources(root: Self.root)
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
        let sources = try Sources(root: Self.root)
        for name in [
            "NoSuchType", "Trainer.noSuchMember", "noSuchFunction(of:)", "step(of:)", "NoSuchFile.swift", "Sources/NoSuchTarget",
            "noSuchName",
        ] {
            #expect(sources.knows(name) == false, "\(name)")
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
    private let paths: [String]
    private let words: Set<String>
    private let types: Set<String>
    /// Functions with the labels of their arguments, such as `step(_:)`.
    private let functions: Set<String>

    init(root: URL) throws {
        var paths: [String] = []
        for folder in ["Sources", "Tests", "docs", "scripts", "Examples", "Benchmarks"] {
            let below = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            paths += [folder] + below.filter { !$0.contains(".build") }.map { "\(folder)/\($0)" }
        }
        self.paths = paths + (try FileManager.default.contentsOfDirectory(atPath: root.path))
        var (words, types, functions): (Set<String>, Set<String>, Set<String>) = ([], [], [])
        for path in paths where [".swift", ".h", ".hpp", ".cpp"].contains(where: path.hasSuffix) && !path.contains("/Generated/") {
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { continue }
            for word in text.split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_") }) {
                if !path.contains("DocumentedNamesTests") { words.insert(String(word)) }
            }
            for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                if let match = line.firstMatch(of: /\b(?:class|struct|enum|protocol|actor|typealias|case) (\w+)/) {
                    types.insert(String(match.output.1))
                }
            }
            for match in text.matches(of: /func (\w+)(?:<[^>]*>)?\(/) {
                functions.insert("\(match.output.1)(\(Self.labels(text[match.range.upperBound...])))")
            }
        }
        (self.words, self.types, self.functions) = (words, types, functions)
    }

    /// Whether a name is there; `nil` for what is no name of a file, type, function or property.
    func knows(_ name: String) -> Bool? {
        if name.wholeMatch(of: /\+\w+(\.swift)?/) != nil {
            return paths.contains { $0.hasSuffix(name.hasSuffix(".swift") ? name : "\(name).swift") }
        }
        if name.wholeMatch(of: /[\w+\-\/]+\.(swift|cpp|hpp|h|md|py)/) != nil {
            return paths.contains { $0 == name || $0.hasSuffix("/\(name)") }
        }
        if name.wholeMatch(of: /(Sources|Tests|docs|scripts|Examples|Benchmarks)\/[\w+\-\/]*/) != nil {
            return paths.contains(name.hasSuffix("/") ? String(name.dropLast()) : name)
        }
        if name.wholeMatch(of: /(\w+\.)?[a-z]\w*\((\w+:)*\)/) != nil {
            let parts = name.split(separator: ".").map(String.init)
            return functions.contains(parts[parts.count - 1]) && (parts.count == 1 || types.contains(parts[0]))
        }
        if let match = name.wholeMatch(of: /([A-Z]\w*)\.(\w+)/) {
            return types.contains(String(match.output.1)) && words.contains(String(match.output.2))
        }
        if name.wholeMatch(of: /[A-Z][A-Z_]+/) != nil { return nil }
        if name.wholeMatch(of: /[A-Z]\w*/) != nil { return types.contains(name) || paths.contains { $0.hasSuffix("/\(name)") } }
        if name.wholeMatch(of: /[a-z]+[A-Z]\w*|[a-z]+_\w+/) != nil { return words.contains(name) }
        return nil
    }

    /// The labels of a list of parameters, from behind its opening bracket: `_:epoch:`.
    private static func labels(_ text: Substring) -> String {
        var (depth, labels, parameter) = (0, "", "")
        func label() -> String { parameter.split(whereSeparator: { $0.isWhitespace || $0 == ":" }).first.map { "\($0):" } ?? "" }
        for character in text.prefix(2000) {
            switch character {
            case "(", "[", "{": depth += 1
            case ")" where depth == 0: return labels + label()
            case ")", "]", "}": depth -= 1
            case "," where depth == 0:
                labels += label()
                parameter = ""
                continue
            default: break
            }
            parameter.append(character)
        }
        return labels
    }
}
