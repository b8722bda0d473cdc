import Torch

extension Operation: CustomStringConvertible {
    /// The operation in a few words: `convolution 3x3 / 2`.
    public var description: String {
        switch self {
        case .input: "input"
        case .convolution(let values): "\(values)"
        case .transposedConvolution(let values): "\(values)"
        case .linear: "linear"
        case .instanceNorm: "instance norm"
        case .batchNorm(_, _, _, let evaluatesByImage): evaluatesByImage ? "batch norm by image" : "batch norm"
        case .scaleAndShift: "scale and shift"
        case .modulate(_, let conditions): "modulation by \(conditions)"
        case .blend: "blend by the condition"
        case .channels(let start, let count, _): "channels \(start)...\(start + count - 1)"
        case .firstPixel: "first pixel"
        case .activation(.relu): "ReLU"
        case .activation(.leakyReLU(let slope)): "leaky ReLU \(slope)"
        case .activation(.tanh): "tanh"
        case .padding(.reflect, let padding): "mirrored border \(padding)"
        case .padding(.replicate, let padding): "repeated border \(padding)"
        case .padding(.zero, let padding): "border of zeros \(padding)"
        case .dropout(let probability): "dropout \(probability)"
        case .add: "add"
        case .concatenate: "concatenate"
        case .resize(let scale): "nearest upsampling x \(scale)"
        case .pixelShuffle(let factor): "pixel shuffle x \(factor)"
        case .blur(let blur): "blur \(blur.kernelSize)x\(blur.kernelSize) \(blur.isTransposed ? "x" : "/") \(blur.stride)"
        case .attention: "self-attention"
        case .custom(let type): type
        }
    }
}

extension Convolution: CustomStringConvertible {
    /// `convolution 3x3 / 2`: the kernel and, unless it is 1, the stride.
    public var description: String {
        let stride = stride == 1 ? "" : " / \(stride)"
        let kind = groups == 1 ? "convolution" : "depthwise convolution"
        return "\(kind) \(kernelSize)x\(kernelSize)\(stride)\(hasSpectralNorm ? ", spectral norm" : "")"
    }
}

extension TransposedConvolution: CustomStringConvertible {
    /// `transposed convolution 3x3 x 2`: the kernel and the factor of enlargement.
    public var description: String { "transposed convolution \(kernelSize)x\(kernelSize) x \(stride)" }
}
