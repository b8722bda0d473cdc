import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANInference

/// One translator in several tasks.
@Suite struct SharedTranslatorTests {
    private func network(in folder: URL) throws -> URL {
        let url = folder.appending(path: "net.safetensors")
        try GeneratorConfiguration(architecture: .resnet(blocks: 1), inputChannels: 3, outputChannels: 3, filters: 4)
            .makeGenerator(random: TorchRandom(seed: 4)).stateDict().write(to: url)
        return url
    }

    private func withTranslator(_ body: (_ folder: URL, _ shared: SharedTranslator, _ alone: [PixelImage]) async throws -> Void)
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = try network(in: folder)
        let own = Translator(try GeneratorFile(url), device: .cpu)
        let alone = try images.map { try own.translate($0) }
        try await body(folder, SharedTranslator(Translator(try GeneratorFile(url), device: .cpu)), alone)
    }

    private let images = (0..<6).map { PixelImage.synthetic(variant: $0, width: 20 + 4 * ($0 % 2), height: 24) }

    @Test func anyNumberOfTasksMayAsk() async throws {
        try await withTranslator { _, shared, alone in
            let made = try await withThrowingTaskGroup(of: (Int, PixelImage).self) { group in
                for round in 0..<4 {
                    for (index, image) in images.enumerated() {
                        group.addTask { (round * images.count + index, try await shared.translate(TranslationRequest(image))) }
                    }
                }
                return try await group.reduce(into: [Int: PixelImage]()) { $0[$1.0] = $1.1 }
            }
            #expect(made.count == 24 && made.allSatisfy { $0.value == alone[$0.key % images.count] })
            await #expect(throws: ImageError.self) {
                try await shared.translate(TranslationRequest(.synthetic(variant: 1, bands: 5)))
            }
        }
    }

    @Test(arguments: [1, 3]) func filesComeInOrderWithTheirErrors(ahead: Int) async throws {
        try await withTranslator { folder, shared, alone in
            var files = try images.enumerated().map { index, image in
                let file = folder.appending(path: "\(index).png")
                try image.write(to: file)
                return file
            }
            files.insert(folder.appending(path: "missing.png"), at: 2)
            var found: [SharedTranslator.FileTranslation] = []
            for await one in shared.translations(of: files, ahead: ahead) { found.append(one) }
            #expect(found.map(\.file) == files)
            #expect(throws: ImageError.self) { try found.remove(at: 2).result.get() }
            #expect(try found.map { try $0.result.get() } == alone)
            for await one in shared.translations(of: []) { Issue.record("\(one.file) of nothing") }
        }
    }

    @Test func aCancelledTaskGetsNoMore() async throws {
        try await withTranslator { folder, shared, _ in
            let file = folder.appending(path: "0.png")
            try images[0].write(to: file)
            let task = Task {
                var count = 0
                for await _ in shared.translations(of: Array(repeating: file, count: 1000)) {
                    count += 1
                    if count == 3 { withUnsafeCurrentTask { $0?.cancel() } }
                }
                return count
            }
            #expect(await task.value == 3)
            let cancelled = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await shared.translate(TranslationRequest(images[0]))
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
        }
    }

    @Test func streamsMayOverlapAndOutliveTheirTranslator() async throws {
        try await withTranslator { folder, shared, alone in
            let file = folder.appending(path: "0.png")
            try images[0].write(to: file)
            var streams: [AsyncStream<SharedTranslator.FileTranslation>] = []
            do {
                let other = SharedTranslator(Translator(try GeneratorFile(network(in: folder)), device: .cpu))
                streams = [other, shared, other].map { $0.translations(of: [file, file]) }
            }
            for stream in streams {
                for await one in stream { #expect(try one.result.get() == alone[0]) }
            }
        }
    }
}
