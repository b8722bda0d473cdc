import CycleGANRuns
import Foundation
import Support

/// A line on standard error that is redrawn in place, where that is a terminal.
struct StatusLine: Sendable {
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

    func show(_ text: String) {
        if isTerminal { write("\r\u{1B}[K\(text)") }
    }

    func clear() {
        show("")
    }

    /// Prints a line in place of the live one; also where there is no terminal.
    func report(_ text: String) {
        clear()
        write(text + "\n")
    }

    private func write(_ text: String) {
        StandardStreams.writeError(text)
    }
}

/// Prints a value as one JSON object with sorted keys.
func printJSON(_ value: some Encodable) throws {
    print(String(decoding: try jsonData(value), as: UTF8.self))
}

extension MetricResult {
    /// Prints the result for people or as JSON.
    func report(json: Bool) throws {
        if json { return try printJSON(self) }
        for line in lines { print(line) }
    }
}
