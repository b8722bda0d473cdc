import Imaging

/// What domains are called where people read of them, such as `photo` and `monet`; files and keys keep the domains' own names.
public struct DomainNames: Codable, Equatable, Sendable {
    private let names: [Domain: String]

    /// The domains' own names: `A` and `B`.
    public static let own = DomainNames([:])

    /// Names domains; those that are left out keep their own.
    public init(_ names: [Domain: String]) {
        self.names = names
    }

    /// Decodes an object of names by domain.
    public init(from decoder: any Decoder) throws {
        names = try decoder.singleValueContainer().decode([Domain: String].self)
    }

    /// Encodes an object of names by domain.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names)
    }

    /// What a domain is called.
    public subscript(domain: Domain) -> String { names[domain] ?? domain.name }

    /// What each of some domains is called, by domain.
    public func all(of domains: some Sequence<Domain>) -> [Domain: String] {
        Dictionary(domains.map { ($0, self[$0]) }) { first, _ in first }
    }

    /// The domain that someone means: by its own name, or else by what it is called, in upper or lower case.
    public func domain(_ text: String, among domains: some Collection<Domain>) -> Domain? {
        domains.first { $0.name == text } ?? domains.first { self[$0] == text }
            ?? domains.first { self[$0].lowercased() == text.lowercased() || $0.name.lowercased() == text.lowercased() }
    }

    /// A translation in words: `photo to monet`.
    public func title(of translation: Translation) -> String { "\(self[translation.from]) to \(self[translation.to])" }

    /// A translation with what to ask for it by: `photo -> monet (AtoB)`.
    public func choice(of translation: Translation) -> String {
        "\(self[translation.from]) -> \(self[translation.to]) (\(translation))"
    }
}
