/// The blocks of code of a language in a Markdown page, in their order.
public func fencedCode(_ language: String, in page: String) -> [String] {
    var (blocks, block): ([String], [Substring]?) = ([], nil)
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
        if let lines = block, line == "```" {
            blocks.append(lines.joined(separator: "\n") + "\n")
            block = nil
        } else if block != nil {
            block?.append(line)
        } else if line == "```\(language)" {
            block = []
        }
    }
    return blocks
}
