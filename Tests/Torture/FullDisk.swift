import Foundation

/// A file system with little space for one process, mounted without rights in a user namespace of its own (Linux).
enum FullDisk {
    /// What runs a command whose run lies under `mount`; what it leaves there comes to `run`.
    ///
    /// - Parameters:
    ///   - mount: An empty folder.
    ///   - run: The folder of the run so far, if there is one.
    ///   - freeSpace: What is left beside it, in KB.
    static func launcher(mount: URL, run: URL, freeSpace: Int) -> [String] {
        let script = """
            used=$(du -sk "$2" 2>/dev/null | cut -f1); size=$((${used:-0} + $3))
            mount -t tmpfs -o size=${size}k,mode=755 none "$1" || exit 125
            if [ -d "$2" ]; then cp -a "$2/." "$1/" || exit 125; fi
            run=$2; mounted=$1; shift 3; "$@"; status=$?
            rm -rf "$run"; cp -a "$mounted" "$run"; exit $status
            """
        return ["/usr/bin/unshare", "-r", "-m", "/bin/sh", "-c", script, "sh", mount.path, run.path, "\(max(64, freeSpace))"]
    }

    /// Whether this machine allows it.
    static func isPossible(in folder: URL) -> Bool {
        let (mount, run) = (folder.appending(path: "mount"), folder.appending(path: "mounted"))
        defer { for url in [mount, run] { try? FileManager.default.removeItem(at: url) } }
        guard (try? FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)) != nil,
            FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare")
        else { return false }
        let line = launcher(mount: mount, run: run, freeSpace: 100) + ["/bin/true"]
        let process = try? ChildProcess(URL(filePath: line[0]), Array(line.dropFirst()), output: .file(URL(filePath: "/dev/null")))
        return process?.wait(upTo: .seconds(5)) == .status(0)
    }
}
