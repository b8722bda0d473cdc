import ArgumentParser
import Foundation

/// Answers the lines that a driver sends with one each, as peers/README.md describes.
struct RequestLoop {
    /// What can be asked for, besides `memory` and `quit`, and what answers it.
    let requests: [String: () throws -> Double]

    /// Says `ready`, and answers until it is told to end.
    func run() throws {
        answer("ready")
        while let line = readLine(), line != "quit" {
            if let request = requests[line] {
                answer(String(try request()))
            } else if line == "memory" {
                answer(String(try peakMemory()))
            } else {
                throw ValidationError(
                    "unknown request '\(line)'; known: \((requests.keys.sorted() + ["memory", "quit"]).joined(separator: ", "))")
            }
        }
    }

    /// The seconds that something takes.
    static func seconds(_ body: () -> Void) -> Double { ContinuousClock().measure(body) / .seconds(1) }

    /// The seconds for which processors work on it, on all threads together.
    static func processorSeconds(_ body: () -> Void) -> Double {
        func now() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let start = now()
        body()
        return now() - start
    }

    private func answer(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// The most bytes of memory this process has held, as Linux counts them.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw ValidationError("this system does not tell the peak memory")
        }
        return kilobytes * 1024
    }
}
