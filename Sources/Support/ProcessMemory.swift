import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The memory of this process.
package enum ProcessMemory {
    /// The most memory that was resident at once, in bytes, since the start or the last `forgetPeak()`; `nil` where the system does not tell.
    package static var peak: Int? {
        #if os(Linux)
            // getrusage would still hold the peak of before.
            let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
        #else
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
        #endif
    }

    /// Lets the peak begin anew, where the system can.
    package static func forgetPeak() {
        #if os(Linux)
            try? FileHandle(forWritingAtPath: "/proc/self/clear_refs")?.write(contentsOf: Data("5".utf8))
        #endif
    }
}
