import Checkpoints
import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing

/// `cyclegan metrics`, with seeded weights in place of the published ones.
@Suite(.serialized) struct MetricsCommandTests {
    /// Two folders of five images, seeded Inception weights, and an empty cache.
    private func withImages(_ body: (_ folder: URL, _ run: ([String]) throws -> CommandRunner.Result) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["x": 5, "y": 5], to: folder, width: 24, height: 20)
            try seededWeights(MetricNetwork.inception.tensors, seed: 3).write(to: folder.appending(path: "inception.pth"))
            try body(folder) { try CommandRunner.run($0, in: folder, cache: folder.appending(path: "cache")) }
        }
    }

    private func object(_ result: CommandRunner.Result) throws -> [String: Any] {
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func distancesOfFolders() throws {
        try withImages { folder, run in
            let (x, y, weights) = (
                folder.appending(path: "x").path, folder.appending(path: "y").path, folder.appending(path: "inception.pth").path
            )
            let missing = try run(["metrics", "fid", x, y])
            #expect(missing.status == 1 && missing.output.isEmpty)
            for part in ["pt_inception-2015-12-05-6726825d.pth", "https://", "6726825d0af5f729", "weights import", "ssim"] {
                #expect(missing.errors.contains(part))
            }

            let sha256 = try contentKey(of: URL(filePath: weights))
            let fid = try object(run(["metrics", "fid", x, y, "--weights", weights, "--json"]))
            #expect(fid["metric"] as? String == "fid-\(sha256.prefix(8))" && fid["weights"] as? String == sha256)
            #expect(fid["count"] as? Int == 5 && fid["protocol"] as? String == "pytorch-fid")
            let value = try #require(fid["value"] as? Double)
            #expect(value > 0)

            // Nothing is called FID that other weights made.
            let text = try run(["metrics", "fid", x, y, "--weights", weights])
            #expect(text.status == 0 && !text.output.contains("FID:") && text.output.contains(String(sha256.prefix(8))))
            #expect(!text.output.replacing("KID", with: "").contains("FID "))

            let imported = try run(["metrics", "weights", "import", weights])
            #expect(imported.status == 0 && imported.output.contains(sha256) && imported.output.contains("not the published weights"))
            let statistics = folder.appending(path: "x.npz").path
            #expect(try run(["metrics", "statistics", x, "--output", statistics]).status == 0)
            let reused = try object(run(["metrics", "fid", statistics, y, "--json"]))
            #expect(abs(try #require(reused["value"] as? Double) - value) <= 1e-6 * value)
            let other = try run(["metrics", "fid", statistics, y, "--protocol", "clean"])
            #expect(other.status == 1 && other.errors.contains("x.npz") && other.errors.contains("pytorch-fid"))

            let same = try object(run(["metrics", "fid", x, x, "--json"]))
            #expect(abs(try #require(same["value"] as? Double)) < 1e-6 * value)
            let kid = try object(run(["metrics", "kid", x, y, "--subsets", "7", "--subset-size", "3", "--json"]))
            #expect(kid["subsets"] as? Int == 7 && kid["subsetSize"] as? Int == 3 && kid["std"] is Double)
            let recall = try object(run(["metrics", "prc", x, x, "--json"]))
            #expect(recall["precision"] as? Double == 1 && recall["recall"] as? Double == 1)
            let score = try object(run(["metrics", "is", x, "--splits", "2", "--json"]))
            #expect(try #require(score["value"] as? Double) >= 1)
        }
    }

    @Test func comparisonsOfPairs() throws {
        try withImages { folder, run in
            let (x, y) = (folder.appending(path: "x"), folder.appending(path: "y"))
            let files = try FileManager.default.contentsOfDirectory(atPath: x.path).sorted()
            for (index, file) in files.enumerated() {
                try PixelImage.synthetic(variant: index + 1, width: 24, height: 20).write(to: y.appending(path: file))
            }
            for file in try FileManager.default.contentsOfDirectory(atPath: y.path) where !files.contains(file) {
                try FileManager.default.removeItem(at: y.appending(path: file))
            }
            let ssim = try object(run(["metrics", "ssim", x.path, y.path, "--json"]))
            #expect(ssim["metric"] as? String == "ssim" && ssim["count"] as? Int == 5 && ssim["weights"] is NSNull)
            #expect((ssim["images"] as? [Any])?.count == 5 && ssim["lower"] is Double)
            let file = x.appending(path: files[0]).path
            let psnr = try object(run(["metrics", "psnr", file, file, "--json"]))
            #expect(psnr["value"] is NSNull)
            #expect(try run(["metrics", "psnr", file, file]).output.contains("infinite"))
            #expect(try object(run(["metrics", "l1", file, file, "--json"]))["value"] as? Double == 0)
            let small = try run(["metrics", "ms-ssim", x.path, y.path])
            #expect(small.status == 1 && small.errors.contains("176"))
            let unlike = try run(["metrics", "ssim", file, x.path])
            #expect(unlike.status == 1 && unlike.errors.contains(file))
        }
    }

    @Test func perceptualDistanceWithItsMap() throws {
        try withTemporaryFolder { folder in
            for (index, name) in ["a", "b"].enumerated() {
                try PixelImage.synthetic(variant: index, width: 40, height: 36).write(to: folder.appending(path: "\(name).png"))
            }
            try seededWeights(MetricNetwork.alexnet.tensors, seed: 5).write(to: folder.appending(path: "alexnet.pth"))
            let heads = seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 6).map { ($0.name, $0.tensor.abs()) }
            try StateDict(heads).write(to: folder.appending(path: "heads.pth"))
            func path(_ name: String) -> String { folder.appending(path: name).path }
            let result = try object(
                CommandRunner.run(
                    [
                        "metrics", "lpips", path("a.png"), path("b.png"), "--weights", path("alexnet.pth"), "--heads", path("heads.pth"),
                        "--map", path("map.png"), "--json",
                    ], in: folder, cache: folder.appending(path: "cache")))
            #expect(try #require(result["value"] as? Double) > 0)
            #expect(result["weights"] as? String == (try contentKey(of: folder.appending(path: "alexnet.pth"))))
            let map = try PixelImage(contentsOf: folder.appending(path: "map.png"))
            #expect(map.width == 40 && map.height == 36 && map.bands == 1)
        }
    }

    @Test func badInputIsNamed() throws {
        try withImages { folder, run in
            let weights = folder.appending(path: "inception.pth").path
            let (x, y) = (folder.appending(path: "x"), folder.appending(path: "y"))
            try Data("no image".utf8).write(to: x.appending(path: "broken.png"))
            let unreadable = try run(["metrics", "fid", x.path, y.path, "--weights", weights])
            #expect(unreadable.status == 1 && unreadable.errors.contains("broken.png"))
            let lone = folder.appending(path: "lone")
            try FileManager.default.createDirectory(at: lone, withIntermediateDirectories: true)
            try PixelImage.synthetic(variant: 0).write(to: lone.appending(path: "a.png"))
            let few = try run(["metrics", "fid", lone.path, y.path, "--weights", weights])
            #expect(few.status == 1 && few.errors.contains(lone.path) && few.errors.contains("at least 2"))
            let damaged = folder.appending(path: "weights-00000000.pth")
            try FileManager.default.copyItem(atPath: weights, toPath: damaged.path)
            #expect(try run(["metrics", "weights", "import", damaged.path]).status == 1)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "cache/weights").path))
            #expect(try run(["metrics", "kid", x.path, y.path, "--subset-size", "1"]).status == 64)
        }
    }
}
