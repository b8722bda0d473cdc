/// What stands for a value outside the program: in a YAML file, on the command line, in a report.
public enum SettingForm: Equatable, Sendable {
    /// No value: `null`, or a key with nothing behind it.
    case nothing
    /// One text, such as `256x512` or `0.5`.
    case scalar(String)
    /// Several texts, such as those of `[64, 32]`.
    case list([String])

    /// Whether a text without quotes is `nothing` in YAML.
    static func standsForNothing(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    /// One line: what a flag takes, lists with commas between their elements.
    public var text: String {
        switch self {
        case .nothing: "none"
        case .scalar(let text): text
        case .list(let texts): texts.joined(separator: ",")
        }
    }

    /// The texts of a list, or of one text with commas in it, as a flag has it; `nil` for nothing.
    public var elements: [String]? {
        switch self {
        case .nothing: nil
        case .scalar(""): []
        case .scalar(let text): text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        case .list(let texts): texts
        }
    }
}
