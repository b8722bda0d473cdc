import Imaging

/// A value for all domains, with others for some of them.
public struct PerDomain<Value: Equatable & Sendable>: Sendable {
    /// The value of every domain that has none of its own.
    public var common: Value
    private var own: [Domain: Value] = [:]

    /// The same for all domains.
    public init(_ common: Value) {
        self.common = common
    }

    /// What holds for one domain.
    public subscript(domain: Domain) -> Value {
        get { own[domain] ?? common }
        set { own[domain] = newValue }
    }

    /// The values of domains that differ from the common one.
    public var overrides: [Domain: Value] { own.filter { $0.value != common } }
}

extension PerDomain: Equatable {
    /// A domain's own value that is the common one makes no difference.
    public static func == (one: PerDomain, other: PerDomain) -> Bool {
        one.common == other.common && one.overrides == other.overrides
    }
}
