import ArgumentParser
import Foundation
import Torture

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The command `cyclegan-torture`: what `scripts/torture` runs.
@main struct TortureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyclegan-torture", abstract: "Reads damaged files and kills runs, and keeps what breaks a promise.",
        subcommands: [FuzzCommand.self, KillsCommand.self, TargetsCommand.self, InputsCommand.self, CheckCommand.self])
}

/// A folder that is removed at the end.
private func withWorkFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-torture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fuzz", abstract: "Lets every reader read bombs and damaged inputs.")

    @Option(help: "The target (default: all).") var target: [String] = []
    @Option(help: "Where random choices start.") var seed: UInt64 = 1
    @Option(help: "Inputs for each target; without it, as many as there is time for.") var count: UInt64?
    @Option(help: "Seconds for all targets together.") var seconds = 60.0
    @Option(help: "Where inputs that break a promise are kept.") var findings = "torture-findings"

    func validate() throws {
        if let unknown = target.first(where: { !FuzzTargets.names.contains($0) }) {
            throw ValidationError("--target: found \(unknown); allowed: \(FuzzTargets.names.joined(separator: ", "))")
        }
        guard seconds > 0 else { throw ValidationError("--seconds: found \(seconds); expected a number above 0") }
    }

    func run() throws {
        let program = URL(filePath: CommandLine.arguments[0]).absoluteURL
        let names = target.isEmpty ? FuzzTargets.names : target
        var totals = FuzzCounts()
        try withWorkFolder { folder in
            let supervisor = FuzzSupervisor(program: program, findings: URL(filePath: findings), folder: folder)
            for name in names {
                let bombs = try supervisor.run(FuzzStretch(target: name, source: .bombs))
                let seconds = count == nil ? self.seconds / Double(names.count) : .infinity
                let stretch = FuzzStretch(target: name, source: .mutations(seed: seed), count: count ?? .max, seconds: seconds)
                let mutations = try supervisor.run(stretch)
                print(line(name, mutations, bombs: bombs))
                totals.add(bombs)
                totals.add(mutations)
            }
        }
        print("\(totals.inputs) inputs, \(totals.findings) findings\(totals.findings > 0 ? " in \(findings)" : "")")
        if totals.findings > 0 { throw ExitCode.failure }
    }

    private func line(_ name: String, _ counts: FuzzCounts, bombs: FuzzCounts) -> String {
        let padded = name.padding(toLength: 20, withPad: " ", startingAt: 0)
        let most = String(
            format: "at most %.2f s and %.0f MB", max(counts.slowest, bombs.slowest), Double(max(counts.largest, bombs.largest)) / 1e6)
        return "\(padded)\(counts.inputs) inputs (\(counts.accepted) read, \(counts.refused) refused), \(bombs.inputs) bombs, \(most), "
            + "\(counts.findings + bombs.findings) findings"
    }
}

struct KillsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kills", abstract: "Interrupts runs at random moments and resumes them.")

    @Option(help: "Where random choices start.") var seed: UInt64 = 1
    @Option(help: "The first round, to repeat it.") var firstRound = 0
    @Option(help: "Rounds; without it, as many as there is time for.") var rounds: Int?
    @Option(help: "Seconds for all rounds together.") var seconds = 60.0
    @Option(help: "Rounds at the same time.") var lanes = 2
    @Option(help: "Where runs that broke a promise are kept.") var findings = "torture-findings"

    func validate() throws {
        guard seconds > 0, lanes > 0, rounds ?? 1 > 0, firstRound >= 0 else {
            throw ValidationError("--seconds, --lanes and --rounds are above 0, and --first-round is not below it")
        }
    }

    func run() throws {
        let command = URL(filePath: CommandLine.arguments[0]).absoluteURL.deletingLastPathComponent().appending(path: "cyclegan")
        let tally = try withWorkFolder { folder in
            try KillDriver(
                command: command, seed: seed, folder: folder, findings: URL(filePath: findings).absoluteURL,
                limit: rounds.map { .rounds($0) } ?? .time(.seconds(seconds)), firstRound: firstRound, lanes: lanes
            ).run()
        }
        print(tally)
        if tally.findings > 0 { throw ExitCode.failure }
    }
}

struct TargetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "targets", abstract: "Lists the readers.")

    func run() { print(FuzzTargets.names.joined(separator: "\n")) }
}

struct InputsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inputs", abstract: "Reads some inputs in this process.", shouldDisplay: false)

    @Option var target: String
    @Option var seed: UInt64 = 1
    @Flag var bombs = false
    @Option var first: UInt64
    @Option var count: UInt64
    @Option var seconds: Double
    @Option var state: String

    func run() throws {
        // A reader that asks for all memory ends here, and not the machine.
        var limit = rlimit(rlim_cur: 8 << 30, rlim_max: 8 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let descriptor = open(state, O_WRONLY)
        defer { close(descriptor) }
        let stretch = FuzzStretch(
            target: target, source: bombs ? .bombs : .mutations(seed: seed), first: first, count: count, seconds: seconds)
        let counts = try withWorkFolder { folder in
            try stretch.run(folder: folder) { number in
                withUnsafeBytes(of: number.littleEndian) { _ = pwrite(descriptor, $0.baseAddress, 8, 0) }
            } found: { finding in
                if let line = try? JSONEncoder().encode(finding) { print(String(decoding: line, as: UTF8.self)) }
            }
        }
        print(String(decoding: try JSONEncoder().encode(counts), as: UTF8.self))
    }
}

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "check", abstract: "Reads one input and says what comes of it.")

    @Option(help: "The target.") var target: String
    @Argument(help: "The file with the input.") var file: String

    func run() throws {
        let input = try Data(contentsOf: URL(filePath: file))
        let problem = try withWorkFolder { folder -> String? in
            guard let target = try FuzzTargets.named(target, folder: folder) else { throw ValidationError("--target: found \(target)") }
            var runner = FuzzRunner(target)
            let problem = runner.read(input)
            print("\(runner.counts.accepted == 1 ? "read" : "refused"): \(runner.counts.slowest) s, \(runner.counts.largest) bytes")
            return problem
        }
        if let problem {
            print(problem)
            throw ExitCode(3)
        }
    }
}
