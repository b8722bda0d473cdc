import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The SHA-256 of a file's content in hexadecimal digits, such as that of a file of weights.
///
/// - Throws: An error that names the file, with the system's reason.
public func contentKey(of file: URL) throws -> String {
    try hexadecimal(digest(of: file))
}

/// The SHA-256 over the SHA-256s of files in order, in hexadecimal digits: it changes with any byte and with the order, not with names.
///
/// - Throws: An error that names the file that cannot be read, with the system's reason.
public func contentKey(of files: [URL]) throws -> String {
    hexadecimal(SHA256.digest(of: try files.flatMap { try digest(of: $0) }))
}

func hexadecimal(_ digest: [UInt8]) -> String {
    digest.map { String(256 + Int($0), radix: 16).suffix(2) }.joined()
}

private func digest(of url: URL) throws(FileError) -> [UInt8] {
    guard let file = fopen(url.path, "rb") else { throw FileError(path: url.path, operation: "read") }
    defer { fclose(file) }
    let hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count > 0 { buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) } }
        if count < buffer.count { break }
    }
    guard ferror(file) == 0 else { throw FileError(path: url.path, operation: "read") }
    return hash.finalize()
}
