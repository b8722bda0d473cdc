import Yams

extension ConfigurationError {
    /// The error of a text that is not YAML, or in which a key stands twice.
    init(yaml error: any Error, file: String) {
        let allowed = "YAML with keys and values, such as 'epochs: 100'"
        let place = { (line: Int?) in Place.file(file, line: line) }
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init(key: "column \(mark.column)", value: "a syntax error (\(problem))", allowed: allowed, place: place(mark.line))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let key = duplicates.first ?? ""
            let again = Self.line(ofAnother: key, after: context.mark, in: context.text).map { "at line \($0)" } ?? "elsewhere"
            self.init(key: key, value: "the key again \(again)", allowed: "each key once", place: place(context.mark.line))
        case .reader(let problem, _, _, _):
            self.init(key: "the text", value: "an impossible character (\(problem))", allowed: allowed, place: place(nil))
        default:
            self.init(key: "the text", value: "something that cannot be read", allowed: allowed, place: place(nil))
        }
    }

    /// The line of the next key with a name and the same indentation; Yams tells only where the first stands.
    private static func line(ofAnother key: String, after mark: Mark, in text: String) -> Int? {
        let indented = String(repeating: " ", count: max(0, mark.column - 1)) + key
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.dropFirst(mark.line).first { index in
            lines[index].hasPrefix(indented) && lines[index].dropFirst(indented.count).drop { $0 == " " }.hasPrefix(":")
        }.map { $0 + 1 }
    }
}
