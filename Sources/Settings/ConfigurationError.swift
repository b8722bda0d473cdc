/// A setting that cannot be used.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// Where a setting was given.
    public enum Place: Equatable, Sendable {
        /// In a file, at a line that counts from 1.
        case file(String, line: Int?)
        /// On the command line, with a flag such as `--crop-size`.
        case argument(String)
    }

    /// The key, such as `cropSize` or `domains.A.channels`, or what else of a file is wrong.
    public let key: String
    /// What was found.
    public let value: String
    /// What is allowed.
    public let allowed: String
    /// What was perhaps meant, such as another key; `nil` where nothing is near.
    public let suggestion: String?
    /// Where it was given; `nil` where that is not known.
    public var place: Place?

    public init(key: String, value: String, allowed: String, suggestion: String? = nil, place: Place? = nil) {
        self.key = Self.line(of: key)
        self.value = Self.line(of: value)
        self.allowed = allowed
        self.suggestion = suggestion
        self.place = place
    }

    /// As much of what was found as a message shows: a line at most.
    private static func line(of text: String) -> String {
        let line = text.prefix { !$0.isNewline }.prefix(160)
        if text.isEmpty { return "''" }
        return line.endIndex < text.endIndex ? "\(line)..." : text
    }

    /// `settings.yaml:12: cropSize: found x; allowed: y`, or `--crop-size: found x; allowed: y`; with `did you mean z?` before what is allowed
    /// where something is near.
    public var description: String {
        let name =
            switch place {
            case .file(let file, let line): "\(file)\(line.map { ":\($0)" } ?? ""): \(key)"
            case .argument(let flag): flag
            case nil: key
            }
        let question = suggestion.map { "did you mean \($0)? " } ?? ""
        return "\(name): found \(value); \(question)allowed: \(allowed)"
    }
}
