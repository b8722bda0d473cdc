import Torch

/// The element types found in files: those of tensors, and small integers that are widened to int64 when read.
enum StoredType: Equatable {
    case tensor(DType)
    case int8, int16, int32, uint16, uint32

    /// The size of one element in the file.
    var byteCount: Int {
        switch self {
        case .tensor(let dtype): dtype.byteCount
        case .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32: 4
        }
    }

    /// The type of the tensor that is made of such elements.
    var dtype: DType {
        if case .tensor(let dtype) = self { dtype } else { .int64 }
    }

    /// Makes a tensor of a view that begins with the first element of `storage`, little-endian as files are.
    ///
    /// - Parameter strides: Count elements.
    /// - Throws: `TorchError` when the view leaves the storage or does not fit into memory.
    func tensor(of storage: UnsafeRawBufferPointer, shape: [Int], strides: [Int]) throws -> Tensor {
        switch self {
        case .tensor(.bool):
            // A file can hold any byte, and only 0 and 1 are valid in memory.
            return try withTorchErrors { try view(storage, .uint8, shape, strides).to(.bool) }
        case .tensor(let dtype):
            // Storages begin anywhere in a file; strided access needs elements at addresses that fit their type.
            let isAligned = UInt(bitPattern: storage.baseAddress).isMultiple(of: UInt(dtype.byteCount))
            return try isAligned
                ? view(storage, dtype, shape, strides) : Array(storage).withUnsafeBytes { try view($0, dtype, shape, strides) }
        case .int8: return try widened(Int8.self, storage, shape, strides)
        case .int16: return try widened(Int16.self, storage, shape, strides)
        case .int32: return try widened(Int32.self, storage, shape, strides)
        case .uint16: return try widened(UInt16.self, storage, shape, strides)
        case .uint32: return try widened(UInt32.self, storage, shape, strides)
        }
    }

    private func widened<Integer: FixedWidthInteger>(
        _ type: Integer.Type, _ storage: UnsafeRawBufferPointer, _ shape: [Int], _ strides: [Int]
    ) throws -> Tensor {
        let size = MemoryLayout<Integer>.size
        let values = (0..<storage.count / size).map { Int64(storage.loadUnaligned(fromByteOffset: $0 * size, as: Integer.self)) }
        return try values.withUnsafeBytes { try view($0, .int64, shape, strides) }
    }

    private func view(_ storage: UnsafeRawBufferPointer, _ dtype: DType, _ shape: [Int], _ strides: [Int]) throws -> Tensor {
        try Tensor.view(of: storage, dtype: dtype, offset: 0, shape: shape, strides: strides)
    }
}
