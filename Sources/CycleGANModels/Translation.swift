import Imaging

/// Something that a generator can do: turn images of one domain into images of another.
public struct Translation: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Whose images go in.
    public var from: Domain
    /// Whose images come out.
    public var to: Domain
    /// What a generator with several translations is told to do this one: an index into its conditions. `nil` for a generator that is not
    /// told anything.
    public var condition: Int?

    /// A translation between two domains.
    public init(from: Domain, to: Domain, condition: Int? = nil) {
        self.from = from
        self.to = to
        self.condition = condition
    }

    /// From the first to the second domain of a data set with two.
    public static let aToB = Translation(from: .a, to: .b)
    /// From the second to the first domain of a data set with two.
    public static let bToA = Translation(from: .b, to: .a)

    /// The translation the other way.
    public var reversed: Translation { Translation(from: to, to: from) }

    /// For files and tags, such as `AtoB`.
    public var description: String { "\(from)to\(to)" }

    /// For people: `A to B`.
    public var title: String { "\(from) to \(to)" }
}

extension Sequence<Translation> {
    /// The domains that a generator can be told to make, each once and in the order of its conditions; none for one that is not told anything.
    package var toldDomains: [Domain] {
        let conditions = Dictionary(compactMap { translation in translation.condition.map { (translation.to, $0) } }) { first, _ in first }
        return conditions.sorted { $0.value < $1.value }.map(\.key)
    }

    /// The domains of a generator that is told what to make, or of three and more all of which become all others; `nil` for any other.
    package var anyToAny: [Domain]? {
        let told = toldDomains
        guard told.isEmpty else { return told }
        let pairs = Set(map { [$0.from, $0.to] })
        let domains = Set(pairs.flatMap(\.self))
        return domains.count > 2 && pairs.count == domains.count * (domains.count - 1) ? domains.sorted { $0.name < $1.name } : nil
    }
}
