import Foundation
import Torch

/// The window under which structural similarity takes its means and (co)variances.
public enum SSIMWindow: String, CaseIterable, Codable, Sendable {
    /// A Gaussian of 11×11 pixels with σ = 1.5 and biased (co)variances, as in the paper by Wang et al.
    ///
    /// scikit-image's `structural_similarity` with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`.
    case gaussian
    /// The plain mean of 7×7 pixels with sample (co)variances, n / (n - 1) times the biased ones: scikit-image's default.
    case uniform

    /// The shorter side from which on `multiScaleStructuralSimilarity(_:_:dataRange:)` is defined: after four halvings, an image of 176
    /// pixels has the 11 of the window.
    public static let smallestMultiScaleSide = 176

    /// The side of the window in an image: the largest odd one that fits where the image is smaller than the window.
    func side(in height: Int, _ width: Int) -> Int {
        let largest =
            switch self {
            case .gaussian: 11
            case .uniform: 7
            }
        return 2 * ((min(largest, height, width) - 1) / 2) + 1
    }

    /// The weights along one side; their sum is 1.
    func weights(side: Int) -> [Double] {
        let radius = side / 2
        let weights: [Double] =
            switch self {
            case .gaussian: (-radius...radius).map { exp(-0.5 * pow(Double($0) / 1.5, 2)) }
            case .uniform: Array(repeating: 1, count: side)
            }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// What the biased (co)variances are multiplied by.
    func covarianceScale(side: Int) -> Double {
        let count = Double(side * side)
        return self == .uniform && count > 1 ? count / (count - 1) : 1
    }
}

/// How alike the structure of two batches of images is (SSIM): 1 for equal images, less for others.
///
/// (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)) with C1 = (0.01 L)² and C2 = (0.03 L)², averaged over the positions where
/// the whole window lies inside and over the channels. In an image that is smaller than the window, the window is the largest odd square
/// that fits. Wang et al., "Image Quality Assessment: From Error Visibility to Structural Similarity", IEEE TIP 2004.
/// - Parameters:
///   - images: Shape [N, C, H, W].
///   - others: Images of the same shape.
///   - dataRange: L, the difference between the largest and the smallest possible value: 2 for -1...1.
///   - window: Where means and (co)variances are taken.
/// - Returns: One number for each image, shape [N].
public func structuralSimilarity(_ images: Tensor, _ others: Tensor, dataRange: Double, window: SSIMWindow = .gaussian) -> Tensor {
    let terms = SimilarityTerms(images, others, dataRange: dataRange, window: window)
    return terms.similarity.mean([1, 2, 3])
}

/// How alike the structure of two batches of images is at five scales (MS-SSIM): 1 for equal images, down to 0 for others.
///
/// Πⱼ csⱼ^βⱼ · SSIM₅^β₅ with β = 0.0448, 0.2856, 0.3001, 0.2363, 0.1333, where csⱼ is the mean of (2 σxy + C2) / (σx² + σy² + C2) at scale j,
/// under the Gaussian window where it lies inside. The next scale is the mean of 2×2 pixels; an odd last row or column is left out. A mean
/// below 0, for which the power is not defined, counts as 0. The product is taken for each channel and then averaged over channels, as
/// pytorch-msssim does; torchmetrics averages over channels before the product and, at the last scale, lets the window reach over
/// mirrored edges, which changes the value a little. Wang et al., "Multi-Scale Structural Similarity for Image Quality Assessment",
/// Asilomar 2003.
/// - Parameters:
///   - images: Shape [N, C, H, W]; H and W are at least `SSIMWindow.smallestMultiScaleSide`.
///   - others: Images of the same shape.
///   - dataRange: The difference between the largest and the smallest possible value: 2 for -1...1.
/// - Returns: One number for each image, shape [N].
public func multiScaleStructuralSimilarity(_ images: Tensor, _ others: Tensor, dataRange: Double) -> Tensor {
    let shape = images.shape
    let smallest = SSIMWindow.smallestMultiScaleSide
    precondition(
        shape.count == 4 && min(shape[2], shape[3]) >= smallest,
        "multi-scale SSIM compares images [N, C, H, W] of at least \(smallest) pixels a side, not \(shape)")
    var (images, others) = (images, others)
    var product = Tensor.ones([shape[0], shape[1]], dtype: images.dtype, device: images.device)
    let exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    for (scale, exponent) in exponents.enumerated() {
        if scale > 0 {
            images = images.averagePool2d(kernelSize: 2, stride: 2)
            others = others.averagePool2d(kernelSize: 2, stride: 2)
        }
        let terms = SimilarityTerms(images, others, dataRange: dataRange, window: .gaussian)
        let map = scale == exponents.count - 1 ? terms.similarity : terms.contrast
        product = product * map.mean([2, 3]).relu().pow(exponent)
    }
    return product.mean([1])
}

/// The two factors of SSIM at every position where the window fits, each as a fraction of maps [N, C, H', W'].
private struct SimilarityTerms {
    private let luminance: (numerator: Tensor, denominator: Tensor)
    private let structure: (numerator: Tensor, denominator: Tensor)

    init(_ images: Tensor, _ others: Tensor, dataRange: Double, window: SSIMWindow) {
        let shape = images.shape
        precondition(
            shape.count == 4 && shape == others.shape && shape[2] > 0 && shape[3] > 0,
            "SSIM compares images [N, C, H, W] of one shape, not \(shape) and \(others.shape)")
        precondition(dataRange > 0, "the range of the values must be positive, not \(dataRange)")
        let side = window.side(in: shape[2], shape[3])
        let weights = window.weights(side: side)
        let (c1, c2) = (pow(0.01 * dataRange, 2), pow(0.03 * dataRange, 2))
        let (x, y) = (means(of: images, weights), means(of: others, weights))
        let (xx, yy, xy) = (x * x, y * y, x * y)
        let scale = window.covarianceScale(side: side)
        let variances = means(of: images * images, weights) - xx + means(of: others * others, weights) - yy
        let covariance = means(of: images * others, weights) - xy
        luminance = (2 * xy + c1, xx + yy + c1)
        structure = (2 * scale * covariance + c2, scale * variances + c2)
    }

    var similarity: Tensor { luminance.numerator * structure.numerator / (luminance.denominator * structure.denominator) }

    /// The contrast and structure factors without the luminance.
    var contrast: Tensor { structure.numerator / structure.denominator }
}

/// Weighted means of images [N, C, H, W] under a separable window, at every position where it fits.
///
/// A sum of shifted images: a convolution in float64 would hold a copy of the image for each weight.
private func means(of images: Tensor, _ weights: [Double]) -> Tensor {
    var result = images
    for dimension in [3, 2] {
        let source = result
        let length = source.shape[dimension] - weights.count + 1
        func shifted(by offset: Int) -> Tensor { source.narrowed(dimension: dimension, start: offset, length: length) }
        result = weights[0] * shifted(by: 0)
        for offset in 1..<weights.count { result.add(shifted(by: offset), scaledBy: weights[offset]) }
    }
    return result
}
