import Foundation
import Torch

/// How alike the structure of two batches of images is (SSIM): 1 for equal images, less for others.
///
/// (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)) with C1 = (0.01 L)², C2 = (0.03 L)² and biased (co)variances under a
/// Gaussian window of 11×11 pixels and σ = 1.5, averaged over channels and over the positions where the whole window lies inside. In an
/// image with a shorter side than 11 pixels the window is the largest odd square that fits. Wang et al., "Image Quality Assessment: From
/// Error Visibility to Structural Similarity", IEEE TIP 2004; scikit-image's `structural_similarity` with `gaussian_weights`,
/// `sigma=1.5` and `use_sample_covariance=False` gives the same numbers.
/// - Parameters:
///   - images: Shape [N, C, H, W].
///   - others: Images of the same shape.
///   - dataRange: L, the difference between the largest and the smallest possible value: 2 for -1...1.
/// - Returns: One number for each image, shape [N].
public func structuralSimilarity(_ images: Tensor, _ others: Tensor, dataRange: Double) -> Tensor {
    let shape = images.shape
    precondition(
        shape.count == 4 && shape == others.shape && shape[2] > 0 && shape[3] > 0,
        "SSIM compares images [N, C, H, W] of one shape, not \(shape) and \(others.shape)")
    precondition(dataRange > 0, "the range of the values must be positive, not \(dataRange)")
    let (c1, c2) = (pow(0.01 * dataRange, 2), pow(0.03 * dataRange, 2))
    let quantities = Tensor.stacked([images, others, images * images, others * others, images * others])
    let means = gaussianMeans(quantities.reshaped([-1, 1, shape[2], shape[3]]))
    let perQuantity = means.reshaped([5, shape[0], -1])
    func mean(_ index: Int) -> Tensor { perQuantity.selected(dimension: 0, index: index) }
    let (x, y) = (mean(0), mean(1))
    let (xx, yy, xy) = (x * x, y * y, x * y)
    let numerator = (2 * xy + c1) * (2 * (mean(4) - xy) + c2)
    let denominator = (xx + yy + c1) * (mean(2) - xx + mean(3) - yy + c2)
    return (numerator / denominator).mean([1])
}

/// Means of single-channel images under a Gaussian window, at every position where the window fits.
private func gaussianMeans(_ images: Tensor) -> Tensor {
    let side = min(11, images.shape[2], images.shape[3])
    let radius = (side - 1) / 2
    let weights = (-radius...radius).map { exp(-0.5 * pow(Double($0) / 1.5, 2)) }
    let total = weights.reduce(0, +)
    let window = Tensor(weights.map { $0 / total }, shape: [1, 1, 1, weights.count]).to(images.dtype).to(images.device)
    return images.conv2d(weight: window, bias: nil).conv2d(weight: window.permuted([0, 1, 3, 2]), bias: nil)
}
