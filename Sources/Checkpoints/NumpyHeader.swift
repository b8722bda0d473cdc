import Foundation
import Torch

/// The header of a `.npy` file: eight bytes of signature and version, a length, and a Python dictionary with the type and the shape.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
enum NumpyHeader {
    private static let signature = Data([0x93] + Array("NUMPY".utf8))

    /// Finds the array in the content of a member.
    ///
    /// - Parameter name: The array's name, without `.npy`.
    static func read(_ content: FileBytes, name: String) throws(CheckpointError) -> StoredTensor {
        func damaged(_ reason: String) -> CheckpointError { .damaged(file: content.name, reason: "array '\(name)': \(reason)") }
        func unsupported(_ what: String) -> CheckpointError { .unsupported(file: content.name, what: "array '\(name)': \(what)") }
        var cursor = ByteCursor(content)
        guard try cursor.read(6) == signature else { throw damaged("it does not begin as .npy files do") }
        let version = try cursor.integer(UInt16.self) & 0xFF
        guard (1...3).contains(version) else { throw unsupported("version \(version) of the format; 1 to 3 are read") }
        let length = version == 1 ? Int(try cursor.integer(UInt16.self)) : Int(try cursor.integer(UInt32.self))
        let text = String(decoding: try cursor.read(length), as: UTF8.self)
        guard let order = text.firstMatch(of: /'fortran_order':\s*(True|False)/)?.output.1,
            let sizes = text.firstMatch(of: /'shape':\s*\(([0-9, ]*)\)/)?.output.1, text.contains("'descr':")
        else { throw damaged("its header lacks 'descr', 'fortran_order' or 'shape': \(text.prefix(200))") }
        guard let description = text.firstMatch(of: /'descr':\s*'([^']*)'/)?.output.1 else {
            throw unsupported("a structured type; save its fields one by one")
        }
        if description.contains("O") { throw unsupported("Python objects, which are pickled; save numbers") }
        if description.hasPrefix(">") {
            throw unsupported("big-endian numbers; in NumPy, save array.astype(array.dtype.newbyteorder('<'))")
        }
        guard let type = types[String(description.drop { "<|=".contains($0) })] else {
            throw unsupported("elements of type \(description); allowed: \(types.keys.sorted().joined(separator: ", "))")
        }
        var shape: [Int] = []
        guard sizes.utf8.count <= 24 * StoredTensor.mostDimensions else {
            throw damaged("its shape has over \(StoredTensor.mostDimensions) sizes")
        }
        for size in sizes.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) where !size.isEmpty {
            guard let size = Int(size) else { throw damaged("its shape (\(sizes)) is impossible") }
            shape.append(size)
        }
        let rowMajor = StoredTensor.rowMajorStrides(order == "True" ? shape.reversed() : shape)
        let array = StoredTensor(
            name: name, type: type, storage: cursor.position..<content.data.count, offset: 0, shape: shape,
            strides: order == "True" ? rowMajor.reversed() : rowMajor)
        let needed = try array.count(file: content.name) * type.byteCount
        guard array.storage.count == needed else {
            throw damaged("it has \(array.storage.count) bytes, and its shape \(shape) needs \(needed)")
        }
        return array
    }

    /// The content of a member for a tensor.
    static func content(for tensor: Tensor, type: String) -> Data {
        let shape = tensor.shape.map { "\($0)," }.joined(separator: " ")
        var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
        // NumPy too pads to a multiple of 64, so that numbers are aligned in the file.
        text += String(repeating: " ", count: -(10 + text.utf8.count + 1) & 63) + "\n"
        var content = signature + Data([1, 0])
        content.append(littleEndian: UInt16(text.utf8.count))
        content.append(contentsOf: text.utf8)
        tensor.withUnsafeBytes { content.append(contentsOf: $0) }
        return content
    }

    private static let types: [String: StoredType] = [
        "f2": .tensor(.float16), "f4": .tensor(.float32), "f8": .tensor(.float64), "i8": .tensor(.int64), "u1": .tensor(.uint8),
        "b1": .tensor(.bool), "i1": .int8, "i2": .int16, "i4": .int32, "u2": .uint16, "u4": .uint32,
    ]
}

extension DType {
    /// The type's description in `.npy` files; NumPy has no bfloat16.
    var numpyDescription: String? {
        switch self {
        case .float16: "<f2"
        case .float32: "<f4"
        case .float64: "<f8"
        case .int64: "<i8"
        case .uint8: "|u1"
        case .bool: "|b1"
        case .bfloat16: nil
        }
    }
}
