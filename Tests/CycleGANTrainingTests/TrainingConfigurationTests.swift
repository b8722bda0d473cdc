import Datasets
import Foundation
import Imaging
import TestSupport
import Testing

@testable import CycleGANTraining

@Suite struct TrainingConfigurationTests {
    private func parse(_ yaml: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(yaml: yaml, file: "run.yaml")
    }

    @Test func defaultsAreTheReferences() throws {
        let configuration = try parse("# nothing\n")
        #expect(configuration == TrainingConfiguration())
        #expect(configuration.generator.rawValue == "resnet9")
        #expect(configuration.loadSize == ImageSize(286))
        #expect(configuration.cropSize == ImageSize(256))
        #expect(configuration.learningRate == 2e-4)
        #expect((configuration.beta1, configuration.beta2) == (0.5, 0.999))
        #expect((configuration.epochs, configuration.decayEpochs) == (100, 100))
        #expect((configuration.poolSize, configuration.batchSize) == (50, 1))
        #expect((configuration.lossWeights.cycleA, configuration.lossWeights.cycleB, configuration.lossWeights.identity) == (10, 10, 0.5))
    }

    @Test func keysOverrideTheDefaults() throws {
        let configuration = try parse(
            """
            generator: resnet6
            cropSize: 64x128
            loadSize: 72x136
            ganMode: hinge
            norm: batch
            cycleWeightB: 5
            domainA:
              channels: 1
              bitDepth: 16
            """)
        #expect(configuration.generator.rawValue == "resnet6")
        #expect(configuration.cropSize == ImageSize(height: 64, width: 128))
        #expect(configuration.ganMode == .hinge)
        #expect(configuration.normalization == .batch)
        #expect((configuration.lossWeights.cycleA, configuration.lossWeights.cycleB) == (10, 5))
        #expect((configuration.domainA.channels, configuration.domainB.channels) == (1, 3))
        #expect(configuration.domainA.bitDepth == .sixteen)
        #expect(configuration.domainA.flip)
    }

    @Test func aWrittenConfigurationReadsBackEqual() throws {
        try withTemporaryFolder { folder in
            var configuration = TrainingConfiguration()
            configuration.data = "/data/a: b #c"
            configuration.maxSteps = 7
            configuration.domainB.valueRange = 10...3000
            configuration.domainB.bitDepth = .sixteen
            let file = folder.appending(path: "config.yaml")
            try configuration.write(to: file)
            #expect(try TrainingConfiguration(contentsOf: file) == configuration)
        }
    }

    /// (YAML, the words that the message must hold).
    @Test(arguments: [
        ("cropsize: 256", ["cropsize", "cropSize", "run.yaml"]),
        ("domainA: {chanels: 1}", ["domainA.chanels", "channels"]),
        ("ganMode: wgan", ["ganMode", "wgan", "lsgan, vanilla, hinge"]),
        ("batchSize: two", ["batchSize", "two", "Int"]),
        ("batchSize: 0", ["batchSize", "0", "from 1"]),
        ("cropSize: 250", ["cropSize", "250", "multiples of 4", "252"]),
        ("generator: unet256\ncropSize: 128\nloadSize: 128", ["cropSize", "128", "multiples of 256"]),
        ("cropSize: 16\nloadSize: 16", ["cropSize", "16", "at least 24", "discriminatorLayers 3"]),
        ("loadSize: 200", ["loadSize", "200", "cropSize (256)"]),
        ("cycleWeight: -1", ["cycleWeight", "-1", "from 0"]),
        ("learningRate: 0", ["learningRate", "above 0"]),
        ("learningRate: .nan", ["learningRate", "above 0"]),
        ("beta1: 1", ["beta1", "below 1"]),
        ("epochs: 0\ndecayEpochs: 0", ["epochs", "at least 1"]),
        ("generator: resnet", ["generator", "resnet9"]),
        ("loadSize: 12x", ["loadSize", "12x", "HxW"]),
        ("- a\n- b", ["run.yaml", "keys and values"]),
    ])
    func impossibleValuesAreNamed(_ yaml: String, _ words: [String]) {
        let error = #expect(throws: ConfigurationError.self) { try parse(yaml) }
        for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "") should name \(word)") }
    }

    @Test func cropRulesDoNotBindModesWithoutCrop() throws {
        #expect(try parse("preprocess: none\ncropSize: 250").preprocess == .none)
    }
}
