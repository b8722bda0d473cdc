import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What reading an input may take, whatever is in it.
public struct FuzzLimits: Sendable {
    /// Processor time.
    public var seconds = 5.0
    /// Memory above that of before, in bytes.
    public var memory = 600_000_000
    /// Characters of a message.
    public var message = 4000

    /// Five seconds and 600 MB.
    public init() {}
}

/// What came of some inputs.
public struct FuzzCounts: Codable, Sendable {
    /// All inputs, those that were read, and those that were refused.
    public var inputs = 0, accepted = 0, refused = 0
    /// Inputs that broke a promise.
    public var findings = 0
    /// The most processor time and memory that one took.
    public var slowest = 0.0, largest = 0

    /// None.
    public init() {}

    /// Adds the counts of other inputs.
    public mutating func add(_ other: FuzzCounts) {
        inputs += other.inputs
        accepted += other.accepted
        refused += other.refused
        findings += other.findings
        slowest = max(slowest, other.slowest)
        largest = max(largest, other.largest)
    }
}

/// An input that broke a promise.
public struct FuzzFinding: Codable, Sendable {
    /// Its number.
    public let number: UInt64
    /// What was seen.
    public let problem: String
}

/// Lets a target read inputs in this process, and looks at what it takes and says.
public struct FuzzRunner {
    private let target: any FuzzTarget
    private let limits: FuzzLimits
    /// What came of the inputs so far.
    public private(set) var counts = FuzzCounts()

    /// - Parameter target: What reads.
    public init(_ target: any FuzzTarget, limits: FuzzLimits = FuzzLimits()) {
        self.target = target
        self.limits = limits
    }

    /// Reads an input.
    ///
    /// - Returns: The promise that was broken, or `nil`.
    public mutating func read(_ input: Data) -> String? {
        let before = Self.processorSeconds
        ProcessMemory.forgetPeak()
        let base = ProcessMemory.peak ?? 0
        var message: String?
        do { try target.read(input) } catch { message = "\(error)" }
        let seconds = Self.processorSeconds - before
        let memory = (ProcessMemory.peak ?? 0) - base
        counts.inputs += 1
        if message == nil { counts.accepted += 1 } else { counts.refused += 1 }
        counts.slowest = max(counts.slowest, seconds)
        counts.largest = max(counts.largest, memory)
        let problem = problem(seconds: seconds, memory: memory, message: message)
        if problem != nil { counts.findings += 1 }
        return problem
    }

    private func problem(seconds: Double, memory: Int, message: String?) -> String? {
        if seconds > limits.seconds { return "took \(seconds) s of processor time" }
        if memory > limits.memory { return "took \(memory) bytes of memory" }
        guard let message else { return nil }
        if message.isEmpty || message.count > limits.message { return "a message of \(message.count) characters: \(message.prefix(200))" }
        return message.contains(target.inputName) ? nil : "a message that does not name \(target.inputName): \(message.prefix(1000))"
    }

    private static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A stretch of a target's inputs.
public struct FuzzStretch: Sendable {
    /// Where the inputs of a target come from.
    public enum Source: Sendable {
        case mutations(seed: UInt64)
        case bombs
    }

    public let target: String
    public let source: Source
    public var first: UInt64
    public let count: UInt64
    /// After so many seconds no further input is begun.
    public let seconds: Double

    /// - Parameters:
    ///   - first: The number of the first input.
    ///   - count: How many at most.
    public init(target: String, source: Source, first: UInt64 = 0, count: UInt64 = .max, seconds: Double = .infinity) {
        self.target = target
        self.source = source
        self.first = first
        self.count = count
        self.seconds = seconds
    }

    /// Makes the inputs of the stretch; `nil` behind the last.
    func inputs(of target: any FuzzTarget) -> (UInt64) -> Data? {
        switch source {
        case .mutations(let seed):
            let mutator = Mutator(seeds: target.seeds, tokens: target.tokens)
            return { mutator.input($0, seed: seed) }
        case .bombs:
            let bombs = Bomb.all.filter { $0.target == target.name }
            return { $0 < UInt64(bombs.count) ? bombs[Int($0)].input() : nil }
        }
    }

    /// Reads all inputs in this process.
    ///
    /// - Parameters:
    ///   - folder: For what the target writes.
    ///   - began: Called with the number of each input before it is read.
    ///   - found: Called with what broke a promise.
    public func run(folder: URL, began: (UInt64) -> Void, found: (FuzzFinding) -> Void) throws -> FuzzCounts {
        guard let target = try FuzzTargets.named(target, folder: folder) else { return FuzzCounts() }
        let input = inputs(of: target)
        var runner = FuzzRunner(target)
        let start = ContinuousClock.now
        var number = first
        while number - first < count, ContinuousClock.now - start < .seconds(min(seconds, 1e6)), let data = input(number) {
            began(number)
            if let problem = runner.read(data) { found(FuzzFinding(number: number, problem: problem)) }
            number += 1
        }
        return runner.counts
    }

    /// One input, made anew.
    func input(_ number: UInt64, folder: URL) throws -> Data? {
        try FuzzTargets.named(target, folder: folder).flatMap { inputs(of: $0)(number) }
    }
}
