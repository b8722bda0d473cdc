import CTorch

/// How pixels outside an image are made up.
public enum PaddingMode: String, Codable, CaseIterable, Sendable {
    /// Mirrored at the border, which is not repeated.
    case reflect
    /// The border pixel repeated.
    case replicate
    /// Zeros.
    case zero

    var code: ct_padding {
        switch self {
        case .reflect: CT_PAD_REFLECT
        case .replicate: CT_PAD_REPLICATE
        case .zero: CT_PAD_ZERO
        }
    }
}

extension Tensor {
    /// Two-dimensional convolution (cross-correlation) of images [N, Cin, H, W].
    ///
    /// - Parameters:
    ///   - weight: Shape [Cout, Cin / groups, kernel, kernel].
    ///   - bias: Shape [Cout].
    ///   - groups: Equal parts of the channels that are convolved apart from each other; Cin for a depthwise convolution.
    public func conv2d(weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0, groups: Int = 1) -> Tensor {
        Tensor(
            ct_conv2d(pointer, weight.pointer, bias?.pointer, Int64(stride), Int64(padding), Int64(groups)), "conv2d", [self, weight])
    }

    /// The transpose of a convolution, which enlarges images [N, Cin, H, W].
    ///
    /// - Parameters:
    ///   - weight: Shape [Cin, Cout / groups, kernel, kernel].
    ///   - bias: Shape [Cout].
    ///   - groups: Equal parts of the channels that are convolved apart from each other.
    public func convTranspose2d(
        weight: Tensor, bias: Tensor?, stride: Int, padding: Int, outputPadding: Int, groups: Int = 1
    ) -> Tensor {
        Tensor(
            ct_conv_transpose2d(
                pointer, weight.pointer, bias?.pointer, Int64(stride), Int64(padding), Int64(outputPadding), Int64(groups)),
            "convTranspose2d", [self, weight])
    }

    /// x Wᵀ + b for inputs [..., in] and a weight of shape [out, in].
    public func linear(weight: Tensor, bias: Tensor?) -> Tensor {
        Tensor(ct_linear(pointer, weight.pointer, bias?.pointer), "linear", [self, weight])
    }

    /// Every channel of every image shifted and scaled to mean 0 and variance 1 (biased): (x - μ) / √(σ² + ε).
    public func instanceNorm(epsilon: Double = 1e-5) -> Tensor {
        Tensor(ct_instance_norm(pointer, epsilon), "instanceNorm", [self])
    }

    /// Batch normalisation; in training the batch's statistics are used and the running ones move by `momentum`.
    public func batchNorm(
        weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, isTraining: Bool, momentum: Double, epsilon: Double
    ) -> Tensor {
        Tensor(
            ct_batch_norm(
                pointer, weight.pointer, bias.pointer, runningMean.pointer, runningVariance.pointer, isTraining, momentum, epsilon),
            "batchNorm", [self, weight])
    }

    /// Rows and columns added around images [N, C, H, W].
    public func padded(_ mode: PaddingMode, left: Int, right: Int, top: Int, bottom: Int) -> Tensor {
        Tensor(
            ct_pad2d(pointer, mode.code, Int64(left), Int64(right), Int64(top), Int64(bottom)),
            "padded(\(mode), left: \(left), right: \(right), top: \(top), bottom: \(bottom))", [self])
    }

    /// Every pixel of images [N, C, H, W] repeated to a square: [N, C, scale · H, scale · W].
    public func interpolatedNearest(scale: Int) -> Tensor {
        Tensor(ct_upsample_nearest2d(pointer, Int64(scale)), "interpolatedNearest(scale: \(scale))", [self])
    }

    /// Images [N, C, H, W] at another size, linearly between pixel centres and without antialiasing.
    ///
    /// PyTorch's `interpolate` with `mode="bilinear"` and `align_corners=False`.
    public func resizedBilinear(height: Int, width: Int) -> Tensor {
        Tensor(
            ct_resize_bilinear(pointer, Int64(height), Int64(width)), "resizedBilinear(height: \(height), width: \(width))", [self])
    }

    /// The largest value of every square of `kernelSize` pixels, `stride` pixels apart.
    ///
    /// - Parameter roundsUp: Whether a last square that only partly lies inside counts (PyTorch's `ceil_mode`).
    public func maxPool2d(kernelSize: Int, stride: Int, padding: Int = 0, roundsUp: Bool = false) -> Tensor {
        Tensor(
            ct_max_pool2d(pointer, Int64(kernelSize), Int64(stride), Int64(padding), roundsUp), "maxPool2d(kernelSize: \(kernelSize))",
            [self])
    }

    /// The mean of every square of `kernelSize` pixels, `stride` pixels apart.
    ///
    /// - Parameter countsPadding: Whether the zeros of the padding count as pixels (PyTorch's `count_include_pad`).
    public func averagePool2d(kernelSize: Int, stride: Int, padding: Int = 0, countsPadding: Bool = true) -> Tensor {
        Tensor(
            ct_average_pool2d(pointer, Int64(kernelSize), Int64(stride), Int64(padding), countsPadding),
            "averagePool2d(kernelSize: \(kernelSize))", [self])
    }

    /// Channels rearranged into pixels: [N, C · factor², H, W] to [N, C, factor · H, factor · W].
    ///
    /// Channel c · factor² + factor · i + j becomes row i and column j of the squares of channel c (Shi et al., arXiv 1609.05158).
    public func pixelShuffled(_ factor: Int) -> Tensor {
        Tensor(ct_pixel_shuffle(pointer, Int64(factor)), "pixelShuffled(\(factor))", [self])
    }

    /// softmax(scale · Q Kᵀ) V for queries (this tensor), keys and values [N, heads, positions, width].
    ///
    /// Tensors whose last dimension lies without gaps and whose widths are all equal take libtorch's fused kernel on the CPU, which never
    /// holds the matrix of positions × positions; it cannot be differentiated twice.
    public func attention(keys: Tensor, values: Tensor, scale: Double) -> Tensor {
        Tensor(ct_attention(pointer, keys.pointer, values.pointer, scale), "attention", [self, keys, values])
    }

    /// x where positive, slope · x elsewhere.
    public func leakyReLU(_ slope: Double) -> Tensor {
        Tensor(ct_leaky_relu(pointer, slope), "leakyReLU", [self])
    }

    /// mean(|x - target|).
    public func l1Loss(_ target: Tensor) -> Tensor {
        Tensor(ct_mean_loss(CT_L1, pointer, target.pointer), "l1Loss", [self, target])
    }

    /// mean((x - target)²).
    public func mseLoss(_ target: Tensor) -> Tensor {
        Tensor(ct_mean_loss(CT_MSE, pointer, target.pointer), "mseLoss", [self, target])
    }

    /// The mean binary cross-entropy of logits against probabilities.
    public func bceWithLogitsLoss(_ target: Tensor) -> Tensor {
        Tensor(ct_mean_loss(CT_BCE_WITH_LOGITS, pointer, target.pointer), "bceWithLogitsLoss", [self, target])
    }
}
