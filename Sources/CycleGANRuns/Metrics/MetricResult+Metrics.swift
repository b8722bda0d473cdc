import CycleGANMetrics
import Foundation
import Support

extension MetricResult {
    /// The mean over pairs, with its interval.
    public init(pairs: ImagePairs, metric: String, title: String, values: [Double], text: (Double) -> String) {
        let mean = values.reduce(0, +) / Double(values.count)
        self.init(metric: metric, title: title, value: mean, text: text(mean), count: values.count)
        if values.count > 1 { notes.append("mean over \(values.count) pairs of images") }
        if let interval = Bootstrap().interval(ofMean: values) {
            notes.append(
                "the mean lies from \(text(interval.lower)) to \(text(interval.upper)) with 95% confidence (bootstrap over the images)")
            details = ["lower": .number(interval.lower), "upper": .number(interval.upper)]
        }
        images = zip(pairs.pairs, values).map { ImageValue(name: $0.name, value: $1) }
    }

    /// The mean over pairs under a pixel metric, with the range of values and the sizes at which it was taken.
    public init(pairs: ImagePairs, metric: PixelMetric, title: String, scores: PixelScores) {
        self.init(pairs: pairs, metric: metric.rawValue, title: title, values: scores.values(of: metric), text: metric.text)
        var ranges: [Double] = []
        for range in scores.dataRanges where !ranges.contains(range) { ranges.append(range) }
        details[ranges.count == 1 ? "dataRange" : "dataRanges"] = ranges.count == 1 ? .number(ranges[0]) : .numbers(ranges)
        let rangeText = "range" + (ranges.count > 1 ? "s " : " ") + ranges.map(plainNumber).joined(separator: " and ")
        guard let sizes = PictureSizes(scores.sizes) else { return }
        details["sizes"] = .sizes(sizes)
        notes.insert("\(rangeText); measured at \(sizes.words)", at: 0)
    }
}

extension MetricResult {
    /// A number made with an Inception network: only with the published weights it bears the metric's own name.
    public init(_ metric: String, _ title: String, _ value: Double, _ text: String, _ count: Int, _ reader: FeatureReader) {
        let weights = reader.weights
        self.init(
            metric: weights.name(of: metric),
            title: weights.isPublished
                ? "\(title) (\(reader.featureProtocol.rawValue))"
                : "\(title) with the weights \(weights.shortChecksum) (\(reader.featureProtocol.rawValue))",
            value: value, text: text, count: count, featureProtocol: reader.featureProtocol, weights: weights.sha256)
        if !weights.isPublished { notes.append("these weights are not the published ones: the number compares with no other") }
    }

    /// FID, with what makes it doubtful.
    public static func fid(
        _ first: FeatureReader.Statistics, _ second: FeatureReader.Statistics, _ reader: FeatureReader, _ feature: InceptionFeature
    ) throws(MetricError) -> MetricResult {
        let distance = try FrechetDistance(first.values, second.values)
        // The name FID is kept for the published weights and layer.
        let title = reader.weights.isPublished && feature == .pool3 ? "FID" : "Fréchet distance of feature \(feature.rawValue)"
        let result = MetricResult(
            feature == .pool3 ? "fid" : "fid-\(feature.rawValue)", title, distance.value, String(format: "%.4f", distance.value),
            first.values.count ?? 0, reader)
        return result.detailed(distance, first, second, feature: feature.rawValue)
    }

    /// FID of two files of statistics, which needs no network.
    ///
    /// - Throws: Errors of the files, and `MetricError.otherStatistics` for files that were made in different ways.
    public static func fid(ofStatistics first: URL, and second: URL) throws -> MetricResult {
        let files = try [first, second].map { (url: $0, contents: try StatisticsFile.read($0)) }
        let origins = files.compactMap(\.contents.provenance)
        if origins.count == 2 {
            try origins[1].check(
                comparesWith: origins[0].featureProtocol, feature: origins[0].feature, weights: origins[0].weights, path: second.path)
        }
        let statistics = files.map {
            FeatureReader.Statistics(saved: $0.contents.statistics, hasProvenance: $0.contents.provenance != nil, path: $0.url.path)
        }
        let distance = try FrechetDistance(statistics[0].values, statistics[1].values)
        let origin = origins.first
        let isFID = origin.map { MetricNetwork.inception.published.matches($0.weights) && $0.feature == InceptionFeature.pool3.rawValue }
        let result = MetricResult(
            metric: isFID == false ? "frechet-distance" : "fid",
            title: isFID == false ? "Fréchet distance" : "FID" + (origin.map { " (\($0.featureProtocol.rawValue))" } ?? ""),
            value: distance.value, text: String(format: "%.4f", distance.value), count: statistics[0].values.count ?? 0,
            featureProtocol: origin?.featureProtocol, weights: origin?.weights)
        return result.detailed(distance, statistics[0], statistics[1], feature: origin?.feature)
    }

    private func detailed(
        _ distance: FrechetDistance, _ first: FeatureReader.Statistics, _ second: FeatureReader.Statistics, feature: String?
    ) -> MetricResult {
        var result = self
        result.details = [
            "counts": .integers([first.values.count ?? 0, second.values.count ?? 0]), "meanTerm": .number(distance.meanTerm),
            "covarianceTerm": .number(distance.covarianceTerm), "ranks": .integers([distance.firstRank, distance.secondRank]),
            "isSingular": .flag(distance.isSingular),
        ]
        result.details["feature"] = feature.map { .text($0) }
        result.notes += first.notes + second.notes
        if distance.isSingular {
            result.notes.append(
                "the covariances have ranks \(distance.firstRank) and \(distance.secondRank) of \(first.values.length): too few images for a reliable "
                    + "number; compare only equal numbers of images, and look at KID too")
        }
        return result
    }

    /// KID, with its subsets.
    public static func kid(
        _ distance: KernelInceptionDistance, _ first: FeatureSet, _ second: FeatureSet, _ reader: FeatureReader, seed: UInt64
    ) -> MetricResult {
        var result = MetricResult(
            "kid", "KID", distance.mean, String(format: "%.6f ± %.6f", distance.mean, distance.standardDeviation), first.count, reader)
        result.details = [
            "std": .number(distance.standardDeviation), "subsets": .integer(distance.subsetCount),
            "subsetSize": .integer(distance.subsetSize), "seed": .natural(seed), "counts": .integers([first.count, second.count]),
        ]
        result.notes.append("\(distance.subsetCount) subsets of \(distance.subsetSize) images")
        return result
    }
}
