import Imaging
import Support
import Torch
import TorchNN

/// How images are compared pixel by pixel: the metrics and what they depend on.
///
/// Alpha channels are left out on both sides. All values are computed in float64.
public struct PixelComparison: Sendable, Equatable {
    /// What is computed.
    public let metrics: [PixelMetric]
    /// The window of SSIM.
    public let window: SSIMWindow
    /// The difference between the largest and the smallest possible value; `nil` takes that of the files' depth: 255 for 8 bits, 65535 for
    /// 16 bits and 1 for float images.
    public let dataRange: Double?

    /// - Parameter dataRange: Must be positive where it is given.
    public init(metrics: [PixelMetric] = PixelMetric.allCases, window: SSIMWindow = .gaussian, dataRange: Double? = nil) {
        precondition(dataRange.map { $0 > 0 && $0.isFinite } ?? true, "the range of the values must be positive and finite")
        self.metrics = metrics
        self.window = window
        self.dataRange = dataRange
    }

    /// The range by which an image is compared: the one that was given, or that of its depth.
    public func dataRange(of image: PixelImage) -> Double { dataRange ?? image.format.dataRange }

    /// The values of two images.
    ///
    /// - Parameters:
    ///   - image: Any number of channels and any depth.
    ///   - other: An image of the same size, number of channels (alpha not counted) and depth.
    ///   - names: What to call the images in errors.
    /// - Throws: `MetricError.unlike`; `MetricError.tooSmall` for multi-scale SSIM; `MetricError.notFinite` for damaged float images.
    public func values(
        _ image: PixelImage, _ other: PixelImage, names: (String, String) = ("the first image", "the second image")
    ) throws(MetricError) -> [PixelMetric: Double] {
        let (image, other) = (image.withoutAlpha(), other.withoutAlpha())
        guard image.size == other.size, image.bands == other.bands, image.format == other.format else {
            throw .unlike(first: names.0, second: names.1, found: other.kind, expected: image.kind)
        }
        let smallest = SSIMWindow.smallestMultiScaleSide
        if metrics.contains(.multiScaleSSIM), min(image.width, image.height) < smallest {
            throw .tooSmall(path: names.0, size: image.size, smallestSide: smallest, metric: PixelMetric.multiScaleSSIM.rawValue)
        }
        let (x, y) = (try image.levels(name: names.0), try other.levels(name: names.1))
        return values(x, y, dataRange: dataRange(of: image)).mapValues { $0[0] }
    }

    /// The values of batches of images as networks make them.
    ///
    /// - Parameters:
    ///   - images: Shape [N, C, H, W], values in -1...1; on the CPU, or on another device that computes in float64.
    ///   - others: Images of the same shape.
    /// - Returns: One number for each image under each metric, with a data range of 2 unless `dataRange` is given.
    /// - Throws: `MetricError.tooSmall` for multi-scale SSIM.
    public func values(_ images: Tensor, _ others: Tensor) throws(MetricError) -> [PixelMetric: [Double]] {
        let shape = images.shape
        precondition(shape.count == 4 && shape == others.shape, "images [N, C, H, W] of one shape, not \(shape) and \(others.shape)")
        let smallest = SSIMWindow.smallestMultiScaleSide
        if metrics.contains(.multiScaleSSIM), min(shape[2], shape[3]) < smallest {
            throw .tooSmall(
                path: "the images", size: ImageSize(height: shape[2], width: shape[3]), smallestSide: smallest,
                metric: PixelMetric.multiScaleSSIM.rawValue)
        }
        return values(images.to(.float64), others.to(.float64), dataRange: dataRange ?? 2)
    }

    /// The values of pairs of image files.
    ///
    /// - Parameters:
    ///   - workers: Threads that read and compare; each holds one pair of images.
    ///   - progress: Called with how many pairs are done.
    /// - Throws: `ImageError` naming a file that cannot be read; `MetricError` as for two images.
    public func scores(
        of pairs: ImagePairs, workers: Int = 2, progress: (Int) -> Void = { _ in }
    ) throws -> PixelScores {
        precondition(workers > 0, "the number of workers must be positive, not \(workers)")
        // The processors are shared out among the threads, or each of them would start as many of libtorch's.
        let threads = TorchRuntime.threadCount
        defer { TorchRuntime.threadCount = threads }
        let share = max(1, threads / min(workers, pairs.pairs.count))
        let values = try pairs.pairs.concurrentMap(workers: workers, progress: progress) { pair in
            TorchRuntime.threadCount = share
            let image = try PixelImage(contentsOf: pair.first)
            let values = try self.values(image, PixelImage(contentsOf: pair.second), names: (pair.first.path, pair.second.path))
            return (values: values, range: dataRange(of: image), size: image.size)
        }
        return PixelScores(
            metrics: metrics, names: pairs.pairs.map(\.name), values: values.map(\.values), dataRanges: values.map(\.range),
            sizes: values.map(\.size))
    }

    private func values(_ images: Tensor, _ others: Tensor, dataRange: Double) -> [PixelMetric: [Double]] {
        withoutGradients {
            let pairs = metrics.map { ($0, $0.values(images, others, dataRange: dataRange, window: window).array(of: Double.self)) }
            return Dictionary(pairs) { first, _ in first }
        }
    }
}

extension PixelImage {
    /// For errors: `512x256 pixels, 3 channels of uint8`.
    fileprivate var kind: String { "\(size.dimensions) pixels, \(bands) channel\(bands == 1 ? "" : "s") of \(format)" }

    /// The samples as they are stored, shape [1, bands, height, width], float64.
    fileprivate func levels(name: String) throws(MetricError) -> Tensor {
        let samples = sampleLevels
        guard format != .float32 || samples.allSatisfy(\.isFinite) else { throw .notFinite(path: name, what: "a pixel's value") }
        return Tensor(samples, shape: [1, height, width, bands]).permuted([0, 3, 1, 2]).to(.float64).contiguous()
    }
}

extension PixelImage.Format {
    /// The difference between white and black.
    fileprivate var dataRange: Double {
        switch self {
        case .uint8: 255
        case .uint16: 65535
        case .float32: 1
        }
    }
}
