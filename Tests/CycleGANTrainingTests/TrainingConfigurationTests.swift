import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing
import TrainingTestSupport

@testable import CycleGANTraining

@Suite struct TrainingConfigurationTests {
    private func parse(_ yaml: String) throws -> TrainingConfiguration { try TrainingConfiguration(yaml: yaml) }

    @Test func defaultsAreTheReferences() throws {
        let configuration = try parse("# nothing\n")
        #expect(configuration == TrainingConfiguration())
        #expect(configuration.networks.generator.rawValue == "resnet9")
        #expect(configuration.domains.loadSize == PerDomain(ImageSize(286)))
        #expect(configuration.data.cropSize == ImageSize(256))
        #expect(configuration.optimization.learningRate == 2e-4)
        #expect((configuration.optimization.beta1, configuration.optimization.beta2) == (0.5, 0.999))
        #expect((configuration.optimization.epochs, configuration.optimization.decayEpochs) == (100, 100))
        #expect((configuration.objective.poolSize, configuration.optimization.batchSize) == (50, 1))
        #expect((configuration.cycleGAN.effectiveCycleWeightA, configuration.cycleGAN.effectiveCycleWeightB) == (10, 10))
        #expect(configuration.cycleGAN.identityWeight == 0.5)
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
            domains:
              A:
                channels: 1
                bitDepth: 16
            """)
        #expect(configuration.networks.generator.rawValue == "resnet6")
        #expect(configuration.data.cropSize == ImageSize(height: 64, width: 128))
        #expect(configuration.objective.ganMode == .hinge)
        #expect(configuration.networks.normalization == .batch)
        #expect((configuration.cycleGAN.effectiveCycleWeightA, configuration.cycleGAN.effectiveCycleWeightB) == (10, 5))
        #expect((configuration.domains.channels[.a], configuration.domains.channels[.b]) == (1, 3))
        #expect(configuration.domains.bitDepth[.a] == .sixteen)
    }

    @Test func aWrittenConfigurationReadsBackEqual() throws {
        try withTemporaryFolder { folder in
            var configuration = TrainingConfiguration()
            configuration.data.folder = "/data/a: b #c"
            configuration.run.maxSteps = 7
            configuration.domains.range[.b] = .fixed(ValueRange(10...3000))
            configuration.domains.bitDepth[.b] = .sixteen
            let run = RunFolder(folder)
            try run.write(configuration)
            #expect(try run.readConfiguration() == configuration)
        }
    }

    /// (YAML, the words that the message must hold).
    @Test(arguments: [
        ("cropsize: 256", ["run.yaml:1: cropsize: found an unknown key; did you mean cropSize? allowed: the keys ", "cropSize"]),
        ("domains: {A: {chanels: 1}}", ["run.yaml:1: domains.A.chanels", "did you mean channels?"]),
        ("ganMode: wgan", ["ganMode", "wgan", "lsgan, vanilla, hinge"]),
        ("batchSize: two", ["batchSize: found two; allowed: a whole number from 1 to 4096"]),
        ("batchSize: 0", ["batchSize", "0", "from 1"]),
        ("cropSize: 250", ["run.yaml:1: cropSize: found 250; allowed: multiples of 4", "252"]),
        ("generator: unet256\ncropSize: 128\nloadSize: 128", ["cropSize", "128", "multiples of 256"]),
        ("cropSize: 16\nloadSize: 16", ["cropSize", "16", "at least 24", "discriminatorLayers 3"]),
        ("loadSize: 200", ["loadSize", "200", "cropSize (256)"]),
        ("cycleWeight: -1", ["cycleWeight", "-1", "from 0"]),
        ("learningRate: 0", ["learningRate", "above 0"]),
        ("ngf: 8\nlearningRate: .nan", ["run.yaml:2: learningRate: found .nan", "above 0"]),
        ("beta1: 1", ["beta1", "below 1"]),
        ("learningRatePolicy: plateau\ncycleWeight: 0", ["learningRatePolicy", "plateau", "cycleWeight is 0"]),
        ("epochs: 0\ndecayEpochs: 0", ["epochs", "at least 1"]),
        ("generator: resnet", ["generator", "resnet9"]),
        ("loadSize: 12x", ["loadSize", "12x", "HxW"]),
        ("- a\n- b", ["run.yaml", "found [a, b]; allowed: keys and values"]),
        ("domains: {C: {channels: 1}}", ["domains.C: found an unknown domain; allowed: the domains A, B"]),
        ("domains: {A: {ngf: 1}}", ["domains.A.ngf: found a setting that is the same for all domains"]),
        ("objective: gan", ["run.yaml:1: objective: found gan; allowed: cyclegan"]),
        ("domains: {A: {channels: 0}}", ["run.yaml:1: domains.A.channels: found 0; allowed: a whole number from 1 to 4096"]),
        ("range: [5, 1]", ["run.yaml:1: range: found [5, 1]; allowed: two finite numbers in rising order"]),
        ("domains: {B: {range: 5}}", ["run.yaml:1: domains.B.range: found 5; allowed: two finite numbers"]),
        ("range: [.nan, 1]", ["run.yaml:1: range: found [.nan, 1]"]),
        ("bitDepth: 12", ["run.yaml:1: bitDepth: found 12; allowed: 8, 16, 32"]),
        ("background: [1, x]", ["run.yaml:1: background: found [1, x]; allowed: numbers in 0...255"]),
        ("domains: 3", ["run.yaml:1: domains: found 3; allowed: keys and values"]),
        ("? [1, 2]\n: 3", ["run.yaml:1: [1, 2]: found an unknown key"]),
        ("epochs: 1\nepochs: 2", ["run.yaml:1: epochs: found the key again at line 2", "allowed: each key once"]),
        ("epochs: 1\n  ngf: [", ["run.yaml:2: column ", "found a syntax error", "allowed: YAML"]),
        ("generator: unet16", ["generator: found unet16", "32 to 4096"]),
        ("discriminatorLayers: 64", ["discriminatorLayers: found 64; allowed: a whole number from 1 to 8"]),
        ("threads: 99999999999", ["threads: found 99999999999; allowed: a whole number from 1 to 1024"]),
        ("workers: 257", ["workers: found 257", "256"]),
        ("epochs: 9223372036854775807", ["epochs: found 9223372036854775807; allowed: a whole number from 0 to 1000000"]),
        ("decayEpochs: 1000001", ["decayEpochs: found 1000001", "1000000"]),
        ("batchSize: 4611686018427387904", ["batchSize: found 4611686018427387904", "4096"]),
        ("batchSize: 99999999999999999999", ["batchSize: found 99999999999999999999", "4096"]),
        ("ngf: 100000", ["ngf: found 100000", "2048"]), ("ndf: 2049", ["ndf: found 2049", "2048"]),
        ("maxSteps: 1000000000001", ["maxSteps: found 1000000000001", "1000000000000"]),
        ("maxMinutes: 1e300", ["maxMinutes: found 1e300", "above 0"]),
        ("cropSize: 16388\nloadSize: 16388", ["cropSize: found 16388; allowed: N or HxW (height x width), at most 16384"]),
        ("preprocess: scale-width\nloadSize: 16", ["loadSize: found 16; allowed: at least 24 ", "discriminatorLayers 3"]),
        ("preprocess: none\nbatchSize: 2", ["batchSize: found 2; allowed: 1 with preprocess none", "resize-and-crop, crop"]),
        ("spectralNorm: true", ["discriminatorNorm: found nothing beside spectralNorm", "instance, batch, none"]),
        ("gradientPenalty: r1\ndiscriminatorNorm: batch", ["gradientPenalty: found r1", "none with batch norm"]),
        ("gradientPenalty: wgan-gp\nnorm: batch", ["gradientPenalty: found wgan-gp"]),
        ("gradientPenalty: zero-centered\npreprocess: none", ["gradientPenalty: found zero-centered", "none or r1 with preprocess none"]),
        ("doctor: false\nonFailure: stop", ["onFailure: found stop", "warn or rollback without doctor"]),
        ("ganMode: wgan-gp\ngradientPenalty: none", ["gradientPenalty: found none", "unbounded without"]),
        ("penaltyInterval: 16", ["penaltyInterval: found 16", "1 without a gradientPenalty"]),
        ("gradientPenalty: r1\npenaltyInterval: 0", ["penaltyInterval: found 0", "from 1 to 1000"]),
        ("emaWarmup: true", ["emaWarmup: found true", "false without ema"]),
        ("cycleDecay: 1.5", ["cycleDecay: found 1.5", "from 0 to 1"]), ("cycleFeatures: -0.1", ["cycleFeatures: found -0.1"]),
        ("cycleFeatures: 0.5\ndiscriminator: pixel", ["cycleFeatures: found 0.5", "discriminator pixel"]),
        ("cycleFeatures: 0.5\nmasks: true", ["cycleFeatures: found 0.5", "0 with masks"]),
        ("gradientPenaltyWeight: 3", ["gradientPenaltyWeight: found 3"]),
        ("discriminatorBatch: 3\nbatchSize: 2", ["discriminatorBatch: found 3", "a multiple of batchSize (2)"]),
        ("discriminatorBatch: 4\npoolSize: 0", ["poolSize: found 0", "discriminatorBatch above batchSize"]),
        ("discriminatorBatch: 4\npreprocess: none", ["discriminatorBatch: found 4", "images of different sizes"]),
        ("attention: [48]", ["attention: found 48", "cropSize 256 and downsamplings 2: 256, 128, 64"]),
        ("attention: [256]", ["attention: found 256", "at most 16384 positions"]),
        ("attention: [64]\npreprocess: none", ["attention: found 64", "preprocess none"]),
        ("attention: [x]", ["attention: found [x]", "sides in pixels"]),
        ("downsamplings: 4", ["downsamplings: found 4; allowed: a whole number from 1 to 3"]),
        ("downsamplings: 3\ncropSize: 252", ["cropSize: found 252", "multiples of 8"]),
        ("generator: unet256\nupsampling: resize", ["upsampling: found resize", "deconv with unet256"]),
        ("generator: unet256\ncheckpointActivations: true", ["checkpointActivations: found true", "no residual blocks"]),
        ("checkpointActivations: true\nnorm: batch", ["checkpointActivations: found true", "norm batch"]),
        ("ema: 1", ["ema: found 1", "below 1"]), ("clipGradient: 0", ["clipGradient: found 0", "above 0"]),
        ("composite: true", ["composite: found true", "false without masks"]),
        ("masks: true\ncomposite: true\ndomains:\n  A: {channels: 1}", ["composite: found true", "A has 1, B has 3"]),
        ("masks: true\nmaskDiscriminator: true\ndiffAugment: true", ["maskDiscriminator: found true", "diffAugment"]),
        ("validationFraction: 0.7", ["validationFraction: found 0.7", "from 0 to 0.5"]),
        ("colorJitter: [1, 2]", ["colorJitter", "brightness, contrast, saturation"]),
        ("rotation: 90", ["rotation: found 90", "a number from 0 to 45"]),
        ("domainNames: [B, A]", ["domainNames: found [B, A]", "different names"]),
        ("domainNames: [Photo, photo]", ["domainNames: found [Photo, photo]"]),
        ("earlyStoppingMetric: kidB", ["earlyStoppingMetric: found kidB", "beside earlyStopping only"]),
        ("onFailure: panic", ["onFailure: found panic; allowed: warn, stop, rollback"]),
        ("preprocess: scale-width\nbatchSize: 2", ["batchSize: found 2; allowed: 1 with preprocess scale-width"]),
    ])
    func impossibleValuesAreNamed(_ yaml: String, _ words: [String]) {
        let error = #expect(throws: ConfigurationError.self) { try parse(yaml) }
        for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "") should name \(word)") }
    }

    @Test func valuesSetInCodeAreCheckedToo() {
        var configuration = TrainingConfiguration()
        configuration.domains.channels[.b] = 0
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
        do { try configuration.validate() } catch { #expect("\(error)".hasPrefix("domains.B.channels: found 0; allowed: ")) }
        configuration = TrainingConfiguration()
        configuration.networks.generator = .unet(downsamplings: 70)
        #expect(throws: ConfigurationError.self) { try configuration.validate() }
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: ConfigurationError.self) { try SettingsDocument(contentsOf: URL(filePath: "/absent.yaml")) }
        #expect(error?.description.hasPrefix("/absent.yaml: found no such file") == true)
    }

    @Test func theDataSetRefusesImagesTooSmallForTheNetworks() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["trainA": 2, "trainB": 2], to: root, width: 8, height: 8)
            var configuration = try parse("preprocess: none")
            configuration.data.folder = root.path
            let dataset = try configuration.dataset(.train)
            let error = #expect(throws: DatasetError.self) { try dataset.checkReadable() }
            #expect(error?.description.contains("smaller than the 24 pixels a side that the networks need") == true)
        }
    }

    @Test func cropRulesDoNotBindModesWithoutCrop() throws {
        #expect(try parse("preprocess: none\ncropSize: 250").domains.preprocess == PerDomain(.none))
    }

    @Test func augmentationHoldsForBothDomainsUnlessOneDiffers() throws {
        let configuration = try parse(
            """
            colorJitter: [0.2, 0.1, 0, 0.05]
            rotation: 5
            domains:
              A: {flip: false}
              B: {colorJitter: [0, 0, 0, 0], zoom: 1.5}
            """)
        let jitter = try ColorJitter([0.2, 0.1, 0, 0.05])
        #expect(configuration.augmentation(of: .a) == Augmentation(flip: false, colorJitter: jitter, rotation: 5))
        #expect(configuration.augmentation(of: .b) == Augmentation(flip: true, colorJitter: try ColorJitter(), rotation: 5, zoom: 1.5))
        let still = configuration.deterministic
        #expect(still.augmentation(of: .a) == Augmentation(flip: false))
        #expect(still.augmentation(of: .b) == Augmentation(flip: false))
        let unflipped = try parse("flip: false")
        #expect(!unflipped.augmentation(of: .a).flip && !unflipped.augmentation(of: .b).flip)
    }

    @Test func settingsListEveryKeyWithItsValue() {
        var configuration = TrainingConfiguration()
        configuration.domains.background[.a] = [1, 2, 3]
        let settings = configuration.settings
        #expect(settings.contains { $0 == ("domains.A.background", "1,2,3") })
        #expect(settings.contains { $0 == ("cropSize", "256") })
    }
}
