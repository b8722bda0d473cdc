import CycleGANBaselines
import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import Foundation
import Imaging
import Pages
import Support
import Torch

/// Measures one translation on a test set, image by image.
public struct TranslationEvaluation {
    let translator: Translator
    /// The generator of the other direction, which gives reconstructions.
    private(set) var reverse: Translator?
    /// What it is measured on.
    public let images: EvaluationImages
    let tools: EvaluationTools
    /// What else is measured on the same images, by `compare(with:progress:)`.
    public var baselines: ComparedBaselines?
    // Stands in for the generator.
    private var method: BaselineTranslator?
    // Of all copies.
    let reals = Found<FeatureSet>()

    /// - Parameter reverse: The generator of the other direction, where the model has one.
    public init(translator: Translator, reverse: Translator?, images: EvaluationImages, tools: EvaluationTools) {
        self.translator = translator
        self.reverse = reverse
        self.images = images
        self.tools = tools
    }

    /// Which translation is measured.
    public var translation: Translation { translator.translation }
    /// The same in words.
    public var title: String { translator.description.names.title(of: translation) }

    /// The images that come out.
    public var outputDomain: DomainConfiguration { translator.outputDomain }

    /// A baseline in the place of the generator; `nil` leaves images unchanged.
    ///
    /// - Throws: `BaselineError.otherChannels`.
    public func baseline(_ baseline: (any Baseline)?, name: String) throws -> BaselineTranslator {
        try BaselineTranslator(
            baseline, name: name, from: translator.inputDomain, to: translator.outputDomain, trainingScale: translator.trainingScale)
    }

    /// An image with what the networks make of it.
    struct Sample {
        let real, fake: PixelImage
        let reconstruction, truth: PixelImage?
    }

    /// Translates and measures all images.
    ///
    /// - Parameter progress: Called after each image with the number done.
    /// - Throws: Errors of the images and of the metrics.
    public func run(progress: (Int) -> Void) throws -> TranslationResult {
        var result = TranslationResult(translation: translation, images: images.count, reals: images.targets.count)
        result.names = translator.description.names
        var watch = ScaleWatch(translator.trainingScale)
        var values = ValueWatch()
        var measured: [String: ImageValues] = [:]
        var order: [String] = []
        func add(_ name: String, _ value: Double, _ isHigherBetter: Bool, _ comparison: Comparison, _ range: Double?) {
            if measured[name] == nil {
                measured[name] = ImageValues(name: name, isHigherBetter: isHigherBetter, comparison: comparison)
                order.append(name)
            }
            measured[name]?.values.append(value)
            if let range, measured[name]?.dataRanges.contains(range) == false { measured[name]?.dataRanges.append(range) }
        }
        var counts: [SemanticCounts] = []
        var waiting: [PixelImage] = []
        var features: [Tensor] = []

        let reals = readAhead()
        for index in 0..<images.count {
            guard let real = try reals.next() else { break }
            values.observe(real, of: translator.inputDomain, name: images.sources[index].name)
            let sample = try translate(real, index: index)
            let name = images.sources[index].name
            watch.observe(sample.real.size, name: name)
            result.sizes =
                result.sizes.map { sizes in PictureSizes([sizes.smallest, sizes.largest, sample.real.size]) ?? sizes }
                ?? PictureSizes(sample.real.size)
            if let reconstruction = sample.reconstruction {
                try compare(sample.real, reconstruction, [.l1, .ssim], "cycle", .cycle, translator.inputDomain, name, add)
            }
            try compareStructure(sample, name, add)
            if let truth = sample.truth {
                try compare(sample.fake, truth, [.ssim, .psnr, .l1], "paired", .truth, translator.outputDomain, name, add)
                if let labels = tools.labels, labels.translation == translation {
                    counts.append(
                        try labels.accuracy.counts(
                            prediction: sample.fake, truth: truth, names: (name, images.truths?[index].name ?? name)))
                }
            }
            if tools.reader != nil { waiting.append(prepared(sample.fake)) }
            if waiting.count == 16 || index == images.count - 1, let reader = tools.reader {
                if let batch = try reader.extractor.features(of: waiting, name: "a translation of \(name)")[.pool3] {
                    features.append(batch)
                }
                waiting = []
            }
            progress(index + 1)
        }
        result.scaleWarning = watch.notice(tools.wording)
        result.notes += [result.scaleWarning].compactMap { $0 } + values.notices(tools.wording)
        if !features.isEmpty { try addDistribution(Tensor.concatenated(features), to: &result) }
        result.perImage += order.compactMap { measured[$0] }
        result.metrics += order.compactMap { measured[$0]?.measured }
        addSemantic(counts, to: &result)
        return result
    }

