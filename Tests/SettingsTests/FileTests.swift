import Foundation
import Imaging
import Settings
import Testing

@Suite struct FileTests {
    func read(_ yaml: String) throws -> SampleConfiguration {
        try .configuration(document: SettingsDocument(yaml: yaml, file: "s.yaml"))
    }

    @Test(arguments: [
        (
            "seed: 1\nepoch: 3",
            "s.yaml:2: epoch: found an unknown key; did you mean epochs? allowed: the keys attention, bitDepth, channels,"
        ),
        ("seed: 1\n\nepochs: ten", "s.yaml:3: epochs: found ten; allowed: a whole number from 0 to 1000000"),
        ("epochs:", "s.yaml:1: epochs: found nothing; allowed: a whole number from 0 to 1000000"),
        ("seed: {a: 1}", "s.yaml:1: seed: found keys and values; allowed: a whole number from 0"),
        ("a: [1\nb: 2", "s.yaml:2: column 2: found a syntax error"),
        ("masks: 1\nseed: 2\nmasks: 3", "s.yaml:1: masks: found the key again at line 3; allowed: each key once"),
        ("domains:\n A:\n  flip: true\n  flip: false", "s.yaml:3: flip: found the key again at line 4; allowed: each key once"),
        ("seed", "s.yaml:1: the whole text: found seed; allowed: keys and values, such as 'epochs: 100'"),
        ("- 1", "s.yaml:1: the whole text: found [1]; allowed: keys and values"),
        ("seed: 1\n---\nseed: 2", "s.yaml:2: column 1: found a syntax error"),
        ("generator: unet\nattention: [64]", "s.yaml:2: attention: found 64; allowed: nothing with generator unet"),
        ("domains:\n  C: {channels: 1}", "s.yaml:2: domains.C: found an unknown domain; allowed: the domains A, B"),
        ("domains: 3", "s.yaml:1: domains: found 3; allowed: keys and values"),
        (
            "domains:\n  A:\n    chanels: 1",
            "s.yaml:3: domains.A.chanels: found an unknown key; did you mean channels? allowed: the keys bitDepth,"
        ),
        (
            "domains:\n  A:\n    seed: 1",
            "s.yaml:3: domains.A.seed: found a setting that is the same for all domains; allowed: the keys bit"
        ),
        ("domains:\n  A:\n    channels: 99", "s.yaml:3: domains.A.channels: found 99; allowed: a whole number from 1 to 64"),
        (
            "objective: cut\ncycleWeight: 10",
            "s.yaml:2: cycleWeight: found 10; allowed: nothing with objective cut; it is a setting of objective cyclegan"
        ),
        (
            "nceWeight: 1",
            "s.yaml:1: nceWeight: found 1; allowed: nothing with objective cyclegan; it is a setting of objectives cut, fastcut"
        ),
        ("cut: {nceWeight: 1}", "s.yaml:1: cut: found settings of objective cut; allowed: those of objective cyclegan, which is chosen"),
        ("objective: cut\ncut:\n  nceWeight: 1\nnceWeight: 2", "s.yaml:4: nceWeight: found the key at line 3, too; allowed: each key once"),
        ("objective: cut\ncut: {seed: 1}", "s.yaml:2: cut.seed: found a setting of all objectives; allowed: it outside 'cut:'"),
        (
            "objective: cut\ncut: {nseWeight: 1}",
            "s.yaml:2: cut.nseWeight: found an unknown key; did you mean nceWeight? allowed: the keys nceWeight"
        ),
        ("objective: cut\ndomains: {A: {cycleWeight: 1}}", "s.yaml:2: domains.A.cycleWeight: found 1; allowed: nothing with objective cut"),
        ("objective: cycelgan", "s.yaml:1: objective: found cycelgan; did you mean cyclegan? allowed: cyclegan, cut, fastcut"),
        ("eopchs: 3", "s.yaml:1: eopchs: found an unknown key; did you mean epochs? allowed: the keys "),
        ("objective: gan", "s.yaml:1: objective: found gan; allowed: cyclegan, cut, fastcut"),
        (String(repeating: "[", count: 40), "s.yaml: the text: found lists nested over 32 deep"),
        ("attention: [\(String(repeating: "1, ", count: 60))2]", "s.yaml:1: attention: found [1, 1,"),
    ])
    func mistakesAreToldWithFileLineKeyAndWhatIsAllowed(yaml: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
        #expect(error?.description.hasPrefix(message) ?? false, "\(error?.description ?? "")")
    }

