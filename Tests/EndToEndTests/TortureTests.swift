import Foundation
import TestSupport
import Testing

/// The short form of `scripts/torture`, with fixed choices.
@Suite(.serialized) struct TortureTests {
    @Test func readersSurviveBombsAndDamage() throws {
        try torture(["fuzz", "--seed", "1", "--count", "700"]) { $0.pathExtension == "txt" ? $0 : nil }
    }

    @Test func killedRunsEndAsOthersDo() throws {
        try torture(["kills", "--seed", "1", "--rounds", "6"]) { $0.appending(path: "README") }
    }

    /// - Parameter reason: Where it is said what was found, for a file or folder of the findings.
    private func torture(_ arguments: [String], reason: (URL) -> URL?) throws {
        try withTemporaryFolder { folder in
            let findings = folder.appending(path: "findings")
            let result = try CommandRunner.run(arguments + ["--findings", findings.path], in: folder, program: "cyclegan-torture")
            let kept = (try? FileManager.default.contentsOfDirectory(at: findings, includingPropertiesForKeys: nil)) ?? []
            let reasons = kept.compactMap(reason).map { (try? String(contentsOf: $0, encoding: .utf8)) ?? "" }
            #expect(result.status == 0, "\(result.output)\(result.errors)\(reasons.joined(separator: "\n"))")
        }
    }
}
