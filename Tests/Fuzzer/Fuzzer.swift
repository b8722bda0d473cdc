import Foundation
import Torture

/// libFuzzer's loop: it makes inputs that reach new code, and keeps one that ends the program.
@_silgen_name("LLVMFuzzerRunDriver") private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ read: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

// libFuzzer calls from one thread.
nonisolated(unsafe) private var runner: FuzzRunner?

private func readInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let problem = runner?.read(bytes.map { Data(bytes: $0, count: count) } ?? Data()) { fatalError(problem) }
    return 0
}

/// Makes the target that the environment names in `CYCLEGAN_FUZZ_TARGET`, and puts its seeds into the folder `CYCLEGAN_FUZZ_CORPUS`.
private func makeRunner(folder: URL) throws -> FuzzRunner {
    let environment = ProcessInfo.processInfo.environment
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let target = try FuzzTargets.named(environment["CYCLEGAN_FUZZ_TARGET"] ?? "", folder: folder) else {
        fatalError("CYCLEGAN_FUZZ_TARGET names none of \(FuzzTargets.names.joined(separator: ", "))")
    }
    if let corpus = environment["CYCLEGAN_FUZZ_CORPUS"] {
        for (number, seed) in target.seeds.enumerated() { try seed.write(to: URL(filePath: corpus).appending(path: "seed-\(number)")) }
    }
    return FuzzRunner(target)
}

/// Reads with a target what libFuzzer gives it. Built by `scripts/torture`, because libFuzzer has to be built in.
@main enum Fuzzer {
    static func main() throws {
        let process = ProcessInfo.processInfo.processIdentifier
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-fuzzer-\(process)")
        runner = try makeRunner(folder: folder)
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        let status = runDriver(&count, &arguments, readInput)
        try? FileManager.default.removeItem(at: folder)
        exit(status)
    }
}
