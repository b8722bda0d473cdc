import Foundation

extension Optional: SettingValue where Wrapped: SettingValue {
    public static var kind: ValueKind { Wrapped.kind }

    public init?(form: SettingForm) {
        guard form != .nothing else {
            self = .none
            return
        }
        guard let value = Wrapped(form: form) else { return nil }
        self = .some(value)
    }

    public var form: SettingForm { map(\.form) ?? .nothing }

    public var bare: Wrapped? { self }
}

/// Lists: `[64, 32]` in a file, `64,32` as a flag, which a file may say, too.
extension Array: SettingValue where Element: SettingValue {
    public static var kind: ValueKind {
        let kind = Element.kind
        return ValueKind(
            noun: "a list", words: kind.listWords, placeholder: "\(kind.placeholder),\(kind.placeholder)", choices: kind.choices)
    }

    public init?(form: SettingForm) {
        guard let texts = form.elements else { return nil }
        let values = texts.compactMap { Element(form: .scalar($0)) }
        guard values.count == texts.count else { return nil }
        self = values
    }

    public var form: SettingForm { .list(map(\.form.text)) }
}

/// Ranges: `[0, 4095]` in a file, `0...4095` or `0,4095` as a flag.
extension ClosedRange: SettingValue where Bound == Double {
    public static var kind: ValueKind {
        ValueKind(noun: "a range", words: "two numbers, the lower first, such as 0...4095", placeholder: "low...high")
    }

    public init?(form: SettingForm) {
        guard let texts = form.elements else { return nil }
        let bounds = texts.count == 1 ? texts[0].components(separatedBy: "...") : texts
        let numbers = bounds.compactMap { Double(form: .scalar($0)) }
        guard bounds.count == 2, numbers.count == 2, numbers[0] <= numbers[1] else { return nil }
        self = numbers[0]...numbers[1]
    }

    public var form: SettingForm { .list([lowerBound.form.text, upperBound.form.text]) }
}
