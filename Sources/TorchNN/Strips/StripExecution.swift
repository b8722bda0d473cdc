import Torch

/// Runs a network on one image strip by strip, as a plan says, with the result of the whole image.
///
/// Nothing is trained: call it inside `withoutGradients`.
public final class StripExecution {
    /// Gives each norm the statistics that it normalises by, in place of those that were measured before it; these where it is nil.
    ///
    /// `norm` is the place of the norm among the network's nodes, the same in each run of the same network. Only norms that look at the whole
    /// image ask.
    public var statistics: ((_ norm: Int, _ measured: MergedStatistics) throws -> MergedStatistics)?
    /// What was done by another process with the same plan, image and file; then how far it is.
    public var progress = StripProgress()
    /// Told how far it is, behind each stage but the last.
    public var stageDone: ((StripProgress) throws -> Void)?
    private let plan: StripPlan
    private let device: Device
    private let file: (any MapFile)?
    private var maps: [Int: KeptMap] = [:]
    private let readInput: (Range<Int>) throws -> Tensor

    /// - Parameters:
    ///   - file: For maps, where the plan has any there.
    ///   - input: Gives rows of the image, shape [1, C, rows, W]. They are asked for from the first on, with some twice, again in each stage
    ///     that begins with the image.
    public init(_ plan: StripPlan, device: Device = .cpu, file: (any MapFile)? = nil, input: @escaping (Range<Int>) throws -> Tensor) {
        self.plan = plan
        self.device = device
        self.file = file
        readInput = input
    }

    /// Runs the network.
    ///
    /// - Parameters:
    ///   - progress: Told the share of the work that is done, from 0 to 1.
    ///   - output: Gets the output's rows in order, shape [1, C, rows, W], and the number of the first of them.
    /// - Throws: What reading, writing or the file throw, and `TorchError`.
    public func run(progress: (Double) throws -> Void = { _ in }, output: (Tensor, Int) throws -> Void) throws {
        let evaluation = try StripEvaluation(plan.graph, plan.stages, shapes: plan.shapes, device: device, input: readInput)
        try takeUp(evaluation)
        var done = plan.shares.prefix(self.progress.stages).reduce(0, +)
        for (stage, pass) in plan.passes.enumerated().dropFirst(self.progress.stages) {
            let isLast = stage == plan.passes.count - 1
            let norms = isLast ? [] : plan.graph.norms(behind: pass.target)
            let (height, rows) = (plan.shapes[pass.target][2], plan.rows[stage])
            var merged = norms.map { _ in MergedStatistics(channels: plan.shapes[pass.target][1]) }
            for value in pass.kept {
                maps[value] = KeptMap(shape: plan.shapes[value], home: plan.homes[value] ?? .memory, file: file)
            }
            for begin in stride(from: 0, to: height, by: rows) {
                let strip = begin..<min(begin + rows, height)
                let result = try withTorchErrors {
                    try evaluation.values(
                        of: pass, needs: pass.needs(for: strip), read: { try map($1).strip($0) }, keep: { try map($0).append($1, from: $2) }
                    )
                }
                for (index, norm) in norms.enumerated() {
                    merged[index].add(result, epsilon: plan.graph.nodes[norm].normEpsilon ?? 0)
                }
                if isLast { try output(result, begin) }
                try progress(done + plan.shares[stage] * Double(strip.upperBound) / Double(height))
            }
            done += plan.shares[stage]
            for (index, norm) in norms.enumerated() {
                let given = try statistics?(norm, merged[index]) ?? merged[index]
                evaluation.setStatistics(given, of: norm)
                self.progress.statistics[norm] = given
            }
            for (value, last) in plan.lastStage where last == stage { maps[value] = nil }
            self.progress.stages = stage + 1
            if !isLast { try stageDone?(self.progress) }
        }
    }

    /// Takes statistics and maps that are there already.
    private func takeUp(_ evaluation: StripEvaluation) throws {
        for (norm, values) in progress.statistics { evaluation.setStatistics(values, of: norm) }
        for (value, home) in plan.homes where plan.stages.stageOfNode[value] < progress.stages {
            guard let last = plan.lastStage[value], last >= progress.stages else { continue }
            guard case .file(let offset) = home, let file else { preconditionFailure("a map that is not in the file is taken up") }
            maps[value] = KeptMap(whole: plan.shapes[value], file: file, offset: offset)
        }
    }

    private func map(_ value: Int) throws -> KeptMap {
        guard let map = maps[value] else { preconditionFailure("a map is used that is not kept") }
        return map
    }
}
