import Foundation
import Imaging
import Support

/// How well pictures of labels agree with the true ones, as in the evaluation of photos → labels on Cityscapes by pix2pix and CycleGAN.
///
/// Every pixel of either picture counts as the class whose colour is nearest.
public struct SemanticAccuracy: Sendable, Equatable {
    /// The classes and their colours.
    public let palette: LabelPalette

    public init(palette: LabelPalette) {
        self.palette = palette
    }

    /// Counts the pixels of one picture.
    ///
    /// - Parameters:
    ///   - prediction: Grey or RGB of any depth; alpha is left out.
    ///   - truth: A picture of the same size.
    ///   - names: What to call prediction and truth in errors.
    /// - Throws: `MetricError.unlike` for different sizes; `MetricError.channels`.
    public func counts(
        prediction: PixelImage, truth: PixelImage, names: (prediction: String, truth: String) = ("the prediction", "the truth")
    ) throws(MetricError) -> SemanticCounts {
        guard prediction.size == truth.size else {
            throw .unlike(
                first: names.truth, second: names.prediction, found: "\(prediction.size.dimensions) pixels",
                expected: truth.size.dimensions)
        }
        let predicted = palette.nearest(try Self.pixels(of: prediction, name: names.prediction))
        let real = palette.nearest(try Self.pixels(of: truth, name: names.truth))
        return SemanticCounts(
            confusion: ConfusionMatrix(classCount: palette.labels.count, truth: real.classes, prediction: predicted.classes),
            totalTruthDistance: real.totalDistance)
    }

    /// Counts the pixels of pairs of files: the first of each pair is the prediction, the second the truth.
    ///
    /// - Parameters:
    ///   - workers: Threads that read and count; each holds one pair of images.
    ///   - progress: Called with how many pairs are done.
    /// - Returns: The counts of each pair, in order.
    /// - Throws: `ImageError` naming a file that cannot be read; `MetricError` as for one picture.
    public func counts(
        of pairs: ImagePairs, workers: Int = 2, progress: (Int) -> Void = { _ in }
    ) throws -> [SemanticCounts] {
        try pairs.pairs.concurrentMap(workers: workers, progress: progress) { pair in
            try self.counts(
                prediction: PixelImage(contentsOf: pair.first), truth: PixelImage(contentsOf: pair.second),
                names: (pair.first.path, pair.second.path))
        }
    }

    /// The scores of all counted pixels together, by class.
    public func scores(_ counts: SemanticCounts) -> SemanticScores {
        let confusion = counts.confusion
        let classes = zip(palette.labels, zip(confusion.classAccuracies, confusion.intersectionsOverUnion)).map { label, values in
            SemanticScores.Class(name: label.name, accuracy: values.0, iou: values.1)
        }
        return SemanticScores(
            pixelAccuracy: confusion.pixelAccuracy, meanClassAccuracy: confusion.meanClassAccuracy,
            meanIoU: confusion.meanIntersectionOverUnion, classes: classes, meanTruthDistance: counts.meanTruthDistance)
    }

    /// Interleaved 8-bit RGB.
    private static func pixels(of image: PixelImage, name: String) throws(MetricError) -> [UInt8] {
        do throws(ImageError) {
            return try image.withoutAlpha().converted(to: DomainConfiguration(channels: 3), name: name).bytes
        } catch {
            throw .channels(path: name, found: image.bands, allowed: "1 (grey) or 3 (RGB), with or without alpha")
        }
    }
}

/// What the pixels of one or more pictures of labels were taken for.
public struct SemanticCounts: Sendable, Equatable {
    /// True against predicted classes.
    public private(set) var confusion: ConfusionMatrix
    /// The sum over the truth's pixels of the distance to the nearest colour of the palette.
    private var totalTruthDistance: Double

    /// Counts without pixels.
    public init(classCount: Int) {
        self.init(confusion: ConfusionMatrix(classCount: classCount), totalTruthDistance: 0)
    }

    init(confusion: ConfusionMatrix, totalTruthDistance: Double) {
        self.confusion = confusion
        self.totalTruthDistance = totalTruthDistance
    }

    /// Adds the pixels of other pictures, counted with the same palette.
    public static func += (left: inout SemanticCounts, right: SemanticCounts) {
        left.confusion += right.confusion
        left.totalTruthDistance += right.totalTruthDistance
    }

    /// How far the truth's pixels lie from the palette on average: the distance in RGB of 0...255 to the nearest colour. Near 0 for the
    /// right palette and files without loss; not a number without pixels.
    public var meanTruthDistance: Double { totalTruthDistance / Double(confusion.counts.reduce(0, +)) }
}

/// The agreement of pictures of labels with the true ones; all but the distance lie in 0...1, and higher is better.
public struct SemanticScores: Sendable, Equatable, Encodable {
    /// The scores of one class.
    public struct Class: Sendable, Equatable, Encodable {
        /// What the class is called.
        public let name: String
        /// The share of its true pixels that are right; `nil` where the truth does not have the class.
        public let accuracy: Double?
        /// Intersection over union; `nil` where neither side has the class.
        public let iou: Double?
    }

    /// The share of all pixels that are right.
    public let pixelAccuracy: Double
    /// The mean of the accuracies of the classes in the truth.
    public let meanClassAccuracy: Double
    /// The mean intersection over union of the classes in the truth or the prediction.
    public let meanIoU: Double
    /// The palette's classes, in its order.
    public let classes: [Class]
    /// The mean distance of the truth's pixels to the nearest colour, in levels of 0...255. Far from 0, the palette is not the truth's.
    public let meanTruthDistance: Double
}
