import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension KillRound {
    /// Lets a process run until something happens to it, and looks at what it leaves.
    mutating func interrupt(_ plan: PlannedInterruption) throws -> ChildProcess.Ending? {
        var (arguments, launcher): ([String], [String]) = (nextArguments(), [])
        let tiny = folder.appending(path: "tiny")
        switch plan.kind {
        case .fileLimit: launcher = ["/bin/sh", "-c", "ulimit -f \(plan.fileLimit); exec \"$0\" \"$@\""]
        case .fullDisk:
            try FileManager.default.createDirectory(at: tiny, withIntermediateDirectories: true)
            arguments = arguments.map { $0 == run.path ? tiny.path : $0 }
            launcher = FullDisk.launcher(mount: tiny, run: run, freeSpace: plan.freeSpace)
        default: break
        }
        let begin = Date()
        guard let process = try start(arguments, by: launcher, what: "\(plan)", output: plan.kind == .closedPipes ? .pipe : .file(output))
        else { return nil }
        let moved = folder.appending(path: "moved")
        strike(process, plan, moved: moved)
        let ending = wait(for: process)
        tally.interruptions[plan.kind, default: 0] += 1
        if FileManager.default.fileExists(atPath: moved.path) { try putBack(moved) }
        check(ending, plan, since: begin)
        inspect(run, after: "\(plan)")
        if plan.kind != .sigkill { stops.formUnion(savedSteps) }
        return ending
    }

    private func strike(_ process: ChildProcess, _ plan: PlannedInterruption, moved: URL) {
        func sleep(until moment: Double) { process.wait(upTo: .seconds(moment) - process.start.duration(to: .now)) }
        if plan.kind == .closedPipes {
            sleep(until: plan.moment * plan.extra)
            process.closeReader()
        }
        if plan.kind != .fileLimit, plan.kind != .fullDisk { sleep(until: plan.moment) }
        switch plan.kind {
        case .sigkill: process.send(SIGKILL)
        case .sigterm, .closedPipes: process.send(SIGTERM)
        case .sigint: process.send(SIGINT)
        case .sighup: process.send(SIGHUP)
        case .twoInterrupts:
            process.send(SIGINT)
            sleep(until: plan.moment + plan.delay)
            process.send(SIGINT)
        case .renamedFolder: if rename(run.path, moved.path) != 0 { process.send(SIGKILL) }
        case .fileLimit, .fullDisk: break
        }
    }

    /// Does what the message about a folder that has gone says.
    private mutating func putBack(_ moved: URL) throws {
        let files = FileManager.default
        if files.fileExists(atPath: run.path) {
            history.append("the program made \(((try? files.subpathsOfDirectory(atPath: run.path)) ?? []).sorted()) of the folder anew")
            try files.removeItem(at: run)
        }
        try files.moveItem(at: moved, to: run)
        let rescued = try files.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("run-rescued-step-") }
        for name in rescued {
            history.append("the folder is put back, with \(name)")
            if let problem = RunInspection.problem(of: folder.appending(path: name)) { findings.append("\(name): \(problem)") }
            try files.createDirectory(at: checkpoint(run).deletingLastPathComponent(), withIntermediateDirectories: true)
            try? files.removeItem(at: checkpoint(run))
            try files.moveItem(at: folder.appending(path: name), to: checkpoint(run))
        }
    }

    /// Whether a process ended as is written: 0, 1, or 128 and the signal that it was stopped by.
    private mutating func check(_ ending: ChildProcess.Ending, _ plan: PlannedInterruption, since begin: Date) {
        let signal: Int32? =
            switch plan.kind {
            case .sigterm, .closedPipes: SIGTERM
            case .sigint, .twoInterrupts: SIGINT
            case .sighup: SIGHUP
            case .sigkill, .fileLimit, .fullDisk, .renamedFolder: nil
            }
        let settings = try? run.appending(path: "config.yaml").resourceValues(forKeys: [.contentModificationDateKey])
        // Before that the program has not begun to notice signals, and ends as any other.
        let hasBegun = settings?.contentModificationDate.map { $0 >= begin } ?? false
        let isExpected =
            switch (plan.kind, ending) {
            case (_, .status(0)): true
            case (.sigkill, .signal(SIGKILL)), (.renamedFolder, .signal(SIGKILL)): true
            case (.fileLimit, .status(1)), (.fullDisk, .status(1)), (.renamedFolder, .status(1)): true
            case (_, .status(let status)): signal.map { status == 128 + $0 } ?? false
            case (_, .signal(let number)): number == signal && !hasBegun
            }
        if !isExpected { findings.append("\(plan): ended with \(ending): \(lastWords)") }
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        if let word = ["Fatal error", "crashed", "Stack dump", "Backtrace", "stack trace", "terminate called", "*** "].first(
            where: text.contains)
        {
            findings.append("\(plan): '\(word)' on standard error: \(lastWords)")
        }
        if text.contains("of the last step may be missing") { isIncomplete = true }
        let isGraceful = if case .status(let status) = ending { status > 128 && plan.kind != .twoInterrupts } else { false }
        if isGraceful, !FileManager.default.fileExists(atPath: checkpoint(run).path) { findings.append("\(plan): nothing was saved") }
    }

    /// The steps of the checkpoint and of the models that were published in mid-epoch.
    private var savedSteps: [Int] {
        let models = (try? FileManager.default.contentsOfDirectory(atPath: run.appending(path: "models").path)) ?? []
        let published = models.filter { $0.hasPrefix("step-") }.compactMap { Int($0.dropFirst(5).prefix { $0.isNumber }) }
        return published + [Self.step(of: checkpoint(run))].compactMap(\.self)
    }

    /// The step of a checkpoint.
    private static func step(of file: URL) -> Int? {
        guard let text = try? Data(contentsOf: file), text.count > 8 else { return nil }
        let length = text.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length < text.count, let header = try? JSONSerialization.jsonObject(with: text.dropFirst(8).prefix(length)) as? [String: Any],
            let metadata = header["__metadata__"] as? [String: String], let trainer = metadata["trainer"]
        else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(trainer.utf8)) as? [String: Any])?["step"] as? Int
    }
}
