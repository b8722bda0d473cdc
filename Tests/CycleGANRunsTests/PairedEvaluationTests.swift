import Checkpoints
import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import CycleGANObjectives
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANRuns
@testable import CycleGANTraining

/// Images that belong together, in files of their own or side by side in one picture.
struct PairedEvaluationTests {
    private func images(
        _ root: URL, split: Split = .test, translation: Translation = .aToB, hasMasks: Bool = false, isPaired: Bool = true
    ) throws -> EvaluationImages {
        try EvaluationImages(data: root, split: split, translation: translation, hasMasks: hasMasks, isPaired: isPaired)
    }

    private func translator(_ folder: URL) throws -> Translator {
        let url = folder.appending(path: "generator.safetensors")
        let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 2)
        try configuration.makeGenerator(random: TorchRandom(seed: 4)).stateDict().write(to: url)
        return Translator(try GeneratorFile(url, translation: .aToB), device: .cpu)
    }

    @Test func halvesAreSourcesAndTruths() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<3, .halves, to: root, split: .test)
            let files = (0..<3).map { root.appending(path: "test/00\($0).png") }
            let forwards = try images(root)
            #expect(forwards.count == 3 && forwards.names == ["000.png", "001.png", "002.png"])
            #expect(forwards.sources == files.map { ImageSource($0, half: .left) })
            #expect(forwards.targets == files.map { ImageSource($0, half: .right) })
            #expect(forwards.truths == forwards.targets && forwards.masks == [nil, nil, nil])
            let backwards = try images(root, translation: .bToA, isPaired: false)
            #expect(backwards.sources == forwards.targets && backwards.targets == forwards.sources && backwards.truths == nil)
            #expect(forwards.sources[1].name == files[1].path + " (left half)")
            let picture = PixelImage.synthetic(variant: 1, width: 24, height: 20)
            #expect(try forwards.sources[1].read() == picture)
            #expect(try forwards.targets[1].read() == picture.negative)
        }
    }

    @Test func filesOfOneNameAreSourcesAndTruths() throws {
        try withTemporaryFolder { root in
            try writePairs(0..<2, .files, to: root, split: .validation, extensionB: "bmp")
            let found = try images(root, split: .validation)
            #expect(found.sources == (0..<2).map { ImageSource(root.appending(path: "valA/00\($0).png")) })
            #expect(found.targets == (0..<2).map { ImageSource(root.appending(path: "valB/00\($0).bmp")) })
            #expect(found.truths == found.targets)
            #expect(try images(root, split: .validation, isPaired: false).truths == nil)
        }
    }

    @Test func layoutsThatContradictEachOtherAreErrors() throws {
        try withTemporaryFolder { root in
            let neither = #expect(throws: DatasetError.self) { try images(root) }
            #expect(neither?.description.hasPrefix("\(root.path): holds no pairs: there is neither test, with pictures of both") == true)
            let folders = #expect(throws: DatasetError.self) { try images(root, isPaired: false) }
            #expect(folders?.description.hasPrefix("\(root.path)/testA: there is no such folder") == true)

            try writePairs(0..<1, .halves, to: root, split: .test)
            // Masks are of files, not of halves.
            let masked = #expect(throws: DatasetError.self) { try images(root, hasMasks: true) }
            #expect(masked?.description.hasPrefix("\(root.path)/testA: there is no such folder") == true)
            try writePairs(0..<1, .files, to: root, split: .test)
            let both = #expect(throws: DatasetError.self) { try images(root) }
            #expect(
                both?.description
                    == "\(root.path): holds both test, for pictures of both images side by side, and testA or testB, "
                    + "for files of the same names; remove or rename what is not meant")
            // Without pairs the folders of the domains are meant.
            #expect(try images(root, isPaired: false).sources == [ImageSource(root.appending(path: "testA/000.png"))])
        }
    }

    @Test func aPictureOfOddWidthIsNamed() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["test": 1], to: root, width: 31, height: 20)
            let evaluation = TranslationEvaluation(
                translator: try translator(root), reverse: nil, images: try images(root), tools: EvaluationTools(workers: 1))
            let error = #expect(throws: DatasetError.self) { try evaluation.run { _ in } }
            #expect(
                error?.description
                    == "\(root.path)/test/000.png: is 31 pixels wide, but a picture of two images side by side has an even width; "
                    + "save it again with equal halves")
        }
    }

    @Test func bothLayoutsGiveTheSameNumbers() throws {
        try withTemporaryFolder { root in
            let translator = try translator(root)
            let results = try PairLayout.allCases.map { layout in
                let data = root.appending(path: "\(layout)")
                try writePairs(0..<3, layout, to: data, split: .test)
                let evaluation = TranslationEvaluation(
                    translator: translator, reverse: nil, images: try images(data), tools: EvaluationTools(workers: 2))
                let result = try evaluation.run { _ in }
                let page = try EvaluationPage(
                    result: EvaluationResult(
                        model: root, data: data, split: .test, tools: evaluation.tools, directions: [result], notes: []),
                    evaluations: [evaluation]
                ).write(to: data.appending(path: "page"))
                let html = try String(contentsOf: page, encoding: .utf8)
                #expect(html.contains("Fake B of 001.png") && html.contains("True B of 001.png"))
                let sample = try evaluation.translation(at: 1)
                #expect(sample.truth == sample.real.negative)
                return result
            }
            #expect(results[0].metrics.map(\.name) == ["structure-ssim", "paired-ssim", "paired-psnr", "paired-l1"])
            #expect(results[0].metrics.map(\.value) == results[1].metrics.map(\.value))
            #expect(results[0].images == 3 && results[0].reals == 3)
            // The mean absolute difference between translations and truths, of 255 levels.
            let differences = try (0..<3).map { variant in
                let image = PixelImage.synthetic(variant: variant, width: 24, height: 20)
                let fake = try translator.translate(image)
                return zip(fake.bytes, image.negative.bytes).map { abs(Double($0) - Double($1)) / 255 }.reduce(0, +)
                    / Double(fake.bytes.count)
            }
            let l1 = try #require(results[0].perImage.first { $0.name == "paired-l1" })
            for (found, wanted) in zip(l1.values, differences) { expectClose(found, wanted, relative: 1e-6) }
        }
    }

    @Test func realFeaturesOfHalvesAreThoseOfFiles() throws {
        try withTemporaryFolder { root in
            let file = root.appending(path: "inception.pth")
            try seededWeights(MetricNetwork.inception.tensors, seed: 3).write(to: file)
            let translator = try translator(root)
            var tools = EvaluationTools(workers: 1)
            tools.reader = try FeatureReader(
                weights: MetricWeights.read(file, of: .inception), featureProtocol: .clean, features: [.pool3], device: .cpu,
                workers: 1, cache: nil)
            let distances = try PairLayout.allCases.map { layout in
                let data = root.appending(path: "\(layout)")
                try writePairs(0..<2, layout, to: data, split: .test)
                let result = try TranslationEvaluation(
                    translator: translator, reverse: nil, images: try images(data), tools: tools
                ).run { _ in }
                return try #require(result.perImage.first { $0.name.hasPrefix("nearest-real") }).values
            }
            #expect(distances[0].count == 2 && distances[0][0] > 0)
            for (halves, files) in zip(distances[0], distances[1]) { expectClose(halves, files, relative: 1e-5) }
        }
    }

    @Test(arguments: [ObjectiveKind.pix2pix, .cycleGAN]) func aRunTellsItsObjective(objective: ObjectiveKind) throws {
        try withTemporaryFolder { root in
            try writePairs(0..<2, objective == .pix2pix ? .halves : .files, to: root, width: 16, height: 16)
            var configuration = TrainingConfiguration.defaults(for: objective)
            configuration.data.folder = root.path
            (configuration.networks.generator, configuration.networks.ngf, configuration.networks.ndf) = (.resnet(blocks: 1), 4, 4)
            configuration.networks.discriminatorLayers = 1
            (configuration.domains.loadSize, configuration.data.cropSize) = (PerDomain(ImageSize(16)), ImageSize(16))
            (configuration.run.device, configuration.run.maxSteps, configuration.run.tensorboard) = ("cpu", 1, false)
            let run = root.appending(path: "run")
            _ = try TrainingSession(configuration: configuration, folder: RunFolder(run), resuming: false).train()
            #expect(try ObjectiveKind(ofModel: run) == objective)
            _ = try translator(root)
            #expect(try ObjectiveKind(ofModel: root.appending(path: "generator.safetensors")) == nil)
            #expect(throws: ModelFileError.self) { try ObjectiveKind(ofModel: root.appending(path: "none")) }
        }
    }
}
