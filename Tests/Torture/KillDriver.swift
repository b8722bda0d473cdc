import Dispatch
import Foundation
import Support
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Interrupts tiny runs of `cyclegan train` at random moments in random ways, resumes them, and compares them with runs that were left
/// alone.
///
/// Every choice comes from a seed; when exactly a signal meets the program does not. What differs, or is torn, is a finding: its folder is
/// kept with a README that says what was done.
package struct KillDriver: Sendable {
    /// When to end.
    package enum Limit: Sendable {
        case rounds(Int)
        case time(Duration)
    }

    private let command: URL
    private let seed: UInt64
    private let folder: URL
    private let findings: URL
    private let limit: Limit
    private let firstRound: Int
    private let lanes: Int
    private let kinds: [Interruption]

    /// - Parameters:
    ///   - command: The program `cyclegan`.
    ///   - folder: A working folder, made where it is missing.
    ///   - findings: Where the folders of findings go.
    ///   - firstRound: Where to begin, to repeat a round.
    ///   - lanes: Rounds at the same time.
    ///   - kinds: The interruptions that come, each with its share; a full disk is left out where it cannot be had.
    package init(
        command: URL, seed: UInt64, folder: URL, findings: URL, limit: Limit, firstRound: Int = 0, lanes: Int = 2,
        kinds: [Interruption] = Interruption.allCases
    ) {
        (self.command, self.seed, self.folder, self.findings) = (command, seed, folder, findings)
        (self.limit, self.firstRound, self.lanes, self.kinds) = (limit, firstRound, lanes, kinds)
    }

    @Sendable package static func printed(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static let stopRequest = Atomic<Bool>(false)

    /// Whether SIGINT or SIGTERM has come.
    static var isAskedToStop: Bool { stopRequest.load(ordering: .relaxed) }

    /// Plays rounds until the limit is reached or SIGINT or SIGTERM comes; no process is left then.
    ///
    /// - Parameter report: Gets a line of progress after each tenth round, and after each with a finding; by default it is printed at once.
    /// - Throws: Errors of the working folder, and of a command that cannot be started.
    package func run(report: @escaping @Sendable (String) -> Void = Self.printed) throws -> KillTally {
        // A handler, because the processes would inherit that a signal is ignored.
        for number in [SIGINT, SIGTERM] { _ = signal(number) { _ in KillDriver.stopRequest.store(true, ordering: .relaxed) } }
        defer {
            ChildProcess.killAll()
            for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        }
        let pretrained = try startingRun()
        let kinds = kinds.filter { $0 != .fullDisk || FullDisk.isPossible(in: folder) }
        let end = if case .time(let duration) = limit { ContinuousClock.now + duration } else { ContinuousClock.Instant?.none }
        let rounds = if case .rounds(let count) = limit { count } else { Int.max }
        let shared = Mutex((next: 0, tally: KillTally(), error: (any Error)?.none))
        DispatchQueue.concurrentPerform(iterations: lanes) { _ in
            while !Self.isAskedToStop, end.map({ ContinuousClock.now < $0 }) ?? true {
                let number = shared.withLock { state -> Int? in
                    guard state.next < rounds, state.error == nil else { return nil }
                    state.next += 1
                    return firstRound + state.next - 1
                }
                guard let number else { return }
                do {
                    let tally = try play(number, pretrained: pretrained, kinds: kinds)
                    let line = shared.withLock { state in
                        state.tally.add(tally)
                        return tally.findings > 0 || state.tally.rounds.isMultiple(of: 10) ? "\(state.tally)" : nil
                    }
                    if let line { report(line) }
                } catch {
                    shared.withLock { $0.error = $0.error ?? error }
                }
            }
        }
        return try shared.withLock { state in
            if let error = state.error { throw error }
            return state.tally
        }
    }

    /// The run that others start from.
    private func startingRun() throws -> URL {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let inputs = TinyInputs(folder: folder.appending(path: "start"), pretrained: folder.appending(path: "start/run"))
        try? FileManager.default.removeItem(at: inputs.folder)
        try inputs.write(for: .plain)
        let arguments = OptionCase.plain.arguments(run: inputs.pretrained, more: ["max-steps 1"], inputs: inputs)
        let output = inputs.folder.appending(path: "output.txt")
        let process = try ChildProcess(command, arguments, output: .file(output))
        guard process.wait(upTo: .seconds(60)) == .status(0) else {
            throw ChildProcess.SpawnError(path: "\(command.path), see \(output.path)", code: EIO)
        }
        return inputs.pretrained
    }

    private func play(_ number: Int, pretrained: URL, kinds: [Interruption]) throws -> KillTally {
        let own = folder.appending(path: "kill-\(seed)-\(number)")
        try? FileManager.default.removeItem(at: own)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        var round = try KillRound(
            command: command, folder: own, pretrained: pretrained, kinds: kinds, random: SplitMix64(seed: seed, UInt64(number)))
        try round.play()
        var tally = round.tally
        tally.rounds = 1
        // What was broken off proves nothing.
        if round.findings.isEmpty || Self.isAskedToStop {
            try FileManager.default.removeItem(at: own)
            return tally
        }
        tally.findings = 1
        let kept = findings.appending(path: own.lastPathComponent)
        try FileManager.default.createDirectory(at: findings, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: kept)
        let text = """
            Found:
            \(round.findings.map { "- \($0)" }.joined(separator: "\n"))

            The same choices, at moments that differ by what the machine does: seed \(seed), first round \(number), 1 round.
            By hand (the paths are those of the round, which now lies here; OMP_NUM_THREADS=1):

            \(round.history.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n"))

            """
        try Data(text.utf8).write(to: own.appending(path: "README"))
        try FileManager.default.moveItem(at: own, to: kept)
        return tally
    }
}

/// What was done so far.
package struct KillTally: Sendable, CustomStringConvertible {
    package var rounds = 0
    /// Processes that trained.
    package var runs = 0
    package var interruptions: [Interruption: Int] = [:]
    package var resumes = 0
    /// Files of runs that were looked at.
    package var files = 0
    /// Rounds with a finding.
    package var findings = 0

    mutating func add(_ other: KillTally) {
        rounds += other.rounds
        runs += other.runs
        interruptions.merge(other.interruptions, uniquingKeysWith: +)
        resumes += other.resumes
        files += other.files
        findings += other.findings
    }

    package var description: String {
        let kinds = Interruption.allCases.compactMap { kind in interruptions[kind].map { "\($0) \(kind.rawValue)" } }
        return "kill: \(rounds) rounds, \(runs) runs, \(interruptions.values.reduce(0, +)) interruptions"
            + " (\(kinds.joined(separator: ", "))), \(resumes) resumes, \(files) files inspected, \(findings) findings"
    }
}
