import Foundation

/// Has inputs read by processes of their own, so that one that crashes or does not end is found too, kept, and made smaller.
public struct FuzzSupervisor {
    private let program: URL
    private let findings: URL
    private let folder: URL

    // Without a new input for so long a process hangs.
    private static let patience = Duration.seconds(60)

    /// - Parameters:
    ///   - program: The command `cyclegan-torture`, whose `inputs` and `check` are called.
    ///   - findings: Where inputs that break a promise are kept.
    ///   - folder: An existing folder for work.
    public init(program: URL, findings: URL, folder: URL) {
        self.program = program
        self.findings = findings
        self.folder = folder
    }

    /// Runs a stretch to its end, in as many processes as it takes.
    public func run(_ stretch: FuzzStretch) throws -> FuzzCounts {
        var counts = FuzzCounts()
        var rest = stretch
        let end = ContinuousClock.now + .seconds(min(stretch.seconds, 1e6))
        while true {
            let state = folder.appending(path: "state-\(UUID().uuidString)")
            try Data(count: 8).write(to: state)
            defer { try? FileManager.default.removeItem(at: state) }
            let left = max(0, (end - .now) / .seconds(1))
            let source =
                switch stretch.source {
                case .mutations(let seed): ["--seed", "\(seed)"]
                case .bombs: ["--bombs"]
                }
            let (status, output) = try start(
                [
                    "inputs", "--target", stretch.target, "--first", "\(rest.first)", "--count",
                    "\(stretch.count - (rest.first - stretch.first))",
                    "--seconds", "\(min(left, 1e6))", "--state", state.path,
                ] + source, state: state)
            for line in output.split(separator: "\n") {
                // Among what the libraries print.
                if let part = try? JSONDecoder().decode(FuzzCounts.self, from: Data(line.utf8)) { counts.add(part) }
                if let found = try? JSONDecoder().decode(FuzzFinding.self, from: Data(line.utf8)) { try keep(found, of: stretch) }
            }
            guard status != 0 else { return counts }
            let number = try Self.number(in: state)
            counts.inputs += 1
            counts.findings += 1
            try keep(FuzzFinding(number: number, problem: "ended with status \(status)\n\(output)"), of: stretch)
            rest.first = number + 1
        }
    }

    static func number(in state: URL) throws -> UInt64 {
        try Data(contentsOf: state).withUnsafeBytes { $0.count == 8 ? UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) : 0 }
    }

    /// Keeps an input that breaks a promise, made smaller, and what was seen.
    private func keep(_ finding: FuzzFinding, of stretch: FuzzStretch) throws {
        guard let whole = try stretch.input(finding.number, folder: folder) else { return }
        let input = try reduced(whole, target: stretch.target)
        try FileManager.default.createDirectory(at: findings, withIntermediateDirectories: true)
        let name = "\(stretch.target)-\(input.count)-\(UUID().uuidString.prefix(8))"
        try input.write(to: findings.appending(path: name))
        let text =
            "input \(finding.number) of \(stretch.source), \(whole.count) bytes: \(finding.problem)\n\n"
            + "To repeat it: cyclegan-torture check --target \(stretch.target) \(name)\n"
        try Data(text.utf8).write(to: findings.appending(path: name + ".txt"))
    }

    /// The same fault with less around it: pieces are left out, ever smaller ones, as long as `check` still fails; for a minute.
    private func reduced(_ input: Data, target: String) throws -> Data {
        let file = folder.appending(path: "reduced-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        func fails(_ candidate: Data) throws -> Bool {
            try candidate.write(to: file)
            return try start(["check", "--target", target, file.path], state: nil).status != 0
        }
        guard try fails(input) else { return input }
        let end = ContinuousClock.now + .seconds(60)
        var (smallest, size) = (input, input.count / 2)
        while size > 0 {
            var at = 0
            while at < smallest.count, ContinuousClock.now < end {
                var candidate = smallest
                candidate.removeSubrange(at..<min(smallest.count, at + size))
                if try fails(candidate) { smallest = candidate } else { at += size }
            }
            size /= 2
        }
        return smallest
    }

    /// - Parameter state: Where the process says which input it reads; one that says nothing new is ended.
    private func start(_ arguments: [String], state: URL?) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let output = folder.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var (last, deadline) = (UInt64.max, ContinuousClock.now + Self.patience)
        while process.isRunning {
            Thread.sleep(forTimeInterval: 0.02)
            if let state, let number = try? Self.number(in: state), number != last { (last, deadline) = (number, .now + Self.patience) }
            if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        let text = String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
        return (process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus, text)
    }
}
