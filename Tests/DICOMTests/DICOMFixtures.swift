import Foundation

@testable import DICOM

/// The files made by `scripts/make_fixtures.py`, and what pydicom reads from them.
enum Fixture {
    struct Expectation: Decodable {
        var kind: String?
        var values: [Double]?
        var window: [Double]?
        var range: [Double]?
        var spacing: [Double]?
        var position: [Double]?
        var orientation: [Double]?
        var lengths: [Int]?
        var order: [String]?
        var affine: [[Double]]?
    }

    static let root = Bundle.module.bundleURL.appending(path: "Fixtures")
    static let expected: [String: Expectation] = {
        let data = (try? Data(contentsOf: root.appending(path: "expected.json"))) ?? Data()
        return (try? JSONDecoder().decode([String: Expectation].self, from: data)) ?? [:]
    }()
    /// Files whose frames this package unpacks itself.
    static let names = expected.keys.filter { name in
        let isOwn = !name.hasPrefix("jpeg") || name.hasPrefix("jpeg_ls") && JPEGLS.isAvailable
        return expected[name]?.values != nil && isOwn
    }.sorted()

    static func url(_ name: String) -> URL { root.appending(path: name) }

    static func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    static func file(_ name: String) throws -> DICOMFile { try DICOMFile(contentsOf: url(name)) }

    /// The error of a content, read and all its frames too.
    static func error(_ data: Data) -> DICOMError? {
        do throws(DICOMError) {
            let file = try DICOMFile(data, name: "folder/file.dcm")
            for frame in 0..<file.frames { _ = try file.frame(frame, pixelLimit: 1 << 20) }
            return nil
        } catch {
            return error
        }
    }
}

extension DICOMPicture {
    var kind: String {
        switch samples {
        case .values: "values"
        case .colours: "colours"
        case .deepColours: "deepColours"
        }
    }

    var numbers: [Double] {
        switch samples {
        case .values(let values): values.map(Double.init)
        case .colours(let values): values.map(Double.init)
        case .deepColours(let values): values.map(Double.init)
        }
    }
}
