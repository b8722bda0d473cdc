import ArgumentParser
import CycleGANMetrics
import CycleGANTraining
import Torch

extension FeatureProtocol: ExpressibleByArgument {}
extension InceptionFeature: ExpressibleByArgument {}
extension PerceptualNetwork: ExpressibleByArgument {}

/// Where and how fast networks run.
struct ComputeOptions: ParsableArguments {
    @Option(help: "auto, cpu, cuda, cuda:N or mps.") var device = "auto"
    @Option(help: "Threads of one operation on the CPU (default: all cores).") var threads: Int?
    @Option(help: "Threads that read images.") var workers = 2

    func validate() throws {
        let possible = TrainingConfiguration.possibleThreads
        if let threads, !possible.contains(threads) {
            throw ValidationError("--threads: found \(threads); allowed: \(possible.lowerBound) to \(possible.upperBound)")
        }
        if !(1...64).contains(workers) { throw ValidationError("--workers: found \(workers); allowed: 1 to 64") }
    }

    /// The device, with the number of threads set.
    func start() throws -> Device {
        if let threads { TorchRuntime.threadCount = threads }
        return try Device.named(device)
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
        let device = try compute.start()
        let weights =
            try weights.map { try MetricWeights.read(url($0), of: .inception) }
            ?? UserCache.weights.weights(of: .inception, for: metric)
        return try FeatureReader(
            weights: weights, featureProtocol: featureProtocol, features: features, device: device, workers: compute.workers,
            cache: noCache ? nil : UserCache.features)
    }
}
