import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A failed operating-system call on a file: which file, what was tried and what the system answered.
package struct FileError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The file's path as it was given.
    package let path: String
    /// What was tried, as a verb: `write`, `rename`, `make the folder`.
    package let operation: String
    /// The system's error number.
    package let code: Int32

    /// The operation of `AtomicFile.createFolder`.
    static let makingFolder = "make the folder"

    /// Describes a failure with an error number, by default the calling thread's `errno`.
    package init(path: String, operation: String, code: Int32 = errno) {
        self.path = path
        self.operation = operation
        self.code = code
    }

    package var description: String { "\(path): cannot \(operation): \(reason)" }

    /// What the system answered and what may help.
    package var reason: String {
        let answer = String(cString: strerror(code))
        return advice.map { "\(answer); \($0)" } ?? answer
    }

    /// Whether the disk is full, so that nothing else can be written to it either.
    package var isDiskFull: Bool { [ENOSPC, EDQUOT].contains(code) }

    private var advice: String? {
        switch code {
        case _ where isDiskFull: "free some disk space and try again"
        case EACCES, EPERM: "check the permissions of the file and its folder"
        case EROFS: "choose a folder on a writable disk"
        case EEXIST: "a file of this name is in the way; remove it or choose another folder"
        case ENOENT where operation == Self.makingFolder: "choose a folder on a writable disk"
        case ENOENT, ENOTDIR: "check that the folder exists"
        case EISDIR: "give the path of a file, not of a folder"
        default: nil
        }
    }
}
