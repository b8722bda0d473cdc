#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Names of files as text and back to the bytes that the system knows them by, which need not be UTF-8.
///
/// A byte `b` that is no part of UTF-8 stands as the character U+EF00 + `b`, for private use, and so do the bytes of such characters
/// themselves: every name comes back as it was. Foundation's own functions find no file of such a name; those here do.
package enum FileName {
    private static let escapes: ClosedRange<UInt32> = 0xEF80...0xEFFF

    /// The text of a name.
    package static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text) { return text }
        var scalars = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            let parts = (1...4).lazy.map { rest.prefix($0) }
            let character = parts.compactMap { String(validating: $0, as: UTF8.self)?.unicodeScalars.first }.first
            if let character, !escapes.contains(character.value) {
                scalars.append(character)
                rest.removeFirst(UTF8.width(character))
            } else {
                scalars.append(Unicode.Scalar(0xEF00 + UInt16(first)) ?? "\u{FFFD}")
                rest.removeFirst()
            }
        }
        return String(scalars)
    }

    /// The text of a name that ends with a zero.
    package static func text(_ name: UnsafePointer<CChar>) -> String {
        text(Array(UnsafeRawBufferPointer(start: name, count: strlen(name))))
    }

    /// The bytes of a path with a zero behind them, as calls of the system take it.
    package static func bytes(_ path: String) -> [CChar] {
        guard hasEscapes(path) else { return Array(path.utf8CString) }
        let bytes = path.unicodeScalars.flatMap {
            escapes.contains($0.value) ? [UInt8($0.value & 0xFF)] : Array(UTF8.encode($0) ?? .init())
        }
        return (bytes + [0]).map(CChar.init(bitPattern:))
    }

    /// The text of names for people: bytes that are not UTF-8 as `\xB0`.
    package static func readable(_ text: String) -> String {
        guard hasEscapes(text) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, character in
            if escapes.contains(character.value) {
                result += "\\x" + String(character.value & 0xFF, radix: 16, uppercase: true)
            } else {
                result.unicodeScalars.append(character)
            }
        }
    }

    /// The arguments of the program, behind its own name.
    package static var arguments: [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in CommandLine.unsafeArgv[index].map { text($0) } }
    }

    private static func hasEscapes(_ text: String) -> Bool {
        text.unicodeScalars.contains { escapes.contains($0.value) }
    }
}
