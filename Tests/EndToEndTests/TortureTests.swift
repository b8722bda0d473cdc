import Foundation
import TestSupport
import Testing

/// The short form of `scripts/torture`, with fixed choices.
@Suite(.serialized) struct TortureTests {
    @Test func readersSurviveBombsAndDamage() throws {
        try withTemporaryFolder { folder in
            let findings = folder.appending(path: "findings")
            let result = try CommandRunner.run(
                ["fuzz", "--seed", "1", "--count", "700", "--findings", findings.path], in: folder, program: "cyclegan-torture")
            let kept = (try? FileManager.default.contentsOfDirectory(at: findings, includingPropertiesForKeys: nil)) ?? []
            let reasons = kept.filter { $0.pathExtension == "txt" }.map { (try? String(contentsOf: $0, encoding: .utf8)) ?? "" }
            #expect(result.status == 0, "\(result.output)\(result.errors)\(reasons.joined(separator: "\n"))")
        }
    }

    @Test func killedRunsEndAsOthersDo() throws {
        try withTemporaryFolder { folder in
            let findings = folder.appending(path: "findings")
            let result = try CommandRunner.run(
                ["kills", "--seed", "1", "--rounds", "6", "--findings", findings.path], in: folder, program: "cyclegan-torture")
            let kept = (try? FileManager.default.contentsOfDirectory(at: findings, includingPropertiesForKeys: nil)) ?? []
            let reasons = kept.map { (try? String(contentsOf: $0.appending(path: "README"), encoding: .utf8)) ?? "" }
            #expect(result.status == 0, "\(result.output)\(result.errors)\(reasons.joined(separator: "\n"))")
        }
    }
}
