import CycleGANMetrics
import CycleGANModels
import Datasets
import Foundation

/// What was measured of a model, for programs.
public struct EvaluationResult: Encodable {
    /// The path of the model.
    public let model: String
    /// The path of the data set.
    public let data: String
    /// Whose images were translated.
    public let split: String
    /// `nil` where Inception features were not to be had.
    public let `protocol`: FeatureProtocol?
    /// The SHA-256 of the Inception weights.
    public let weights: String?
    /// The SHA-256 of the weights of LPIPS: its network and its linear layers.
    public let lpipsWeights: [String]?
    /// What was measured of each direction.
    public let directions: [TranslationResult]
    /// What could not be measured, and why.
    public let notes: [String]

    /// Puts together what was measured.
    ///
    /// - Parameter tools: What it was measured with.
    public init(model: URL, data: URL, split: Split, tools: EvaluationTools, directions: [TranslationResult], notes: [String]) {
        self.model = model.path
        self.data = data.path
        self.split = split.rawValue
        self.protocol = tools.reader?.featureProtocol
        weights = tools.reader?.weights.sha256
        lpipsWeights = tools.lpips.map { [$0.trunk.sha256, $0.heads.sha256] }
        self.directions = directions
        self.notes = notes
    }
}

/// What was measured of one direction.
public struct TranslationResult: Encodable {
    /// The direction.
    public let translation: Translation
    /// The translated images.
    public let images: Int
    /// The real images of the target domain.
    public let reals: Int
    /// A row for each metric.
    public var metrics: [MeasuredMetric] = []
    /// The scores of each class, for pictures of labels.
    public var semantic: SemanticScores?
    /// The values of each image, which are not part of the JSON object.
    public var perImage: [ImageValues] = []
    /// What a person should know.
    public var notes: [String] = []

    private enum CodingKeys: CodingKey { case direction, images, reals, metrics, semantic, notes }

    public func encode(to encoder: any Encoder) throws {
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
public struct MeasuredMetric: Encodable {
    /// As in the table.
    public let name: String
    /// Infinite for the PSNR of equal images, which JSON shows as null.
    public let value: Double
    /// The bounds of the mean with 95% probability, from resampled images.
    public var interval: ConfidenceInterval?
    /// The standard deviation over random subsets.
    public var deviation: Double?
    /// Images that count.
    public let count: Int
    /// Whether a higher value is better.
    public let isHigherBetter: Bool
    /// What is compared with what.
    public let comparison: Comparison

    private enum CodingKeys: CodingKey { case name, value, lower, upper, std, count, isHigherBetter, comparison }

    public func encode(to encoder: any Encoder) throws {
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
public enum Comparison: String, Encodable, CaseIterable {
    case distribution = "translations against real images of the target domain"
    case cycle = "real images against their reconstructions"
    case structure = "real images against their translations"
    case truth = "translations against the true images of the same names"
}

/// One metric's value of every image.
public struct ImageValues {
    /// As in the table.
    public let name: String
    /// Whether a higher value is better.
    public let isHigherBetter: Bool
    /// What is compared with what.
    public let comparison: Comparison
    /// In the order of the images.
    public var values: [Double] = []

    /// The mean with its interval.
    public var measured: MeasuredMetric {
        MeasuredMetric(
            name: name, value: values.reduce(0, +) / Double(values.count), interval: Bootstrap().interval(ofMean: values),
            count: values.count, isHigherBetter: isHigherBetter, comparison: comparison)
    }

    /// The images' indices from the worst to the best.
    public var worstFirst: [Int] {
        values.indices.sorted { isHigherBetter ? values[$0] < values[$1] : values[$0] > values[$1] }
    }
}
