import Foundation
import Settings
import TestSupport
import Testing

@testable import CycleGANTraining

/// The table of settings against what is made of it.
@Suite struct SettingsTableTests {
    @Test func everyPropertyIsDescribedOnce() {
        #expect(problems(of: TrainingConfiguration.self) == [])
    }

    /// Made anew with `CYCLEGAN_WRITE_DOCS=1`.
    @Test func thePageListsTheSettings() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/settings.md").standardizedFileURL
        let text = SettingsPage<TrainingConfiguration>().markdown
        if ProcessInfo.processInfo.environment["CYCLEGAN_WRITE_DOCS"] != nil { try Data(text.utf8).write(to: page) }
        #expect(try String(contentsOf: page, encoding: .utf8) == text, "docs/settings.md is not of this table")
    }
}
