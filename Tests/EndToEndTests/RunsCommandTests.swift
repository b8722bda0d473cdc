import Foundation
import TestSupport
import Testing

@Suite struct RunsCommandTests {
    private func object(_ result: CommandRunner.Result) throws -> [String: Any] {
        #expect(result.status == 0, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func runsAreComparedOnOnePage() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            try writeSyntheticImages(["trainA": 5, "trainB": 4], to: data, width: 24, height: 20)
            func train(_ run: String, _ more: [String]) throws {
                let arguments = [
                    "train", data.path, "--run", run, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--discriminator-layers", "1",
                    "--load-size", "20", "--crop-size", "16", "--device", "cpu", "--log-every", "1",
                ]
                let result = try CommandRunner.run(arguments.map { $0 == run ? folder.appending(path: run).path : $0 } + more, in: folder)
                #expect(result.status == 0, "\(result.errors)")
            }
            try train("first", ["--validation-fraction", "0.2", "--max-steps", "8"])
            try train("second", ["--learning-rate", "0.001", "--max-steps", "5"])
            let (first, second) = (folder.appending(path: "first").path, folder.appending(path: "second").path)
            let page = folder.appending(path: "page.html")
            let result = try CommandRunner.run(["runs", "compare", second, first, "--output", page.path], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let lines = result.output.split(separator: "\n").map {
                $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            }
            #expect(lines[1].prefix(3) == ["second", "5", "1"] && lines[1].last == "completed", "\(result.output)")
            #expect(lines[2].prefix(2) == ["first", "8"] && lines[2].contains("cycle") && lines[2].last == "completed", "\(result.output)")
            #expect(result.output.contains("settings: validationFraction, learningRate, maxSteps differ, "))
            #expect(result.output.contains("Page: \(page.path)"))
            let text = try String(contentsOf: page, encoding: .utf8)
            #expect(text.contains("learningRate") && text.contains("data:image/png;base64,") && text.contains("cycleA"))

            let json = try object(CommandRunner.run(["runs", "compare", first, second, "--json"], in: folder))
            #expect(json["schema"] as? Int == 1 && !FileManager.default.fileExists(atPath: folder.appending(path: "compare.html").path))
            let compared = try #require(json["runs"] as? [[String: Any]])
            #expect(compared.map { $0["steps"] as? Int } == [8, 5] && compared.allSatisfy { $0["state"] as? String == "finished" })
            let settings = try #require((json["settings"] as? [String: Any])?["differing"] as? [[String: Any]])
            let rate = try #require(settings.first { $0["key"] as? String == "learningRate" })
            #expect(rate["values"] as? [Double] == [0.0002, 0.001])
            #expect(settings.first { $0["key"] as? String == "maxSteps" }?["values"] as? [Int] == [8, 5])

            let damagedRun = folder.appending(path: "damaged")
            try FileManager.default.createDirectory(at: damagedRun, withIntermediateDirectories: true)
            try Data("epoch: 1\n".utf8).write(to: damagedRun.appending(path: "config.yaml"))
            let table = try CommandRunner.run(["runs", "list", folder.path], in: folder)
            #expect(table.status == 0, "\(table.errors)")
            let rows = table.output.split(separator: "\n")
            #expect(rows.count == 5 && rows[1].hasPrefix("damaged  -") && rows[1].contains("  unreadable  "), "\(table.output)")
            #expect(rows[2].contains("first") && rows[2].contains("8/8") && rows[2].contains("finished"), "\(table.output)")
            #expect(rows[4].hasPrefix("damaged: ") && rows[4].contains("config.yaml:1: epoch: found an unknown key; did you mean epochs?"))
            let list = try object(CommandRunner.run(["runs", "list", folder.path, "--json"], in: folder))
            let listed = try #require(list["runs"] as? [[String: Any]])
            #expect(listed.map { $0["name"] as? String } == ["damaged", "first", "second"])
            #expect(
                listed[2]["step"] as? Int == 5 && listed[2]["totalEpochs"] as? Int == 200 && listed[2]["objective"] as? String == "cyclegan"
            )
            #expect(try #require(listed[2]["bytes"] as? Int) > 10_000 && listed[2]["changed"] is String)
            #expect((listed[1]["best"] as? [String: Any])?["metric"] as? String == "cycle" && listed[2]["best"] == nil)

            /// (arguments, exit code, words of the message).
            let calls: [([String], Int32, String)] = [
                ([first], 64, "give two or more runs; found 1"),
                ([first, second, first + "/"], 64, "first twice"),
                ([first, data.path], 1, "data holds no run: there is no config.yaml in it"),
                ([first, second, "--output", folder.path], 1, folder.path),
            ]
            for (arguments, status, words) in calls {
                let result = try CommandRunner.run(["runs", "compare"] + arguments, in: folder)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            }
            let none = try CommandRunner.run(["runs", "list", data.path], in: folder)
            #expect(none.status == 1 && none.errors.contains("data holds no runs, nor do the folders in it"), "\(none.errors)")
            try Data("damage\nmore\n".utf8).write(to: folder.appending(path: "second/metrics.jsonl"))
            let damaged = try CommandRunner.run(["runs", "compare", first, second], in: folder)
            #expect(damaged.status == 1 && damaged.errors.contains("second/metrics.jsonl: line 1"), "\(damaged.errors)")
        }
    }
}
