import Foundation
import Torture

/// What libFuzzer calls: it makes inputs that reach new code in a reader. Built by `scripts/torture` alone.
private final class Fuzzer {
    private var runner: FuzzRunner

    /// Reads with the target that the environment names.
    init() {
        let name = ProcessInfo.processInfo.environment["CYCLEGAN_FUZZ_TARGET"] ?? ""
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-fuzzer-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            guard let target = try FuzzTargets.named(name, folder: folder) else {
                fatalError("CYCLEGAN_FUZZ_TARGET: found '\(name)'; allowed: \(FuzzTargets.names.joined(separator: ", "))")
            }
            runner = FuzzRunner(target)
            if let corpus = ProcessInfo.processInfo.environment["CYCLEGAN_FUZZ_CORPUS"].map({ URL(filePath: $0) }) {
                for (number, seed) in target.seeds.enumerated() { try seed.write(to: corpus.appending(path: "seed-\(number)")) }
            }
        } catch { fatalError("\(error)") }
    }

    func read(_ input: Data) {
        // libFuzzer keeps the input of a program that ends.
        if let problem = runner.read(input) { fatalError(problem) }
    }

    // libFuzzer calls from one thread.
    nonisolated(unsafe) static let shared = Fuzzer()
}

/// Called once, before the seeds are looked for.
@_cdecl("LLVMFuzzerInitialize") public func initializeFuzzer(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
    _ = Fuzzer.shared
    return 0
}

/// Called with every input.
@_cdecl("LLVMFuzzerTestOneInput") public func readInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzer.shared.read(bytes.map { Data(bytes: $0, count: count) } ?? Data())
    return 0
}
