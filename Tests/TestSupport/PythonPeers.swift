import Foundation
import Testing

/// The Python with the programs that tests run exported models in: that of `CYCLEGAN_PYTHON`, or the one that `./scripts/setup --peers` makes.
public enum PythonPeers {
    /// The interpreter; nothing where there is none.
    public static let interpreter: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
        let named = ProcessInfo.processInfo.environment["CYCLEGAN_PYTHON"]
        let url = named.map { URL(filePath: $0) } ?? root.appending(path: ".peers/bin/python")
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }()

    /// Whether tests that need it can run.
    public static var areThere: Bool { interpreter != nil }
    /// Why they do not where they do not.
    public static let reason: Comment = "needs onnxruntime, onnx and coremltools in Python: ./scripts/setup --peers, or CYCLEGAN_PYTHON"

    /// Runs Python in a folder, with one thread.
    ///
    /// - Returns: The exit status, and what it printed, errors included.
    public static func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
        try run(try #require(interpreter, reason), arguments, in: folder)
    }

    /// Runs any program so.
    public static func run(_ program: URL, _ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        (process.executableURL, process.arguments, process.currentDirectoryURL) = (program, arguments, folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        // A file rather than a pipe, which would block it when nobody reads.
        let file = FileManager.default.temporaryDirectory.appending(path: "cyclegan-python-\(UUID().uuidString).txt")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = process.standardOutput
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: file, encoding: .utf8))
    }
}
