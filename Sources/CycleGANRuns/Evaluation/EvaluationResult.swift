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
    /// What they were scaled to first: `original`, `training`, a number of pixels or height x width.
    public let size: String
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
        size = tools.scaling.description
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
    /// What the domains are called.
    public var names = DomainNames.own
    /// The translated images.
    public let images: Int
    /// The real images of the target domain.
    public let reals: Int
    /// The sizes of the pictures that were measured, after scaling.
    public var sizes: PictureSizes?
    /// A row for each metric.
    public var metrics: [MeasuredMetric] = []
    /// The scores of each class, for pictures of labels.
    public var semantic: SemanticScores?
    /// The values of each image, which are not part of the JSON object.
    public var perImage: [ImageValues] = []
    /// What baselines make of the same images.
    public var baselines: BaselineComparison?
    /// What a person should know.
    public var notes: [String] = []
    /// The one of the notes that is about images far from the scale of the training.
    public var scaleWarning: String?

    /// The direction in words: `photo to monet`.
    public var title: String { names.title(of: translation) }

    private enum CodingKeys: CodingKey { case direction, from, to, domainNames, images, reals, sizes, metrics, semantic, baselines, notes }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(translation.description, forKey: .direction)
        try container.encode(translation.from, forKey: .from)
        try container.encode(translation.to, forKey: .to)
        try container.encode(names.all(of: [translation.from, translation.to]), forKey: .domainNames)
        try container.encode(images, forKey: .images)
        try container.encode(reals, forKey: .reals)
        try container.encodeIfPresent(sizes, forKey: .sizes)
        try container.encode(metrics, forKey: .metrics)
        try container.encodeIfPresent(semantic, forKey: .semantic)
        try container.encodeIfPresent(baselines, forKey: .baselines)
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
    /// The differences between the largest and the smallest possible value by which a pixel metric was taken, of all images.
    public var dataRanges: [Double] = []

    private enum CodingKeys: CodingKey { case name, value, lower, upper, std, count, isHigherBetter, comparison, dataRange, dataRanges }

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
        if dataRanges.count == 1 { try container.encode(dataRanges[0], forKey: .dataRange) }
        if dataRanges.count > 1 { try container.encode(dataRanges, forKey: .dataRanges) }
    }
}

/// What a metric compares.
public enum Comparison: String, Encodable, CaseIterable {
    case distribution = "translations against real images of the target domain"
    case cycle = "real images against their reconstructions"
    case structure = "real images against their translations"
    case truth = "translations against the true images of the same names"

    /// In words, with what the target domain is called where it has a name.
    func words(_ direction: TranslationResult) -> String {
        let (target, name) = (direction.translation.to, direction.names[direction.translation.to])
        return self == .distribution && name != target.name ? "translations against real images of \(name)" : rawValue
    }
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
    /// As in the table.
    public var dataRanges: [Double] = []

    /// The mean with its interval.
    public var measured: MeasuredMetric {
        MeasuredMetric(
            name: name, value: values.reduce(0, +) / Double(values.count), interval: Bootstrap().interval(ofMean: values),
            count: values.count, isHigherBetter: isHigherBetter, comparison: comparison, dataRanges: dataRanges)
    }

    /// The images' indices from the worst to the best.
    public var worstFirst: [Int] {
        values.indices.sorted { isHigherBetter ? values[$0] < values[$1] : values[$0] > values[$1] }
    }
}
