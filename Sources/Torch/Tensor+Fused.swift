import CTorch

/// What is done to images on their way into a layer: instance norm, then an activation.
public struct Prologue: Sendable, Equatable {
    /// Added to the variance by the norm; nil for images that are not normalised.
    public var epsilon: Double?
    /// The activation: x where positive, slope · x elsewhere; nil for none.
    public var slope: Double?

    /// A prologue that does nothing unless told otherwise.
    public init(epsilon: Double? = nil, slope: Double? = nil) {
        self.epsilon = epsilon
        self.slope = slope
    }

    var code: ct_prologue { ct_prologue(normalizes: epsilon != nil, epsilon: epsilon ?? 0, slope: slope ?? 1) }
}

extension Tensor {
    /// Of a joined batch, the images in front of the last ones that want no gradient, as a fused convolution's backward pass sees them.
    var imagesWithGradient: Int { Int(ct_images_with_gradient(pointer)) }

    /// A convolution of normalised and activated images [N, Cin, H, W], as one operation where this machine has a kernel for it.
    ///
    /// In float32 on the CPU the result is stored channels last. Gradients can be differentiated again.
    /// - Parameters:
    ///   - weight: Shape [Cout, Cin, kernel, kernel], or [Cout, Cin / groups, kernel, kernel].
    ///   - bias: Shape [Cout].
    ///   - border: How the pixels of the padding are made up; not `.replicate`.
    ///   - prologue: What is done to the images first.
    ///   - cancelsBias: Whether an instance norm follows, which takes any bias away. Then the bias may be left out, and its gradient,
    ///     exactly zero, is not computed: `backward` leaves it without one.
    public func fusedConv2d(
        weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, border: PaddingMode = .zero, prologue: Prologue = Prologue(),
        cancelsBias: Bool = false
    ) -> Tensor {
        precondition(border != .replicate, "a fused convolution has no padding that repeats the border")
        return fused(
            "fusedConv2d", weight, bias,
            ct_convolution_options(
                prologue: prologue.code, transposed: false, stride: Int64(stride), padding: Int64(padding), output_padding: 0,
                border: border.code, cancels_bias: cancelsBias))
    }

    /// The transpose of a convolution, of normalised and activated images [N, Cin, H, W]; see `fusedConv2d` and `convTranspose2d`.
    public func fusedConvTranspose2d(
        weight: Tensor, bias: Tensor?, stride: Int, padding: Int, outputPadding: Int, prologue: Prologue = Prologue(),
        cancelsBias: Bool = false
    ) -> Tensor {
        fused(
            "fusedConvTranspose2d", weight, bias,
            ct_convolution_options(
                prologue: prologue.code, transposed: true, stride: Int64(stride), padding: Int64(padding),
                output_padding: Int64(outputPadding), border: CT_PAD_ZERO, cancels_bias: cancelsBias))
    }

    /// Images [N, C, H, W] normalised, activated and added to others of the same shape.
    public func fusedNorm(_ prologue: Prologue, adding residual: Tensor? = nil) -> Tensor {
        Tensor(
            ct_fused_norm(pointer, residual?.pointer, prologue.code), "fusedNorm", [self, residual].compactMap { $0 })
    }

    /// Of images [N, C, H, W] what an instance norm normalises by: the mean of each channel, then 1 / √(σ² + ε), shape [N, 2, C].
    ///
    /// Without gradients.
    public func channelStatistics(epsilon: Double) -> Tensor {
        Tensor(ct_channel_statistics(pointer, epsilon), "channelStatistics", [self])
    }

    /// Images normalised by statistics [N, 2, C] that need not be their own, and activated: (x - μ) / √(σ² + ε), then times `slope` where
    /// negative.
    ///
    /// Without gradients.
    public func normalized(by statistics: Tensor, slope: Double = 1) -> Tensor {
        Tensor(ct_normalized(pointer, statistics.pointer, slope), "normalized", [self, statistics])
    }

    private func fused(_ name: String, _ weight: Tensor, _ bias: Tensor?, _ options: ct_convolution_options) -> Tensor {
        var options = options
        return Tensor(
            ct_fused_convolution(pointer, weight.pointer, bias?.pointer, &options), name, [self, weight, bias].compactMap { $0 })
    }
}
