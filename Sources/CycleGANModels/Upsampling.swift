import TorchNN

/// How a ResNet generator doubles the size of its maps.
public enum Upsampling: String, CaseIterable, Codable, Sendable {
    /// A transposed convolution, as in the reference.
    case deconv
    /// Every pixel repeated, then a 3×3 convolution: no checkerboards (Odena et al., "Deconvolution and Checkerboard Artifacts", 2016).
    case resize
    /// A 3×3 convolution to four times the channels, which become pixels (Shi et al., arXiv 1609.05158).
    case pixelshuffle

    /// The layers that turn [N, C, H, W] into [N, C', 2H, 2W], the convolution last.
    ///
    /// - Parameters:
    ///   - antialias: Whether `deconv` is CUT's fixed filter with a convolution behind it; the others stay as they are.
    ///   - zeroPadding: Whether `resize` puts zeros around the maps, in the convolution itself, in place of mirrored pixels.
    ///   - kernelSize: Rows and columns of the transposed convolution of `deconv`, 3 or 4.
    func layers(from channels: Int, to next: Int, antialias: Bool, zeroPadding: Bool, kernelSize: Int, hasBias: Bool) -> [any Layer] {
        func convolution(padding: Int) -> Conv2d {
            Conv2d(inputChannels: channels, outputChannels: next, kernelSize: 3, padding: padding, hasBias: hasBias)
        }
        switch self {
        case .deconv where antialias: return [AntialiasedUpsample2d(channels: channels), convolution(padding: 1)]
        case .deconv:
            return [
                ConvTranspose2d(
                    inputChannels: channels, outputChannels: next, kernelSize: kernelSize, stride: 2, padding: 1,
                    outputPadding: kernelSize == 3 ? 1 : 0,
                    hasBias: hasBias)
            ]
        case .resize where zeroPadding: return [NearestUpsample2d(), convolution(padding: 1)]
        case .resize: return [NearestUpsample2d(), ReflectionPad2d(1), convolution(padding: 0)]
        case .pixelshuffle:
            return [
                ReflectionPad2d(1),
                PixelShuffleConv2d(inputChannels: channels, outputChannels: next, kernelSize: 3, hasBias: hasBias),
            ]
        }
    }

    /// Which of `layers` is the convolution.
    func convolutionIndex(antialias: Bool, zeroPadding: Bool) -> Int {
        switch self {
        case .deconv: antialias ? 1 : 0
        case .resize: zeroPadding ? 1 : 2
        case .pixelshuffle: 1
        }
    }
}
