import CycleGANMetrics
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct FeatureCacheTests {
    private func provenance(
        _ featureProtocol: FeatureProtocol = .clean, feature: String = "2048", weights: String = "aa", images: String = "bb"
    ) -> FeatureProvenance {
        FeatureProvenance(featureProtocol: featureProtocol, feature: feature, weights: weights, images: images)
    }

    @Test func featuresComeBackForTheirProvenanceAlone() throws {
        try withTemporaryFolder { folder in
            let cache = FeatureCache(folder: folder.appending(path: "a/b"))
            #expect(cache.features(for: provenance()) == nil)
            let features = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])
            try cache.store(features, for: provenance())
            expectClose(try #require(cache.features(for: provenance())), features, relative: 0, absolute: 0)
            for other in [provenance(.pytorchFID), provenance(feature: "768"), provenance(weights: "ab"), provenance(images: "ab")] {
                #expect(cache.features(for: other) == nil)
            }
        }
    }

    @Test func damagedFilesAreMissing() throws {
        try withTemporaryFolder { folder in
            let cache = FeatureCache(folder: folder)
            try cache.store(.ones([3, 2]), for: provenance())
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let file = try #require(files.first)
            let whole = try Data(contentsOf: file)
            try whole.dropLast().write(to: file)
            #expect(cache.features(for: provenance()) == nil)
            // A file of other features under this name.
            try cache.store(.ones([3, 2]), for: provenance(feature: "768"))
            let other = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first { $0 != file }
            try Data(contentsOf: try #require(other)).write(to: file)
            #expect(cache.features(for: provenance()) == nil)
            try cache.store(.full([1, 1], .nan), for: provenance())
            #expect(cache.features(for: provenance()) == nil)
            try cache.store(.ones([3, 2]), for: provenance())
            #expect(cache.features(for: provenance()) != nil)
        }
    }

    @Test func contentKeysDependOnBytesAndOrder() throws {
        try withTemporaryFolder { folder in
            let (first, second, copy) = (folder.appending(path: "1"), folder.appending(path: "2"), folder.appending(path: "3"))
            try Data("abc".utf8).write(to: first)
            try Data(repeating: 7, count: 1_000_000).write(to: second)
            try Data("abc".utf8).write(to: copy)
            // The example of FIPS 180-2.
            #expect(try contentKey(of: first) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            // hashlib.sha256(hashlib.sha256(b"abc").digest() + hashlib.sha256(b"\7" * 1000000).digest())
            let key = try contentKey(of: [first, second])
            #expect(key == "c3aa0272e1af8445cf0105be9253f500f92738706a53371d04a90ee6741bfca0")
            let (ofCopy, reversed) = (try contentKey(of: [copy, second]), try contentKey(of: [second, first]))
            #expect(ofCopy == key && reversed != key)
        }
    }

    @Test func unreadableFilesAreNamed() throws {
        try withTemporaryFolder { folder in
            for url in [folder, folder.appending(path: "missing")] {
                let error = try #require(#expect(throws: (any Error).self) { try contentKey(of: [url]) })
                #expect("\(error)".contains(url.path))
            }
        }
    }
}
