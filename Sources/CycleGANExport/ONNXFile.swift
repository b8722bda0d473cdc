import CycleGANModels
import Foundation
import Support
import SwiftProtobuf
import Torch

/// ONNX files: one protobuf message, and above 2 GB the weights in a file beside it.
public struct ONNXFile {
    /// Protobuf messages hold less than 2³¹ bytes.
    static let largestMessage = 2_000_000_000

    let model: ONNXModel

    /// Wraps a graph with what the model says of itself.
    init(_ graph: ONNXGraph, metadata: [String: String]) {
        var model = ONNXModel()
        model.irVersion = 8
        model.producerName = "swift-cyclegan"
        model.graph = graph
        var opset = ONNXOperatorSet()
        opset.version = Int64(GeneratorExport.opset)
        model.opsetImport = [opset]
        model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
            var entry = ONNXEntry()
            (entry.key, entry.value) = (key, value)
            return entry
        }
        self.model = model
    }

    /// Reads a file, with the weights beside it where there are any.
    ///
    /// - Throws: `ExportError.damaged`.
    init(contentsOf url: URL) throws {
        let data = try Data(contentsOf: url, options: .mappedIfSafe)
        guard var model = try? ONNXModel(serializedBytes: data), model.hasGraph else {
            throw ExportError.damaged(file: url.path, reason: "it is no ONNX model, or a damaged one")
        }
        for index in model.graph.initializer.indices where model.graph.initializer[index].dataLocation == .external {
            let place = Dictionary(model.graph.initializer[index].externalData.map { ($0.key, $0.value) }) { first, _ in first }
            let name = model.graph.initializer[index].name
            guard let location = place["location"], !location.contains("/"), let offset = place["offset"].flatMap({ Int($0) }),
                let length = place["length"].flatMap({ Int($0) }),
                let weights = try? Data(contentsOf: url.deletingLastPathComponent().appending(path: location), options: .mappedIfSafe),
                offset >= 0, length >= 0, offset + length <= weights.count
            else { throw ExportError.damaged(file: url.path, reason: "the numbers of \(name) are not where it says") }
            model.graph.initializer[index].rawData = weights.subdata(in: offset..<offset + length)
        }
        self.model = model
    }

    /// Writes the file, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - largestMessage: Above so many bytes the weights go into a file of their own, `NAME.data`.
    ///   - check: Looks at the file that is to take the place of the one at `url`, and throws where it must not.
    /// - Returns: The files that were written.
    func write(to url: URL, largestMessage: Int = largestMessage, checking check: (URL) throws -> Void = { _ in }) throws -> [URL] {
        var (model, weights) = (model, Data())
        let beside = url.deletingLastPathComponent().appending(path: url.lastPathComponent + ".data")
        let bytes = model.graph.initializer.reduce(0) { $0 + $1.rawData.count }
        if bytes > largestMessage {
            for index in model.graph.initializer.indices where model.graph.initializer[index].rawData.count > 1024 {
                let data = model.graph.initializer[index].rawData
                model.graph.initializer[index].moveOut(to: beside.lastPathComponent, offset: weights.count)
                weights.append(data)
            }
            try AtomicFile.write(weights, to: beside)
        }
        do {
            try AtomicFile.write(model.serializedBytes() as Data, to: url, checking: check)
        } catch {
            if !weights.isEmpty { try? FileManager.default.removeItem(at: beside) }
            throw error
        }
        return weights.isEmpty ? [url] : [url, beside]
    }
}

extension ONNXValues {
    fileprivate mutating func moveOut(to location: String, offset: Int) {
        externalData = [("location", location), ("offset", "\(offset)"), ("length", "\(rawData.count)")].map { key, value in
            var entry = ONNXEntry()
            (entry.key, entry.value) = (key, value)
            return entry
        }
        dataLocation = .external
        rawData = Data()
    }
}
