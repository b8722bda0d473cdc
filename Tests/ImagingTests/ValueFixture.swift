import Foundation
import Imaging

/// The images made by `Fixtures/make_values.py`, and what others read of them.
struct ValueFixture: Sendable {
    /// One picture of a file.
    struct Page: Decodable, Sendable {
        let width, height, bands: Int
        let levels: [Double]
    }

    let name: String
    let pages: [Page]

    var url: URL { Fixture.url("values/\(name)") }

    func image(page: Int = 0) throws -> PixelImage { try PixelImage(contentsOf: url, page: page) }

    private static let all: [String: [Page]] = {
        guard let data = try? Fixture.data("values/values.json") else { return [:] }
        return (try? JSONDecoder().decode([String: [Page]].self, from: data)) ?? [:]
    }()

    /// The file of a name; without pages where there is none.
    static func named(_ name: String) -> ValueFixture { ValueFixture(name: name, pages: all[name] ?? []) }

    /// The files whose names start with a text, sorted.
    static func names(_ prefix: String) -> [String] { all.keys.filter { $0.hasPrefix(prefix) }.sorted() }

    /// The largest difference between what is read and what others read.
    func largestDifference(page: Int = 0) throws -> Double {
        let (image, expected) = (try image(page: page), pages[page])
        guard image.width == expected.width, image.height == expected.height, image.bands == expected.bands else { return .infinity }
        return zip(image.levels, expected.levels).map { abs($0 - $1) }.max() ?? .infinity
    }
}
