import ArgumentParser
import Foundation
import TrainingReports

/// `cyclegan runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Look at training runs.", subcommands: [CompareCommand.self])

    struct CompareCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Show runs beside each other on one page: settings that differ, curves, sample pictures.",
            discussion: "The runs may still be training. Their order on the page is the order given.")

        @Argument(help: "The folders of two or more runs.") var runs: [String]
        @Option(help: "The page to write.") var output = "compare.html"

        func validate() throws {
            guard runs.count >= 2 else { throw ValidationError("give two or more runs; found \(runs.count)") }
            let paths = runs.map { url($0).standardizedFileURL.path }
            if let twice = paths.first(where: { path in paths.count { $0 == path } > 1 }) {
                throw ValidationError("give each run once; found \(twice) twice")
            }
        }

        func run() throws {
            let comparison = try RunComparison(runs: runs.map(url))
            try comparison.write(to: url(output))
            print("\(comparison.text)\nPage: \(url(output).path)")
        }
    }
}
