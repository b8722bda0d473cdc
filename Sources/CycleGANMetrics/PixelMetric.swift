import Foundation
import Torch
import TorchNN

/// A measure of two images, pixel by pixel, that needs no network.
public enum PixelMetric: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
    /// Structural similarity: 1 for equal images. Wang et al. 2004.
    case ssim
    /// Structural similarity at five scales: 0...1, 1 for equal images. Wang et al. 2003.
    case multiScaleSSIM = "ms-ssim"
    /// Peak signal-to-noise ratio in dB: 10 log₁₀(L² / mean (x - y)²), infinite for equal images.
    case psnr
    /// Mean absolute difference as a fraction of the data range: 0 for equal images, 1 for black against white.
    case l1

    /// Whether a larger value means that the images are more alike.
    public var isHigherBetter: Bool { self != .l1 }

    /// A value for people: `0.9312`, `27.41 dB`, or `infinite: equal images`.
    public func text(_ value: Double) -> String {
        switch self {
        case .ssim, .multiScaleSSIM, .l1: String(format: "%.4f", value)
        case .psnr: value == .infinity ? "infinite: equal images" : String(format: "%.2f dB", value)
        }
    }

    /// The values of two batches of images.
    ///
    /// Compute in float64 where differences below 1e-5 matter.
    /// - Parameters:
    ///   - images: Shape [N, C, H, W]. Multi-scale SSIM needs sides of at least `SSIMWindow.smallestMultiScaleSide` pixels.
    ///   - others: Images of the same shape.
    ///   - dataRange: L, the difference between the largest and the smallest possible value.
    ///   - window: The window of SSIM; multi-scale SSIM always takes the Gaussian one.
    /// - Returns: One number for each image, shape [N]. SSIM and multi-scale SSIM are means over the channels' values.
    public func values(_ images: Tensor, _ others: Tensor, dataRange: Double, window: SSIMWindow = .gaussian) -> Tensor {
        switch self {
        case .ssim:
            Self.meanOverChannels(images, others) { structuralSimilarity($0, $1, dataRange: dataRange, window: window) }
        case .multiScaleSSIM:
            Self.meanOverChannels(images, others) { multiScaleStructuralSimilarity($0, $1, dataRange: dataRange) }
        case .psnr: ((images - others).square().mean([1, 2, 3]) / (dataRange * dataRange)).log() * (-10 / log(10))
        case .l1: (images - others).abs().mean([1, 2, 3]) / dataRange
        }
    }

    /// One channel at a time: SSIM holds about ten maps of what it is given.
    private static func meanOverChannels(_ images: Tensor, _ others: Tensor, _ measure: (Tensor, Tensor) -> Tensor) -> Tensor {
        let values = (0..<images.shape[1]).map { channel in
            measure(
                images.narrowed(dimension: 1, start: channel, length: 1), others.narrowed(dimension: 1, start: channel, length: 1))
        }
        return Tensor.stacked(values).mean([0])
    }
}
