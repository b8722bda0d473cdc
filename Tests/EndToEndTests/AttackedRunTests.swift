import Checkpoints
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs whose terminal, reader, disk, folder or checkpoint goes wrong: nothing is lost, and nothing is left unsaid.
@Suite(.serialized) struct AttackedRunTests {
    private func arguments(_ data: URL, run: URL, _ more: [String] = []) -> [String] {
        [
            "train", data.path, "--run", run.path, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1",
            "--load-size", "20", "--crop-size", "16", "--device", "cpu", "--log-every", "1", "--sample-every", "1000", "--no-tensorboard",
        ] + more
    }

    private func withData(_ body: (_ folder: URL, _ data: URL, _ run: URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["trainA": 3, "trainB": 3], to: data, width: 24, height: 20)
            try body(folder, data, folder.appending(path: "run"))
        }
    }

    private func checkpoint(_ run: URL) -> URL { run.appending(path: "checkpoints/latest.safetensors") }

    private func step(of file: URL) throws -> Int {
        let trainer = try #require(StateDict.read(from: file).metadata["trainer"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(trainer.utf8)) as? [String: Any])
        return try #require(object["step"] as? Int)
    }

    /// Runs a line of the shell, in which `$0` is the command and `$@` are the arguments.
    private func shell(_ line: String, _ arguments: [String], in folder: URL) throws -> CommandRunner.Result {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line, CommandRunner.executable.path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
        let files = ["output", "errors"].map { folder.appending(path: "\($0)-\(UUID().uuidString).txt") }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        return CommandRunner.Result(
            status: process.terminationStatus, output: try String(contentsOf: files[0], encoding: .utf8),
            errors: try String(contentsOf: files[1], encoding: .utf8))
    }

    @Test func aRunGoesOnWithoutItsAudience() throws {
        try withData { folder, data, run in
            // The status of the command, whose reader ends after ten bytes, comes through the third stream.
            let line = "{ { \"$0\" \"$@\"; echo $? >&3; } 2>&1 | head -c 10 >&2; } 3>&1"
            let result = try shell(line, arguments(data, run: run, ["--max-steps", "40"]), in: folder)
            #expect(result.output == "0\n", "\(result)")
            #expect(try step(of: checkpoint(run)) == 40)
        }
    }

    @Test func resultsThatCannotBeWrittenAreAnError() throws {
        try withData { folder, _, _ in
            for line in ["\"$0\" \"$@\" > /dev/full", "\"$0\" \"$@\" >&-"] {
                let result = try shell(line, ["info", "--hardware"], in: folder)
                #expect(result.status == 1 && result.errors.contains("standard output: cannot write: "), "\(line): \(result)")
            }
        }
    }

    /// A terminal that was closed answers each write with an error.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aClosedTerminalStillSaves(_ signal: Int32) throws {
        try withData { folder, data, run in
            var (master, slave): (Int32, Int32) = (-1, -1)
            try #require(openpty(&master, &slave, nil, nil, nil) == 0)
            let process = Process()
            process.executableURL = CommandRunner.executable
            process.arguments = arguments(data, run: run, ["--epochs", "1000000"])
            process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
            process.standardOutput = FileHandle(fileDescriptor: slave)
            process.standardError = FileHandle(fileDescriptor: slave)
            process.standardInput = FileHandle.nullDevice
            try process.run()
            close(slave)
            let log = run.appending(path: "metrics.jsonl")
            // Nobody reads what fills the terminal meanwhile: it is little.
            try CommandRunner.wait(for: "the first steps") { (try? Data(contentsOf: log))?.isEmpty == false }
            close(master)
            kill(process.processIdentifier, signal)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
            #expect(try step(of: checkpoint(run)) > 0)
        }
    }

    @Test func aFileThatMayNotGrowIsAnError() throws {
        try withData { folder, data, run in
            let result = try shell("ulimit -f 100; exec \"$0\" \"$@\"", arguments(data, run: run, ["--max-steps", "5"]), in: folder)
            #expect(result.status == 1 && result.errors.contains("File too large"), "\(result)")
        }
    }

    @Test func aFolderThatGoesAwayIsNoticed() throws {
        try withData { folder, data, run in
            let (process, _, errors) = try CommandRunner.start(arguments(data, run: run, ["--epochs", "1000000"]), in: folder)
            let log = run.appending(path: "metrics.jsonl")
            try CommandRunner.wait(for: "the first steps") { (try? Data(contentsOf: log))?.isEmpty == false }
            let moved = folder.appending(path: "moved")
            try FileManager.default.moveItem(at: run, to: moved)
            process.waitUntilExit()
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(process.terminationStatus == 1 && text.contains("was removed or renamed while the run was using it"), "\(text)")
            #expect(!FileManager.default.fileExists(atPath: run.path))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let name = try #require(names.first { $0.hasPrefix("run-rescued-step-") })
            // As the message says.
            let rescued = folder.appending(path: name)
            let saved = try step(of: rescued)
            try FileManager.default.moveItem(at: moved, to: run)
            try FileManager.default.createDirectory(
                at: checkpoint(run).deletingLastPathComponent(), withIntermediateDirectories: true)
            try? FileManager.default.removeItem(at: checkpoint(run))
            try FileManager.default.copyItem(at: rescued, to: checkpoint(run))
            let resumed = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "\(saved + 2)"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try step(of: checkpoint(run)) == saved + 2)
        }
    }

    @Test func impossibleCountersAreRefused() throws {
        try withData { folder, data, run in
            let trained = try CommandRunner.run(arguments(data, run: run, ["--max-steps", "4"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            let whole = try StateDict.read(from: checkpoint(run))
            let text = try #require(whole.metadata["trainer"])
            for (key, value) in [("step", 2), ("epoch", Int.max)] {
                var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                object[key] = value
                var damaged = whole
                damaged.metadata["trainer"] = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
                try damaged.write(to: checkpoint(run))
                let resumed = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "9"], in: folder)
                #expect(resumed.status == 1 && resumed.errors.contains("damaged"), "\(key) \(value): \(resumed.errors)")
            }
        }
    }

    /// Memory that is not there: when networks are built, and in a step.
    @Test(arguments: [
        (["--ngf", "2000"], "full[8000, 8000, 3, 3]"), (["--ngf", "440"], "]"),
    ])
    func tooLittleMemoryIsSaid(_ options: [String], _ request: String) throws {
        try withData { folder, data, run in
            let result = try shell(
                "ulimit -v 3000000; \"$0\" \"$@\"", arguments(data, run: run, ["--max-steps", "2"] + options), in: folder)
            #expect(result.status == 1, "\(result)")
            for words in [
                "out of memory: ", request, "no memory for ", " of 3.1 GB address space (ulimit -v); try ",
                "--checkpoint-activations, or --ngf 64 --ndf 64, or --workers 1; no checkpoint had been written yet",
            ] {
                #expect(result.errors.contains(words), "\(words): \(result.errors)")
            }
            #expect(!result.errors.contains("Fatal error"))
        }
    }

    @Test func settingsThatAskForMoreThanTheCheckpointHoldsAreRefused() throws {
        try withData { folder, data, run in
            let trained = try CommandRunner.run(arguments(data, run: run, ["--max-steps", "1"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            let settings = run.appending(path: "config.yaml")
            let text = try String(contentsOf: settings, encoding: .utf8)
            try #require(text.contains("ngf: 4\n"))
            try text.replacing("ngf: 4\n", with: "ngf: 2048\n").write(to: settings, atomically: true, encoding: .utf8)
            let resumed = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "2"], in: folder)
            #expect(resumed.status == 1 && resumed.errors.contains("config.yaml was changed since"), "\(resumed.errors)")
        }
    }

    @Test func aRunOfAnotherVersionIsNamedAsOne() throws {
        try withData { folder, data, run in
            let trained = try CommandRunner.run(arguments(data, run: run, ["--max-steps", "1"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            var older = try StateDict.read(from: checkpoint(run))
            older.metadata["swift-cyclegan.checkpoint"] = "1"
            try older.write(to: checkpoint(run))
            let settings = run.appending(path: "config.yaml")
            let text = try String(contentsOf: settings, encoding: .utf8)
            try (text + "formerSetting: 3\n").write(to: settings, atomically: true, encoding: .utf8)
            let resumed = try CommandRunner.run(["train", "--resume", run.path], in: folder)
            #expect(resumed.status == 1 && resumed.errors.contains("a run of another version cannot go on"), "\(resumed.errors)")
        }
    }

    @Test func leftoversOfKilledWritersAreRemoved() throws {
        try withData { folder, data, run in
            let trained = try CommandRunner.run(arguments(data, run: run, ["--max-steps", "1"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            // A process that has ended, and this one.
            let ended = Process()
            ended.executableURL = URL(filePath: "/bin/true")
            try ended.run()
            ended.waitUntilExit()
            let leftovers = ["checkpoints", "models", "samples", "."].map {
                run.appending(path: "\($0)/.writing-\(ended.processIdentifier)-1A2B3C4D")
            }
            let own = run.appending(path: "checkpoints/.writing-\(getpid())-1A2B3C4D.safetensors")
            for file in leftovers + [own] { try Data("part".utf8).write(to: file) }
            let resumed = try CommandRunner.run(["train", "--resume", run.path, "--max-steps", "2"], in: folder)
            #expect(resumed.status == 0, "\(resumed.errors)")
            for file in leftovers { #expect(!FileManager.default.fileExists(atPath: file.path)) }
            #expect(FileManager.default.fileExists(atPath: own.path))
        }
    }

    @Test func moreThreadsThanCoresAreNotStarted() throws {
        try withData { folder, data, run in
            let trained = try CommandRunner.run(arguments(data, run: run, ["--max-steps", "1", "--threads", "1024"]), in: folder)
            #expect(trained.status == 0 && trained.errors.contains("1024 threads were asked for and "), "\(trained.errors)")
            let nameless = try CommandRunner.run(arguments(data, run: URL(filePath: "/"), []).map { $0 == "/" ? "" : $0 }, in: folder)
            #expect(nameless.status == 64 && nameless.errors.contains("--run: found ''"), "\(nameless)")
        }
    }
}
