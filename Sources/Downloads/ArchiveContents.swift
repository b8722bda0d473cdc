import Checkpoints
import Foundation
import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Unpacks a zip or tar archive of images into a new folder, and nothing outside of it.
package struct ArchiveContents {
    private let url: URL

    package init(of url: URL) {
        self.url = url
    }

    /// Unpacks all files into a folder, which must be new or empty. Links and devices are refused; owners and rights are not taken over.
    ///
    /// - Parameters:
    ///   - folder: Where the files go.
    ///   - progress: Called with the number of files that are there.
    /// - Throws: `ArchiveError`, `CheckpointError` for a damaged zip archive, `FileError`.
    package func unpack(into folder: URL, progress: (_ files: Int) -> Void = { _ in }) throws {
        try AtomicFile.createFolder(folder)
        let target = UnpackTarget(folder, archive: url)
        guard let handle = FileHandle(forReadingAtPath: url.path) else { throw FileError(path: url.path, operation: "read") }
        let start = try handle.read(upToCount: 512) ?? Data()
        try handle.close()
        if start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6]) {
            try unpackZip(target, progress)
        } else if start.starts(with: [0x1F, 0x8B]) || start.count == 512 && start[257..<262].elementsEqual(Array("ustar".utf8)) {
            try unpackTar(target, progress)
        } else {
            let text = String(decoding: start.prefix(24), as: UTF8.self)
            throw ArchiveError.unknown(file: url.path, found: start.isEmpty ? "nothing (it is empty)" : text)
        }
    }

    private func unpackZip(_ target: UnpackTarget, _ progress: (Int) -> Void) throws {
        let directory = try ZipDirectory(contentsOf: url)
        // All of them first: an archive with one bad entry is not unpacked at all.
        let paths = try directory.members.map { member in
            let kind = member.mode & UInt16(S_IFMT)
            let isPlain = [0, UInt16(S_IFREG), UInt16(S_IFDIR)].contains(kind)
            return try target.path(member.name, isPlain: isPlain)
        }
        for (member, path) in zip(directory.members, paths) where !path.isLitter {
            if path.isFolder {
                try target.makeFolder(path)
            } else {
                try target.write(path) { write in try directory.content(of: member.name).withUnsafeBytes { try write($0) } }
                progress(target.files)
            }
        }
    }

    private func unpackTar(_ target: UnpackTarget, _ progress: (Int) -> Void) throws {
        let reader = try TarReader(url)
        let size = Int((try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int) ?? 0)
        // As for zip archives.
        let limit = 4 * size + (256 << 20)
        // A picture has more bytes than that, packed or not.
        let mostEntries = 1000 + size / 64
        var (total, entries) = (0, 0)
        while let entry = try reader.next() {
            entries += 1
            guard entries <= mostEntries else { throw ArchiveError.tooManyEntries(file: url.path, limit: mostEntries) }
            let isFolder = entry.kind == UInt8(ascii: "5")
            var path = try target.path(entry.name, isPlain: isFolder || entry.kind == UInt8(ascii: "0"))
            if isFolder { path = ArchivePath(components: path.components, isFolder: true) }
            // Without a sum that could overflow: a size may be any number.
            guard entry.size <= limit - total else { throw ArchiveError.tooLarge(file: url.path, limit: limit) }
            total += entry.size
            if path.isLitter { continue }
            if path.isFolder {
                try target.makeFolder(path)
                continue
            }
            try target.write(path) { write in
                while case let bytes = try reader.read(atMost: 1 << 18), !bytes.isEmpty { try bytes.withUnsafeBytes { try write($0) } }
            }
            progress(target.files)
        }
    }
}

/// The folder that is unpacked into.
private final class UnpackTarget {
    private let folder: URL
    private let archive: URL
    private var folders: Set<[String]> = []
    /// The files that are there.
    private(set) var files = 0

    init(_ folder: URL, archive: URL) {
        self.folder = folder
        self.archive = archive
    }

    func path(_ name: String, isPlain: Bool) throws -> ArchivePath {
        switch ArchivePath.checked(name) {
        case .failure(let refusal): throw ArchiveError.unsafe(file: archive.path, entry: name, reason: refusal.reason)
        case .success(let path):
            guard isPlain || path.isLitter else {
                throw ArchiveError.unsafe(file: archive.path, entry: name, reason: "is a link or a device")
            }
            return path
        }
    }

    func makeFolder(_ path: ArchivePath) throws {
        for count in 0...path.components.count where folders.insert(Array(path.components.prefix(count))).inserted {
            try AtomicFile.createSubfolder(place(path.components.prefix(count)))
        }
    }

    /// - Parameter body: Hands the content piece by piece to the closure that it is given.
    func write(_ path: ArchivePath, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        try makeFolder(ArchivePath(components: path.components.dropLast(), isFolder: true))
        let file = place(path.components[...]).path
        // A name that comes twice is refused here, and no link is followed: there are none in a folder that was made here.
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw ArchiveError.damaged(
                    file: archive.path, reason: "two entries have the name \(path.components.joined(separator: "/"))")
            }
            throw FileError(path: file, operation: "write")
        }
        defer { close(descriptor) }
        try body { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Self.put(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw FileError(path: file, operation: "write") }
                rest = rest.dropFirst(written)
            }
        }
        files += 1
    }

    private static func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private func place(_ components: ArraySlice<String>) -> URL {
        components.reduce(folder) { $0.appending(path: $1) }
    }
}
