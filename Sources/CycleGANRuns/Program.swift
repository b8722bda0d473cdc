import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program of the system that videos are read and written by.
struct Program {
    /// A program at work, whose errors are kept.
    final class Running {
        let input = Pipe()
        let output = Pipe()
        private let process = Process()
        private let errors: URL
        private var isStarted = false

        fileprivate init(_ program: URL, _ arguments: [String]) throws {
            errors = FileManager.default.temporaryDirectory.appending(path: "cyclegan-\(getpid())-\(UUID().uuidString.prefix(8)).txt")
            try Data().write(to: errors)
            process.executableURL = program
            process.arguments = arguments
            process.standardInput = input
            process.standardOutput = output
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
            isStarted = true
            // Kept here they would never end.
            try input.fileHandleForReading.close()
            try output.fileHandleForWriting.close()
        }

        deinit {
            stop()
            try? FileManager.default.removeItem(at: errors)
        }

        /// Waits for its end.
        ///
        /// - Returns: What it said, and its exit status.
        func finish() -> (errors: String, status: Int32) {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
            return ((try? String(contentsOf: errors, encoding: .utf8)) ?? "", process.terminationStatus)
        }

        /// Ends it, where it has not ended, and waits until it has.
        func stop() {
            // Whoever waits for bytes or for a reader does not see a signal.
            try? input.fileHandleForWriting.close()
            try? output.fileHandleForReading.close()
            guard isStarted else { return }
            if process.isRunning { process.terminate() }
            process.waitUntilExit()
        }
    }

    private let name: String

    init(_ name: String) { self.name = name }

    /// Starts the program.
    ///
    /// - Parameter url: The file that it is for.
    /// - Throws: `VideoError` where it is not installed.
    func start(_ arguments: [String], _ url: URL) throws(VideoError) -> Running {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let paths = folders.map { "\($0)/\(name)" }
        guard let path = paths.first(where: { access($0, X_OK) == 0 }) else {
            throw VideoError(
                url,
                "videos take \(name), which is not installed; install it (Debian and Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg)"
            )
        }
        do { return try Running(URL(filePath: path), arguments) } catch { throw VideoError(url, "\(path) cannot be started: \(error)") }
    }

    /// Runs the program to its end.
    func run(_ arguments: [String], _ url: URL) throws(VideoError) -> (output: Data, errors: String, status: Int32) {
        let running = try start(arguments, url)
        let output = (try? running.output.fileHandleForReading.readToEnd()) ?? Data()
        let (errors, status) = running.finish()
        return (output, errors, status)
    }
}
