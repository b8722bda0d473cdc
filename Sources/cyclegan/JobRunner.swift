import ArgumentParser
import CycleGANRuns
import Foundation
import Imaging
import Support
import Synchronization

/// How many files are worked on beside the network.
struct JobOptions: ParsableArguments {
    @Option(help: "Files read, and others written, at the same time, while the network works.") var jobs = TranslationRun.usualJobs

    func validate() throws {
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs: found \(jobs); allowed: 1 to 64") }
    }
}

/// Makes the pictures of a plan, with progress, problems and warnings on standard error.
struct JobRunner {
    /// How many pictures were made, and how many were there already.
    struct Counts {
        var done = 0
        var skipped = 0
        var opaque = 0
        /// The signal that ended the work early.
        var signal: Int32?
    }

    /// Whether an object for each image is printed.
    let json: Bool

    /// - Parameters:
    ///   - signals: Ask to stop.
    ///   - page: Shown every image and its picture, and written at the end into the folder of the results.
    ///   - naming: What messages call files in place of their paths.
    func run(
        _ work: TranslationRun, _ signals: SignalMonitor, page: ComparisonPage? = nil,
        naming: @escaping @Sendable (String) -> String = { $0 }
    ) throws -> Counts {
        let status = StatusLine()
        let progress = Progress(work.plan, json: json)
        let isStopped = signals.isStopped
        let findings = work.run(
            wording: { naming(worded($0)) }, isStopped: { isStopped() || progress.outputError != nil }, onRecord: { progress.take($0, $1) })
        status.clear()
        if let error = progress.outputError { throw error }
        var counts = progress.counts
        let failed = progress.failed
        let left = work.plan.jobs.count - progress.made.count - failed.count
        if left > 0 { counts.signal = signals.signal }
        if !failed.isEmpty, work.plan.jobs.count > 1, !json {
            let names = failed.prefix(10).joined(separator: ", ") + (failed.count > 10 ? " and \(failed.count - 10) more" : "")
            status.report("failed: \(failed.count) of \(counted(work.plan.jobs.count, "image")): \(printable(names))")
        }
        if left > 0 {
            let reason = progress.isDiskFull ? "the disk is full" : "by a signal"
            let remedy = (progress.isDiskFull ? "free some space, " : "") + ErrorRemedy.skipExisting.flags
            status.report(
                "stopped: \(reason); \(left) of \(counted(work.plan.jobs.count, "image")) \(left == 1 ? "is" : "are") left: \(remedy)")
        }
        if let page { try write(page, of: work.plan, made: progress.made) }
        if counts.opaque > 0 {
            status.report(
                "warning: \(counted(counts.opaque, "translation")) without the transparency of the image, which the format cannot hold; "
                    + "--format png keeps it, --alpha background means it")
        }
        if let notice = findings.sizes.notice(\.flags) { status.report("warning: \(naming(notice))") }
        for notice in findings.values.notices(\.flags) { status.report("warning: \(naming(notice))") }
        return counts
    }

    /// In the order of the plan, whatever order the pictures were made in.
    private func write(_ page: ComparisonPage, of plan: TranslationPlan, made: Set<Int>) throws {
        var page = page
        for index in plan.jobs.indices where made.contains(index) {
            do { try page.add(plan.jobs[index]) } catch {
                StatusLine().report(printable("left out of \(ComparisonPage.fileName): \(worded(error))"))
            }
        }
        if !made.isEmpty { _ = try page.write(to: plan.folder) }
    }

    /// What has become of the images so far.
    private final class Progress: Sendable {
        private struct State {
            var counts = Counts()
            var made: Set<Int> = []
            var failed: [String] = []
            var isDiskFull = false
            var outputError: (any Error)?
        }

        private let state = Mutex(State())
        private let plan: TranslationPlan
        private let json: Bool
        private let status = StatusLine()
        private let start = ContinuousClock.now

        init(_ plan: TranslationPlan, json: Bool) { (self.plan, self.json) = (plan, json) }

        var counts: Counts { state.withLock { $0.counts } }
        /// The positions of the images whose pictures are there.
        var made: Set<Int> { state.withLock { $0.made } }
        /// The images without pictures.
        var failed: [String] { state.withLock { $0.failed } }
        var isDiskFull: Bool { state.withLock { $0.isDiskFull } }
        /// Why nothing can be printed any more.
        var outputError: (any Error)? { state.withLock { $0.outputError } }

        func take(_ record: TranslationRecord, _ index: Int) {
            state.withLock { state in
                // One of those that there is no room for stands for all.
                let isKnown = state.isDiskFull && record.isDiskFull
                if record.isDiskFull {
                    state.isDiskFull = true
                } else if record.error == nil {
                    state.made.insert(index)
                    if record.isSkipped == true { state.counts.skipped += 1 } else { state.counts.done += 1 }
                    if record.hasLostAlpha { state.counts.opaque += 1 }
                } else {
                    state.failed.append(record.input)
                }
                do {
                    if json {
                        print(try jsonLine(record))
                        // Whoever reads the lines sees each at once.
                        try StandardStreams.flushOutput()
                    } else if let problem = record.error, !isKnown {
                        status.report(printable(problem))
                    }
                } catch {
                    state.outputError = error
                }
                show(state, record)
            }
        }

        /// `[######----]  57/200, 12.3 a second, 0:12 left: horse.jpg`.
        private func show(_ state: State, _ record: TranslationRecord) {
            let (ready, all) = (state.made.count + state.failed.count, plan.jobs.count)
            let seconds = start.duration(to: .now) / .seconds(1)
            let made = state.counts.done + state.failed.count
            let rate = Double(made) / max(seconds, 0.001)
            let width = 20
            let bar = String(repeating: "#", count: width * ready / all).padding(toLength: width, withPad: "-", startingAt: 0)
            let pace = made == 0 ? "" : String(format: ", %.1f a second, ", rate) + "\(durationText(Double(all - ready) / rate)) left"
            status.show("[\(bar)] \(ready)/\(all)\(pace): \(printable(URL(filePath: record.input).lastPathComponent))")
        }
    }
}
