import CycleGANInference
import Foundation
import Imaging
import Support

/// The cycle errors of all pictures of a file, which are written beside its translation.
struct TranslationConfidence: Encodable {
    /// One for each picture, in order; at least one.
    let pages: [CycleError]

    /// The mean over all pictures.
    var mean: Double { pages.reduce(0) { $0 + $1.mean } / Double(pages.count) }

    /// Where the numbers of a translation are written.
    static func numbers(beside output: URL) -> URL { file(beside: output, "json") }

    /// Where the heat map of a picture is written.
    ///
    /// - Parameter page: Its number from 1, for files of several.
    static func heatMap(beside output: URL, page: Int? = nil) -> URL { file(beside: output, page.map { "\($0).png" } ?? "png") }

    private static func file(beside output: URL, _ ending: String) -> URL {
        let name = output.lastPathComponent
        let stem = MedicalFormat(fileName: name)?.stem(of: name) ?? output.deletingPathExtension().lastPathComponent
        return output.deletingLastPathComponent().appending(path: "\(stem).confidence.\(ending)")
    }

    /// Writes the numbers and a heat map of each picture beside a translation.
    func write(beside output: URL) throws {
        for (index, page) in pages.enumerated() {
            try page.heatMap.write(to: Self.heatMap(beside: output, page: pages.count > 1 ? index + 1 : nil))
        }
        // Last: what is there with its numbers is complete.
        try AtomicFile.write(try jsonData(self), to: Self.numbers(beside: output))
    }

    private enum CodingKeys: String, CodingKey { case mean, pages }

    func encode(to encoder: any Encoder) throws {
        if pages.count == 1 { return try pages[0].encode(to: encoder) }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mean, forKey: .mean)
        try container.encode(pages, forKey: .pages)
    }
}
