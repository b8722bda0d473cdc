import ArgumentParser
import CycleGANInference
import CycleGANRuns
import Foundation
import Support

/// A size of memory given on the command line: `2GB`, `350MB`, `1.5G`, in powers of 1000.
struct MemorySize: ExpressibleByArgument, Equatable {
    let bytes: Int

    private static let units: [(name: String, bytes: Double)] = [
        ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("T", 1e12), ("G", 1e9), ("M", 1e6),
    ]

    init?(argument: String) {
        let text = argument.uppercased()
        guard let unit = Self.units.first(where: { text.hasSuffix($0.name) }),
            let number = Double(text.dropLast(unit.name.count)), number > 0, number * unit.bytes < 1e18
        else { return nil }
        bytes = Int(number * unit.bytes)
    }
}

/// How images are translated that are too large for the memory.
struct LargeImageOptions: ParsableArguments {
    @Option(
        help: """
            The most memory that the program may take, such as 2GB or 350MB. What needs more is translated strip by strip, with the same result. \
            (default: half of what is free)
            """)
    var memory: MemorySize?
    @Option(help: "The folder for what does not fit into it, on a disk with room. (default: that of the results)") var spill: String?
    @Option(
        help: """
            For one image: a folder that keeps what is done of it, so that the same command goes on from there after it was stopped. It is \
            removed when the image is done.
            """)
    var resumeTiles: String?
    @Flag(
        help: """
            Preview images that are too large: norms take their statistics from a copy of at most 1024 pixels, so that the image is gone over \
            once. The result differs a little from that of the image itself.
            """)
    var approximate = false

    func validate() throws {
        if spill == "" { throw ValidationError("--spill is empty; give a folder") }
        if resumeTiles == "" { throw ValidationError("--resume-tiles is empty; give a folder") }
        if resumeTiles != nil, approximate {
            throw ValidationError("--approximate goes over the image once and keeps nothing; leave out --resume-tiles")
        }
    }

    /// Checks that what is to be translated can be resumed, where that is asked for.
    func check(_ plan: TranslationPlan) throws {
        if resumeTiles != nil, plan.jobs.count > 1 {
            throw ValidationError("--resume-tiles is for one image, and there are \(plan.jobs.count); give one file")
        }
    }

    /// - Parameter results: The folder of the results.
    func values(results: URL) throws -> LargeImages {
        var values = LargeImages()
        values.memory = memory?.bytes
        values.isApproximate = approximate
        values.tiles = resumeTiles.map(url)
        values.folder = spill.map(url) ?? results
        if let spill, !url(spill).isFolder { throw ValidationError("--spill: \(spill) is not there, or no folder") }
        let (status, clock) = (StatusLine(), ContinuousClock())
        let start = StartTime(clock.now)
        values.progress = { progress in
            if progress.share == 0 {
                start.value = clock.now
                let onDisk = progress.fileBytes > 0 ? ", \(megabytes(progress.fileBytes)) of maps on disk" : ""
                status.report("\(printable(progress.name)): in \(counted(progress.stripCount, "strip"))\(onDisk)")
                return
            }
            let seconds = start.value.duration(to: clock.now) / .seconds(1)
            let left = durationText(seconds / progress.share * (1 - progress.share))
            status.show("\(printable(progress.name)): \(percentage(progress.share)), \(left) left")
        }
        return values
    }

    /// When the image began; the callback is only called by the thread that translates.
    private final class StartTime: @unchecked Sendable {
        var value: ContinuousClock.Instant
        init(_ value: ContinuousClock.Instant) { self.value = value }
    }
}
