import Foundation

/// A page in one file that needs nothing else, well-formed as HTML and as XML.
struct HTMLDocument {
    let title: String
    /// Seconds after which the page loads itself again.
    var reloadSeconds: Int?
    /// What stands before the footer.
    let body: String
    /// What the page says it is of.
    let date: Date

    /// The whole page.
    var html: String {
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
            \(ReportStyle.css)
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
func escaped(_ text: String) -> String {
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
