import CTorch

extension Tensor {
    /// The elements in another shape; -1 once for "what is left".
    public func reshaped(_ shape: [Int]) -> Tensor {
        Tensor(ct_reshape(pointer, shape.map(Int64.init), Int32(shape.count)), "reshaped\(shape)", [self])
    }

    /// The dimensions in another order.
    public func permuted(_ order: [Int]) -> Tensor {
        Tensor(ct_permute(pointer, order.map(Int64.init), Int32(order.count)), "permuted\(order)", [self])
    }

    /// A view repeated along dimensions of extent 1.
    public func expanded(to shape: [Int]) -> Tensor {
        Tensor(ct_expand(pointer, shape.map(Int64.init), Int32(shape.count)), "expanded\(shape)", [self])
    }

    /// A view of `length` entries of one dimension from `start`.
    public func narrowed(dimension: Int, start: Int, length: Int) -> Tensor {
        Tensor(
            ct_narrow(pointer, Int32(dimension), Int64(start), Int64(length)),
            "narrowed(dimension: \(dimension), start: \(start), length: \(length))", [self])
    }

    /// A view of one entry of a dimension, which goes away.
    public func selected(dimension: Int, index: Int) -> Tensor {
        Tensor(ct_select(pointer, Int32(dimension), Int64(index)), "selected(dimension: \(dimension), index: \(index))", [self])
    }

    /// A copy of some entries of a dimension, in the order of their indices.
    public func gathered(dimension: Int, indices: [Int]) -> Tensor {
        let indices = Tensor(indices.map(Int64.init), shape: [indices.count]).to(device)
        return Tensor(
            ct_index_select(pointer, Int32(dimension), indices.pointer), "gathered(dimension: \(dimension))", [self, indices])
    }

    /// The entries of one dimension in reverse.
    public func flipped(_ dimension: Int) -> Tensor {
        Tensor(ct_flip(pointer, Int32(dimension)), "flipped(\(dimension))", [self])
    }

    /// Without a dimension of extent 1.
    public func squeezed(_ dimension: Int) -> Tensor {
        Tensor(ct_squeeze(pointer, Int32(dimension)), "squeezed(\(dimension))", [self])
    }

    /// With a new dimension of extent 1.
    public func unsqueezed(_ dimension: Int) -> Tensor {
        Tensor(ct_unsqueeze(pointer, Int32(dimension)), "unsqueezed(\(dimension))", [self])
    }

    /// Tensors one after the other along an existing dimension.
    public static func concatenated(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
        Tensor(withPointers(tensors) { ct_concatenate($0, $1, Int32(dimension)) }, "concatenated", tensors)
    }

    /// Tensors of one shape along a new dimension.
    public static func stacked(_ tensors: [Tensor], dimension: Int = 0) -> Tensor {
        Tensor(withPointers(tensors) { ct_stack($0, $1, Int32(dimension)) }, "stacked", tensors)
    }

    /// Row-major and without gaps: the tensor itself, or a copy.
    public func contiguous() -> Tensor {
        Tensor(ct_contiguous(pointer), "contiguous", [self])
    }

    /// A copy with storage of its own; gradients flow through it.
    public func cloned() -> Tensor {
        Tensor(ct_clone(pointer), "cloned", [self])
    }

    /// With another element type; the tensor itself when nothing changes.
    public func to(_ dtype: DType) -> Tensor {
        Tensor(ct_convert(pointer, dtype.code, device.code), "to(\(dtype))", [self])
    }

    /// On another device; the tensor itself when nothing changes.
    public func to(_ device: Device) -> Tensor {
        Tensor(ct_convert(pointer, dtype.code, device.code), "to(\(device))", [self])
    }

    /// Overwrites the elements with those of a tensor of the same (or an expandable) shape.
    public func copy(from source: Tensor) {
        check(ct_copy_(pointer, source.pointer), "copy", [self, source])
    }

    /// Overwrites every element.
    public func fill(_ value: Double) {
        check(ct_fill_(pointer, value), "fill", [self])
    }

    /// Adds `scale` · `other` in place.
    public func add(_ other: Tensor, scaledBy scale: Double = 1) {
        check(ct_add_(pointer, other.pointer, scale), "add", [self, other])
    }

    /// Multiplies in place.
    public func multiply(by factor: Double) {
        check(ct_multiply_(pointer, factor), "multiply", [self])
    }

    /// Moves in place towards `other`: x + weight · (other - x), as a moving average does with a weight of 1 - decay.
    public func interpolate(to other: Tensor, weight: Double) {
        check(ct_lerp_(pointer, other.pointer, weight), "interpolate", [self, other])
    }
}
