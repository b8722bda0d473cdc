import Foundation
import Testing

/// Runs the built command as a person would.
enum CommandRunner {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The command `cyclegan`.
    static var executable: URL { executable("cyclegan") }

    /// Commands lie beside the test bundle.
    private static func executable(_ name: String) -> URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
    }

    /// - Parameters:
    ///   - cache: The user's cache folder for this command.
    ///   - environment: More of its environment.
    ///   - without: What is left out of it.
    ///   - program: Another command of the package.
    ///   - workingFolder: The folder that relative paths begin in.
    ///   - input: What comes through standard input.
    static func start(
        _ arguments: [String], in folder: URL, cache: URL? = nil, environment: [String: String] = [:], without: [String] = [],
        program: String = "cyclegan", workingFolder: URL? = nil, input: URL? = nil
    ) throws -> (process: Process, output: URL, errors: URL) {
        let process = Process()
        process.executableURL = executable(program)
        if let workingFolder { process.currentDirectoryURL = workingFolder }
        process.arguments = arguments
        // Small networks on a busy machine: several threads would only wait for each other.
        var changes = ["OMP_NUM_THREADS": "1"]
        changes["SWIFT_CYCLEGAN_CACHE"] = cache?.path
        process.environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }.merging(environment) { $1 }.filter {
            !without.contains($0.key)
        }
        // Files rather than pipes, which would block the command when nobody reads them.
        let files = ["output", "errors"].map { folder.appending(path: "\($0)-\(UUID().uuidString).txt") }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        try process.run()
        return (process, files[0], files[1])
    }

    @discardableResult
    static func run(
        _ arguments: [String], in folder: URL, cache: URL? = nil, environment: [String: String] = [:], without: [String] = [],
        program: String = "cyclegan", workingFolder: URL? = nil, input: URL? = nil
    ) throws -> Result {
        let (process, output, errors) = try start(
            arguments, in: folder, cache: cache, environment: environment, without: without, program: program,
            workingFolder: workingFolder, input: input)
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Waits until `condition` holds; fails the test after a minute.
    static func wait(for what: String, until condition: () -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "waited a minute for \(what)")
            Thread.sleep(forTimeInterval: 0.002)
        }
    }
}
