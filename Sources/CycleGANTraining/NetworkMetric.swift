/// Validation metrics that need a network of their own, whose weights must be there.
public enum NetworkMetric: String, Codable, CaseIterable, Sendable {
    /// The Fréchet inception distance of translations and real images.
    case fid
    /// The kernel inception distance of the same.
    case kid
    /// The learned perceptual distance of real images and their reconstructions.
    case lpips
}
