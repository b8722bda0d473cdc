import Foundation
import Testing

@testable import Settings

/// Texts of settings that would keep a reader busy without end.
@Suite struct YAMLLimitsTests {
    private func message(_ yaml: String) -> String {
        do {
            _ = try SampleConfiguration.configuration(document: SettingsDocument(yaml: yaml, file: "run.yaml"))
            return ""
        } catch { return "\(error)" }
    }

    /// Lists of nine aliases of lists of nine aliases: 9^8 elements in 300 bytes.
    @Test func nestedAliasesAreRefused() {
        var yaml = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, before) in zip("bcdefgh", "abcdefg") {
            yaml += "\(name): &\(name) [\([String](repeating: "*\(before)", count: 9).joined(separator: ","))]\n"
        }
        #expect(message(yaml) == "run.yaml: the text: found 63 aliases; allowed: at most 8")
        #expect(message(yaml + "? *h\n: 1\n").contains("64 aliases"))
    }

    @Test func aFewAliasesAreRead() throws {
        let document = try SettingsDocument(yaml: "epochs: &count 128\nthreads: *count\n", file: "run.yaml")
        let configuration = try SampleConfiguration.configuration(document: document)
        #expect(configuration.optimization.epochs == 128 && configuration.run.threads == 128)
    }

    @Test(arguments: ["attention: ", "? "]) func deepListsAreRefused(_ key: String) {
        for opening in ["[", "{", "[{", "\n- - ", "\n-   ?  "] {
            let text = message(key + String(repeating: opening == "\n- - " ? "- - " : opening, count: 20_000))
            // An unknown key is answered with all that are known.
            #expect(!text.isEmpty && text.utf8.count < 3000, "\(opening): \(text)")
        }
        #expect(message("attention: " + String(repeating: "[", count: 40)).contains("lists nested over 32 deep"))
        #expect(message(String(repeating: "- ", count: 40)).contains("lists nested over 32 deep"))
    }

    @Test func longTextsAreRefused() {
        #expect(message("attention: [" + String(repeating: "64,", count: 100_000) + "64]").contains("found 300015 bytes"))
        // What is quoted of a text within the limits is a line at most.
        let list = message("epochs: [" + String(repeating: "64,", count: 50_000) + "64]")
        #expect(list.contains("epochs: found [64, 64") && list.utf8.count < 400, "\(list)")
        #expect(message("epochs: '" + String(repeating: "x", count: 100_000) + "'").utf8.count < 400)
        #expect(message("epochs: |\n  one\n  two\n").contains("found one...;"))
    }
}
