/// A type that a setting can have.
///
/// To read and to write a value, its type only needs to know its `SettingForm`; files, flags, reports and checkpoints are made of that.
public protocol SettingValue: Equatable, Sendable {
    /// The type without its optionality, for which ranges are given.
    associatedtype Bare: SettingValue = Self

    /// How values are described.
    static var kind: ValueKind { get }

    /// Reads a value; `nil` when the form is none of this type.
    init?(form: SettingForm)

    /// What `init(form:)` reads as an equal value.
    var form: SettingForm { get }

    /// The value itself, `nil` where an optional one is absent.
    var bare: Bare? { get }
}

extension SettingValue where Bare == Self {
    public var bare: Self? { self }
}

/// How the values of a type are described to people and to shells.
public struct ValueKind: Sendable {
    /// One value in words, in front of a range: `a whole number`.
    public var noun: String
    /// All that the type allows, in words.
    public var words: String
    /// A list of values in words.
    public var listWords: String
    /// What stands for a value behind a flag in the help: `n`.
    public var placeholder: String
    /// The values one by one, where they are few.
    public var choices: [String]
    /// Whether the flag stands alone, with a `--no-` form beside it.
    public var isSwitch = false
    /// Whether values may begin with a minus sign, as flags do.
    public var mayBeNegative = false

    /// A kind of values that are told in words.
    ///
    /// - Parameters:
    ///   - noun: One value in words.
    ///   - words: All that is allowed, where that is not every such value.
    ///   - listWords: A list of them in words, where lists are of use.
    ///   - placeholder: What stands for a value in the help.
    ///   - choices: What help and shells offer, where not every value is allowed or where some are usual.
    public init(noun: String, words: String? = nil, listWords: String? = nil, placeholder: String, choices: [String] = []) {
        self.noun = noun
        self.words = words ?? noun
        self.listWords = listWords ?? "several, with commas, each \(words ?? noun)"
        self.placeholder = placeholder
        self.choices = choices
    }

    /// A kind of few values.
    public init(choices: [String]) {
        let names = choices.joined(separator: ", ")
        self.init(
            noun: "one of \(names)", words: names,
            listWords: "any of \(names) with commas, such as \(choices.prefix(2).joined(separator: ","))",
            placeholder: choices.allSatisfy { Int($0) != nil } ? "n" : "name", choices: choices)
    }
}
