import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import Imaging
import Torch

// What is measured of all images together.
extension TranslationEvaluation {
    /// A translation as the Inception network gets it: with a value range of its own, the domain's black and white.
    func prepared(_ image: PixelImage) -> PixelImage {
        translator.outputDomain.valueRange.map { image.displayed(range: $0) } ?? image
    }

    private func realFeatures(_ reader: FeatureReader) throws -> FeatureSet {
        let areFiles = images.targets.allSatisfy { $0.half == nil && $0.page == nil }
        if areFiles, translator.outputDomain.valueRange == nil, translator.outputDomain.bands == nil, tools.scaling == .original {
            return try reader.features(.pool3, of: images.targetFolder)
        }
        let batches = try images.targets.map { target in
            let image = try target.read(for: translator.outputDomain)
            let size = tools.scaling.size(of: image.size, scale: translator.description.scales?[translation.to])
            return try reader.extractor.features(of: [prepared(image.resized(to: size))], name: target.name)[.pool3]
        }
        return try FeatureSet(path: images.targetFolder.root.path, values: Tensor.concatenated(batches.compactMap { $0 }))
    }

    func addDistribution(_ features: Tensor, to result: inout TranslationResult) throws {
        guard let reader = tools.reader else { return }
        let fakes = try FeatureSet(path: "translations of \(images.sourceFolder.root.path)", values: features)
        let reals = try self.reals.value(or: realFeatures(reader))
        func row(_ name: String, _ value: Double, higherIsBetter: Bool = false, deviation: Double? = nil) -> MeasuredMetric {
            MeasuredMetric(
                name: reader.weights.name(of: name), value: value, deviation: deviation, count: fakes.count, isHigherBetter: higherIsBetter,
                comparison: .distribution)
        }
        do throws(MetricError) {
            let distance = try FrechetDistance(FeatureStatistics(of: fakes), FeatureStatistics(of: reals))
            result.metrics.append(row("fid", distance.value))
            if distance.isSingular {
                result.notes.append(
                    "FID rests on \(fakes.count) and \(reals.count) images, fewer than its \(fakes.length) features: look at KID rather")
            }
            let kid = try KernelInceptionDistance(fakes, reals)
            // Where every subset is the whole of both sets, there is nothing to deviate.
            let varies = kid.subsetSize < max(fakes.count, reals.count)
            result.metrics.append(row("kid", kid.mean, deviation: varies ? kid.standardDeviation : nil))
            let found = try PrecisionRecall(generated: fakes, real: reals)
            result.metrics.append(row("precision", found.precision, higherIsBetter: true))
            result.metrics.append(row("recall", found.recall, higherIsBetter: true))
        } catch {
            guard case .tooFewImages = error else { throw error }
            result.notes.append("\(error)")
        }
        result.perImage.append(
            ImageValues(
                name: reader.weights.name(of: "nearest-real"), isHigherBetter: false, comparison: .distribution,
                values: try fakes.nearestDistances(to: reals)))
        if let nearest = result.perImage.last { result.metrics.append(nearest.measured) }
    }

    func addSemantic(_ counts: [SemanticCounts], to result: inout TranslationResult) {
        guard let accuracy = tools.labels?.accuracy, !counts.isEmpty else { return }
        func scores(_ indices: [Int]) -> SemanticScores {
            var sum = counts[indices[0]]
            for index in indices.dropFirst() { sum += counts[index] }
            return accuracy.scores(sum)
        }
        let all = scores(Array(counts.indices))
        let values: [(String, KeyPath<SemanticScores, Double>)] = [
            ("pixel-accuracy", \.pixelAccuracy), ("class-accuracy", \.meanClassAccuracy), ("mean-iou", \.meanIoU),
        ]
        for (name, value) in values {
            result.metrics.append(
                MeasuredMetric(
                    name: name, value: all[keyPath: value],
                    interval: Bootstrap().interval(count: counts.count) { scores($0)[keyPath: value] }, count: counts.count,
                    isHigherBetter: true, comparison: .truth))
            result.perImage.append(
                ImageValues(
                    name: name, isHigherBetter: true, comparison: .truth,
                    values: counts.indices.map { scores([$0])[keyPath: value] }))
        }
        result.semantic = all
        // A few levels off are the traces of JPEG compression.
        if all.meanTruthDistance > 20 {
            result.notes.append(
                String(format: "the true labels lie %.0f levels from the palette's colours on average", all.meanTruthDistance)
                    + ": is it the right palette, and do these labels belong to this direction?")
        }
    }
}
