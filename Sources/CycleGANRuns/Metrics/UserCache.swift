import CycleGANMetrics
import Foundation

/// The folder in which this user's weights and features are kept for all projects; `scripts/setup` keeps libtorch there.
public enum UserCache {
    /// Where it is: `SWIFT_CYCLEGAN_CACHE`, or in `XDG_CACHE_HOME` or `~/.cache`.
    public static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["SWIFT_CYCLEGAN_CACHE"], !path.isEmpty { return URL(filePath: path) }
        if let path = environment["XDG_CACHE_HOME"], !path.isEmpty { return URL(filePath: path).appending(path: "swift-cyclegan") }
        return FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/swift-cyclegan")
    }

    /// The weights that were imported.
    public static var weights: WeightsStore { WeightsStore(folder: folder.appending(path: "weights")) }

    /// The features that were computed.
    public static var features: FeatureCache { FeatureCache(folder: folder.appending(path: "features")) }
}