    /// Measures all baselines as the generator was measured.
    ///
    /// - Parameters:
    ///   - result: Of the generator.
    ///   - progress: Called after each image with the method and the number done.
    /// - Returns: `nil` where there are no baselines.
    /// - Throws: Errors of the images and of the metrics.
    public func compare(
        with result: TranslationResult, progress: (_ method: String, _ done: Int) -> Void
    ) throws -> BaselineComparison? {
        guard let baselines else { return nil }
        func row(_ name: String, _ result: TranslationResult) -> BaselineComparison.Row {
            .init(name: name, metrics: result.metrics.filter { $0.comparison != .cycle })
        }
        var comparison = BaselineComparison(style: baselines.style, rows: [row("model", result)], notes: baselines.notes)
        for method in baselines.methods {
            var other = self
            (other.method, other.reverse) = (method, nil)
            comparison.rows.append(row(method.name, try other.run { progress(method.name, $0) }))
        }
        return comparison
    }

    /// What a baseline makes of one image, as it is shown on the page.
    func picture(at index: Int, by method: BaselineTranslator) throws -> PixelImage {
        if let kept = baselines?.picture(of: index, by: method) { return kept }
        var other = self
        (other.method, other.reverse) = (method, nil)
        return try other.translation(at: index).fake
    }

    /// One image with what the networks make of it, as it is shown on the page.
    func translation(at index: Int) throws -> Sample {
        try translate(images.sources[index].read(for: translator.inputDomain), index: index)
    }

    private func readAhead() -> Prefetcher<PixelImage, any Error> {
        let (sources, domain) = (images.sources, translator.inputDomain)
        return Prefetcher(count: sources.count, workers: tools.workers, capacity: 2 * tools.workers) { try sources[$0].read(for: domain) }
    }

    /// Of an image whose percentiles are at the ends of its domain's range already.
    private func translation(
        of image: PixelImage, mask: PixelImage?, name: String, by translator: Translator,
        _ scaling: TranslationScaling = TranslationScaling()
    ) throws -> PixelImage {
        var request = TranslationRequest(image, mask: mask, name: name)
        request.measuresRange = false
        return try translator.translate(request, scaling: scaling)
    }

    private func translate(_ file: PixelImage, index: Int) throws -> Sample {
        let name = images.sources[index].name
        let file = translator.stretched(file)
        let size = try translator.size(of: file.size, scaling: tools.scaling, name: name)
        let fileMask = try images.masks[index].map {
            try $0.read().asMask(of: file.size, name: $0.name, imageName: name)
        }
        let fake =
            try method.map { try $0.translate(file, mask: fileMask, name: name, scaling: tools.scaling) }
            ?? translation(of: file, mask: fileMask, name: name, by: translator, TranslationScaling(tools.scaling))
        if let method { baselines?.keep(fake.shrunk(toLongerSide: 256), of: index, by: method) }
        let (real, mask) = (file.resized(to: size), fileMask?.resized(to: size).withHardEdges())
        let reconstruction = try reverse.map { try translation(of: fake, mask: mask, name: "the translation of \(name)", by: $0) }
        let truth = try images.truths.map { truths in
            let file = try truths[index].read(for: translator.outputDomain)
            let truth = try Self.converted(file, fake.bands, fake.format, translator.outputDomain, name: truths[index].name)
            // A truth of another size than its image is left as it is, and refused.
            return truth.size == file.size ? truth.resized(to: size) : truth
        }
        let shown = try Self.converted(
            real, translator.inputDomain.channels, (reconstruction ?? real).format, translator.inputDomain, name: name)
        return Sample(real: shown, fake: fake, reconstruction: reconstruction, truth: truth)
    }

