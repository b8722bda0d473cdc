import Foundation
import TestSupport
import Testing
import Torture

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Every option of training, and what refers to each other: a run that was killed and resumed ends as one that was not.
@Suite(.serialized) struct ResumedRunTests {
    /// A switch that is on by default is tried off, and listed on.
    private static func positive(_ flag: String, among flags: [String]) -> String {
        flag.hasPrefix("no-") && !flags.contains(flag) ? String(flag.dropFirst(3)) : flag
    }

    @Test func theTableHasEveryOption() throws {
        try withTemporaryFolder { folder in
            let help = try CommandRunner.run(["train", "--help"], in: folder).output
            // Each at the beginning of a line, perhaps after a short form.
            let flags = help.split(separator: "\n").compactMap { line in
                line.firstMatch(of: /^  (?:-\w, )?--([a-z0-9-]+)/).map { String($0.output.1) }
            }
            #expect(flags.count > 80)
            let known = OptionTable.options.map { Self.positive($0.flag, among: flags) } + OptionTable.leftOut.keys
            #expect(Set(flags) == Set(known), "\(Set(flags).symmetricDifference(known).sorted())")
        }
    }

    @Test func theTableKnowsWhatMayChangeOnResume() throws {
        try withTemporaryFolder { folder in
            let refused = try CommandRunner.run(["train", "--resume", folder.path, "--ngf", "8"], in: folder).errors
            let list = try #require(refused.firstMatch(of: /resumed; possible: ([^\n]*)/)).output.1
            let changeable = list.matches(of: /--([a-z-]+)/).map { String($0.output.1) }
            let known = OptionTable.options.filter { $0.onResume != .fixed }.map { Self.positive($0.flag, among: changeable) }
            #expect(Set(changeable).subtracting(OptionTable.leftOut.keys) == Set(known))
        }
    }

    /// Two cases at a time, because a command has one thread.
    @Test func everyOptionGoesOnExactly() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let inputs = TinyInputs(folder: folder, pretrained: folder.appending(path: "pretrained"))
        try inputs.write(for: .plain)
        let started = try CommandRunner.run(
            OptionCase.plain.arguments(run: inputs.pretrained, more: ["max-steps 1"], inputs: inputs), in: folder)
        try #require(started.status == 0, "\(started.errors)")

        let cases = Array(OptionTable.packed.enumerated())
        let lanes = 2
        try await withThrowingTaskGroup { group in
            for lane in 0..<lanes {
                group.addTask {
                    for (number, options) in cases where number % lanes == lane {
                        let own = folder.appending(path: "\(number)")
                        defer { try? FileManager.default.removeItem(at: own) }
                        let problems = try problems(of: options, inputs: TinyInputs(folder: own, pretrained: inputs.pretrained))
                        #expect(problems.isEmpty, "\(options.name): \(problems.joined(separator: "; "))")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// A run and what it would have left if it had been killed after its first checkpoint: a copy of its folder, made while the process is
    /// stopped. The copy is resumed and must end in the same bytes, in two processes instead of three.
    private func problems(of options: OptionCase, inputs: TinyInputs) throws -> [String] {
        try inputs.write(for: options)
        let (whole, killed) = (inputs.folder.appending(path: "whole"), inputs.folder.appending(path: "killed"))
        let (process, _, errors) = try CommandRunner.start(options.arguments(run: whole, inputs: inputs), in: inputs.folder)
        try CommandRunner.wait(for: "the first checkpoint of \(options.name)") {
            FileManager.default.fileExists(atPath: latest(whole).path) || !process.isRunning
        }
        let isStopped = stop(process.processIdentifier)
        if isStopped { try FileManager.default.copyItem(at: whole, to: killed) }
        kill(process.processIdentifier, SIGCONT)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return [try String(contentsOf: errors, encoding: .utf8)] }
        guard isStopped, try !isSame("checkpoints/latest.safetensors", whole, killed) else {
            return ["it was over before it could be killed"]
        }

        let resumed = try CommandRunner.run(["train", "--resume", killed.path], in: inputs.folder)
        guard resumed.status == 0 else { return [resumed.errors] }
        var problems: [String] = []
        for file in ["checkpoints/latest.safetensors", "checkpoints/best.safetensors", "checkpoints/good.safetensors"]
        where try !isSame(file, whole, killed) {
            problems.append("\(file) differs")
        }
        let (before, after) = try (settings(whole), settings(killed))
        if options.isForgetful ? !Set(after).isSubset(of: before) : after != before { problems.append("config.yaml differs") }
        return problems
    }

    private func latest(_ run: URL) -> URL { run.appending(path: "checkpoints/latest.safetensors") }

    /// Whether both runs have the same file, or neither has it.
    private func isSame(_ file: String, _ one: URL, _ other: URL) throws -> Bool {
        let files = [one, other].map { $0.appending(path: file) }
        let exist = files.map { FileManager.default.fileExists(atPath: $0.path) }
        guard exist[0], exist[1] else { return exist[0] == exist[1] }
        return try Data(contentsOf: files[0]) == Data(contentsOf: files[1])
    }

    private func settings(_ run: URL) throws -> [Substring] {
        try String(contentsOf: run.appending(path: "config.yaml"), encoding: .utf8).split(separator: "\n")
    }

    /// Stops a child of this process until SIGCONT.
    ///
    /// - Returns: Whether it has stopped; `false` when it had ended.
    private func stop(_ process: pid_t) -> Bool {
        kill(process, SIGSTOP)
        let deadline = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < deadline {
            var information = siginfo_t()
            // WNOWAIT leaves the news of it to whoever started the process.
            guard waitid(P_PID, id_t(process), &information, WSTOPPED | WNOHANG | WNOWAIT) == 0 else { return false }
            if information.si_signo == SIGCHLD { return true }
            usleep(200)
        }
        return false
    }
}
