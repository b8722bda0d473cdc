import CTorch

extension Tensor {
    /// A tensor on the CPU with a copy of `values` in row-major order.
    public init<Scalar: TorchScalar>(_ values: [Scalar], shape: [Int]) {
        self = values.withUnsafeBytes { Tensor(bytes: $0, shape: shape, dtype: Scalar.dtype) }
    }

    /// A tensor on the CPU with a copy of row-major `bytes`.
    public init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DType) {
        let count = shape.reduce(1, *)
        precondition(bytes.count == count * dtype.byteCount, "\(bytes.count) bytes do not fill \(dtype)\(shape)")
        self = Tensor.empty(shape, dtype: dtype)
        if let source = bytes.baseAddress, count > 0 { ct_data(pointer).copyMemory(from: source, byteCount: bytes.count) }
    }

    /// A tensor on the CPU whose elements `write` sets, all of them, in row-major order; without memory for them it is not called.
    public init<Scalar: TorchScalar>(of type: Scalar.Type, shape: [Int], write: (UnsafeMutableBufferPointer<Scalar>) -> Void) {
        self = Tensor.empty(shape, dtype: Scalar.dtype)
        guard let start = ct_data(pointer) else { return }
        write(UnsafeMutableBufferPointer(start: start.assumingMemoryBound(to: Scalar.self), count: count))
    }

    /// A tensor on the CPU over the memory of `values`, without a copy; the array lives as long as any alias of the tensor.
    ///
    /// Other holders of the array must not see the tensor change in place, so treat the tensor as read-only.
    public init<Scalar: TorchScalar>(sharing values: ContiguousArray<Scalar>, shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) elements do not fill \(shape)")
        let owner = Unmanaged.passRetained(SharedStorage(values))
        let address = owner.takeUnretainedValue().address
        let release: ct_deleter = { context in
            if let context { Unmanaged<AnyObject>.fromOpaque(context).release() }
        }
        let tensor = ct_from_blob(address, shape.map(Int64.init), Int32(shape.count), Scalar.dtype.code, release, owner.toOpaque())
        if tensor == nil { owner.release() }
        self.init(tensor, "sharing", [])
    }

    /// A tensor with one element and no dimensions.
    public init(_ value: Double, dtype: DType = .float32, device: Device = .cpu) {
        self = Tensor.full([], value, dtype: dtype, device: device)
    }

    /// A tensor whose elements are not set.
    public static func empty(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(ct_empty(shape.map(Int64.init), Int32(shape.count), dtype.code, device.code), "empty\(shape)", [])
    }

    /// A tensor with `value` everywhere.
    public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        Tensor(ct_full(shape.map(Int64.init), Int32(shape.count), value, dtype.code, device.code), "full\(shape)", [])
    }

    /// A tensor of zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 0, dtype: dtype, device: device)
    }

    /// A tensor of ones.
    public static func ones(_ shape: [Int], dtype: DType = .float32, device: Device = .cpu) -> Tensor {
        full(shape, 1, dtype: dtype, device: device)
    }

    /// Zeros with the shape, type and device of another tensor.
    public static func zeros(like other: Tensor) -> Tensor {
        zeros(other.shape, dtype: other.dtype, device: other.device)
    }

    /// Ones with the shape, type and device of another tensor.
    public static func ones(like other: Tensor) -> Tensor {
        ones(other.shape, dtype: other.dtype, device: other.device)
    }

    /// A contiguous copy of a strided view into row-major storage, for reading foreign checkpoints.
    ///
    /// - Parameters:
    ///   - storage: All bytes of the storage.
    ///   - offset: The index of the view's first element; strides count elements too.
    /// - Throws: `TorchError` when an element of the view lies outside the storage.
    package static func view(
        of storage: UnsafeRawBufferPointer, dtype: DType, offset: Int, shape: [Int], strides: [Int]
    ) throws -> Tensor {
        precondition(shape.count == strides.count, "\(shape.count) sizes need as many strides, not \(strides.count)")
        let result = ct_from_storage(
            UnsafeMutableRawPointer(mutating: storage.baseAddress), Int64(storage.count), dtype.code, Int64(offset),
            shape.map(Int64.init), strides.map(Int64.init), Int32(shape.count))
        guard let result else { throw TorchError(String(cString: ct_last_error())) }
        return Tensor(result, "view", [])
    }
}

/// Keeps an array at one address while libtorch reads it.
private final class SharedStorage<Scalar> {
    private let values: ContiguousArray<Scalar>

    init(_ values: ContiguousArray<Scalar>) {
        self.values = values
    }

    // A contiguous array's buffer is a heap object of its own: its address holds while the array is neither changed nor freed.
    var address: UnsafeMutableRawPointer? {
        values.withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
    }
}
