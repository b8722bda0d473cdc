import Foundation
import Imaging
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as an XML parser sees it; making one fails where the page is not well-formed.
final class Page: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]

        var label: String { attributes["alt"] ?? "" }

        /// The image of a `data:` source.
        func decoded() throws -> PixelImage {
            let text = try #require(attributes["src"]?.split(separator: ",").last)
            return try PixelImage(encoded: try #require(Data(base64Encoded: String(text))), name: label)
        }
    }

    let size: Int
    private(set) var elements: [Element] = []
    private(set) var text = ""

    var pictures: [Element] { elements.filter { $0.name == "img" } }

    init(_ data: Data) throws {
        size = data.count
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.formatting) }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
    ) {
        elements.append(Element(name: name, attributes: attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
