/// Which values of its type a setting may have, checked and in words.
public struct Allowed<Value: SettingValue>: Sendable {
    /// What is allowed, as an error says it behind `allowed: `.
    let words: String
    let accepts: @Sendable (Value) -> Bool

    /// Values for which a check holds, with the check in words.
    public static func matching(_ words: String, _ accepts: @escaping @Sendable (Value) -> Bool) -> Allowed {
        Allowed(words: words, accepts: accepts)
    }

    /// Every value of the type.
    public static var any: Allowed { matching(Value.kind.words) { _ in true } }
}

extension Allowed where Value: Comparable {
    /// Values from the lower to the upper bound.
    public static func `in`(_ range: ClosedRange<Value>) -> Allowed {
        matching("\(Value.kind.noun) from \(range.lowerBound.form.text) to \(range.upperBound.form.text)") { range.contains($0) }
    }

    /// Values from the lower bound, below the upper.
    public static func `in`(_ range: Range<Value>) -> Allowed {
        matching("\(Value.kind.noun) from \(range.lowerBound.form.text), below \(range.upperBound.form.text)") { range.contains($0) }
    }

    /// Values from a smallest.
    public static func atLeast(_ smallest: Value) -> Allowed {
        matching("\(Value.kind.noun) from \(smallest.form.text)") { $0 >= smallest }
    }

    /// Values above a limit, perhaps up to a largest.
    public static func above(_ limit: Value, upTo largest: Value? = nil) -> Allowed {
        let end = largest.map { ", up to \($0.form.text)" } ?? ""
        return matching("\(Value.kind.noun) above \(limit.form.text)\(end)") { value in
            value > limit && largest.map { value <= $0 } ?? true
        }
    }
}

extension Allowed where Value == Double {
    /// A share: 0 to 1, or to less.
    public static func fraction(upTo largest: Double = 1) -> Allowed { .in(0...largest) }
}

extension Allowed {
    /// Lists whose elements are all allowed.
    public static func each<Element>(_ allowed: Allowed<Element>) -> Allowed where Value == [Element] {
        matching("\(Value.kind.words), each \(allowed.words)") { $0.allSatisfy(allowed.accepts) }
    }

    /// Lists in which nothing stands twice.
    public static func distinct<Element: Hashable>() -> Allowed where Value == [Element] {
        matching("\(Value.kind.words), each once") { Set($0).count == $0.count }
    }
}
