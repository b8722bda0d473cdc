import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process of the program under test, in a process group of its own. Foundation's `Process` waits in steps of 50 ms, which is long here.
final class ChildProcess {
    /// Where the process writes.
    enum Output {
        /// Standard output and error go to one file.
        case file(URL)
        /// Both go to a pipe that nobody reads, whose reading end is closed by `closeReader`.
        case pipe
    }

    /// How a process ended.
    enum Ending: Equatable, CustomStringConvertible {
        case status(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .status(let status): "status \(status)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    struct SpawnError: Error, CustomStringConvertible {
        let path: String
        let code: Int32
        var description: String { "\(path): cannot be started: \(String(cString: strerror(code)))" }
    }

    /// All that run, so that none is left behind.
    private static let running = Mutex<Set<pid_t>>([])

    let identifier: pid_t
    let start = ContinuousClock.now
    private var reader: Int32 = -1
    private var ending: Ending?

    init(_ executable: URL, _ arguments: [String], output: Output) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        var ends: [Int32] = [-1, -1]
        switch output {
        case .file(let url): posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, url.path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        case .pipe:
            guard pipe(&ends) == 0 else { throw SpawnError(path: "a pipe", code: errno) }
            // Another process that inherited the reading end would keep the pipe open.
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        }
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
        var words = ([executable.path] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, executable.path, &actions, &attributes, &words, &variables)
        if ends[1] >= 0 { close(ends[1]) }
        self.identifier = identifier
        reader = ends[0]
        guard code == 0 else { throw SpawnError(path: executable.path, code: code) }
        Self.running.withLock { _ = $0.insert(identifier) }
    }

    deinit {
        if ending == nil {
            send(SIGKILL)
            wait(upTo: .seconds(10))
        }
        closeReader()
    }

    /// Sends a signal, unless the process has been waited for.
    func send(_ signal: Int32) {
        if ending == nil { kill(identifier, signal) }
    }

    /// Closes the reading end of the pipe.
    func closeReader() {
        if reader >= 0 { close(reader) }
        reader = -1
    }

    /// Waits until the process ends; `nil` when it has not after that time. Kills it when the driver is to stop.
    @discardableResult
    func wait(upTo limit: Duration) -> Ending? {
        let deadline = ContinuousClock.now + limit
        while ending == nil {
            var status: Int32 = 0
            if waitpid(identifier, &status, WNOHANG) == identifier {
                ending = status & 0x7F == 0 ? .status(status >> 8 & 0xFF) : .signal(status & 0x7F)
                Self.running.withLock { _ = $0.remove(identifier) }
            } else if ContinuousClock.now >= deadline {
                return nil
            } else {
                if KillDriver.isAskedToStop { kill(identifier, SIGKILL) }
                usleep(500)
            }
        }
        return ending
    }

    /// Kills every process that still runs, with those that it has started.
    static func killAll() {
        for identifier in running.withLock({ $0 }) { kill(-identifier, SIGKILL) }
    }
}
