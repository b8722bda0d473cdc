import CTorch

extension Tensor {
    private func unary(_ op: ct_unary_op, _ name: String) -> Tensor {
        Tensor(ct_unary(op, pointer), name, [self])
    }

    private func binary(_ op: ct_binary_op, _ name: String, _ right: Tensor) -> Tensor {
        Tensor(ct_binary(op, pointer, right.pointer), name, [self, right])
    }

    private func binary(_ op: ct_binary_op, _ name: String, _ right: Double) -> Tensor {
        Tensor(ct_binary_scalar(op, pointer, right), name, [self])
    }

    private func reduce(_ reduction: ct_reduction, _ name: String, _ dimensions: [Int], keep: Bool) -> Tensor {
        Tensor(ct_reduce(reduction, pointer, dimensions.map(Int64.init), Int32(dimensions.count), keep), name, [self])
    }

    public static func + (left: Tensor, right: Tensor) -> Tensor { left.binary(CT_ADD, "add", right) }
    public static func - (left: Tensor, right: Tensor) -> Tensor { left.binary(CT_SUBTRACT, "subtract", right) }
    public static func * (left: Tensor, right: Tensor) -> Tensor { left.binary(CT_MULTIPLY, "multiply", right) }
    public static func / (left: Tensor, right: Tensor) -> Tensor { left.binary(CT_DIVIDE, "divide", right) }
    public static func + (left: Tensor, right: Double) -> Tensor { left.binary(CT_ADD, "add", right) }
    public static func - (left: Tensor, right: Double) -> Tensor { left.binary(CT_SUBTRACT, "subtract", right) }
    public static func * (left: Tensor, right: Double) -> Tensor { left.binary(CT_MULTIPLY, "multiply", right) }
    public static func * (left: Double, right: Tensor) -> Tensor { right * left }
    public static func / (left: Tensor, right: Double) -> Tensor { left.binary(CT_DIVIDE, "divide", right) }
    public static prefix func - (operand: Tensor) -> Tensor { operand.unary(CT_NEGATE, "negate") }

    /// |x|.
    public func abs() -> Tensor { unary(CT_ABS, "abs") }
    /// x².
    public func square() -> Tensor { unary(CT_SQUARE, "square") }
    /// √x.
    public func sqrt() -> Tensor { unary(CT_SQRT, "sqrt") }
    /// eˣ.
    public func exp() -> Tensor { unary(CT_EXP, "exp") }
    /// The natural logarithm.
    public func log() -> Tensor { unary(CT_LOG, "log") }
    /// The hyperbolic tangent, in -1...1.
    public func tanh() -> Tensor { unary(CT_TANH, "tanh") }
    /// 1 / (1 + e⁻ˣ), in 0...1.
    public func sigmoid() -> Tensor { unary(CT_SIGMOID, "sigmoid") }
    /// max(x, 0).
    public func relu() -> Tensor { unary(CT_RELU, "relu") }
    /// To the nearest integer, halves to even.
    public func rounded() -> Tensor { unary(CT_ROUND, "rounded") }
    /// Whether each element is neither NaN nor infinite; dtype bool.
    public func isFinite() -> Tensor { unary(CT_IS_FINITE, "isFinite") }
    /// The logical opposite of a bool tensor.
    public static prefix func .! (operand: Tensor) -> Tensor { operand.unary(CT_NOT, "not") }

    /// xʸ.
    public func pow(_ exponent: Double) -> Tensor { binary(CT_POWER, "pow", exponent) }
    /// The larger of both, element by element.
    public func maximum(_ other: Tensor) -> Tensor { binary(CT_MAXIMUM, "maximum", other) }
    /// The smaller of both, element by element.
    public func minimum(_ other: Tensor) -> Tensor { binary(CT_MINIMUM, "minimum", other) }
    /// Whether each element equals `value`; dtype bool.
    public func equals(_ value: Double) -> Tensor { binary(CT_EQUAL, "equals", value) }
    /// Whether each element is greater than `value`; dtype bool.
    public func isGreater(than value: Double) -> Tensor { binary(CT_GREATER, "isGreater", value) }
    /// Whether both bool tensors are true, element by element.
    public func and(_ other: Tensor) -> Tensor { binary(CT_AND, "and", other) }

    /// Limits every element to `range`.
    public func clamped(to range: ClosedRange<Double>) -> Tensor {
        Tensor(ct_clamp(pointer, range.lowerBound, range.upperBound), "clamped", [self])
    }

    /// Elements of `yes` where this bool tensor is true, of `no` elsewhere.
    public func selecting(_ yes: Tensor, else no: Tensor) -> Tensor {
        Tensor(ct_where(pointer, yes.pointer, no.pointer), "selecting", [self, yes, no])
    }

    /// The matrix product, batched over leading dimensions.
    public func matmul(_ other: Tensor) -> Tensor {
        Tensor(ct_matmul(pointer, other.pointer), "matmul", [self, other])
    }

    /// log Σ exp(x) over one dimension, which goes away; exact also where the exponentials are not.
    public func logSumExp(dimension: Int) -> Tensor {
        Tensor(ct_log_sum_exp(pointer, Int32(dimension)), "logSumExp(dimension: \(dimension))", [self])
    }

    /// The sum over `dimensions`, or over all elements.
    public func sum(_ dimensions: [Int] = [], keepDimensions: Bool = false) -> Tensor {
        reduce(CT_SUM, "sum", dimensions, keep: keepDimensions)
    }

    /// The mean over `dimensions`, or over all elements.
    public func mean(_ dimensions: [Int] = [], keepDimensions: Bool = false) -> Tensor {
        reduce(CT_MEAN, "mean", dimensions, keep: keepDimensions)
    }

    /// The largest element over `dimensions`, or of all.
    public func max(_ dimensions: [Int] = [], keepDimensions: Bool = false) -> Tensor {
        reduce(CT_MAX, "max", dimensions, keep: keepDimensions)
    }

    /// The smallest element over `dimensions`, or of all.
    public func min(_ dimensions: [Int] = [], keepDimensions: Bool = false) -> Tensor {
        reduce(CT_MIN, "min", dimensions, keep: keepDimensions)
    }

    /// The orthonormal factor of a QR decomposition, shape [rows, columns] with rows ≥ columns, signed so that R's diagonal is positive.
    public func orthonormalFactor() -> Tensor {
        Tensor(ct_qr(pointer), "orthonormalFactor", [self])
    }

    /// The eigenvalues of a symmetric matrix in ascending order, shape [size].
    public func symmetricEigenvalues() -> Tensor {
        Tensor(ct_eigenvalues(pointer), "symmetricEigenvalues", [self])
    }

    /// The lower triangular L with L Lᵀ = this symmetric matrix, or `nil` where it is not positive definite.
    public func choleskyFactor() -> Tensor? {
        let factor = Tensor(ct_cholesky(pointer), "choleskyFactor", [self])
        return ct_is_defined(factor.pointer) ? factor : nil
    }

    /// The k-th smallest element along a dimension, which goes away; the smallest is the first.
    public func kthSmallest(_ k: Int, dimension: Int) -> Tensor {
        Tensor(ct_kth_smallest(pointer, Int64(k), Int32(dimension)), "kthSmallest(\(k), dimension: \(dimension))", [self])
    }
}

prefix operator .!
