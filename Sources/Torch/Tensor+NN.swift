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
    ///   - weight: Shape [Cout, Cin, kernel, kernel].
    ///   - bias: Shape [Cout].
    public func conv2d(weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Int = 0) -> Tensor {
        Tensor(ct_conv2d(pointer, weight.pointer, bias?.pointer, Int64(stride), Int64(padding)), "conv2d", [self, weight])
    }

    /// The transpose of a convolution, which enlarges images [N, Cin, H, W].
    ///
    /// - Parameter weight: Shape [Cin, Cout, kernel, kernel].
    public func convTranspose2d(weight: Tensor, bias: Tensor?, stride: Int, padding: Int, outputPadding: Int) -> Tensor {
        Tensor(
            ct_conv_transpose2d(pointer, weight.pointer, bias?.pointer, Int64(stride), Int64(padding), Int64(outputPadding)),
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
