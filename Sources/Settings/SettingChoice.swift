/// A value with a name or a number that stands for it.
///
/// Types whose values are not all listed, such as `resnetN`, conform to this and say their `kind`.
public protocol SettingName: SettingValue, RawRepresentable where RawValue: LosslessStringConvertible {}

extension SettingName {
    public init?(form: SettingForm) {
        guard case .scalar(let text) = form, let raw = RawValue(text) else { return nil }
        self.init(rawValue: raw)
    }

    public var form: SettingForm { .scalar(rawValue.description) }
}

/// One of a few values; an enumeration of texts or whole numbers needs nothing more than the conformance.
public protocol SettingChoice: SettingName, CaseIterable {}

extension SettingChoice {
    public static var kind: ValueKind { ValueKind(choices: allCases.map(\.form.text)) }
}
