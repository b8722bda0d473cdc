import Foundation
import Torch

/// A tensor that still lies in a file: a strided view into a storage, which is a range of the file's bytes.
struct StoredTensor {
    let name: String
    let type: StoredType
    /// Where the storage lies in the file, in bytes.
    let storage: Range<Int>
    /// The view's first element in the storage.
    let offset: Int
    let shape: [Int]
    /// Distances between neighbours along each dimension, in elements.
    let strides: [Int]
}

extension StoredTensor {
    /// libtorch's own limit.
    static let mostDimensions = 64

    /// A tensor whose elements fill `storage` in row-major order.
    init(name: String, type: StoredType, storage: Range<Int>, rowMajor shape: [Int]) {
        self.init(name: name, type: type, storage: storage, offset: 0, shape: shape, strides: Self.rowMajorStrides(shape))
    }

    /// The strides of a tensor without gaps, as PyTorch gives them: a dimension of size 0 counts as 1.
    static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        // Sizes from a file are checked later, so their product may not fit.
        shape.indices.map { shape[($0 + 1)...].reduce(1) { $0 &* max($1, 1) } }
    }

    /// The number of elements.
    ///
    /// - Throws: `CheckpointError.damaged` for sizes that no file can hold.
    func count(file: String) throws(CheckpointError) -> Int {
        // Zeros do not excuse the other sizes: strides are their product.
        guard shape.count == strides.count, shape.count <= Self.mostDimensions, !shape.contains(where: { $0 < 0 }),
            let extent = Self.product(shape.map { max($0, 1) } + [8])
        else { throw damaged(file, "impossible shape \(shape) with strides \(strides)") }
        return shape.contains(0) ? 0 : extent / 8
    }

    /// Copies the elements out of the file's bytes.
    ///
    /// - Throws: `CheckpointError.damaged` when an element lies outside the storage, or the storage outside the file.
    func tensor(in bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) -> Tensor {
        let span = try byteSpan(file: file)
        guard storage.lowerBound >= 0, storage.upperBound <= bytes.count else {
            throw damaged(file, "bytes \(storage) lie outside the file of \(bytes.count)")
        }
        let view = UnsafeRawBufferPointer(rebasing: bytes[storage.lowerBound + span.lowerBound..<storage.lowerBound + span.upperBound])
        do {
            return try type.tensor(of: view, shape: shape, strides: strides)
        } catch {
            throw .unreadable(file: file, reason: "tensor '\(name)': \(error)")
        }
    }

    /// The bytes of the storage from the first to the last element.
    private func byteSpan(file: String) throws(CheckpointError) -> Range<Int> {
        guard try count(file: file) > 0 else { return 0..<0 }
        var end = offset
        for (size, stride) in zip(shape, strides) {
            let (step, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
            let (next, carry) = end.addingReportingOverflow(step)
            guard stride >= 0, !overflow, !carry else { throw damaged(file, "impossible strides \(strides) for the shape \(shape)") }
            end = next
        }
        guard offset >= 0, end < storage.count / type.byteCount else {
            throw damaged(file, "elements \(offset) to \(end) lie outside its storage of \(storage.count / type.byteCount)")
        }
        return offset * type.byteCount..<(end + 1) * type.byteCount
    }

    private func damaged(_ file: String, _ reason: String) -> CheckpointError {
        .damaged(file: file, reason: "tensor '\(name)': \(reason)")
    }

    /// The product of non-negative factors, or nil where it does not fit an Int.
    static func product(_ factors: [Int]) -> Int? {
        factors.reduce(1 as Int?) { result, factor in
            guard let (value, overflow) = result?.multipliedReportingOverflow(by: factor), !overflow else { return nil }
            return value
        }
    }
}

extension StateDict {
    /// Copies the wanted tensors out of a file's bytes.
    ///
    /// A view may repeat elements (stride 0), so a small damaged file could ask for endless memory; the sum is limited.
    ///
    /// - Throws: `CheckpointError.damaged` also for two tensors of one name.
    init(_ stored: [StoredTensor], in file: FileBytes, metadata: [String: String]) throws(CheckpointError) {
        self.init(metadata: metadata)
        var allowance = file.data.count.multipliedReportingOverflow(by: 16).partialValue
        for item in stored where file.isWanted(item.name) {
            guard self[item.name] == nil else { throw .damaged(file: file.name, reason: "two tensors are called '\(item.name)'") }
            allowance -= try item.count(file: file.name) * item.type.dtype.byteCount
            guard allowance >= 0 else {
                throw .damaged(
                    file: file.name,
                    reason: "tensor '\(item.name)' \(item.shape) is far larger than the file (\(file.data.count) bytes)")
            }
            let result = file.data.withUnsafeBytes { bytes in
                Result { () throws(CheckpointError) in try item.tensor(in: bytes, file: file.name) }
            }
            self[item.name] = try result.get()
        }
    }
}
