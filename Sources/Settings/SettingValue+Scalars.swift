extension Int: SettingValue {
    public static var kind: ValueKind {
        ValueKind(noun: "a whole number", listWords: "whole numbers with commas, such as 64,32", placeholder: "n")
    }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        self.init(text)
    }

    public var form: SettingForm { .scalar("\(self)") }
}

extension UInt64: SettingValue {
    public static var kind: ValueKind { ValueKind(noun: "a whole number", words: "a whole number from 0", placeholder: "n") }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        self.init(text)
    }

    public var form: SettingForm { .scalar("\(self)") }
}

extension Double: SettingValue {
    public static var kind: ValueKind { ValueKind(noun: "a number", listWords: "numbers with commas, such as 0.5,0.25", placeholder: "x") }

    /// Takes finite numbers alone: no setting means anything with another.
    public init?(form: SettingForm) {
        guard case .scalar(let text) = form, let value = Double(text), value.isFinite else { return nil }
        self = value
    }

    /// People read 10 more easily than 10.0.
    public var form: SettingForm {
        .scalar(Int(exactly: self).map { $0.magnitude < 1_000_000_000 ? "\($0)" : "\(self)" } ?? "\(self)")
    }
}

extension Bool: SettingValue {
    public static var kind: ValueKind {
        var kind = ValueKind(choices: ["true", "false"])
        kind.placeholder = "true/false"
        kind.isSwitch = true
        return kind
    }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        self.init(text.lowercased())
    }

    public var form: SettingForm { .scalar("\(self)") }
}

extension String: SettingValue {
    public static var kind: ValueKind { ValueKind(noun: "text", placeholder: "text") }

    public init?(form: SettingForm) {
        guard case .scalar(let text) = form else { return nil }
        self = text
    }

    public var form: SettingForm { .scalar(self) }
}
