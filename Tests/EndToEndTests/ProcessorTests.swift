import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

/// Commands on other processors than the tests' own.
@Suite(.serialized) struct ProcessorTests {
    /// The default networks on one thread, where other tests take narrow ones.
    @Test func oneThreadIsEnoughForWideNetworks() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            let run = folder.appending(path: "run")
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: data, width: 48, height: 48)
            let trained = try CommandRunner.run(
                [
                    "train", data.path, "--run", run.path, "--threads", "1", "--max-steps", "1", "--load-size", "48", "--crop-size", "48",
                    "--device", "cpu",
                ], in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            let picture = data.appending(path: "trainA").path
            let output = folder.appending(path: "output")
            let translated = try CommandRunner.run(
                ["translate", picture, "--model", run.path, "--direction", "AtoB", "--output", output.path, "--threads", "1"], in: folder)
            #expect(translated.status == 0, "\(translated.errors)")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: output.path).first)
            let image = try PixelImage(contentsOf: output.appending(path: name))
            #expect(image.width == 48 && image.height == 48)
        }
    }

    #if os(Linux)
        /// As libtorch's OpenMP runtime tells them when it is loaded.
        @Test func threadsThatWaitSleepSoonUnlessTold() throws {
            try withTemporaryFolder { folder in
                func settings(_ environment: [String: String]) throws -> String {
                    let told = environment.merging(["OMP_DISPLAY_ENV": "verbose"]) { $1 }
                    let unset = ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"].filter { environment[$0] == nil }
                    return try CommandRunner.run(["--version"], in: folder, environment: told, without: unset).errors
                }
                for (given, count) in [([:], 1000), (["GOMP_SPINCOUNT": "77"], 77), (["OMP_WAIT_POLICY": "passive"], 0)] {
                    let told = try settings(given)
                    #expect(told.contains("GOMP_SPINCOUNT = '\(count)'"), "\(told)")
                }
            }
        }
    #endif

    @Test func sizesOfCachesCanBeSet() throws {
        try withTemporaryFolder { folder in
            func info(_ caches: String) throws -> CommandRunner.Result {
                try CommandRunner.run(["info", "--hardware"], in: folder, environment: ["CYCLEGAN_CACHE": caches])
            }
            #expect(try info("512K,8M").output.contains("512K,8M (by CYCLEGAN_CACHE)"))
            let wrong = try info("much")
            #expect(wrong.status == 64 && wrong.errors.contains("CYCLEGAN_CACHE: found 'much'; expected sizes of"), "\(wrong)")
        }
    }

    /// Light generators translate in integers of 8 bits where the processor multiplies them; nothing is trained so.
    @Test func integersOfEightBitsTranslate() throws {
        try withTemporaryFolder { folder in
            let (data, run, thick) = (folder.appending(path: "data"), folder.appending(path: "run"), folder.appending(path: "thick"))
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: data, width: 30, height: 28)
            func train(_ generator: String, _ run: URL, _ more: [String] = [], kernels: String = "auto") throws -> CommandRunner.Result {
                try CommandRunner.run(
                    [
                        "train", data.path, "--run", run.path, "--generator", generator, "--ngf", "8", "--ndf", "4", "--load-size", "28",
                        "--crop-size", "24", "--max-steps", "1", "--device", "cpu",
                    ] + more, in: folder, environment: ["CYCLEGAN_KERNELS": kernels])
            }
            let option = try train("mobile1", run, ["--kernels", "int8"])
            #expect(option.status == 64 && option.errors.contains("auto, accurate, libtorch"), "\(option)")
            let variable = try train("mobile1", run, kernels: "int8")
            #expect(variable.status == 1 && variable.errors.contains("CYCLEGAN_KERNELS, is for trained models"), "\(variable)")
            for (generator, run) in [("mobile1", run), ("resnet1", thick)] { #expect(try train(generator, run).status == 0) }
            func translate(_ run: URL, _ kernels: String) throws -> CommandRunner.Result {
                try CommandRunner.run(
                    [
                        "translate", data.appending(path: "trainA").path, "--model", run.path, "--direction", "AtoB", "--output",
                        folder.appending(path: kernels).path,
                        "--kernels", kernels, "--device", "cpu",
                    ], in: folder)
            }
            guard TorchRuntime.multipliesBytes else {
                let refused = try translate(run, "int8")
                #expect(refused.status == 64 && refused.errors.contains("does not multiply bytes"), "\(refused)")
                return
            }
            var samples: [[Float]] = []
            for kernels in ["auto", "int8"] {
                let result = try translate(run, kernels)
                #expect(result.status == 0 && !result.errors.contains("1x1"), "\(result)")
                let output = folder.appending(path: kernels)
                let name = try #require(try FileManager.default.contentsOfDirectory(atPath: output.path).first)
                samples.append(
                    try PixelImage(contentsOf: output.appending(path: name)).tensor(for: DomainConfiguration()).array(of: Float.self))
            }
            let error = zip(samples[0], samples[1]).map { abs($0 - $1) }.reduce(0, +) / Float(samples[0].count)
            #expect(error > 0 && error < 0.02, "\(error)")
            let unchanged = try translate(thick, "int8")
            #expect(unchanged.status == 0 && unchanged.errors.contains("has no 1x1 convolutions"), "\(unchanged)")
        }
    }

    /// Sums in another order may round otherwise, which a run that should go on exactly must say.
    @Test func otherKernelsAreNoticed() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            let run = folder.appending(path: "run")
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: data, width: 30, height: 28)
            func train(_ arguments: [String], caches: String) throws -> String {
                let result = try CommandRunner.run(
                    ["train"] + arguments, in: folder, environment: ["CYCLEGAN_CACHE": caches])
                #expect(result.status == 0, "\(result.errors)")
                return result.errors
            }
            let settings = [
                "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--load-size", "28", "--crop-size", "24", "--device", "cpu",
            ]
            _ = try train([data.path, "--run", run.path, "--max-steps", "1"] + settings, caches: "1M,32M")
            #expect(try !train(["--resume", run.path, "--max-steps", "2"], caches: "1M,32M").contains("other CPU kernels"))
            let errors = try train(["--resume", run.path, "--max-steps", "3"], caches: "512K,8M")
            #expect(errors.contains("made by other CPU kernels") && errors.contains("caches: 1M,32M") && errors.contains("caches: 512K,8M"))
        }
    }

    /// One line and the signal's status, without a search for a backtrace.
    @Test func aCrashEndsAtOnce() throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            let run = folder.appending(path: "run")
            try writeSyntheticImages(["trainA": 1, "trainB": 1], to: data, width: 30, height: 28)
            let (process, _, errors) = try CommandRunner.start(
                [
                    "train", data.path, "--run", run.path, "--generator", "resnet1", "--ngf", "4", "--ndf", "4", "--load-size", "28",
                    "--crop-size", "24", "--device", "cpu",
                ], in: folder)
            let log = run.appending(path: "metrics.jsonl")
            try CommandRunner.wait(for: "the first steps") { (try? Data(contentsOf: log))?.isEmpty == false }
            let start = ContinuousClock.now
            kill(process.processIdentifier, SIGSEGV)
            process.waitUntilExit()
            #expect(ContinuousClock.now - start < .seconds(20))
            #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGSEGV)
            let text = try String(contentsOf: errors, encoding: .utf8)
            #expect(
                text.hasSuffix("cyclegan: crashed: segmentation fault (a fault of this program; SWIFT_BACKTRACE=enable=yes shows where)\n"))
        }
    }
}
