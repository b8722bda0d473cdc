import ArgumentParser
import CycleGANRuns
import Foundation
import TrainingReports

/// `cyclegan runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Look at training runs.", subcommands: [ListCommand.self, CompareCommand.self])

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the runs in folders: objective, step, epoch, best validation, state, date and size.",
            discussion: "Runs are found up to four folders deep. A run whose files cannot be read is listed as such.")

        @Argument(help: "Folders that hold runs, or runs.") var folders: [String]
        @Flag(help: "Print one JSON object.") var json = false

        func run() throws {
            let list = try RunList(folders: folders.map(url))
            if json { return try printJSON(list) }
            print(list.text)
        }
    }

    struct CompareCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Show runs beside each other on one page: settings that differ, curves, sample pictures.",
            discussion: "The runs may still be training. Their order on the page is the order given.")

        @Argument(help: "The folders of two or more runs.") var runs: [String]
        @Option(help: "The page to write. (default: compare.html; none with --json)") var output: String?
        @Flag(help: "Print one JSON object in place of the table.") var json = false

        func validate() throws {
            guard runs.count >= 2 else { throw ValidationError("give two or more runs; found \(runs.count)") }
            let paths = runs.map { url($0).standardizedFileURL.path }
            if let twice = paths.first(where: { path in paths.count { $0 == path } > 1 }) {
                throw ValidationError("give each run once; found \(twice) twice")
            }
        }

        func run() throws {
            let comparison = try RunComparison(runs: runs.map(url))
            let page = (output ?? (json ? nil : "compare.html")).map(url)
            if let page { try comparison.write(to: page) }
            if json { return try printJSON(comparison) }
            print(comparison.text)
            if let page { print("Page: \(page.path)") }
        }
    }
}
