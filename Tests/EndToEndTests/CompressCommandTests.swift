import Foundation
import TestSupport
import Testing

/// `cyclegan compress`.
@Suite(.serialized) struct CompressCommandTests {
    private func withRun(_ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = try TinyRun.makeData(in: folder)
            let arguments = TinyRun.arguments(data, run: folder.appending(path: "big"), ["--ngf", "8", "--max-steps", "2"])
            let trained = try CommandRunner.run(arguments.filter { $0 != "--dropout" }, in: folder)
            try #require(trained.status == 0, "\(trained.errors)")
            try body(folder)
        }
    }

    private func compress(_ arguments: [String], in folder: URL) throws -> CommandRunner.Result {
        try CommandRunner.run(["compress"] + arguments, in: folder, workingFolder: folder)
    }

    private struct Report: Decodable {
        struct Cost: Decodable {
            let architecture: String
            let widths: [Int]
            let parameters: Int
            let multiplyAdds: Int
            let bytes: [String: Int]
        }
        struct Trial: Decodable {
            let difference: Double?
            let isChosen: Bool
        }
        let teacher: Cost
        let student: Cost
        let trials: [Trial]
    }

    private func report(_ folder: URL) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(contentsOf: folder.appending(path: "report.json")))
    }

    @Test func aModelBecomesSmallAndGoesOnAfterAKill() throws {
        try withRun { folder in
            let small = folder.appending(path: "small")
            let begin = ["compress", "big", "--direction", "BtoA", "--data", "data", "--output", "small", "--macs", "40%", "--steps", "24"]
            let (process, _, _) = try CommandRunner.start(begin, in: folder, workingFolder: folder)
            try CommandRunner.wait(for: "the first trial") {
                !process.isRunning || FileManager.default.fileExists(atPath: small.appending(path: "trials/even/checkpoints").path)
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()

            let resumed = try compress(["--resume", "small"], in: folder)
            #expect(resumed.status == 0, "\(resumed)")
            #expect(
                resumed.output.contains("multiply-adds at 256x256") && resumed.output.contains("Student: \(small.path)/student.safetensors")
            )
            let report = try report(small)
            #expect(report.student.multiplyAdds * 10 <= report.teacher.multiplyAdds * 4)
            #expect(report.student.architecture == "mobile1" && report.student.parameters < report.teacher.parameters / 2)
            #expect(report.trials.count > 1 && report.trials.allSatisfy { ($0.difference ?? .nan).isFinite })
            #expect(report.trials.count(where: \.isChosen) == 1)
            for (precision, bytes) in report.student.bytes {
                let file = try FileManager.default.attributesOfItem(atPath: small.appending(path: "student-\(precision).onnx").path)
                #expect(file[.size] as? Int == bytes)
            }
            // The small one is a model like others.
            let translated = try CommandRunner.run(
                ["translate", "data/trainB", "--model", "small/student.safetensors", "--output", "made"], in: folder, workingFolder: folder)
            #expect(translated.status == 0, "\(translated)")
            let information = try CommandRunner.run(["info", "small/student.safetensors"], in: folder, workingFolder: folder)
            #expect(information.output.contains("mobile1") && information.output.contains("B to A"), "\(information)")
        }
    }

    /// Pictures of the input domain are enough, and one division needs no trials.
    @Test func aFolderOfPicturesIsEnough() throws {
        try withRun { folder in
            let made = try compress(
                [
                    "big", "--direction", "AtoB", "--data", "data/trainA", "--output", "small", "--macs", "50%", "--steps", "4",
                    "--pattern", "even", "--ordinary-blocks", "--criterion", "l1",
                ], in: folder)
            #expect(made.status == 0, "\(made)")
            let report = try report(folder.appending(path: "small"))
            #expect(report.student.architecture == "resnet1" && report.trials.count == 1)
        }
    }

    @Test func whatCannotBeIsSaidBeforeAnythingIsWritten() throws {
        try withRun { folder in
            let start = ["big", "--direction", "AtoB", "--data", "data", "--output", "small"]
            let cases: [([String], Int32, String)] = [
                (start + ["--macs", "120%"], 64, "120%"),
                (start + ["--minutes", "0"], 64, "--minutes: found 0"),
                (["big"], 64, "give MODEL, --data DATA and --output DIR"),
                (["--resume", "none", "--data", "data"], 64, "leave out --data"),
                (["--resume", "data"], 1, "found no compression.json"),
                (start + ["--macs", "900G"], 1, "expected fewer than the model's own"),
                (start + ["--macs", "1k"], 1, "which the smallest mobile1 takes"),
                (["big", "--direction", "AtoB", "--data", "nowhere", "--output", "small", "--macs", "50%"], 1, "nowhere"),
                (start + ["--steps", "9", "--minutes", "9"], 64, "--minutes or --steps"),
                (["big", "--direction", "AtoB", "--data", "data", "--output", "data"], 1, "expected a new folder"),
                (["big", "--data", "data", "--output", "small"], 64, "choose one with --direction"),
            ]
            for (arguments, status, expected) in cases {
                let result = try compress(arguments, in: folder)
                #expect(result.status == status && result.errors.contains(expected), "\(arguments): \(result)")
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "small").path), "\(arguments)")
            }
        }
    }
}
