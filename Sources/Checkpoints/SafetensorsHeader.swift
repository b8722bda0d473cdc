import Foundation
import Torch

/// The JSON header of a safetensors file: `{"name": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {...}}`.
///
/// Read by a small parser of its own because JSON libraries lose the order of the names and accept a name twice.
struct SafetensorsHeader {
    var tensors: [StoredTensor] = []
    var metadata: [String: String] = [:]

    /// Parses the header and checks that the tensors fill the data without gaps or overlaps.
    ///
    /// - Parameters:
    ///   - range: The header's bytes in the file.
    ///   - data: The bytes of the tensors in the file.
    init(_ file: FileBytes, range: Range<Int>, data: Range<Int>) throws(CheckpointError) {
        var parser = SafetensorsHeaderParser(ByteCursor(file, range: range))
        try parser.object { parser, name throws(CheckpointError) in
            if name == SafetensorsFile.metadataKey {
                try parser.object { parser, key throws(CheckpointError) in metadata[key] = try parser.string() }
            } else {
                tensors.append(try parser.tensor(name: name, data: data))
            }
        }
        try parser.end()
        try checkLayout(file: file.name, data: data)
    }

    private func checkLayout(file: String, data: Range<Int>) throws(CheckpointError) {
        var position = data.lowerBound
        let inFileOrder = tensors.sorted { left, right in
            (left.storage.lowerBound, left.storage.upperBound) < (right.storage.lowerBound, right.storage.upperBound)
        }
        for tensor in inFileOrder {
            let size = try tensor.count(file: file) * tensor.type.byteCount
            guard tensor.storage.count == size else {
                throw .damaged(
                    file: file,
                    reason: "tensor '\(tensor.name)' takes \(tensor.storage.count) bytes and its shape \(tensor.shape) needs \(size)")
            }
            guard tensor.storage.lowerBound == position else {
                throw .damaged(
                    file: file, reason: "tensor '\(tensor.name)' begins at byte \(tensor.storage.lowerBound), not at \(position)")
            }
            position = tensor.storage.upperBound
        }
        guard position == data.upperBound else {
            throw .damaged(file: file, reason: "the tensors end at byte \(position) and the file at \(data.upperBound)")
        }
    }
}

extension StoredType {
    /// safetensors' names of the types that can be read; U64, F8 and others have no counterpart here.
    static let safetensorsNames: [String: StoredType] = [
        "F32": .tensor(.float32), "F16": .tensor(.float16), "BF16": .tensor(.bfloat16), "F64": .tensor(.float64),
        "I64": .tensor(.int64), "U8": .tensor(.uint8), "BOOL": .tensor(.bool),
        "I8": .int8, "I16": .int16, "I32": .int32, "U16": .uint16, "U32": .uint32,
    ]
}

extension DType {
    /// The type's name in safetensors files.
    var safetensorsName: String {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float64: "F64"
        case .int64: "I64"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }
}
