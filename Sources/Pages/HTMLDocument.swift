import Foundation
import Support

/// A page in one file that needs nothing else, well-formed as HTML and as XML.
package struct HTMLDocument {
    package let title: String
    /// Seconds after which the page loads itself again.
    package var reloadSeconds: Int?
    /// What stands before the footer.
    package let body: String
    /// What the page says it is of.
    package let date: Date

    /// - Parameter body: What stands before the footer; well-formed XML.
    package init(title: String, reloadSeconds: Int? = nil, body: String, date: Date) {
        self.title = title
        self.reloadSeconds = reloadSeconds
        self.body = body
        self.date = date
    }

    /// The whole page.
    package var html: String {
        let reload = reloadSeconds.map { "<meta http-equiv=\"refresh\" content=\"\($0)\"/>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            \(reload)<title>\(escaped(title)) · CycleGAN</title>
            <style>
            \(PageStyle.css)
            </style>
            </head>
            <body>
            \(body)
            <footer>Written \(Self.text(of: date)) by swift-cyclegan</footer>
            </body>
            </html>

            """
    }

    private static func text(of date: Date) -> String {
        let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: .current)
        return "<time>\(escaped(date.formatted(style)))</time>"
    }
}

/// The text as it stands in HTML and XML, in content and in quoted attributes.
package func escaped(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        // Not characters of XML.
        case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
