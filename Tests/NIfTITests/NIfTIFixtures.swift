import Foundation

@testable import NIfTI

/// The volumes made by `scripts/make_fixtures.py`, and what nibabel reads from them.
enum Fixture {
    struct Expectation: Decodable {
        struct Slice: Decodable {
            let count: Int
            let index: Int
            let width: Int
            let height: Int
            let values: [Double]
        }

        var affine: [[Double]]?
        var codes: String?
        var volume: Int?
        var zooms: [Double]?
        var slices: [String: Slice]?
        var values: [Double]?
    }

    static let root = Bundle.module.bundleURL.appending(path: "Fixtures")
    static let expected: [String: Expectation] = {
        let data = (try? Data(contentsOf: root.appending(path: "expected.json"))) ?? Data()
        return (try? JSONDecoder().decode([String: Expectation].self, from: data)) ?? [:]
    }()
    /// All whose slices are known.
    static let names = expected.keys.filter { expected[$0]?.slices != nil }.sorted()

    static func url(_ name: String) -> URL { root.appending(path: name) }

    static func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    static func volume(_ name: String) throws -> NIfTIVolume { try NIfTIVolume(contentsOf: url(name)) }

    static func error(_ data: Data, voxelLimit: Int = 1 << 20) -> NIfTIError? {
        do throws(NIfTIError) {
            _ = try NIfTIVolume(data, name: "folder/file.nii", voxelLimit: voxelLimit)
            return nil
        } catch {
            return error
        }
    }
}