    /// An image of a domain in some channels and samples, on white.
    private static func converted(
        _ image: PixelImage, _ channels: Int, _ format: PixelImage.Format, _ domain: DomainConfiguration, name: String
    ) throws(ImageError) -> PixelImage {
        var domain = domain
        (domain.channels, domain.background, domain.bands) = (channels, [255], nil)
        domain.bitDepth = BitDepth(format)
        return try image.converted(to: domain, name: name).holding(format)
    }

    private typealias Add = (
        _ name: String, _ value: Double, _ isHigherBetter: Bool, _ comparison: Comparison, _ dataRange: Double?
    ) -> Void

    private func compare(
        _ first: PixelImage, _ second: PixelImage, _ metrics: [PixelMetric], _ prefix: String, _ comparison: Comparison,
        _ domain: DomainConfiguration, _ name: String, _ add: Add
    ) throws {
        let (first, second, range) = Self.onOneScale(first, second, domain.valueRange)
        let pixels = PixelComparison(metrics: metrics, dataRange: range)
        let values = try pixels.values(first, second, names: (name, "what \(name) is compared with"))
        for metric in metrics {
            guard let value = values[metric] else { continue }
            add("\(prefix)-\(metric.rawValue)", value, metric.isHigherBetter, comparison, pixels.dataRange(of: first))
        }
        guard let lpips = tools.lpips, first.bands == 1 || first.bands == 3 else { return }
        guard min(first.width, first.height) >= lpips.lpips.network.smallestSide else { return }
        let distance = try lpips.lpips.distances(first.perceptualInput(name: name), second.perceptualInput(name: name), name: name)
        add("\(prefix)-\(lpips.name)", distance.item(), false, comparison, nil)
    }

    /// How much of the input's structure the translation keeps; where channels, depths or value ranges differ, both are compared as grey of
    /// 8 bits.
    private func compareStructure(_ sample: Sample, _ name: String, _ add: Add) throws {
        var (real, fake) = (sample.real, sample.fake)
        let (input, output) = (translator.inputDomain.valueRange, translator.outputDomain.valueRange)
        let areAlike = real.bands == fake.bands && real.format == fake.format && input == output
        if !areAlike {
            let grey = DomainConfiguration(channels: 1)
            real = try real.displayed(range: input).converted(to: grey)
            fake = try fake.displayed(range: output).converted(to: grey)
        }
        var range: Double?
        if areAlike { (real, fake, range) = Self.onOneScale(real, fake, input) }
        let pixels = PixelComparison(metrics: [.ssim], dataRange: range)
        let values = try pixels.values(real, fake, names: (name, "the translation of \(name)"))
        if let value = values[.ssim] { add("structure-ssim", value, true, .structure, pixels.dataRange(of: real)) }
    }

    /// Two images of a domain and the extent of their values: where bands have ranges of their own, each becomes 0...1.
    private static func onOneScale(
        _ first: PixelImage, _ second: PixelImage, _ range: ValueRange?
    ) -> (first: PixelImage, second: PixelImage, extent: Double?) {
        guard let range else { return (first, second, nil) }
        if let common = range.common { return (first, second, common.upperBound - common.lowerBound) }
        let unit = ValueRange(0...1)
        return (first.stretched(from: range, to: unit), second.stretched(from: range, to: unit), 1)
    }
}