    @Test func missingFileIsTold() {
        let error = #expect(throws: ConfigurationError.self) { try SettingsDocument(contentsOf: URL(filePath: "/nowhere/s.yaml")) }
        #expect(error?.description == "/nowhere/s.yaml: found no such file; allowed: the path of a YAML file")
    }

    @Test func emptyFileIsTheDefaults() throws {
        #expect(try read("# nothing\n") == SampleConfiguration())
        #expect(try read("domains:\n  A:\ncyclegan:\n") == SampleConfiguration())
    }

    @Test func objectiveBringsItsDefaultsWhereverItStands() throws {
        let read = try read("nceWeight: 3\nobjective: fastcut\n")
        #expect(read.optimization.clipGradient == 5)
        #expect(read.objective.nceWeight == 3)
        #expect(try self.read("objective: fastcut\nclipGradient: null").optimization.clipGradient == nil)
    }

    @Test func listsMayBeWrittenAsTheFlagHasThem() throws {
        let read = try read("attention: 64,32\nmetrics: kid\nrange: 0...9")
        #expect(read.networks.attention == [64, 32])
        #expect(read.run.metrics == [.kid])
        #expect(read.domains.range.common == 0...9)
    }

    @Test func domainsDifferWhateverTheOrder() throws {
        let read = try read("domains: {A: {channels: 1, range: [0, 4095], flip: false}}\nchannels: 4")
        #expect((read.domains.channels[Domain("A")], read.domains.channels[Domain("B")]) == (1, 4))
        #expect((read.domains.flip[Domain("A")], read.domains.flip[Domain("B")]) == (false, true))
        #expect(read.domains.range[Domain("A")] == 0...4095)
    }

    @Test(arguments: SampleConfiguration.Objective.allCases)
    func writtenFileIsReadAsAnEqualValue(objective: SampleConfiguration.Objective) throws {
        #expect(try read(SampleConfiguration.defaults(for: objective).yaml()) == .defaults(for: objective))
        for text in ["", "null", "~", "true", "12", "a: b", "# c", " x ", "line\nbreak", "'", "\"", "grün", "[a", "<<", "=", "- a"] {
            var configuration = SampleConfiguration.defaults(for: objective)
            configuration.data.folder = text
            configuration.run.device = text
            configuration.run.metrics = [.kid, .lpips]
            configuration.networks.attention = [64, 32]
            configuration.domains.range[Domain("B")] = -0.5...4095
            configuration.domains.flip[Domain("A")] = false
            configuration.domains.colorJitter = PerDomain(SampleJitter(form: .scalar("0.2,0.2,0.2,0.05")))
            configuration.domains.colorJitter[Domain("A")] = nil
            configuration.optimization.clipGradient = nil
            configuration.optimization.learningRate = 1e-7
            if objective == .cycleGAN { configuration.objective.cycleWeight[Domain("A")] = 5 }
            let yaml = try configuration.yaml()
            #expect(try read(yaml) == configuration, "\(yaml)")
        }
    }

    @Test func fileIsDividedBySection() throws {
        var configuration = SampleConfiguration.defaults(for: .cut)
        configuration.domains.channels[Domain("A")] = 1
        configuration.networks.attention = [64, 32]
        #expect(
            try configuration.yaml() == """
                # Data
                data: ''
                loadSize: 286
                pairing: random
                masks: false
                validationFraction: 0

                # Domains
                channels: 3
                bitDepth: 8
                flip: true

                # Networks
                generator: resnet9
                attention: [64, 32]

                # Objective
                objective: cut

                # Optimisation
                epochs: 200
                learningRate: 0.0002

                # Run
                seed: 0
                device: auto
                metrics: []
                tensorboard: true

                # What only objective cut has
                cut:
                  nceWeight: 1

                # Where a domain differs
                domains:
                  A:
                    channels: 1

                """)
    }
}
