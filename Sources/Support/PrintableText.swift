/// The text without what moves the cursor of a terminal or changes its colours: control characters, but for ends of lines, become �. Bytes of
/// file names that are no text are written out.
package func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            FileName.readable(text).unicodeScalars.map { $0.properties.generalCategory == .control && $0 != "\n" ? "\u{FFFD}" : $0 }))
}

/// The text as a message may quote it from a file: on one line, and no longer than that.
package func quoted(_ text: String, limit: Int = 200) -> String {
    let line = printable(String(text.prefix(limit))).replacing("\n", with: "\u{FFFD}")
    return text.dropFirst(limit).isEmpty ? line : line + "..."
}
