#if os(Linux)
    import Foundation
    import TestSupport
    import Testing

    /// `scripts/install` with the program that the tests use.
    @Suite struct InstallTests {
        private func run(_ program: String, _ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            // Nothing that could lead to libraries elsewhere.
            process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
            process.currentDirectoryURL = folder
            let file = folder.appending(path: "output-\(UUID().uuidString).txt")
            try Data().write(to: file)
            process.standardOutput = try FileHandle(forWritingTo: file)
            process.standardError = process.standardOutput
            try process.run()
            process.waitUntilExit()
            defer { try? FileManager.default.removeItem(at: file) }
            return (process.terminationStatus, try String(contentsOf: file, encoding: .utf8))
        }

        @Test func theInstalledCommandStandsAlone() throws {
            try withTemporaryFolder { folder in
                let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/install")
                    .standardizedFileURL.path
                let prefix = folder.appending(path: "prefix")
                func installed(_ path: String) -> URL { prefix.appending(path: path) }
                // A program of somebody else stays.
                try FileManager.default.createDirectory(at: installed("bin"), withIntermediateDirectories: true)
                try Data("theirs".utf8).write(to: installed("bin/cyclegan"))
                let refused = try run(script, ["--prefix", prefix.path, "--binary", CommandRunner.executable.path], in: folder)
                #expect(refused.status == 1 && refused.output.contains("not made by this script"), "\(refused.output)")
                #expect(try Data(contentsOf: installed("bin/cyclegan")) == Data("theirs".utf8))
                try FileManager.default.removeItem(at: installed("bin/cyclegan"))
                let result = try run(script, ["--prefix", prefix.path, "--binary", CommandRunner.executable.path], in: folder)
                try #require(result.status == 0, "\(result.output)")

                let program = installed("bin/cyclegan").path
                #expect(try run(program, ["--version"], in: folder).output == "0.1.0\n")
                #expect(try run(program, ["info", "--hardware"], in: folder).status == 0)
                // Every library is of the system or lies in the prefix.
                let libraries = try run("/usr/bin/ldd", [program], in: folder).output.split(separator: "\n")
                // `$ORIGIN/../lib` is resolved from the folder of the program.
                let own = "\(prefix.path)/bin/../lib/cyclegan/torch/lib/"
                for name in ["libtorch_cpu.so", "libc10.so", "libswiftCore.so", "libFoundation.so"] {
                    #expect(libraries.contains { $0.contains("=> \(own)\(name) ") }, "\(name)")
                }
                for line in libraries where line.contains(" => ") {
                    let path = line.split(separator: " ")[2]
                    let places = [prefix.path + "/", "/lib/", "/usr/lib/x86_64", "/usr/lib/aarch64"]
                    #expect(places.contains { path.hasPrefix($0) }, "\(line)")
                }

                let manual = try String(contentsOf: installed("share/man/man1/cyclegan.1"), encoding: .utf8)
                for part in [".TH CYCLEGAN 1", ".SS cyclegan dataset fetch", "\\fB\\-\\-model\\-size\\fR", ".SH EXIT STATUS"] {
                    #expect(manual.contains(part), "\(part)")
                }
                for (path, part) in [
                    ("bash-completion/completions/cyclegan", "cyclegan"), ("zsh/site-functions/_cyclegan", "#compdef cyclegan"),
                    ("fish/vendor_completions.d/cyclegan.fish", "complete"),
                ] {
                    let text = try String(contentsOf: installed("share/\(path)"), encoding: .utf8)
                    #expect(text.contains(part) && text.contains("model-size"), "\(path)")
                }

                // What others have put there stays.
                try Data().write(to: installed("bin/other"))
                #expect(try run(script, ["--prefix", prefix.path, "--uninstall"], in: folder).status == 0)
                let left = try FileManager.default.subpathsOfDirectory(atPath: prefix.path).filter { $0.contains("cyclegan") }
                #expect(left.isEmpty && FileManager.default.fileExists(atPath: installed("bin/other").path), "\(left)")
                let again = try run(script, ["--prefix", prefix.path, "--uninstall"], in: folder)
                #expect(again.status == 1 && again.output.contains("nothing of this script"))
            }
        }
    }
#endif
