import CycleGANBaselines
import CycleGANMetrics
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import NIfTI
import Support
import Torch

/// The images that a baseline takes its style from.
public struct StyleImages {
    /// The pictures.
    public let sources: [ImageSource]
    /// What they are and where, such as `1,096 training images of B in DATA/trainB`.
    public let description: String
    private let path: String
    /// An error in words.
    package var wording: (any Error) -> String = { "\($0)" }

    private init(_ sources: [ImageSource], path: String, kind: String = "image", domain: String? = nil) {
        self.sources = sources
        self.path = path
        let isFile = sources.count == 1 && sources[0].url.path == path
        description = isFile ? path : counted(sources.count, kind) + (domain.map { " of \($0)" } ?? "") + " in \(path)"
    }

    /// The images of a folder, or one image with all its pages.
    ///
    /// - Throws: `TranslationPlanError` where there is nothing, `DatasetError` for a folder without images.
    public init(_ url: URL, axis: SliceAxis = .axial) throws {
        guard url.exists else {
            throw TranslationPlanError("the style: \(url.path) does not exist; expected an image file or a folder of images")
        }
        let sources = url.isFolder ? try ImageFolder(url).sources(axis: axis) : ImageSource.all(in: url, axis: axis)
        self.init(sources, path: url.path)
    }

    /// The training images of a translation's target domain, of the run or else beside the test images; where there are none, the test images of that
    /// domain.
    ///
    /// - Parameters:
    ///   - evaluation: What the translation is measured on.
    ///   - model: The run, if it is one.
    ///   - data: The data set that the test images are of.
    public init(ofTargetOf evaluation: TranslationEvaluation, model: URL, data: URL) {
        let (translation, names, images) = (evaluation.translation, evaluation.translator.description.names, evaluation.images)
        let axis = evaluation.outputDomain.sliceAxis
        let folder = RunFolder(model)
        let own = folder.holdsRun ? (try? folder.readConfiguration()).map { URL(filePath: $0.data.folder) } : nil
        for root in [own, data].compactMap({ $0 }) {
            guard
                let found = try? EvaluationImages(
                    data: root, split: .train, translation: translation, hasMasks: false, isPaired: false, axis: axis)
            else { continue }
            self.init(found.targets, path: found.targetFolder.root.path, kind: "training image", domain: names[translation.to])
            return
        }
        self.init(images.targets, path: images.targetFolder.root.path, kind: "test image", domain: names[translation.to])
    }

    /// The colours of most of the images, as far as some of them tell, and how many channels that makes; opacity is none of them.
    ///
    /// - Throws: `BaselineError.unusableStyle` where none of them can be read.
    public func channels(bands: [Int]?) throws -> Int {
        if let bands { return bands.count }
        var found: [Int] = []
        var failure = ""
        for place in 0..<min(sources.count, 16) {
            do {
                let image = try sources[place * sources.count / min(sources.count, 16)].read()
                found.append(image.bands - (image.hasAlpha ? 1 : 0))
            } catch {
                failure = wording(error)
            }
        }
        let counts = Dictionary(grouping: found) { $0 }.mapValues(\.count)
        guard let most = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else {
            throw BaselineError.unusableStyle(path: path, unusable: sources.count, count: sources.count, example: failure)
        }
        return most.key
    }

    /// What is known of a style, with what a person should know.
    public struct Fitted {
        /// What gives images the style.
        public let baseline: any Baseline
        /// Which images were left out, and which one was chosen.
        public let notes: [String]
    }

    /// Measures the style for a baseline that goes by colours.
    ///
    /// - Parameters:
    ///   - domain: What the images are.
    ///   - progress: Called after each image with the number done.
    /// - Throws: `BaselineError.unusableStyle` where more than half of the images cannot be used.
    public func colorTransfer(_ domain: DomainConfiguration, workers: Int, progress: (Int) -> Void = { _ in }) throws -> Fitted {
        var style = ColorStatistics()
        let notes = try each(domain, workers, progress, measure: { ColorStatistics(of: $0, in: $1) }, add: { style.add($0) })
        return Fitted(baseline: ColorTransfer(style: style), notes: notes)
    }

    /// The same for histograms.
    ///
    /// - Throws: As `colorTransfer(_:workers:progress:)`.
    public func histogramMatching(_ domain: DomainConfiguration, workers: Int, progress: (Int) -> Void = { _ in }) throws -> Fitted {
        var style = ChannelHistograms()
        let notes = try each(domain, workers, progress, measure: { ChannelHistograms(of: $0, in: $1) }, add: { style.add($0) })
        return Fitted(baseline: HistogramMatching(style: style), notes: notes)
    }

    /// Takes one of the images as the style of Gatys' method.
    ///
    /// - Parameters:
    ///   - seed: Which of several.
    ///   - progress: Called after each step of each image that is made, with the number done.
    /// - Throws: `BaselineError` and `MetricError` for an image that cannot be the style, and what reading it throws.
    public func gramTransfer(
        _ domain: DomainConfiguration, features: GramFeatures, settings: GramSettings, seed: UInt64,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws -> Fitted {
        var random = SplitMix64(seed: seed)
        let source = sources[random.integer(below: sources.count)]
        let (image, own) = try Self.read(source, for: domain)
        let baseline = try GramTransfer(
            style: image, domain: own, features: features, settings: settings, name: source.name, progress: progress)
        return Fitted(baseline: baseline, notes: sources.count > 1 ? ["gatys has its style from one of them, \(source.name)"] : [])
    }

    /// An image as one of a domain, and what it then is: without a range of values it keeps its own depth.
    private static func read(
        _ source: ImageSource, for domain: DomainConfiguration
    ) throws -> (image: PixelImage, domain: DomainConfiguration) {
        let file = try source.read(for: domain)
        var (input, output) = (domain, domain)
        if domain.valueRange == nil {
            (input.bitDepth, output.bitDepth) = (file.storedAs.keptDepth, file.storedAs.keptDepth)
            input.valueRange = source.window.map { ValueRange($0) }
        }
        return (try file.carried(from: input, to: output, name: source.name), output)
    }

    /// Measures every image, on several threads, and adds up what was found in their order.
    ///
    /// - Returns: What to say of images that cannot be used.
    private func each<Statistics: Sendable>(
        _ domain: DomainConfiguration, _ workers: Int, _ progress: (Int) -> Void,
        measure: @escaping @Sendable (PixelImage, DomainConfiguration) -> Statistics, add: (Statistics) -> Void
    ) throws -> [String] {
        let sources = sources
        let found = Prefetcher<Result<Statistics, any Error>, Never>(
            count: sources.count, workers: workers, capacity: 2 * workers
        ) { index in
            Result { try Self.read(sources[index], for: domain) }.map { measure($0.image, $0.domain) }
        }
        var failures: [String] = []
        var done = 0
        while let next = found.next() {
            switch next {
            case .success(let statistics): add(statistics)
            case .failure(let error): failures.append(wording(error))
            }
            done += 1
            progress(done)
        }
        guard let first = failures.first else { return [] }
        guard 2 * failures.count <= sources.count else {
            throw BaselineError.unusableStyle(path: path, unusable: failures.count, count: sources.count, example: first)
        }
        return [
            "\(counted(failures.count, "image")) of the style cannot be used and \(failures.count == 1 ? "is" : "are") left out: \(first)"
        ]
    }
}
