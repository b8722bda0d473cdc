/// One kind of images, such as photographs or paintings, by its name.
public struct Domain: Hashable, Sendable, CustomStringConvertible {
    /// The name: `A`, `B`, or that of a folder.
    public let name: String

    /// A domain of any name.
    public init(_ name: String) {
        self.name = name
    }

    /// The first domain of a data set with two.
    public static let a = Domain("A")
    /// The second domain of a data set with two.
    public static let b = Domain("B")
    /// The domains of a data set with two, in order.
    public static let pair = [a, b]

    public var description: String { name }
}

extension Domain: Codable, CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }

    /// The name as a key, so that values by domain are encoded as an object with the domains' names.
    public var codingKey: any CodingKey { Key(stringValue: name) }

    /// The domain that a key names.
    public init?(codingKey: some CodingKey) {
        self.init(codingKey.stringValue)
    }

    /// Decodes a name.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
