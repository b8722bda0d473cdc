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
            status("VmHWM")
        #else
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
        #endif
    }

    /// The most that the process has held, and what it may hold; `nil` where the system does not tell.
    package static var held: (bytes: Int, limit: Int, kind: String)? {
        #if os(Linux)
            var limits = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0, limits.rlim_cur < Int.max, let peak = status("VmPeak") {
                return (peak, Int(limits.rlim_cur), "address space (ulimit -v)")
            }
        #endif
        return peak.map { ($0, Int(ProcessInfo.processInfo.physicalMemory), "memory") }
    }

    /// What the process may hold at most: the computer's memory or less, where the system limits it, as in containers.
    package static var limit: Int {
        var limits = [Int(ProcessInfo.processInfo.physicalMemory)]
        #if os(Linux)
            var addresses = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &addresses) == 0 { limits.append(Int(clamping: addresses.rlim_cur)) }
            for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
                let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                if let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), limit > 0 { limits.append(limit) }
            }
        #endif
        return limits.min() ?? Int.max
    }

    #if os(Linux)
        /// A line of the kernel's account of this process, in bytes.
        private static func status(_ name: String) -> Int? {
            let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
        }
    #endif

    /// What is resident now, in bytes; 0 where the system does not tell.
    package static var current: Int {
        #if os(Linux)
            status("VmRSS") ?? 0
        #else
            0
        #endif
    }

    /// What the system could give to processes now without writing memory to disk, in bytes; all where it does not tell.
    package static var available: Int {
        #if os(Linux)
            let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
            if let kilobytes = line?.split(separator: " ").compactMap({ Int($0) }).first { return min(limit, kilobytes * 1024) }
        #endif
        return limit
    }

    /// Lets the peak begin anew, where the system can.
    package static func forgetPeak() {
        #if os(Linux)
            try? FileHandle(forWritingAtPath: "/proc/self/clear_refs")?.write(contentsOf: Data("5".utf8))
        #endif
    }
}
