import CycleGANMetrics
import Foundation
import Support

/// Gets the published weights of the networks that metrics use, and imports them.
public struct WeightsFetch {
    /// What the metrics need that are measured where nothing else is asked for: FID and its like, and LPIPS with AlexNet.
    public static let usual: [MetricNetwork] = [.inception, .alexnet, .lpipsAlex]

    private let store: WeightsStore
    private let folder: URL

    /// - Parameters:
    ///   - store: Where the weights are kept.
    ///   - folder: Where files lie until they are imported.
    public init(store: WeightsStore = UserCache.weights, folder: URL = UserCache.folder.appending(path: "downloads")) {
        self.store = store
        self.folder = folder
    }

    /// Those of some networks whose published weights are not there.
    public func missing(of networks: [MetricNetwork]) -> [MetricNetwork] {
        networks.filter { network in
            (try? store.weights(of: network, for: network.rawValue))?.isPublished != true
        }
    }

    /// Fetches a file and imports it as `WeightsStore.importWeights(from:)` does.
    ///
    /// - Parameter source: Another address, or the file; see `FileFetch`.
    /// - Throws: `FetchError`, `FileError`, errors of the download and of the import, which name the file.
    public func run(
        _ network: MetricNetwork, from source: String? = nil, report: (FetchEvent) -> Void = { _ in }
    ) throws -> [MetricWeights] {
        let published = PublishedFile(network)
        let fetch = FileFetch(published, from: source)
        // Not under the published name, whose digits those of a mirror's file need not be; they are compared before.
        let place = folder.appending(path: "\(network.rawValue).pth")
        // What an earlier attempt left there is of use only if it is the published file.
        if place.exists, (try? contentKey(of: place)).flatMap(published.matches) != true { try? FileManager.default.removeItem(at: place) }
        let file = try fetch.fetch(to: place, report: report)
        defer { if file == place { try? FileManager.default.removeItem(at: place) } }
        return try store.importWeights(from: file)
    }
}
