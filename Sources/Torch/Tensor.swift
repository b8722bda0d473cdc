import CTorch

/// Owns one handle; ARC frees the tensor as soon as the last Swift reference goes.
final class TensorHandle {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { ct_free(pointer) }
}

/// An n-dimensional array of libtorch.
///
/// A copy of the value refers to the same storage, as in PyTorch. Image batches are laid out [N, C, H, W].
/// Tensors stay on the thread that made them; other threads hand over plain Swift values.
public struct Tensor {
    let handle: TensorHandle

    var pointer: OpaquePointer { handle.pointer }

    /// Takes over the result of `operation`, or reports its failure with the operands' shapes.
    init(_ result: OpaquePointer?, _ operation: String, _ operands: [Tensor]) {
        if let result {
            handle = TensorHandle(result)
        } else {
            fail(operation, operands)
            // A pointer of memory is all this asks for: without it no error could be handed on either.
            guard let undefined = ct_undefined() else { fatalError("out of memory") }
            handle = TensorHandle(undefined)
        }
    }

    // The sizes of what an operation yields that failed inside `withTorchErrors`: code that looks at them goes on to the end of the scope.
    private static let sizesOfFailed = [1, 1, 1, 1]

    /// The extent of every dimension; empty for a single number.
    public var shape: [Int] {
        ct_is_defined(pointer) ? (0..<Int(ct_rank(pointer))).map { Int(ct_size(pointer, Int32($0))) } : Self.sizesOfFailed
    }

    /// The number of dimensions.
    public var rank: Int { ct_is_defined(pointer) ? Int(ct_rank(pointer)) : Self.sizesOfFailed.count }

    /// The number of elements.
    public var count: Int { ct_is_defined(pointer) ? Int(ct_count(pointer)) : 1 }

    /// The type of the elements.
    public var dtype: DType { ct_is_defined(pointer) ? DType(code: ct_dtype_of(pointer)) : .float32 }

    /// Where the elements are.
    public var device: Device { ct_is_defined(pointer) ? Device(code: ct_device_of(pointer)) : .cpu }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool { ct_is_contiguous(pointer) }

    /// The value of a tensor with one element; waits for the device.
    public func item() -> Double {
        var value = 0.0
        check(ct_item(pointer, &value), "item", [self])
        return value
    }

    /// Calls `body` with the elements in row-major order; copies to the CPU first where needed.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let local = device == .cpu && isContiguous ? self : to(.cpu).contiguous()
        return try withExtendedLifetime(local) {
            let start = ct_data(local.pointer)
            return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : local.count * local.dtype.byteCount))
        }
    }

    /// The elements in row-major order; none of what failed inside `withTorchErrors`.
    ///
    /// - Parameter type: Must match `dtype`; convert with `to(_:)` first.
    public func array<Scalar: TorchScalar>(of type: Scalar.Type) -> [Scalar] {
        precondition(
            dtype == Scalar.dtype || !ct_is_defined(pointer), "a \(dtype) tensor cannot be read as \(Scalar.dtype); convert it with to(_:)")
        return withUnsafeBytes { Array($0.bindMemory(to: Scalar.self)) }
    }
}

extension Tensor: CustomStringConvertible {
    public var description: String {
        let values = to(.cpu).to(.float64).array(of: Double.self).prefix(8).map { "\(Float($0))" }.joined(separator: ", ")
        return "Tensor(\(dtype)\(shape), \(device), [\(values)\(count > 8 ? ", ..." : "")])"
    }
}

/// Calls `body` with the handles of `tensors` as C expects them.
func withPointers<Result>(_ tensors: [Tensor], _ body: (UnsafeMutablePointer<OpaquePointer?>?, Int32) -> Result) -> Result {
    var pointers: [OpaquePointer?] = tensors.map(\.pointer)
    return withExtendedLifetime(tensors) {
        pointers.withUnsafeMutableBufferPointer { body($0.baseAddress, Int32($0.count)) }
    }
}
