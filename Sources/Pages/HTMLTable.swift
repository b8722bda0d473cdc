/// A table with a name before each row. Where the page is narrower, it scrolls sideways.
package struct HTMLTable {
    /// A column.
    package struct Column {
        let head: String
        let isText: Bool

        /// - Parameters:
        ///   - head: HTML.
        ///   - isText: Whether its cells are words, which stand to the left, and not numbers.
        package init(_ head: String, isText: Bool = false) {
            self.head = head
            self.isText = isText
        }
    }

    /// A row.
    package struct Row {
        let name: String
        let cells: [String]

        /// - Parameters:
        ///   - name: HTML.
        ///   - cells: HTML, a cell for each column.
        package init(_ name: String, _ cells: [String]) {
            self.name = name
            self.cells = cells
        }
    }

    private let kind: String
    private let style: String?
    private let columns: [Column]
    private let rows: [Row]

    /// - Parameters:
    ///   - kind: A class of the page's style.
    ///   - style: Values that the class asks for, such as `--n:3`.
    package init(_ kind: String, style: String? = nil, columns: [Column], rows: [Row]) {
        self.kind = kind
        self.style = style
        self.columns = columns
        self.rows = rows
    }

    /// The table, with a line end behind it.
    package var html: String {
        let head = columns.map { "<th scope=\"col\"\(Self.kind($0))>\($0.head)</th>" }
        let body = rows.map { row in
            let cells = zip(columns, row.cells).map { "<td\(Self.kind($0))>\($1)</td>" }
            return "<tr><th scope=\"row\">\(row.name)</th>\(cells.joined())</tr>"
        }
        return """
            <div class="scroll"><table class="\(kind)"\(style.map { " style=\"\($0)\"" } ?? "")>
            <thead><tr><td></td>\(head.joined())</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody>
            </table></div>

            """
    }

    private static func kind(_ column: Column) -> String { column.isText ? " class=\"text\"" : "" }
}
