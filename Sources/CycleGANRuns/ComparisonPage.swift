import CycleGANInference
import CycleGANModels
import Datasets
import Foundation
import Imaging
import Pages
import Support

/// A page in one file that shows images and their translations on top of each other, with a slider between them.
package struct ComparisonPage {
    /// The name of its file.
    package static let fileName = "comparison.html"
    /// How many pairs it shows at most.
    package static let mostPairs = 500
    // Of the longer side of a picture in pixels, and of both pictures of a pair in bytes.
    private static let side = 640
    private static let pairBytes = 160_000

    private let translator: Translator
    private var pairs: [String] = []
    private var leftOut = 0

    /// - Parameter translator: What made the translations.
    package init(_ translator: Translator) { self.translator = translator }

    /// Adds an image and its translation as they lie on the disk: of files that hold several pictures the one in the middle.
    ///
    /// - Throws: `ImageError` for a file that cannot be read.
    package mutating func add(_ job: TranslationJob) throws {
        guard pairs.count < Self.mostPairs else {
            leftOut += 1
            return
        }
        let name = job.input.lastPathComponent
        let pictures = [("the image", try image(job.input)), ("its translation", try translation(job.output))]
        let embedded = try EmbeddedPicture.embedded(
            [pictures.map { ("\(name), \($0)", $1.shrunk(toLongerSide: Self.side)) }], budget: Self.pairBytes)
        pairs.append(Self.pair(name, embedded[0]))
    }

    /// Writes the page into a folder.
    ///
    /// - Returns: The page.
    package func write(to folder: URL, date: Date = .now) throws -> URL {
        let page = folder.appending(path: Self.fileName)
        try AtomicFile.write(Data(html(date: date).utf8), to: page)
        return page
    }

    func html(date: Date) -> String {
        let title = translator.description.names.title(of: translator.translation)
        let more = leftOut > 0 ? " \(counted(leftOut, "more pair")) are not shown: a page holds \(Self.mostPairs)." : ""
        let body = """
            <header><h1>\(escaped(title)) <small>\(counted(pairs.count, "image"))</small></h1>
            <p class="quiet">The image is to the left of the line, its translation to the right. Move the line with the mouse or, after Tab, with the arrow keys; \
            Home and End show one of them alone.\(more)</p></header>
            <main><div class="pairs">
            \(pairs.joined(separator: "\n"))
            </div></main>
            """
        return HTMLDocument(title: title, body: body, date: date).html
    }

    private func image(_ file: URL) throws -> PixelImage {
        var domain = translator.inputDomain
        let sources = ImageSource.all(in: file, axis: domain.sliceAxis)
        let source = sources[sources.count / 2]
        if domain.valueRange == nil { domain.valueRange = source.window.map { ValueRange($0) } }
        return try translator.stretched(source.read(for: domain)).converted(to: domain, name: source.name).displayed(
            range: domain.valueRange)
    }

    private func translation(_ file: URL) throws -> PixelImage {
        let domain = translator.outputDomain
        let sources = ImageSource.all(in: file, axis: domain.sliceAxis)
        let source = sources[sources.count / 2]
        return try source.read().converted(to: domain, name: source.name).displayed(range: domain.valueRange)
    }

    private static func pair(_ name: String, _ pictures: [EmbeddedPicture]) -> String {
        let (image, translation) = (pictures[0], pictures[1])
        func html(_ picture: EmbeddedPicture, _ kind: String) -> String {
            let pixels = picture.isEnlarged ? " pixels" : ""
            let size = "width=\"\(image.shownSize.width)\" height=\"\(image.shownSize.height)\""
            return "<img class=\"\(kind)\(pixels)\" src=\"\(picture.source)\" \(size) loading=\"lazy\" alt=\"\(escaped(picture.label))\"/>"
        }
        return """
            <figure><div class="pair" style="--cut:50%">\(html(image, "under"))\(html(translation, "over"))<i></i>\
            <input type="range" min="0" max="100" value="50" aria-label="\(escaped(name)): how much of the image is shown, in per cent" \
            oninput="this.parentNode.style.setProperty('--cut',this.value+'%')"/></div>
            <figcaption>\(escaped(name))</figcaption></figure>
            """
    }
}
