import Foundation
import Torch

/// Reads the constants of an ML program, those in lower precision too.
struct MILConstants {
    let weights: MILBlobReader
    let file: String

    /// What a constant operation gives.
    ///
    /// - Throws: `ExportError.damaged`.
    func datum(of operation: MILOperation) throws -> MILDatum {
        let name = operation.outputs[0].name
        func tensor(_ key: String) throws -> Tensor {
            guard let value = operation.attributes[key], case .tensor(let tensor) = try datum(of: value, name) else { throw damaged(name) }
            return tensor
        }
        func wholes(_ key: String) throws -> [Int] {
            guard let value = operation.attributes[key], case .wholes(let numbers) = try datum(of: value, name) else { throw damaged(name) }
            return numbers
        }
        switch operation.type {
        case "const":
            guard let value = operation.attributes["val"], value.type == operation.outputs[0].type else { throw damaged(name) }
            return try datum(of: value, name)
        case "constexpr_affine_dequantize":
            let (numbers, scale, zero) = (try tensor("quantized_data"), try tensor("scale"), try tensor("zero_point"))
            var shape = Array(repeating: 1, count: numbers.rank)
            guard let axis = try wholes("axis").first, shape.indices.contains(axis), scale.count == numbers.shape[axis],
                zero.count == scale.count
            else { throw damaged(name) }
            shape[axis] = scale.count
            let values = (numbers - zero.reshaped(shape)) * scale.to(.float32).reshaped(shape)
            return .tensor(values.to(scale.dtype))
        case "constexpr_lut_to_dense":
            let (table, shape) = (try tensor("lut"), try wholes("shape"))
            guard let bits = [2: 1, 4: 2, 16: 4, 64: 6, 256: 8][table.count] else { throw damaged(name) }
            let (packed, colors) = (try tensor("indices"), table.to(.float32).array(of: Float.self))
            let count = shape.reduce(1, *)
            guard shape.allSatisfy({ $0 >= 0 }), packed.count == (count * bits + 7) / 8 else { throw damaged(name) }
            let bytes = packed.array(of: Float.self)
            let numbers = (0..<count).map { index in
                // Two bytes from the one in which it begins.
                let first = index * bits / 8
                let pair = UInt(bytes[first]) | (first + 1 < bytes.count ? UInt(bytes[first + 1]) << 8 : 0)
                return colors[Int(pair >> UInt(index * bits % 8)) & (1 << bits - 1)]
            }
            return .tensor(Tensor(numbers, shape: shape).to(table.dtype))
        default: throw ExportError.damaged(file: file, reason: "the constant \(name) is no known operation: \(operation.type)")
        }
    }

    /// Numbers, in the program or in the file of weights; whole numbers of 8 bits as float32, which holds them.
    private func datum(of value: MILValue, _ name: String) throws -> MILDatum {
        let type = value.type.tensorType
        let sides = type.dimensions.map { Int(clamping: $0.constant.size) }
        let count = sides.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard sides.count == type.rank, sides.allSatisfy({ $0 < 1 << 32 }), count >= 0 else { throw damaged(name) }
        func require(_ found: Int) throws { guard found == count else { throw damaged(name) } }
        let immediate = value.immediate.tensor
        switch type.kind {
        case .string:
            try require(immediate.strings.values.count)
            return .text(immediate.strings.values[0])
        case .bool:
            try require(immediate.bools.values.count)
            return .flags(immediate.bools.values)
        case .int32:
            try require(immediate.ints.values.count)
            return .wholes(immediate.ints.values.map { Int($0) })
        case .uint32:
            let bytes = immediate.bytes.values
            try require(bytes.count / 4)
            return .wholes(
                bytes.withUnsafeBytes { data in (0..<count).map { Int(data.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) } })
        case .float32:
            if case .blob(let place) = value.value { return .tensor(Tensor(try read(place, 2, 4 * count), sides, .float32)) }
            try require(immediate.floats.values.count)
            return .tensor(Tensor(immediate.floats.values, shape: sides))
        case .float16: return .tensor(Tensor(try bytes(value, 1, 2 * count, name), sides, .float16))
        case .uint8: return .tensor(Tensor(try bytes(value, 3, count, name), sides, .uint8).to(.float32))
        case .int8: return .tensor(Tensor(try bytes(value, 4, count, name).map { Float(Int8(bitPattern: $0)) }, shape: sides))
        default: throw damaged(name)
        }
    }

    private func bytes(_ value: MILValue, _ type: Int, _ count: Int, _ name: String) throws -> Data {
        if case .blob(let place) = value.value { return try read(place, type, count) }
        guard value.immediate.tensor.bytes.values.count == count else { throw damaged(name) }
        return value.immediate.tensor.bytes.values
    }

    private func read(_ place: MILBlob, _ type: Int, _ count: Int) throws -> Data {
        guard place.fileName == "@model_path/weights/weight.bin" else {
            throw ExportError.damaged(file: file, reason: "it has weights in \(place.fileName), which is no file of such models")
        }
        return try weights.numbers(at: Int(clamping: place.offset), type: type, bytes: count)
    }

    private func damaged(_ name: String) -> ExportError {
        .damaged(file: file, reason: "the constant \(name) is not of its shape and type")
    }
}

extension Tensor {
    fileprivate init(_ data: Data, _ shape: [Int], _ type: DType) {
        self = data.withUnsafeBytes { Tensor(bytes: $0, shape: shape, dtype: type) }
    }
}
