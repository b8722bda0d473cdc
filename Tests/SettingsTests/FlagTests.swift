import ArgumentParser
import Foundation
import Imaging
import Settings
import SettingsArguments
import Testing

@Suite struct FlagTests {
    func read(_ arguments: String...) throws -> SampleConfiguration {
        try .configuration(config: nil, arguments: SampleOptions.parse(arguments).arguments)
    }

    func message(_ arguments: [String]) -> String? {
        do {
            _ = try SampleConfiguration.configuration(config: nil, arguments: SampleOptions.parse(arguments).arguments)
            return nil
        } catch {
            return SampleOptions.message(for: error)
        }
    }

    @Test func everyKindIsRead() throws {
        let read = try read(
            "--load-size", "256x512", "--pairing", "serial", "--masks", "--bit-depth", "16", "--range", "0...4095", "--color-jitter",
            "0.2,0.2,0.2,0.05", "--generator", "resnet12", "--attention", "64,32", "--learning-rate", "1e-3", "--clip-gradient", "2",
            "--seed", "18446744073709551615", "--device", "cuda:1", "--metrics", "kid,lpips", "--no-tensorboard")
        #expect(read.data.loadSize == SampleSize(height: 256, width: 512))
        #expect(read.data.pairing == .serial && read.data.masks && !read.run.tensorboard)
        #expect(read.domains.bitDepth.common == .sixteen && read.domains.range.common == 0...4095)
        #expect(read.domains.colorJitter.common == SampleJitter(form: .scalar("0.2,0.2,0.2,0.05")))
        #expect(read.networks.generator == .resnet(blocks: 12) && read.networks.attention == [64, 32])
        #expect(read.optimization.learningRate == 1e-3 && read.optimization.clipGradient == 2)
        #expect(read.run.seed == .max && read.run.device == "cuda:1" && read.run.metrics == [.kid, .lpips])
    }

    @Test func nothingGivenIsTheDefaults() throws {
        #expect(try SampleOptions.parse([]).arguments.isEmpty)
        #expect(try read() == SampleConfiguration())
    }

    @Test func lastOfTwoWins() throws {
        #expect(try read("--epochs", "1", "--epochs", "2").optimization.epochs == 2)
        #expect(try read("--masks", "--no-masks").data.masks == false)
    }

    @Test func domainsCanDifferWhateverTheOrder() throws {
        let channels = try read("--channels", "B=1", "--channels", "4").domains.channels
        #expect((channels[Domain("A")], channels[Domain("B")]) == (4, 1))
        let flip = try read("--flip", "A=true", "--no-flip").domains.flip
        #expect((flip[Domain("A")], flip[Domain("B")]) == (true, false))
        #expect(try read("--flip", "A=false").domains.flip[Domain("A")] == false)
    }

    @Test func flagsWinOverTheFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("objective: cut\nepochs: 3\nseed: 5\ndomains: {A: {channels: 1}}\n".utf8).write(to: file)
        let arguments = try SampleOptions.parse(["--epochs", "4", "--channels", "2", "--objective", "fastcut"]).arguments
        let read = try SampleConfiguration.configuration(config: file.path, arguments: arguments)
        #expect(read.optimization.epochs == 4 && read.run.seed == 5 && read.optimization.clipGradient == 5)
        #expect(read.objective.name == .fastCUT)
        #expect(read.domains.channels == PerDomain(2))
    }

    @Test(
        arguments: [
            (["--load-size", "x"], "--load-size: found x; allowed: N or HxW, such as 256 or 256x512"),
            (["--channels", "C=1"], "--channels: found C=1; allowed: a whole number from 1 to 64 for the domains A, B"),
            (["--channels", "A=99"], "--channels: found A=99; allowed: a whole number from 1 to 64"),
            (
                ["--metrics", "kid,kid"],
                "--metrics: found kid,kid; allowed: any of kid, fid, lpips with commas, such as kid,fid, each once"
            ),
            (["--objective", "fascut"], "--objective: found fascut; did you mean fastcut? allowed: cyclegan, cut, fastcut"),
            (["--device", ""], nil),
            (["--epochs", ""], "--epochs: found ''; allowed: a whole number from 0 to 1000000"),
            (
                ["--objective", "cut", "--cycle-weight", "3"],
                "--cycle-weight: found 3; allowed: nothing with objective cut; it is a setting of objective cyclegan"
            ),
            (["--attention", "64", "--generator", "unet"], "--attention: found 64; allowed: nothing with generator unet"),
            (["--flip", "true", "--no-flip"], "--flip: found true and false for all domains; allowed: one of them, such as --no-flip"),
            (["--flip"], "Missing value for '--flip <true/false|A=true/false>'"),
            (["--no-masks=1"], "The option '--no-masks' does not take any value, but '1' was specified."),
        ] as [([String], String?)])
    func mistakesAreToldWithTheFlag(arguments: [String], expected: String?) {
        #expect(message(arguments) == expected)
    }

    @Test func onlyWhatMayChangeIsTakenOnResume() throws {
        let run = SampleConfiguration.defaults(for: .cut)
        let epochs = try SampleConfiguration.configuration(resuming: run, arguments: SampleOptions.parse(["--epochs", "9"]).arguments)
        #expect(epochs.optimization.epochs == 9 && epochs.objective.name == .cut)
        let error = #expect(throws: ValidationError.self) {
            try SampleConfiguration.configuration(resuming: run, arguments: SampleOptions.parse(["--seed", "9"]).arguments)
        }
        #expect(
            error?.message
                == "--seed cannot change when a run is resumed; possible: --device, --epochs, --metrics, --tensorboard, --threads")
    }

    @Test func objectiveOfARunStays() throws {
        let cut = SettingArgument(key: "objective", text: "cut")
        let error = #expect(throws: ConfigurationError.self) { try SampleConfiguration.configuration(over: .init(), arguments: [cut]) }
        #expect(error?.description == "--objective: found cut; allowed: cyclegan, as it is")
        #expect(try SampleConfiguration.configuration(over: .defaults(for: .cut), arguments: [cut]) == .defaults(for: .cut))
    }

    @Test func argumentOfNoSettingIsRefused() {
        let error = #expect(throws: ConfigurationError.self) {
            try SampleConfiguration.configuration(arguments: [SettingArgument(key: "epoch", text: "1")])
        }
        #expect(error?.description == "epoch: found an unknown key; allowed: a key of a setting")
    }

    @Test func helpSaysValuesDefaultsAndSections() {
        let help = SampleOptions.helpMessage(columns: 200)
        #expect(help.contains("\nDATA:\n") && help.contains("\nOPTIMISATION:\n"))
        #expect(help.contains("--load-size <HxW>       The size that images are resized to before the crop. (default: 286)"))
        #expect(
            help.contains("--pairing <name>        B drawn at random, or both in file order. (values: random, serial; default: random)"))
        #expect(help.contains("--masks/--no-masks      Use the masks of the images: the region of each to change. (default: --no-masks)"))
        #expect(help.contains("--channels <n|A=n>      Channels of the images. (default: 3)"))
        #expect(help.contains("Threads of one operation on the CPU. (default: all cores)"))
        #expect(!help.contains("--data"))
    }

    @Test(arguments: [CompletionShell.bash, .zsh, .fish])
    func shellsOfferTheAllowedValues(shell: CompletionShell) {
        let script = SampleCommand.completionScript(for: shell)
        #expect(script.contains("load-size"))
        let values = ["random'$'\\n''serial", "'random' 'serial'", "random serial"]
        #expect(values.contains { script.contains($0) })
    }
}
