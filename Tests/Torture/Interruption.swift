import Support

/// What happens to a run in the midst of it.
package enum Interruption: String, CaseIterable, Sendable {
    case sigkill, sigterm, sigint, sighup
    /// Two SIGINTs, of which the second ends the process at once.
    case twoInterrupts
    /// The reader of standard output and error goes away; later SIGTERM comes.
    case closedPipes
    /// No file may grow beyond a size that a checkpoint, a page or a log reaches.
    case fileLimit
    /// The run's folder lies on a file system with little space.
    case fullDisk
    /// The run's folder is renamed.
    case renamedFolder

    /// Of a hundred, how many are of this kind.
    var share: Int {
        switch self {
        case .sigkill: 70
        case .sigterm, .sigint: 5
        case .sighup, .twoInterrupts, .closedPipes, .fileLimit: 4
        case .fullDisk, .renamedFolder: 2
        }
    }

    static func drawn(from kinds: [Interruption], _ random: inout SplitMix64) -> Interruption {
        var number = random.integer(below: kinds.reduce(0) { $0 + $1.share })
        for kind in kinds {
            if number < kind.share { return kind }
            number -= kind.share
        }
        return .sigkill
    }
}

/// An interruption and when it comes.
struct PlannedInterruption: CustomStringConvertible {
    let kind: Interruption
    /// Seconds after the start of the process.
    let moment: Double
    /// A second moment, the size of a limit: whatever the kind needs besides, in 0..<1.
    let extra: Double

    /// - Parameter duration: Seconds that the run takes without interruptions.
    init(of duration: Double, kinds: [Interruption], _ random: inout SplitMix64) {
        kind = .drawn(from: kinds, &random)
        moment = random.uniform(in: 0...(random.integer(below: 8) == 0 ? 0.1 : 1.3 * duration))
        extra = random.uniform()
    }

    var description: String {
        switch kind {
        case .fileLimit: "ulimit -f \(fileLimit) (blocks of 512 bytes)"
        case .fullDisk: "a file system with \(freeSpace) KB left"
        case .twoInterrupts: "SIGINT after \(milliseconds(moment)) ms, once more \(milliseconds(delay)) ms later"
        case .closedPipes: "the reader leaves after \(milliseconds(moment * extra)) ms, SIGTERM after \(milliseconds(moment)) ms"
        case .renamedFolder: "the folder is renamed after \(milliseconds(moment)) ms"
        case .sigkill, .sigterm, .sigint, .sighup: "\(kind.rawValue.uppercased()) after \(milliseconds(moment)) ms"
        }
    }

    /// Blocks of 512 bytes: up to 300 KB, about the size of a checkpoint.
    var fileLimit: Int { Int(extra * 600) + 1 }
    /// In KB.
    var freeSpace: Int { Int(extra * 900) }
    /// Between two signals, in seconds.
    var delay: Double { extra * extra * 0.05 }

    private func milliseconds(_ seconds: Double) -> Int { Int(seconds * 1000) }
}
