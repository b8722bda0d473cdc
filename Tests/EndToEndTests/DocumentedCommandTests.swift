import ArgumentParser
import Foundation
import Imaging
import TestSupport
import Testing

@testable import cyclegan

/// The commands that the pages show.
@Suite struct DocumentedCommandTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// A command of a page, as a shell would split it.
    private struct Command {
        let page: String
        let line: Int
        let words: [String]
        var text: String { words.joined(separator: " ") }
        var place: String { "\(page):\(line)" }
    }

    /// The lines `cyclegan ...` of the blocks of shell commands of all pages.
    private static func commands() throws -> [Command] {
        let folders = try ["docs", "Sources", "Tests", "Examples"].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).map { "\(folder)/\($0)" }
        }
        let paths = (folders + ["README.md", "CONTRIBUTING.md", "Benchmarks/README.md"]).filter { $0.hasSuffix(".md") }
        return try paths.sorted().flatMap { page -> [Command] in
            let lines = try String(contentsOf: root.appending(path: page), encoding: .utf8).components(separatedBy: "\n")
            var commands: [Command] = []
            var (isShell, begun): (Bool, (line: Int, text: String)?) = (false, nil)
            for (index, line) in lines.enumerated() {
                if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") {
                    isShell = !isShell && line.contains("```sh")
                    continue
                }
                guard isShell else { continue }
                let text = (begun?.text ?? "") + line
                let number = begun?.line ?? index + 1
                if text.hasSuffix("\\") {
                    begun = (number, String(text.dropLast()))
                    continue
                }
                begun = nil
                let words = words(of: text)
                if words.first == "cyclegan" || words.first?.hasSuffix("release/cyclegan") == true {
                    commands.append(Command(page: page, line: number, words: words))
                }
            }
            return commands
        }
    }

    /// Words as a shell sees them, without its comments.
    private static func words(of line: String) -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for character in line {
            if character == quote {
                quote = nil
            } else if quote != nil {
                word?.append(character)
            } else if character == "\"" || character == "'" {
                (quote, word) = (character, word ?? "")
            } else if character == " " {
                if let finished = word { words.append(finished) }
                word = nil
            } else if character == "#", word == nil {
                return words
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + [word].compactMap { $0 }
    }

    @Test func wordsAreThoseOfAShell() {
        #expect(
            Self.words(of: "cyclegan train 'my data' --run \"a b\"c   # a comment") == ["cyclegan", "train", "my data", "--run", "a bc"])
        #expect(Self.words(of: "# nothing") == [] && Self.words(of: "a '' #b") == ["a", ""])
    }

    @Test func everyCommandCanBeParsed() throws {
        let commands = try Self.commands()
        #expect(commands.count > 30)
        for command in commands {
            // A shell knows what to do with these; the parser gets what is in front of them.
            let arguments = command.words.dropFirst().prefix { !["|", "&&", ">", "<", ";"].contains($0) }
            let (leaf, rest) = Self.leaf(of: CycleGANCommand.self, arguments)
            do {
                _ = try leaf.parse(Array(rest))
            } catch {
                #expect(leaf.exitCode(for: error) == .success, "\(command.place): \(command.text): \(leaf.message(for: error))")
            }
        }
    }

    /// The command that takes the arguments: with it alone the parser need not look at all of the others each time.
    private static func leaf(
        of command: any ParsableCommand.Type, _ arguments: ArraySlice<String>
    ) -> (any ParsableCommand.Type, ArraySlice<String>) {
        let found = command.configuration.subcommands.first { $0.configuration.commandName == arguments.first }
        return found.map { leaf(of: $0, arguments.dropFirst()) } ?? (command, arguments)
    }

    @Test func brokenCommandsCannot() {
        #expect(throws: (any Error).self) { try CycleGANCommand.parseAsRoot(["train", "DATA", "--run", "a", "--no-such-flag"]) }
        #expect(throws: (any Error).self) { try CycleGANCommand.parseAsRoot(["train", "DATA", "--run", "a", "--ngf", "many"]) }
    }

    /// Commands of `README.md`, in its order, with what makes them small.
    @Test func theMainCommandsRun() throws {
        let tiny = [
            "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1", "--load-size", "20", "--crop-size", "16",
            "--device", "cpu", "--no-tensorboard",
        ]
        let chosen: [(text: String, more: [String])] = [
            ("cyclegan dataset check DATA", tiny), ("cyclegan dataset preview DATA", tiny),
            ("cyclegan train DATA --run runs/first", tiny + ["--max-steps", "2"]),
            ("cyclegan train DATA --objective fastcut --run runs/fast", tiny + ["--max-steps", "1", "--nce-layers", "0,4"]),
            ("cyclegan train --resume runs/first", ["--max-steps", "3"]),
            ("cyclegan translate photos --model runs/first --direction AtoB --output translated", []),
            ("cyclegan evaluate runs/first --data DATA", []), ("cyclegan info runs/first", []),
            ("cyclegan info runs/first --layers --size 256", []), ("cyclegan info --hardware", []),
        ]
        let shown = Set(try Self.commands().filter { $0.page == "README.md" }.map(\.text))
        try withTemporaryFolder { folder in
            try writeSyntheticImages(
                ["trainA": 3, "trainB": 3, "testA": 2, "testB": 2], to: folder.appending(path: "DATA"), width: 24, height: 20)
            try writeSyntheticImages(["photos": 1], to: folder, width: 24, height: 20)
            for (text, more) in chosen {
                #expect(shown.contains(text), "README.md does not show: \(text)")
                let arguments = Self.words(of: text).dropFirst() + more
                let result = try CommandRunner.run(
                    Array(arguments), in: folder, cache: folder.appending(path: "cache"), workingFolder: folder)
                #expect(result.status == 0, "\(text): \(result.errors)")
            }
            for made in ["runs/first/report.html", "translated/000.png", "runs/first/evaluation/report.html"] {
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: made).path), "\(made)")
            }
        }
    }

    /// The changelog begins with the version that the command has.
    @Test func theVersionIsTheChangelogs() throws {
        let changelog = try String(contentsOf: Self.root.appending(path: "CHANGELOG.md"), encoding: .utf8)
        let heading = try #require(changelog.firstMatch(of: /\n## \[([^\]]+)\]/)).output.1
        #expect(String(heading) == CycleGANCommand.configuration.version)
        try withTemporaryFolder { folder in
            let printed = try CommandRunner.run(["--version"], in: folder).output
            #expect(printed == "\(heading)\n")
        }
    }
}
