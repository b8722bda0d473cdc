import CycleGANMetrics
import CycleGANModels
import Foundation

/// What was measured of a model, for programs.
struct EvaluationResult: Encodable {
    let model: String
    let data: String
    let split: String
    /// `nil` where Inception features were not to be had.
    let `protocol`: FeatureProtocol?
    /// The SHA-256 of the Inception weights.
    let weights: String?
    /// The SHA-256 of the weights of LPIPS: its network and its linear layers.
    let lpipsWeights: [String]?
    let directions: [TranslationResult]
    /// What could not be measured, and why.
    let notes: [String]
}

/// What was measured of one direction.
struct TranslationResult: Encodable {
    let translation: Translation
    /// The translated images.
    let images: Int
    /// The real images of the target domain.
    let reals: Int
    var metrics: [MeasuredMetric] = []
    /// The scores of each class, for pictures of labels.
    var semantic: SemanticScores?
    /// The values of each image, which are not part of the JSON object.
    var perImage: [ImageValues] = []
    var notes: [String] = []

    private enum CodingKeys: CodingKey { case direction, images, reals, metrics, semantic, notes }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(translation.description, forKey: .direction)
        try container.encode(images, forKey: .images)
        try container.encode(reals, forKey: .reals)
        try container.encode(metrics, forKey: .metrics)
        try container.encodeIfPresent(semantic, forKey: .semantic)
        try container.encode(notes, forKey: .notes)
    }
}

/// One row of the table.
struct MeasuredMetric: Encodable {
    let name: String
    /// Infinite for the PSNR of equal images, which JSON shows as null.
    let value: Double
    /// The bounds of the mean with 95% probability, from resampled images.
    var interval: ConfidenceInterval?
    /// The standard deviation over random subsets.
    var deviation: Double?
    /// Images that count.
    let count: Int
    let isHigherBetter: Bool
    /// What is compared with what.
    let comparison: Comparison

    private enum CodingKeys: CodingKey { case name, value, lower, upper, std, count, isHigherBetter, comparison }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value.isFinite ? value : nil, forKey: .value)
        try container.encodeIfPresent(interval?.lower, forKey: .lower)
        try container.encodeIfPresent(interval?.upper, forKey: .upper)
        try container.encodeIfPresent(deviation, forKey: .std)
        try container.encode(count, forKey: .count)
        try container.encode(isHigherBetter, forKey: .isHigherBetter)
        try container.encode(comparison, forKey: .comparison)
    }
}

/// What a metric compares.
enum Comparison: String, Encodable, CaseIterable {
    case distribution = "translations against real images of the target domain"
    case cycle = "real images against their reconstructions"
    case structure = "real images against their translations"
    case truth = "translations against the true images of the same names"
}

/// One metric's value of every image.
struct ImageValues {
    let name: String
    let isHigherBetter: Bool
    let comparison: Comparison
    var values: [Double] = []

    /// The mean with its interval.
    var measured: MeasuredMetric {
        MeasuredMetric(
            name: name, value: values.reduce(0, +) / Double(values.count), interval: Bootstrap().interval(ofMean: values),
            count: values.count, isHigherBetter: isHigherBetter, comparison: comparison)
    }

    /// The images' indices from the worst to the best.
    var worstFirst: [Int] {
        values.indices.sorted { isHigherBetter ? values[$0] < values[$1] : values[$0] > values[$1] }
    }
}
