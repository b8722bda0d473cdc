import CycleGANTraining
import Foundation
import Settings
import TestSupport
import Testing

@testable import cyclegan

/// `--recipe`, as the command reads it.
@Suite struct RecipeFlagTests {
    private func configuration(_ flags: [String], config: String? = nil) throws -> TrainingConfiguration {
        try TrainingOptions.parse(flags).configuration(config: config, data: "DATA")
    }

    @Test func oneWordSetsWhatGoesTogether() throws {
        let read = try configuration(["--recipe", "best"])
        try read.validate()
        var expected = TrainingConfiguration.defaults(for: .cycleGAN)
        expected.data.folder = read.data.folder
        #expect(read != expected)
        expected = try TrainingConfiguration.configuration(over: expected, arguments: Recipe.best.settings)
        #expect(read == expected)
        #expect(try configuration(["--recipe", "reference"]) == configuration([]))
    }

    @Test func flagsAndFilesWin() throws {
        #expect(try configuration(["--recipe", "best", "--ema", "0.5"]).networks.ema == 0.5)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "settings.yaml")
            try Data("penaltyInterval: 4\n".utf8).write(to: file)
            let read = try configuration(["--recipe", "best"], config: file.path)
            #expect(read.objective.penaltyInterval == 4 && read.networks.ema == 0.999)
        }
    }

    @Test func otherObjectivesAndResumedRunsAreRefused() throws {
        for (recipe, objective) in [("best", "cut"), ("best", "stargan"), ("reference", "pix2pix")] {
            let error = #expect(throws: (any Error).self) { try configuration(["--recipe", recipe, "--objective", objective]) }
            #expect(error.map { "\($0)" }?.contains("--recipe \(recipe): found objective \(objective)") == true)
        }
        try withTemporaryFolder { folder in
            let result = try CommandRunner.run(["train", "--resume", folder.path, "--recipe", "best"], in: folder)
            #expect(result.status == 64 && result.errors.contains("--recipe cannot change"), "\(result.errors)")
        }
    }

    @Test func aRunSaysWhatIsSet() throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let run = folder.appending(path: "run")
            let result = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--recipe", "best", "--max-steps", "2", "--learning-rate", "0.0003"]), in: folder)
            #expect(result.status == 0, "\(result.errors)")
            // A flag of its own is not the recipe's.
            #expect(result.errors.contains("Recipe best: --ema 0.999, --ema-warmup, --discriminator-norm none"), "\(result.errors)")
            let words = try String(contentsOf: run.appending(path: "config.yaml"), encoding: .utf8)
            #expect(words.contains("learningRate: 0.0003") && words.contains("emaWarmup: true"))
        }
    }
}
