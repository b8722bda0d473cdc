import CycleGANMetrics
import Foundation

/// A measured number with what it was made of, as lines for people and as one JSON object.
public struct MetricResult: Encodable {
    /// The metric; with weights other than the published ones, their checksum is part of the name.
    public let metric: String
    /// For people, as `metric` is for programs.
    public let title: String
    /// May be infinite.
    public let value: Double
    /// The value as people read it.
    public let text: String
    /// Images of the first set, or pairs of images.
    public let count: Int
    /// How images were brought to the network.
    public var featureProtocol: FeatureProtocol?
    /// The SHA-256 of the network's weights.
    public var weights: String?
    /// What else a program may want, by name.
    public var details: [String: Detail] = [:]
    /// What a person should know about the number.
    public var notes: [String] = []
    /// The value of each pair of images.
    public var images: [ImageValue]?

    /// A further value of the JSON object.
    public enum Detail: Equatable, Sendable {
        case number(Double)
        case numbers([Double])
        case integers([Int])
        case integer(Int)
        case text(String)
        case natural(UInt64)
        case flag(Bool)
        case sizes(PictureSizes)
    }

    /// The value of one pair of images.
    public struct ImageValue: Equatable, Sendable {
        /// The path of the first image in its folder.
        public let name: String
        /// May be infinite.
        public let value: Double
    }

    /// A number without details.
    public init(
        metric: String, title: String, value: Double, text: String, count: Int, featureProtocol: FeatureProtocol? = nil,
        weights: String? = nil
    ) {
        self.metric = metric
        self.title = title
        self.value = value
        self.text = text
        self.count = count
        self.featureProtocol = featureProtocol
        self.weights = weights
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(metric, forKey: Key("metric"))
        // JSON has no infinity.
        try container.encode(value.isFinite ? value : nil, forKey: Key("value"))
        try container.encode(count, forKey: Key("count"))
        try container.encode(featureProtocol, forKey: Key("protocol"))
        try container.encode(weights, forKey: Key("weights"))
        if !notes.isEmpty { try container.encode(notes, forKey: Key("notes")) }
        for (name, detail) in details {
            switch detail {
            case .number(let number): try container.encode(number.isFinite ? number : nil, forKey: Key(name))
            case .numbers(let numbers): try container.encode(numbers, forKey: Key(name))
            case .natural(let natural): try container.encode(natural, forKey: Key(name))
            case .sizes(let sizes): try container.encode(sizes, forKey: Key(name))
            case .integers(let integers): try container.encode(integers, forKey: Key(name))
            case .integer(let integer): try container.encode(integer, forKey: Key(name))
            case .text(let text): try container.encode(text, forKey: Key(name))
            case .flag(let flag): try container.encode(flag, forKey: Key(name))
            }
        }
        guard let images else { return }
        var list = container.nestedUnkeyedContainer(forKey: Key("images"))
        for image in images {
            var entry = list.nestedContainer(keyedBy: Key.self)
            try entry.encode(image.name, forKey: Key("name"))
            try entry.encode(image.value.isFinite ? image.value : nil, forKey: Key("value"))
        }
    }

    /// The lines for a terminal: the number, then the notes.
    public var lines: [String] { ["\(title): \(text)"] + notes.map { "  " + $0 } }
}
