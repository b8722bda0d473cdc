import Imaging
import TestSupport
import Testing

@testable import Settings

@Suite struct TableTests {
    @Test func sampleTableIsComplete() {
        #expect(problems(of: SampleConfiguration.self) == [])
    }

    @Test func forgottenPropertyAndKeyTwiceAreFound() {
        let found = problems(of: Incomplete.self)
        #expect(found.contains("no setting has the property part.forgotten"))
        #expect(found.contains("no setting has the property lonely"))
        #expect(found.contains("several settings have the key count"))
        #expect(found.contains("several settings have the flag --no-quick"))
        #expect(found.contains("count does not allow its default with objective only"))
    }

    @Test func everySettingHasAFlagInTheHelp() {
        let help = SampleOptions.helpMessage(columns: 200)
        for setting in SampleConfiguration.table where setting.hasFlag {
            #expect(help.contains(setting.flag), "\(setting.key)")
        }
    }

    @Test(arguments: [
        ("clipGradient", "--clip-gradient"), ("beta1", "--beta1"), ("learningRateG", "--learning-rate-g"), ("useFID", "--use-fid"),
        ("seed", "--seed"),
    ])
    func flagIsTheKeyInKebabCase(key: String, flag: String) {
        let setting = Setting<SampleConfiguration>(key, \.run.seed, .run, onResume: .fixed, help: "")
        #expect(setting.flag == flag)
    }
}

/// A table with mistakes.
private struct Incomplete: SettingsRoot {
    struct Part: Equatable, Sendable {
        var count = 0
        var forgotten = 1
        var quick = true
        var noQuick = true
    }
    enum Objective: String, SettingChoice { case only }
    enum Section: SettingsSection {
        case all
        var title: String { "All" }
    }

    var part = Part()
    var lonely = 2
    static let domains: [Domain] = []
    static let table: [Setting<Incomplete>] = [
        Setting("count", \.part.count, .all, allowed: .atLeast(1), onResume: .fixed, help: "Counts."),
        Setting("count", \.part.count, .all, onResume: .fixed, help: "Counts."),
        Setting("quick", \.part.quick, .all, onResume: .fixed, help: "Is quick."),
        Setting("noQuick", \.part.noQuick, .all, onResume: .fixed, help: "Is not."),
    ]
    static func defaults(for objective: Objective) -> Incomplete { Incomplete() }
    var chosenObjective: Objective { .only }
    func validate() throws(ConfigurationError) {}
}
