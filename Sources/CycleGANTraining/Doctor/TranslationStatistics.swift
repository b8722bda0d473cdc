/// What one generator makes of the samples.
struct TranslationStatistics {
    /// Pearson's correlation of the brightness of input and output over pixels, -1...1, a mean over the samples; `nil` when all of
    /// them are of one colour.
    let correlation: Double?
    /// Mean |output - input| as a share of the value range; `nil` when the domains differ in channels.
    let difference: Double?
    /// Mean |difference| of the brightness of two outputs, relative to that of two inputs or that of two images of the target domain,
    /// whichever is smaller. `nil` for fewer than two samples, and for samples that hardly differ themselves.
    let diversity: Double?
    /// How much nearer the brightness of the outputs is to that of the target domain than the brightness of their negatives is: a
    /// difference of two Wasserstein distances, -1...1.
    let inversionGain: Double
    /// The stronger of the periods 2 and 4 in the outputs, in dB above the inputs and the target domain's images; see `GridEnergy`.
    let gridExcess: (decibels: Double, period: Int)?

    /// - Parameters:
    ///   - samples: At least one.
    ///   - targets: Images of the domain that the generator translates to.
    init(samples: [TranslatedSample], targets: [PictureStatistics]) {
        let (inputs, outputs) = (samples.map(\.input), samples.map(\.output))
        correlation = mean(samples.compactMap { Self.correlation($0.input.thumbnail, $0.output.thumbnail) })
        difference = mean(samples.compactMap(\.difference))
        diversity = Self.diversity(outputs).flatMap { made in
            [inputs, targets].compactMap(Self.diversity).min().flatMap { real in real > 0.01 ? made / real : nil }
        }
        inversionGain = Self.inversionGain(outputs, targets)
        gridExcess = Self.gridExcess(outputs, over: [inputs, targets])
    }

    private static func correlation(_ first: [Float], _ second: [Float]) -> Double? {
        let count = Double(first.count)
        var (sum1, sum2, square1, square2, product) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(first, second) {
            let (x, y) = (Double(x), Double(y))
            sum1 += x
            sum2 += y
            square1 += x * x
            square2 += y * y
            product += x * y
        }
        let (variance1, variance2) = (square1 / count - sum1 * sum1 / count / count, square2 / count - sum2 * sum2 / count / count)
        // Less contrast than half a level of 8 bits is none.
        guard min(variance1, variance2) > 4e-6 else { return nil }
        return (product / count - sum1 * sum2 / count / count) / (variance1 * variance2).squareRoot()
    }

    private static func diversity(_ pictures: [PictureStatistics]) -> Double? {
        mean(
            pictures.indices.flatMap { second in
                (0..<second).map { meanDifference(pictures[$0].thumbnail, pictures[second].thumbnail) }
            })
    }

    private static func inversionGain(_ outputs: [PictureStatistics], _ targets: [PictureStatistics]) -> Double {
        guard !targets.isEmpty else { return 0 }
        let levels = PictureStatistics.levels
        func distribution(_ pictures: [PictureStatistics]) -> [Double] {
            (0..<levels).map { level in pictures.reduce(0) { $0 + $1.distribution[level] } / Double(pictures.count) }
        }
        func distance(_ first: [Double], _ second: [Double]) -> Double {
            zip(first, second).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(levels)
        }
        let (made, wanted) = (distribution(outputs), distribution(targets))
        // Of the negative, a share of 1 - F(1 - x) is at most as bright as x.
        let negative = made.dropLast().reversed().map { 1 - $0 } + [1]
        return distance(negative, wanted) - distance(made, wanted)
    }

    private static func gridExcess(
        _ outputs: [PictureStatistics], over references: [[PictureStatistics]]
    ) -> (decibels: Double, period: Int)? {
        func level(_ pictures: [PictureStatistics], _ index: Int) -> Double? {
            mean(pictures.compactMap { $0.grid?.decibels[index] })
        }
        let excesses = GridEnergy.periods.enumerated().compactMap { index, period in
            level(outputs, index).map { made in
                (decibels: made - references.compactMap { level($0, index) }.reduce(0, max), period: period)
            }
        }
        return excesses.max { $0.decibels < $1.decibels }
    }
}

private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
