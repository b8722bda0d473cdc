import CycleGANMetrics
import Foundation

/// A measured number with what it was made of, as lines for people and as one JSON object.
struct MetricResult: Encodable {
    /// The metric; with weights other than the published ones, their checksum is part of the name.
    let metric: String
    /// For people, as `metric` is for programs.
    let title: String
    /// May be infinite.
    let value: Double
    /// The value as people read it.
    let text: String
    /// Images of the first set, or pairs of images.
    let count: Int
    /// How images were brought to the network.
    var featureProtocol: FeatureProtocol?
    /// The SHA-256 of the network's weights.
    var weights: String?
    /// What else a program may want, by name.
    var details: [String: Detail] = [:]
    /// What a person should know about the number.
    var notes: [String] = []
    /// The value of each pair of images.
    var images: [(name: String, value: Double)]?

    /// A further value of the JSON object.
    enum Detail {
        case number(Double)
        case integers([Int])
        case integer(Int)
        case text(String)
        case flag(Bool)
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
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

    /// Prints the result for people or as JSON.
    func report(json: Bool) throws {
        if json { return try printJSON(self) }
        print("\(title): \(text)")
        for note in notes { print("  " + note) }
    }
}
