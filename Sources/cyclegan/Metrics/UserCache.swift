import CycleGANMetrics
import Foundation

/// The folder in which this user's weights and features are kept for all projects; `scripts/setup` keeps libtorch there.
enum UserCache {
    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["SWIFT_CYCLEGAN_CACHE"], !path.isEmpty { return url(path) }
        if let path = environment["XDG_CACHE_HOME"], !path.isEmpty { return url(path).appending(path: "swift-cyclegan") }
        return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/swift-cyclegan")
    }

    static var weights: WeightsStore { WeightsStore(folder: folder.appending(path: "weights")) }

    static var features: FeatureCache { FeatureCache(folder: folder.appending(path: "features")) }
}
