import Checkpoints
import CycleGANMetrics
import CycleGANModels
import Foundation
import TestSupport
import Testing

/// `cyclegan dataset fetch`, `models fetch` and `metrics weights fetch`, from files: `DownloadsTests` has the servers.
@Suite struct FetchCommandTests {
    @Test func aDatasetFromItsArchive() throws {
        try withTemporaryFolder { folder in
            // A stored zip archive by Python's zipfile: set/trainA/a.txt, set/trainB/b.txt.
            let archive = folder.appending(path: "horse2zebra.zip")
            let base64 =
                "UEsDBBQAAAAAAAAAIVC379yDAQAAAAEAAAAQAAAAc2V0L3RyYWluQS9hLnR4dDFQSwMEFAAAAAAAAAAhUA2+1RoBAAAAAQAAABAAAABzZXQvdH"
                + "JhaW5CL2IudHh0MlBLAQIUAxQAAAAAAAAAIVC379yDAQAAAAEAAAAQAAAAAAAAAAAAAACkgQAAAABzZXQvdHJhaW5BL2EudHh0UEsBAhQDFAAA"
                + "AAAAAAAhUA2+1RoBAAAAAQAAABAAAAAAAAAAAAAAAKSBLwAAAHNldC90cmFpbkIvYi50eHRQSwUGAAAAAAIAAgB8AAAAXgAAAAAA"
            try #require(Data(base64Encoded: base64)).write(to: archive)
            let result = try CommandRunner.run(
                ["dataset", "fetch", "horse2zebra", "--output", "data/horses", "--from", archive.path], in: folder, workingFolder: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("trainA 1, trainB 1") && result.output.contains("cyclegan train"))
            // It is not the published archive, and that is said.
            #expect(result.errors.contains("not the published file"))
            #expect(try String(contentsOf: folder.appending(path: "data/horses/trainB/b.txt"), encoding: .utf8) == "2")
            let again = try CommandRunner.run(
                ["dataset", "fetch", "horse2zebra", "--output", "data/horses", "--from", archive.path], in: folder, workingFolder: folder)
            #expect(again.status == 1 && again.errors.contains("data/horses") && again.errors.contains("--output"))
        }
    }

    @Test func aModelThatTranslates() throws {
        try withTemporaryFolder { folder in
            try writeSyntheticImages(["photos": 1], to: folder, width: 24, height: 20)
            let published = folder.appending(path: "horse2zebra.pth")
            try GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator().stateDict().write(to: published)
            let fetched = try CommandRunner.run(
                ["models", "fetch", "horse2zebra", "--from", folder.path], in: folder, workingFolder: folder)
            #expect(fetched.status == 0 && fetched.output.contains("horse to zebra"), "\(fetched.errors)")
            #expect(fetched.errors.contains("SHA-256"))
            let translated = try CommandRunner.run(
                ["translate", "photos", "--model", "horse2zebra.safetensors", "--output", "translated"], in: folder, workingFolder: folder)
            #expect(translated.status == 0, "\(translated.errors)")
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: "translated/000.png").path))
            let list = try CommandRunner.run(["models", "list"], in: folder).output
            #expect(list.contains("https://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models/horse2zebra.pth"))
        }
    }

    @Test func weightsAreCheckedAndImported() throws {
        try withTemporaryFolder { folder in
            let cache = folder.appending(path: "cache")
            let heads = seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 6).map { ($0.name, $0.tensor.abs()) }
            try StateDict(heads).write(to: folder.appending(path: "alex.pth"))
            let imported = try CommandRunner.run(
                ["metrics", "weights", "fetch", "lpips-alex", "--from", folder.path + "/"], in: folder, cache: cache)
            #expect(imported.status == 0 && imported.output.contains("lpips-alex: not the published weights"), "\(imported.errors)")
            #expect(FileManager.default.fileExists(atPath: cache.appending(path: "weights").path))
            // A file that bears the published name, and is another one.
            try Data("nothing".utf8).write(to: folder.appending(path: "alexnet-owt-7be5be79.pth"))
            let wrong = try CommandRunner.run(["metrics", "weights", "fetch", "alexnet", "--from", folder.path], in: folder, cache: cache)
            #expect(wrong.status == 1 && wrong.errors.contains("7be5be79"))
            let several = try CommandRunner.run(
                ["metrics", "weights", "fetch", "--from", folder.appending(path: "alex.pth").path], in: folder, cache: cache)
            #expect(several.status == 64 && several.errors.contains("--from"))
        }
    }

    @Test func failuresSayWhatToDo() throws {
        try withTemporaryFolder { folder in
            // Port 1 of this computer: nobody listens there.
            let offline = try CommandRunner.run(
                ["dataset", "fetch", "maps", "--from", "http://127.0.0.1:1/maps.zip"], in: folder, workingFolder: folder)
            #expect(offline.status == 1)
            for part in ["http://127.0.0.1:1/maps.zip", "cannot be reached", "by other means", "--from FILE"] {
                #expect(offline.errors.contains(part), "\(part): \(offline.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "maps").path))
            let unknown = try CommandRunner.run(["dataset", "fetch", "horses"], in: folder, workingFolder: folder)
            #expect(unknown.status == 1 && unknown.errors.contains("'horses'") && unknown.errors.contains("horse2zebra"))
            let page = folder.appending(path: "maps.zip")
            try Data("<html>moved</html>".utf8).write(to: page)
            let noArchive = try CommandRunner.run(["dataset", "fetch", "maps", "--from", page.path], in: folder, workingFolder: folder)
            #expect(noArchive.status == 1 && noArchive.errors.contains("neither a zip nor a tar"))
        }
    }
}
