/// How often pixels of each true class were taken for each class.
///
/// With n_ij pixels of class i taken for class j and t_i = Σ_j n_ij (Long et al., "Fully Convolutional Networks for Semantic Segmentation",
/// CVPR 2015; pix2pix's evaluation on Cityscapes), all values lie in 0...1.
public struct ConfusionMatrix: Sendable, Equatable {
    /// The number of classes.
    public let classCount: Int
    /// n_ij, row by row: rows are true classes, columns predicted ones.
    public private(set) var counts: [Int]

    /// A matrix without pixels.
    public init(classCount: Int) {
        precondition(classCount > 0, "the number of classes must be positive, not \(classCount)")
        self.classCount = classCount
        counts = Array(repeating: 0, count: classCount * classCount)
    }

    /// Counts pixels by their true and predicted class.
    init(classCount: Int, truth: [UInt16], prediction: [UInt16]) {
        precondition(truth.count == prediction.count, "\(prediction.count) predictions for \(truth.count) pixels")
        self.init(classCount: classCount)
        counts.withUnsafeMutableBufferPointer { counts in
            for (truth, prediction) in zip(truth, prediction) { counts[Int(truth) * classCount + Int(prediction)] += 1 }
        }
    }

    /// Adds the pixels of another matrix of as many classes.
    public static func += (left: inout ConfusionMatrix, right: ConfusionMatrix) {
        precondition(left.classCount == right.classCount, "matrices of \(left.classCount) and \(right.classCount) classes")
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
    }

    /// Σ_i n_ii / Σ_i t_i: the share of pixels that are right; not a number without pixels.
    public var pixelAccuracy: Double {
        Double((0..<classCount).reduce(0) { $0 + correct($1) }) / Double(counts.reduce(0, +))
    }

    /// n_ii / t_i of each class; `nil` for classes that the truth does not have.
    public var classAccuracies: [Double?] {
        (0..<classCount).map { Self.ratio(correct($0), trueCount($0)) }
    }

    /// The mean of `classAccuracies` over the classes in the truth; not a number without pixels.
    public var meanClassAccuracy: Double { Self.mean(classAccuracies) }

    /// Intersection over union of each class, n_ii / (t_i + Σ_j n_ji - n_ii); `nil` for classes that neither side has.
    public var intersectionsOverUnion: [Double?] {
        (0..<classCount).map { Self.ratio(correct($0), trueCount($0) + predictedCount($0) - correct($0)) }
    }

    /// The mean of `intersectionsOverUnion` over the classes that the truth or the prediction has; not a number without pixels.
    public var meanIntersectionOverUnion: Double { Self.mean(intersectionsOverUnion) }

    private func correct(_ index: Int) -> Int { counts[index * classCount + index] }

    private func trueCount(_ index: Int) -> Int { counts[index * classCount..<(index + 1) * classCount].reduce(0, +) }

    private func predictedCount(_ index: Int) -> Int {
        stride(from: index, to: counts.count, by: classCount).reduce(0) { $0 + counts[$1] }
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }

    private static func mean(_ values: [Double?]) -> Double {
        let present = values.compactMap(\.self)
        return present.reduce(0, +) / Double(present.count)
    }
}
