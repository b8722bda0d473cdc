import CycleGANModels
import TorchNN

/// Where a smaller generator keeps its channels.
public enum WidthPattern: String, CaseIterable, Codable, Sendable {
    /// The same share everywhere.
    case even
    /// More in the sums of the residual blocks, fewer where images are large.
    case deep
    /// More where images are large, fewer in the residual blocks.
    case flat
    /// Half as many inside the residual blocks as in their sums.
    case narrow

    /// Why it is worth a trial.
    public var reason: String {
        switch self {
        case .even: "the same share of all channels"
        case .deep: "more channels in the residual blocks, fewer where maps are large"
        case .flat: "more channels where maps are large, fewer in the residual blocks"
        case .narrow: "half as many channels inside the residual blocks as in their sums"
        }
    }

    /// How many times the common share each place gets.
    fileprivate var factors: (ends: Double, trunk: Double, inside: Double) {
        switch self {
        case .even: (1, 1, 1)
        case .deep: (0.6, 1.25, 1.25)
        case .flat: (1.3, 0.75, 0.75)
        case .narrow: (1, 1.2, 0.6)
        }
    }
}

/// The channels of a smaller generator, as many as a number of multiply-adds allows.
public struct WidthPlan: Equatable, Sendable {
    /// The smaller generator.
    public let configuration: GeneratorConfiguration
    /// What it takes for an image of 256x256.
    public let multiplyAdds: Int

    /// Finds the largest generator of a pattern that takes at most so many multiply-adds.
    ///
    /// - Parameters:
    ///   - teacher: The large generator, a ResNet.
    ///   - isLight: Whether the residual blocks become light.
    ///   - limit: Multiply-adds for an image of 256x256.
    /// - Throws: `CompressionError.impossibleTarget` where even the smallest takes more, or the large one no more.
    public init(
        _ pattern: WidthPattern, of teacher: GeneratorConfiguration, isLight: Bool, limit: Int
    ) throws(CompressionError) {
        guard let blocks = teacher.architecture.residualBlocks, let whole = teacher.effectiveWidths else {
            throw .unfit(file: "the model", found: teacher.architecture.rawValue, allowed: "a ResNet, such as resnet9")
        }
        let own = teacher.multiplyAdds
        guard limit < own else {
            throw .impossibleTarget(
                found: multiplyAddsText(limit), allowed: "fewer than the model's own \(multiplyAddsText(own)) for 256x256 pixels")
        }
        // Vectors of 8 numbers are what processors work with; small networks have fewer channels.
        let step = max(1, min(8, teacher.filters / 4))
        let (factors, halvings) = (pattern.factors, whole.encoder.count - 1)
        func plan(_ share: Double) -> GeneratorConfiguration {
            func width(_ all: Int, _ factor: Double) -> Int {
                min(all, max(min(step, all), Int((Double(all) * share * factor / Double(step)).rounded()) * step))
            }
            var widths = whole
            for place in widths.encoder.indices {
                widths.encoder[place] = width(whole.encoder[place], place == halvings ? factors.trunk : factors.ends)
            }
            widths.blocks = whole.blocks.map { width($0, factors.inside) }
            widths.decoder = whole.decoder.map { width($0, factors.ends) }
            var smaller = teacher
            if isLight { smaller.architecture = .mobile(blocks: blocks) }
            (smaller.widths, smaller.filters) = (widths, widths.encoder[0])
            return smaller
        }
        var (low, high) = (0.0, 2.0)
        let least = plan(low).multiplyAdds
        guard least <= limit else {
            throw .impossibleTarget(
                found: multiplyAddsText(limit),
                allowed:
                    "at least \(multiplyAddsText(least)) for 256x256 pixels, which the smallest \(plan(low).architecture.rawValue) takes")
        }
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if plan(middle).multiplyAdds <= limit { low = middle } else { high = middle }
        }
        configuration = plan(low)
        multiplyAdds = configuration.multiplyAdds
    }
}

extension GeneratorConfiguration {
    /// Multiply-adds for one image of 256x256, or of the next larger size that fits.
    public var multiplyAdds: Int { multiplyAdds(side: 256) }

    /// Multiply-adds for one square image.
    package func multiplyAdds(side: Int) -> Int {
        let graph = graph
        let side = (side + graph.stride - 1) / graph.stride * graph.stride
        let costs = try? graph.costs(forInput: [1, graph.inputChannels ?? 3, side, side])
        return costs?.reduce(0) { $0 + $1.multiplyAdds } ?? 0
    }
}
