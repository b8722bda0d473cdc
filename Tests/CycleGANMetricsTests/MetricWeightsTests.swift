import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@testable import CycleGANMetrics

struct MetricWeightsTests {
    @Test func everyPublishedLayoutIsRecognised() throws {
        for network in MetricNetwork.allCases where network != .inception && network != .vgg16 {
            let weights = StateDict(network.tensors.map { ($0.name, Tensor.zeros($0.shape)) })
            #expect(MetricNetwork.found(in: weights) == [network])
        }
        for network in MetricNetwork.allCases {
            let prefix = network.published.checksums[0].prefix(8)
            if network.published.fileName.contains("-") { #expect(network.published.fileName.contains(prefix)) }
            #expect(network.published.address.hasSuffix(network.published.fileName))
        }
    }

    @Test func namesTellWhoseWeightsANumberIsMadeWith() {
        let sha256 = MetricNetwork.inception.published.checksums[0]
        let published = MetricWeights(network: .inception, stateDict: StateDict(), sha256: sha256, source: "x")
        #expect(published.isPublished && published.name(of: "fid") == "fid")
        let other = MetricWeights(network: .inception, stateDict: StateDict(), sha256: "0123456789", source: "x")
        #expect(!other.isPublished && other.name(of: "fid") == "fid-01234567")
    }

    @Test func importKeepsWhatIsUsedWithItsChecksum() throws {
        try withTemporaryFolder { folder in
            let store = WeightsStore(folder: folder.appending(path: "cache/weights"))
            let file = folder.appending(path: "heads.pth")
            var weights = seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 1)
            weights["extra"] = Tensor.zeros([2])
            try weights.write(to: file)
            #expect(!store.contains(.lpipsAlex))
            let imported = try #require(try store.importWeights(from: file).first)
            #expect(imported.sha256 == (try contentKey(of: file)) && !imported.isPublished)
            let found = try store.weights(of: .lpipsAlex, for: "LPIPS")
            #expect(found.sha256 == imported.sha256 && found.stateDict.names == MetricNetwork.lpipsAlex.tensors.map(\.name))
            #expect(throws: WeightsError.missing(network: .alexnet, metric: "LPIPS", folder: store.folder.path)) {
                try store.weights(of: .alexnet, for: "LPIPS")
            }
        }
    }

    @Test func oneFileMayHoldTrunkAndLinearLayers() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "lpips.safetensors")
            let trunk = seededWeights(MetricNetwork.squeezenet.tensors, seed: 1).map {
                ("net.slice1." + $0.name.dropFirst("features.".count), $0.tensor)
            }
            let heads = seededWeights(MetricNetwork.lpipsSqueeze.tensors, seed: 2).map { ($0.name, $0.tensor) }
            try StateDict(trunk + heads).write(to: file)
            #expect(try MetricWeights.read(file).map(\.network) == [.squeezenet, .lpipsSqueeze])
            #expect(throws: WeightsError.self) { try MetricWeights.read(file, of: .alexnet) }
        }
    }

    @Test func weightsThatAreNoNumbersAreNamed() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "heads.pth")
            var weights = seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 1)
            weights["lin1.model.1.weight"] = weights["lin1.model.1.weight"].map { $0 * .infinity }
            try weights.write(to: file)
            #expect(throws: MetricError.notFinite(path: file.path, what: "lin1.model.1.weight")) { try MetricWeights.read(file) }
        }
    }

    @Test func damagedAndForeignFilesAreRefused() throws {
        try withTemporaryFolder { folder in
            let store = WeightsStore(folder: folder.appending(path: "weights"))
            let renamed = folder.appending(path: "alex-00000000.pth")
            try seededWeights(MetricNetwork.lpipsAlex.tensors, seed: 1).write(to: renamed)
            #expect { try store.importWeights(from: renamed) } throws: { error in
                guard case .damaged(renamed.path, _, "00000000") = error as? WeightsError else { return false }
                return true
            }
            let foreign = folder.appending(path: "foreign.safetensors")
            try StateDict([("a", Tensor.zeros([1]))]).write(to: foreign)
            #expect(throws: WeightsError.unknownNetwork(path: foreign.path, names: ["a"], count: 1)) {
                try store.importWeights(from: foreign)
            }
            let partial = folder.appending(path: "partial.safetensors")
            try StateDict(seededWeights(MetricNetwork.alexnet.tensors, seed: 1).dropLast().map { ($0.name, $0.tensor) }).write(to: partial)
            #expect(throws: CheckpointError.self) { try store.importWeights(from: partial) }
            #expect(throws: (any Error).self) { try store.importWeights(from: folder.appending(path: "missing.pth")) }
            #expect(!FileManager.default.fileExists(atPath: store.folder.path))
        }
    }
}
