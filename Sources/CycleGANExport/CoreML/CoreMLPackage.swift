import Foundation
import Support
import SwiftProtobuf

/// A Core ML model as the folder that it is on disk: a manifest, the model, and a file of weights.
struct CoreMLPackage {
    /// Where things are in the folder.
    private static let (manifest, data) = ("Manifest.json", "Data")
    private static let (folder, modelFile, weightFolder, weightFile) = ("com.apple.CoreML", "model.mlmodel", "weights", "weight.bin")

    /// The files with the contents.
    static let (modelPath, weightPath) = ("\(data)/\(folder)/\(modelFile)", "\(data)/\(folder)/\(weightFolder)/\(weightFile)")

    let model: CoreMLModel
    let weights: Data

    init(model: CoreMLModel, weights: Data) {
        (self.model, self.weights) = (model, weights)
    }

    /// What the folder says of its parts.
    private struct Manifest: Codable {
        struct Item: Codable {
            var author, description, name, path: String
        }

        var fileFormatVersion: String
        var itemInfoEntries: [String: Item]
        var rootModelIdentifier: String
    }

    /// Fills a folder.
    ///
    /// - Throws: `FileError`.
    func write(into url: URL) throws {
        try AtomicFile.createFolder(url.appending(path: Self.weightPath).deletingLastPathComponent())
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        try AtomicFile.write(try model.serializedBytes(options: options), to: url.appending(path: Self.modelPath))
        try AtomicFile.write(weights, to: url.appending(path: Self.weightPath))
        // They only tell the items of this folder apart.
        let (root, other) = ("6D1B2A0C-53C7-4D2E-9C11-0A4C1F0F5A01", "6D1B2A0C-53C7-4D2E-9C11-0A4C1F0F5A02")
        let manifest = Manifest(
            fileFormatVersion: "1.0.0",
            itemInfoEntries: [
                root: Manifest.Item(
                    author: Self.folder, description: "CoreML Model Specification", name: Self.modelFile,
                    path: "\(Self.folder)/\(Self.modelFile)"),
                other: Manifest.Item(
                    author: Self.folder, description: "CoreML Model Weights", name: Self.weightFolder,
                    path: "\(Self.folder)/\(Self.weightFolder)"),
            ], rootModelIdentifier: root)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(manifest), to: url.appending(path: Self.manifest))
    }

    /// Whether a folder is such a package, and may be replaced by another one.
    static func isPackage(_ url: URL) -> Bool { url.appending(path: manifest).exists && url.appending(path: data).isFolder }

    /// Reads a folder.
    ///
    /// - Parameter name: What errors call it.
    /// - Throws: `ExportError.damaged`.
    init(contentsOf url: URL, name: String) throws {
        func read(_ path: String) throws(ExportError) -> Data {
            guard !path.split(separator: "/").contains(".."),
                let data = try? Data(contentsOf: url.appending(path: path), options: .mappedIfSafe)
            else { throw .damaged(file: name, reason: "\(path) cannot be read") }
            return data
        }
        let manifest = try? JSONDecoder().decode(Manifest.self, from: read(Self.manifest))
        guard let manifest, let root = manifest.itemInfoEntries[manifest.rootModelIdentifier] else {
            throw ExportError.damaged(file: name, reason: "\(Self.manifest) does not say where its model is")
        }
        guard let model = try? CoreMLModel(serializedBytes: read("\(Self.data)/\(root.path)")), model.hasProgram else {
            throw ExportError.damaged(file: name, reason: "\(root.path) is no Core ML model with a program, or a damaged one")
        }
        self.model = model
        weights = try read(Self.weightPath)
    }
}
