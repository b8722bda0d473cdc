import ArgumentParser
import CycleGANMetrics
import CycleGANRuns

extension FeatureProtocol: ExpressibleByArgument {}
extension InceptionFeature: ExpressibleByArgument {}
extension PerceptualNetwork: ExpressibleByArgument {}

/// Where networks run, and who reads their images.
struct ComputeOptions: ParsableArguments {
    @OptionGroup var processor: ProcessorOptions
    @Option(help: "Threads that read images.") var workers = 2

    func validate() throws {
        if !(1...64).contains(workers) { throw ValidationError("--workers: found \(workers); allowed: 1 to 64") }
    }
}

/// The options of metrics on Inception features.
struct InceptionOptions: ParsableArguments {
    @Option(help: "A file of Inception weights (default: the imported ones).") var weights: String?
    @Option(name: .customLong("protocol"), help: "Whose way of scaling images: numbers compare only within one protocol.")
    var featureProtocol = FeatureProtocol.pytorchFID
    @Flag(help: "Compute features anew, and do not keep them.") var noCache = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var compute: ComputeOptions

    /// - Parameter metric: Who needs the features, for the error.
    func reader(_ features: Set<InceptionFeature>, for metric: String) throws -> FeatureReader {
        let device = try compute.processor.start()
        let weights =
            try weights.map { try MetricWeights.read(url($0), of: .inception) }
            ?? UserCache.weights.weights(of: .inception, for: metric)
        let status = StatusLine()
        return try FeatureReader(
            weights: weights, featureProtocol: featureProtocol, features: features, device: device, workers: compute.workers,
            cache: noCache ? nil : UserCache.features
        ) {
            status.show("Features \($0.done)/\($0.count) \($0.path)")
            if $0.done == $0.count { status.clear() }
        }
    }
}
