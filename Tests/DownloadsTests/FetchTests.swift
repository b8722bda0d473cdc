import Checkpoints
import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing

@testable import CycleGANRuns
@testable import Downloads

/// Published files from servers on this computer.
@Suite(.serialized) struct FetchTests {
    private let quick = Download.Patience(waits: [0.01], stallSeconds: 20)
    /// The SHA-256 of `abc`, from FIPS 180-4's examples.
    private let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    private func withServer(
        _ files: [String: Data], _ body: (_ folder: URL, _ address: (String) -> String, _ server: LoopbackServer) throws -> Void
    ) throws {
        try withTemporaryFolder { folder in
            let server = try LoopbackServer { request, _ in
                files[request.path].map { .file(Array($0), tag: "t", to: request) } ?? LoopbackServer.Reply(status: 404)
            }
            defer { server.stop() }
            try body(folder, { server.url($0).absoluteString }, server)
        }
    }

    @Test func mirrorsAndChecksums() throws {
        try withServer(["/wrong": Data("abd".utf8), "/right": Data("abc".utf8)]) { folder, address, server in
            let file = PublishedFile(
                name: "abc.txt", addresses: ["/missing", "/wrong", "/right"].map(address), checksums: ["ba7816bf"], size: 111_500_000)
            let destination = folder.appending(path: "sub/abc.txt")
            var notes: [String] = []
            let got = try FileFetch(file, from: nil, patience: quick).fetch(to: destination) {
                if case .note(let text) = $0 { notes.append(text) }
            }
            #expect(try got == destination && Data(contentsOf: destination) == Data("abc".utf8))
            // Each address is told before it is asked.
            let asked = ["/missing", "/wrong", "/right"].map { address($0) + " (111.5 MB)" }
            #expect(notes == asked + ["SHA-256 \(sha256), as published"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "sub").path) == ["abc.txt"])
            // What is there is not asked for again.
            _ = try FileFetch(file, from: nil, patience: quick).fetch(to: destination)
            #expect(server.requests.count == 3)
            try Data("other".utf8).write(to: destination)
            #expect {
                try FileFetch(file, from: nil, patience: quick).fetch(to: destination)
            } throws: { error in
                guard case FetchError.otherFile(destination.path, _, "ba7816bf...") = error else { return false }
                return true
            }
        }
    }

    @Test func allFailuresAreNamed() throws {
        try withServer(["/wrong": Data("abd".utf8)]) { folder, address, _ in
            let file = PublishedFile(name: "abc.txt", addresses: ["/missing", "/wrong"].map(address), checksums: [sha256])
            #expect {
                try FileFetch(file, from: nil, patience: quick).fetch(to: folder.appending(path: "abc.txt"))
            } throws: { error in
                let text = "\(error)"
                return text.contains(address("/missing")) && text.contains("404") && text.contains(address("/wrong"))
                    && text.contains("SHA-256") && text.contains("abc.txt by other means")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }

    @Test func otherSources() throws {
        try withServer(["/copies/abc.txt": Data("abc".utf8)]) { folder, address, _ in
            let file = PublishedFile(name: "abc.txt", addresses: ["http://127.0.0.1:1/abc.txt"], checksums: [sha256])
            let destination = folder.appending(path: "got.txt")
            #expect(try FileFetch(file, from: address("/copies/"), patience: quick).fetch(to: destination) == destination)
            // A file, or the folder that it is in, is used where it lies.
            let own = folder.appending(path: "abc.txt")
            try Data("abd".utf8).write(to: own)
            for source in [own.path, folder.path] {
                var notes: [String] = []
                let got = try FileFetch(file, from: source, patience: quick).fetch(to: folder.appending(path: "other.txt")) {
                    if case .note(let text) = $0 { notes.append(text) }
                }
                #expect(got.path == own.path && notes.count == 1 && notes[0].contains("not the published file"))
            }
            #expect(throws: FetchError.missing(path: folder.path + "/none")) {
                try FileFetch(file, from: folder.path + "/none", patience: quick).fetch(to: destination)
            }
        }
    }

    @Test func whatAKilledProcessLeftIsChecked() throws {
        try withServer(["/abc": Data("abc".utf8)]) { folder, address, server in
            let file = PublishedFile(name: "abc.txt", addresses: [address("/abc")], checksums: [sha256])
            let destination = folder.appending(path: "abc.txt")
            // Whole and right, it need not come again; anything else does.
            for (left, requests) in [("abc", 0), ("abd", 1)] {
                try Data(left.utf8).write(to: folder.appending(path: "abc.txt.download"))
                _ = try FileFetch(file, from: nil, patience: quick).fetch(to: destination)
                #expect(try Data(contentsOf: destination) == Data("abc".utf8) && server.requests.count == requests)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["abc.txt"])
                try FileManager.default.removeItem(at: destination)
            }
        }
    }

    @Test func plainHTTPWithoutAChecksumIsSaid() throws {
        try withServer(["/abc": Data("abc".utf8)]) { folder, address, _ in
            var notes: [String] = []
            let file = PublishedFile(name: "abc.txt", addresses: [address("/abc")])
            _ = try FileFetch(file, from: nil, patience: quick).fetch(to: folder.appending(path: "abc.txt")) {
                if case .note(let text) = $0 { notes.append(text) }
            }
            #expect(notes.first == address("/abc") + ", over plain HTTP, unverified")
        }
    }

    @Test func anArchiveThatWasThereStays() throws {
        try withTemporaryFolder { folder in
            let archive = folder.appending(path: "tiny.zip")
            try ArchiveFixture.deflatedZip.data.write(to: archive)
            // What a killed process left: process numbers end at 2^22 (proc(5)). That of this process stays.
            let names = [".unpacking-2000000000-left", ".unpacking-\(ProcessInfo.processInfo.processIdentifier)-other"]
            for name in names {
                try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
            }
            let set = dataset("http://127.0.0.1:1/tiny.zip")
            _ = try DatasetFetch(
                set, to: folder.appending(path: "tiny"), archive: FileFetch(set.archive, from: nil, patience: quick)
            ).run()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [names[1], "tiny", "tiny.zip"])
        }
    }

    private func dataset(_ address: String, checksums: [String] = []) -> PublishedDataset {
        PublishedDataset(
            name: "sets/tiny", archive: PublishedFile(name: "tiny.zip", addresses: [address], checksums: checksums), isPaired: false)
    }

    @Test func datasetsAppearAsAWhole() throws {
        let files = [
            "/good": ArchiveFixture.deflatedZip.data, "/flat": ArchiveFixture.flatZip.data, "/bad": ArchiveFixture.climbingZip.data,
            "/pairs": ArchiveFixture.packedTar.data,
        ]
        try withServer(files) { folder, address, _ in
            let target = folder.appending(path: "data/tiny")
            func fetch(_ path: String, keepsArchive: Bool = false) throws -> DatasetFetch.Result {
                let set = dataset(address(path))
                return try DatasetFetch(
                    set, to: target, archive: FileFetch(set.archive, from: nil, patience: quick), keepsArchive: keepsArchive
                ).run()
            }
            func listing() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: target.deletingLastPathComponent().path).sorted()
            }

            // Neither the folder nor an archive that would be taken for a good one.
            #expect(throws: ArchiveError.self) { try fetch("/bad") }
            #expect(throws: FetchError.self) { try fetch("/flat") }
            #expect(try listing() == [])

            let result = try fetch("/good")
            #expect(result.counts == ["trainA": 1, "trainB": 1, "testA": 0])
            #expect(try listing() == ["tiny"])
            #expect(try Data(contentsOf: target.appending(path: "trainB/sub/b.png")) == Data("second".utf8))
            #expect(throws: FetchError.exists(path: target.path)) { try fetch("/good") }

            try FileManager.default.removeItem(at: target)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            #expect(try fetch("/pairs", keepsArchive: true).counts == ["train": 1, "val": 1])
            #expect(try listing() == ["tiny", "tiny.zip"])
        }
    }

    @Test func modelsSayWhatTheyAre() throws {
        let cyclic = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4)
        let paired = GeneratorConfiguration(architecture: .unet(downsamplings: 5), filters: 4, normalization: .batch)
        try withServer([:]) { folder, _, _ in
            for (name, configuration) in [("horse2zebra", cyclic), ("pix2pix/day2night", paired)] {
                let model = try PublishedModel.named(name)
                let published = folder.appending(path: model.file.name)
                try configuration.makeGenerator().stateDict().write(to: published)
                let output = folder.appending(path: "out-\(model.fileName)")
                try ModelFetch(model, to: output, from: published.path).run()
                let read = try GeneratorFile(output)
                #expect(read.description.configuration.normalizesByImage == (name != "horse2zebra"))
                #expect(read.description.names.title(of: .aToB) == (name == "horse2zebra" ? "horse to zebra" : "day to night"))
                #expect(read.description.configuration.architecture == configuration.architecture)
                #expect(throws: FetchError.exists(path: output.path)) { try ModelFetch(model, to: output, from: published.path).run() }
            }
        }
    }

    @Test func weightsAreImported() throws {
        try withTemporaryFolder { folder in
            let heads = seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 6).map { ($0.name, $0.tensor.abs()) }
            try StateDict(heads).write(to: folder.appending(path: "alex.pth"))
            let store = WeightsStore(folder: folder.appending(path: "weights"))
            let fetch = WeightsFetch(store: store, folder: folder.appending(path: "downloads"))
            let imported = try fetch.run(.lpipsAlex, from: folder.path)
            #expect(imported.map(\.network) == [.lpipsAlex] && !imported[0].isPublished && store.contains(.lpipsAlex))
            // Only the published ones count as there.
            #expect(fetch.missing(of: [.lpipsAlex, .inception]) == [.lpipsAlex, .inception])
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: "alex.pth").path))
        }
    }

    @Test func wrongWeightsDoNotStay() throws {
        try withServer(["/alex.pth": Data("nothing".utf8)]) { folder, address, server in
            let store = WeightsStore(folder: folder.appending(path: "weights"))
            let downloads = folder.appending(path: "downloads")
            let fetch = WeightsFetch(store: store, folder: downloads)
            for count in 1...2 {
                #expect(throws: (any Error).self) { try fetch.run(.lpipsAlex, from: address("/alex.pth")) }
                #expect(server.requests.count == count)
                #expect(try FileManager.default.contentsOfDirectory(atPath: downloads.path).isEmpty)
            }
            // Nor does one that was left there keep the right one away.
            try Data("other".utf8).write(to: downloads.appending(path: "\(MetricNetwork.lpipsAlex.rawValue).pth"))
            #expect(throws: (any Error).self) { try fetch.run(.lpipsAlex, from: address("/alex.pth")) }
            #expect(server.requests.count == 3)
        }
    }

    @Test func namesAndAddresses() throws {
        let horse = try PublishedDataset.named("horse2zebra")
        #expect(horse.archive.addresses[0] == "https://efrosgans.eecs.berkeley.edu/cyclegan/datasets/horse2zebra.zip")
        #expect(horse.archive.checksums[0].count == 64 && horse.folderName == "horse2zebra")
        let pairs = try PublishedDataset.named("pix2pix/facades")
        #expect(pairs.archive.addresses[0] == "https://efrosgans.eecs.berkeley.edu/pix2pix/datasets/facades.tar.gz" && pairs.isPaired)
        let model = try PublishedModel.named("style_monet")
        #expect(model.file.addresses[0] == "https://efrosgans.eecs.berkeley.edu/cyclegan/pretrained_models/style_monet.pth")
        #expect(model.fileName == "style_monet.safetensors")
        #expect { try PublishedDataset.named("cityscapes") } throws: { "\($0)".contains("https://www.cityscapes-dataset.com") }
        #expect { try PublishedModel.named("cat2dog") } throws: { "\($0)".contains("cat2dog") && "\($0)".contains("horse2zebra") }
        // Every name and every checksum once.
        #expect(Set(PublishedDataset.all.map(\.name)).count == PublishedDataset.all.count)
        #expect(Set(PublishedModel.all.map(\.name)).count == PublishedModel.all.count)
        let checksums = PublishedDataset.all.flatMap(\.archive.checksums)
        #expect(Set(checksums).count == checksums.count && checksums.allSatisfy { $0.count == 64 })
    }
}
