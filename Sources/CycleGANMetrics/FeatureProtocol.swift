/// How images are brought to the size and range of the Inception network: each tool of the field does it in its own way, and its numbers
/// can only be compared with numbers made in the same way.
public enum FeatureProtocol: String, CaseIterable, Codable, Sendable {
    /// pytorch-fid: bilinear to 299x299 (half-pixel centres, no antialiasing), then 2x - 1 for x in 0...1.
    case pytorchFID = "pytorch-fid"
    /// torch-fidelity: bilinear to 299x299 as TensorFlow 1 did it (no half-pixel centres), then (x - 128) / 128 for x in 0...255.
    case torchFidelity = "torch-fidelity"
    /// clean-fid: Pillow's antialiased bicubic to 299x299 without rounding, clamped to 0...255, then (x - 128) / 128.
    case clean
}
