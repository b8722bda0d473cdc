import ArgumentParser
import CycleGANBaselines
import CycleGANMetrics
import CycleGANRuns
import Foundation
import Imaging
import Support
import Torch

extension BaselineMethod: ExpressibleByArgument {}
extension FeatureLayer: ExpressibleByArgument {}

/// How Gatys' method works.
struct GramOptions: ParsableArguments {
    @Option(help: "Of gatys: steps of Adam for each image; fewer are faster and change less.") var gatysSteps = GramSettings().steps
    @Option(help: "Of gatys: how much the style counts beside the content.") var gatysStyleWeight = GramSettings().styleWeight
    @Option(help: "Of gatys: the layer of VGG16 whose features are kept.") var gatysContentLayer = GramSettings().contentLayer
    @Option(help: "Of gatys: chooses the image that gives the style, where there are several.") var gatysSeed: UInt64 = 0
    @Option(help: "Of gatys: a file of VGG16's weights (default: the imported ones).") var vgg: String?

    func validate() throws {
        if !(1...1_000_000).contains(gatysSteps) { throw ValidationError("--gatys-steps: found \(gatysSteps); allowed: 1 to 1000000") }
        if !gatysStyleWeight.isFinite || gatysStyleWeight <= 0 {
            throw ValidationError("--gatys-style-weight: found \(gatysStyleWeight); allowed: numbers above 0")
        }
    }

    /// - Throws: `BaselineError.missingWeights`, which says where to get them.
    fileprivate func features(device: Device) throws -> GramFeatures {
        if let vgg { return try GramFeatures(weights: MetricWeights.read(url(vgg), of: .vgg16), device: device) }
        let store = UserCache.weights
        guard store.contains(.vgg16) else {
            throw BaselineError.missingWeights(folder: store.folder.path, fileName: MetricNetwork.vgg16.published.fileName)
        }
        return try GramFeatures(weights: store.weights(of: .vgg16, for: "gatys"), device: device)
    }

    fileprivate var settings: GramSettings {
        var settings = GramSettings()
        (settings.steps, settings.styleWeight, settings.contentLayer) = (gatysSteps, gatysStyleWeight, gatysContentLayer)
        return settings
    }
}

extension StyleImages {
    /// Measures the style for a method, with its progress on a status line.
    ///
    /// - Parameter step: Told the steps of an image that Gatys' method has done.
    func fitted(
        _ method: BaselineMethod, _ domain: DomainConfiguration, _ options: GramOptions, workers: Int, device: Device,
        step: @escaping (Int) -> Void
    ) throws -> Fitted {
        let status = StatusLine()
        defer { status.clear() }
        func show(_ done: Int) { status.show("style \(done)/\(sources.count)") }
        return switch method {
        case .reinhard: try colorTransfer(domain, workers: workers, progress: show)
        case .histogram: try histogramMatching(domain, workers: workers, progress: show)
        case .gatys:
            try gramTransfer(
                domain, features: options.features(device: device), settings: options.settings, seed: options.gatysSeed, progress: step)
        }
    }
}

/// The baselines that `evaluate` puts beside a model.
struct ComparisonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Put baselines beside the model, in one table with the input unchanged: reinhard, histogram and gatys, several with commas. See \
            `cyclegan baseline`.
            """, valueName: "methods"))
    var baselines: String?
    @Option(
        help: """
            Where baselines have their style from: a folder of images, or one image (default: the training images of the target domain or, \
            where there are none, its test images).
            """)
    var style: String?
    @OptionGroup var gram: GramOptions

    func validate() throws {
        _ = try methods
        if style != nil, baselines == nil { throw ValidationError("--style is of --baselines; give both") }
        if style == "" { throw ValidationError("--style is empty; give a folder of images or an image") }
    }

    private var methods: [BaselineMethod] {
        get throws {
            guard let baselines else { return [] }
            let names = baselines.split(separator: ",", omittingEmptySubsequences: false)
            let methods = names.compactMap { BaselineMethod(rawValue: String($0)) }
            guard methods.count == names.count, Set(methods).count == methods.count else {
                throw ValidationError(
                    "--baselines: found \(baselines); allowed: \(BaselineMethod.allCases.map(\.rawValue).joined(separator: ", ")), each once"
                )
            }
            return methods
        }
    }

    /// What stands beside the model; `nil` where nothing was asked for.
    ///
    /// - Throws: What is wrong with the style, and `BaselineError`.
    func baselines(of evaluation: TranslationEvaluation, model: URL, data: URL, workers: Int, device: Device) throws -> ComparedBaselines? {
        guard baselines != nil else { return nil }
        var images =
            try style.map { try StyleImages(url($0), axis: evaluation.outputDomain.sliceAxis) }
            ?? StyleImages(ofTargetOf: evaluation, model: model, data: data)
        images.wording = worded
        var methods = [try evaluation.baseline(nil, name: "unchanged")]
        var notes: [String] = []
        for method in try self.methods {
            let status = StatusLine()
            let fitted = try images.fitted(method, evaluation.outputDomain, gram, workers: workers, device: device) {
                status.show("\(evaluation.title) \(method.rawValue): step \($0)/\(gram.gatysSteps)")
            }
            methods.append(try evaluation.baseline(fitted.baseline, name: method.rawValue))
            notes += fitted.notes.filter { !notes.contains($0) }
        }
        return ComparedBaselines(style: images.description, methods: methods, kept: [BaselineMethod.gatys.rawValue], notes: notes)
    }
}
