import Checkpoints
import Foundation
import TestSupport
import Testing

@Suite struct KeyMapTests {
    @Test func namesTranslateBothWays() {
        #expect(KeyMap.networkName(forReference: "D_A") == "discriminatorB")
        #expect(KeyMap.referenceName(ofNetwork: "generatorBA") == "G_B")
        #expect(KeyMap.lossName(forReference: "idt_A") == "identityB")
        #expect(KeyMap.referenceName(ofLoss: "identityA") == "idt_B")
        #expect(KeyMap.networkName(forReference: "G") == "generatorAB")
        #expect(KeyMap.networkName(forReference: "F") == "projection")
        #expect(KeyMap.referenceName(ofNetwork: "discriminatorB", isOneWay: true) == "D")
        #expect(KeyMap.referenceName(ofNetwork: "projection") == nil)
        #expect(KeyMap.networkName(forReference: "H") == nil)
    }

    private func files(_ names: [String], required: Set<String> = []) throws -> [String: String] {
        try withTemporaryFolder { folder in
            for name in names { try Data().write(to: folder.appending(path: name)) }
            return try KeyMap.networkFiles(in: folder, required: required).mapValues(\.lastPathComponent)
        }
    }

    @Test func theLatestFilesOfTheReferenceAreFound() throws {
        let names = ["G_A", "G_B", "D_A", "D_B"].flatMap { ["latest_net_\($0).pth", "200_net_\($0).pth"] } + ["loss_log.txt"]
        #expect(
            try files(names) == [
                "generatorAB": "latest_net_G_A.pth", "generatorBA": "latest_net_G_B.pth", "discriminatorB": "latest_net_D_A.pth",
                "discriminatorA": "latest_net_D_B.pth",
            ])
    }

    @Test func withoutLatestTheHighestEpochCounts() throws {
        #expect(try files(["90_net_G_A.pth", "100_net_G_A.pth", "iter_99999_net_G_A.pth"]) == ["generatorAB": "100_net_G_A.pth"])
        #expect(try files(["iter_500_net_G_A.pth", "iter_5000_net_G_A.pth"]) == ["generatorAB": "iter_5000_net_G_A.pth"])
    }

    @Test func networksAreNeverMixedFromDifferentTimes() throws {
        let found = try files(["latest_net_G_A.pth", "5_net_G_A.pth", "5_net_G_B.pth"], required: ["generatorAB", "generatorBA"])
        #expect(found == ["generatorAB": "5_net_G_A.pth", "generatorBA": "5_net_G_B.pth"])
    }

    @Test func ownNamesAndSafetensorsArePreferred() throws {
        #expect(try files(["generatorAB.safetensors", "latest_net_G_A.pth"]) == ["generatorAB": "generatorAB.safetensors"])
        #expect(try files(["latest_net_G_A.pth", "latest_net_G_A.safetensors"]) == ["generatorAB": "latest_net_G_A.safetensors"])
        #expect(try files(["latest_net_G.pth"]) == ["generatorAB": "latest_net_G.pth"])
    }

    @Test func theNewestModelsOfARunAreFound() throws {
        let epochs = ["epoch-0005_generatorAB", "epoch-0005_generatorBA", "epoch-0010_generatorAB", "epoch-0010_generatorBA"]
        #expect(
            try files(epochs.map { $0 + ".safetensors" }) == [
                "generatorAB": "epoch-0010_generatorAB.safetensors", "generatorBA": "epoch-0010_generatorBA.safetensors",
            ])
        let steps = ["step-00000400_generatorBA.safetensors", "step-00001000_generatorBA.safetensors"]
        #expect(try files(steps) == ["generatorBA": "step-00001000_generatorBA.safetensors"])
        #expect(throws: CheckpointError.self) { try files(["epoch-x_generatorAB.safetensors", "epoch-1_G.safetensors"]) }
        // The reference's fifth epoch is another training's.
        let mixed = ["5_net_G_A.pth", "5_net_G_B.pth", "epoch-0005_generatorAB.safetensors"]
        #expect(try files(mixed) == ["generatorAB": "epoch-0005_generatorAB.safetensors"])
    }

    @Test(arguments: [("epoch-0010", "step-00000400"), ("step-00000400", "epoch-0010")]) func ofARunsEpochsAndStepsTheLastWrittenCount(
        _ old: String, _ new: String
    ) throws {
        try withTemporaryFolder { folder in
            for (label, seconds) in [(old, 1_000.0), (new, 2_000.0)] {
                let file = folder.appending(path: "\(label)_generatorAB.safetensors")
                try Data().write(to: file)
                let date = Date(timeIntervalSince1970: seconds)
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
            }
            let found = try KeyMap.networkFiles(in: folder).mapValues(\.lastPathComponent)
            #expect(found == ["generatorAB": "\(new)_generatorAB.safetensors"])
        }
    }

    @Test func aFolderWithoutNetworksIsExplained() throws {
        do {
            _ = try files(["model.pth", "notes.txt"], required: ["generatorBA"])
            Issue.record("no error")
        } catch {
            let text = "\(error)"
            #expect(text.contains("latest_net_G_B.pth") && text.contains("generatorBA.safetensors"), "\(text)")
            #expect(text.contains("model.pth") && !text.contains("notes.txt"), "\(text)")
        }
        #expect(throws: CheckpointError.self) { try KeyMap.networkFiles(in: URL(fileURLWithPath: "/nowhere")) }
    }
}
