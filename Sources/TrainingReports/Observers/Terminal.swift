import CycleGANTraining
import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where live progress is shown: what it can do and how to write to it.
public struct Terminal {
    /// Whether lines can be redrawn in place.
    public let isInteractive: Bool
    /// Whether it shows characters beyond ASCII.
    public let showsUnicode: Bool
    /// The number of columns now; it changes when the window does.
    public let width: () -> Int
    /// Writes text as it is.
    public let write: (String) -> Void

    /// A terminal with its properties given.
    public init(isInteractive: Bool, showsUnicode: Bool, width: @escaping () -> Int, write: @escaping (String) -> Void) {
        self.isInteractive = isInteractive
        self.showsUnicode = showsUnicode
        self.width = width
        self.write = write
    }

    /// The process's standard error: interactive when it is a terminal that knows how to erase a line.
    public static func standardError() -> Terminal {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let name = locale.uppercased()
        return Terminal(
            isInteractive: isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb",
            showsUnicode: name.contains("UTF-8") || name.contains("UTF8"),
            width: { columns() ?? environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 80 },
            write: StandardStreams.writeError)
    }

    private static func columns() -> Int? {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
