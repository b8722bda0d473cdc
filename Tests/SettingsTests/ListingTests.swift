import Foundation
import Imaging
import Testing

@testable import Settings

@Suite struct ListingTests {
    @Test func settingsHaveFullNames() {
        var configuration = SampleConfiguration.defaults(for: .cut)
        configuration.domains.channels[Domain("A")] = 1
        let settings = configuration.settings.map { "\($0.key)=\($0.value)" }
        #expect(settings.prefix(7).suffix(2) == ["channels=3", "domains.A.channels=1"])
        #expect(settings.contains("cut.nceWeight=1"))
        #expect(!settings.contains { $0.contains("cycleWeight") || $0.contains("threads") })
    }

    @Test func onlyWhatIsFixedIsKeptAndCompared() {
        var before = SampleConfiguration()
        let fixed = before.fixedSettings
        #expect(fixed["learningRate"] == "0.0002")
        #expect(fixed["epochs"] == nil)
        before.optimization.epochs = 7
        #expect(before.changes(since: fixed) == [])
        before.optimization.learningRate = 1e-3
        before.domains.channels[Domain("B")] = 1
        before.optimization.clipGradient = 2
        #expect(
            before.changes(since: fixed) == [
                SettingChange(key: "domains.B.channels", before: nil, now: "1"),
                SettingChange(key: "learningRate", before: "0.0002", now: "0.001"),
                SettingChange(key: "clipGradient", before: nil, now: "2"),
            ])
    }

    @Test func settingYoungerThanTheCheckpointHadItsDefault() {
        var configuration = SampleConfiguration()
        var fixed = configuration.fixedSettings
        fixed["seed"] = nil
        fixed["gone"] = "1"
        #expect(configuration.changes(since: fixed) == [SettingChange(key: "gone", before: "1", now: nil)])
        configuration.run.seed = 4
        #expect(configuration.changes(since: fixed).first == SettingChange(key: "seed", before: "0", now: "4"))
    }

    @Test func absenceInPlaceOfADefaultIsKept() {
        var configuration = SampleConfiguration.defaults(for: .fastCUT)
        configuration.optimization.clipGradient = nil
        let fixed = configuration.fixedSettings
        #expect(fixed["clipGradient"] == "none")
        configuration.optimization.clipGradient = 5
        #expect(configuration.changes(since: fixed) == [SettingChange(key: "clipGradient", before: "none", now: "5")])
    }

    @Test func pageHasARowForEverySetting() {
        let page = SettingsPage<SampleConfiguration>().markdown
        #expect(page.components(separatedBy: "\n| `").count - 1 == SampleConfiguration.table.count)
        #expect(
            page.contains(
                "| `clipGradient` | `--clip-gradient` | none; 5 with fastcut | a number above 0 | fixed | The largest norm of an optimiser's"
            ))
        #expect(page.contains("| `masks` | `--masks`, `--no-masks` | false | true, false | fixed |"))
        #expect(page.contains("| `flip` | `--no-flip`, `--flip A=` | true |"))
        #expect(page.contains("| `objective` | `--objective` | cyclegan |"))
        #expect(page.contains("| may change | Epochs"))
    }
}
