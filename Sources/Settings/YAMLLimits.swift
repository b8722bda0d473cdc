/// What a text of settings may hold, so that none keeps the program busy without end: aliases of YAML can stand for lists of other aliases,
/// and lists can be nested as deep as the text is long.
enum YAMLLimits {
    static let bytes = 1 << 18
    static let aliases = 8
    static let depth = 32

    /// What a text has too much of, and how much is allowed. Told from its characters alone, before anything is built of it, and therefore
    /// also of those in comments and quotes.
    static func excess(in text: String) -> (found: String, allowed: String)? {
        guard text.utf8.count <= bytes else { return ("\(text.utf8.count) bytes", "at most \(bytes) bytes of settings") }
        var (aliasCount, brackets, dashes) = (0, 0, 0)
        var isLineStart = true
        var previous = UInt8(ascii: "\n")
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
            case UInt8(ascii: "*") where " \n\t[{,:-?".utf8.contains(previous): aliasCount += 1
            default: break
            }
            // `- - -` opens a list for each dash.
            if byte == UInt8(ascii: "\n") {
                (isLineStart, dashes) = (true, 0)
            } else if isLineStart, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") {
                dashes += 1
            } else if byte != UInt8(ascii: " ") {
                isLineStart = false
            }
            guard brackets <= depth, dashes <= depth else {
                return ("lists nested over \(depth) deep before byte \(index + 1)", "keys and values, and lists of these")
            }
            previous = byte
        }
        return aliasCount > aliases ? ("\(aliasCount) aliases", "at most \(aliases)") : nil
    }
}
