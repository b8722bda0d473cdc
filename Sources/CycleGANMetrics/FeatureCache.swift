import Checkpoints
import Foundation
import Support
import Torch

/// A folder of features that were computed before, each in a safetensors file named after its provenance.
///
/// Several processes may use one folder: files appear as a whole, and two that write the same file write the same content.
public struct FeatureCache: Sendable {
    /// The folder, which is made when something is stored.
    public let folder: URL

    /// - Parameter folder: The folder, which need not be there yet.
    public init(folder: URL) {
        self.folder = folder
    }

    /// Features that were stored, shape [N, D], float32; `nil` where there are none or the file is damaged.
    public func features(for provenance: FeatureProvenance) -> Tensor? {
        guard let contents = try? SafetensorsFile.read(url(provenance)), let features = contents["features"],
            FeatureProvenance(metadata: contents.metadata) == provenance,
            features.rank == 2, features.dtype == .float32, features.isAllFinite
        else { return nil }
        return features
    }

    /// Stores features, in place of those of the same provenance.
    ///
    /// - Parameter features: Shape [N, D], float32.
    /// - Throws: An error that names the folder or file, with the system's reason.
    public func store(_ features: Tensor, for provenance: FeatureProvenance) throws {
        precondition(
            features.rank == 2 && features.dtype == .float32, "features are float32 of shape [N, D], not \(features.dtype)\(features.shape)"
        )
        try AtomicFile.createFolder(folder)
        try SafetensorsFile.write(StateDict([("features", features)], metadata: provenance.metadata), to: url(provenance))
    }

    private func url(_ provenance: FeatureProvenance) -> URL {
        folder.appending(path: provenance.key + ".safetensors")
    }
}
