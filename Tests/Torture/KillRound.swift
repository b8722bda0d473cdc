import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One random run: as a whole, and interrupted and resumed until it is done; both must end alike.
struct KillRound {
    let command: URL
    let folder: URL
    let inputs: TinyInputs
    let kinds: [Interruption]
    private var options: OptionCase
    private let more: [Setting]
    var random: SplitMix64

    var tally = KillTally()
    /// What was done, for a person who wants to repeat it.
    var history: [String] = []
    /// What is wrong, one line each.
    var findings: [String] = []
    /// Steps at which the run saved because it was asked to stop.
    var stops: Set<Int> = []

    /// Whether the folder went away in the middle of a step, which the program says.
    var isIncomplete = false

    /// - Parameters:
    ///   - folder: An empty folder of this round.
    ///   - kinds: The interruptions that are possible here.
    init(command: URL, folder: URL, pretrained: URL, kinds: [Interruption], random: SplitMix64) throws {
        (self.command, self.folder, self.kinds, self.random) = (command, folder, kinds, random)
        options = OptionTable.randomCase(&self.random)
        // Checkpoints by steps, by epochs and of the best validation lie differently to each other.
        more = [
            Setting("max-steps", "\(10 + self.random.integer(below: 11))"), Setting("seed", "\(self.random.integer(below: 1000))"),
            Setting("checkpoint-steps", "\(1 + self.random.integer(below: 6))"),
            Setting("checkpoint-every", "\(1 + self.random.integer(below: 3))"),
        ]
        let hasHeldOut = options.settings.contains { $0.flag == "validation-fraction" }
        if !hasHeldOut, self.random.integer(below: 2) == 0 { options.images.insert(.validation) }
        inputs = TinyInputs(folder: folder, pretrained: pretrained)
        let counts = (a: 3 + self.random.integer(below: 5), b: 3 + self.random.integer(below: 4))
        try inputs.write(for: options, counts: counts, seed: self.random.next())
        history.append("options: \(options.name)")
    }

    var run: URL { folder.appending(path: "run") }
    private var reference: URL { folder.appending(path: "reference") }
    var output: URL { folder.appending(path: "output.txt") }
    func checkpoint(_ run: URL) -> URL { run.appending(path: "checkpoints/latest.safetensors") }

    /// - Throws: Errors of this program's own files and processes.
    mutating func play() throws {
        let start = ContinuousClock.now
        let whole = try finished(options.arguments(run: reference, more: more, inputs: inputs))
        guard whole == .status(0) else {
            findings.append("the whole run ended with \(whole): \(lastWords)")
            return
        }
        inspect(reference, after: "the whole run")
        let duration = start.duration(to: .now) / .seconds(1)
        for _ in 0..<1 + random.integer(below: 5) where !KillDriver.isAskedToStop {
            if try interrupt(PlannedInterruption(of: duration, kinds: kinds, &random)) == .status(0) { break }
        }
        guard !KillDriver.isAskedToStop else { return }
        let ending = try finished(nextArguments())
        guard ending == .status(0) else {
            findings.append("the run could not be finished: \(ending): \(lastWords)")
            return
        }
        inspect(run, after: "the end")
        guard !isIncomplete else { return }
        findings += RunDifferences(of: run, from: reference, stops: stops, isForgetful: options.isForgetful).lines
    }

    /// Those of a resumed run, or of a new one where there is no checkpoint yet.
    mutating func nextArguments() -> [String] {
        if FileManager.default.fileExists(atPath: checkpoint(run).path) {
            tally.resumes += 1
            return ["train", "--resume", run.path]
        }
        // As the program says of a run that stopped before its first checkpoint.
        try? FileManager.default.removeItem(at: run)
        stops = []
        return options.arguments(run: run, more: more, inputs: inputs)
    }

    private mutating func finished(_ arguments: [String]) throws -> ChildProcess.Ending {
        try start(arguments, what: "to its end", output: .file(output)).map { wait(for: $0) } ?? .signal(0)
    }

    /// Starts the command, or what runs it; `nil` when this program is to stop.
    mutating func start(
        _ arguments: [String], by launcher: [String] = [], what: String, output: ChildProcess.Output
    ) throws -> ChildProcess? {
        guard !KillDriver.isAskedToStop else { return nil }
        try Data().write(to: self.output)
        let line = launcher + [command.path] + arguments
        history.append("\(what)\n    \(line.joined(separator: " "))")
        tally.runs += 1
        return try ChildProcess(URL(filePath: line[0]), Array(line.dropFirst()), output: output)
    }

    mutating func wait(for process: ChildProcess) -> ChildProcess.Ending {
        let limit = 60
        guard let ending = process.wait(upTo: .seconds(limit)) else {
            findings.append("a process ran for more than \(limit) s and was killed")
            process.send(SIGKILL)
            return process.wait(upTo: .seconds(limit)) ?? .signal(SIGKILL)
        }
        history[history.count - 1] += "\n    ended with \(ending)"
        return ending
    }

    mutating func inspect(_ run: URL, after what: String) {
        let inspection = RunInspection(of: run)
        tally.files += inspection.fileCount
        findings += inspection.problems.map { "after \(what): \($0)" }
    }

    /// The end of what the last process said.
    var lastWords: String {
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(3).joined(separator: " / ")
    }
}
