import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a process may still write to the disk of a file or folder, which need not be there yet, in bytes; `nil` where the system does not tell.
package func freeDiskSpace(at url: URL) -> Int? {
    var existing = url.standardizedFileURL
    while !existing.exists, existing.path != "/" { existing.deleteLastPathComponent() }
    var disk = statvfs()
    guard statvfs(FileName.bytes(existing.path), &disk) == 0 else { return nil }
    return Int(disk.f_bavail) * Int(disk.f_frsize)
}
