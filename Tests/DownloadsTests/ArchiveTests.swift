import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Downloads

@Suite struct ArchiveTests {
    /// All files below a folder with their text.
    private func files(_ folder: URL) throws -> [String: String] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !folder.appending(path: $0).isDirectory }
        return try Dictionary(uniqueKeysWithValues: paths.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) })
    }

    private func unpack(_ data: Data, _ check: (_ folder: URL, _ error: (any Error)?) throws -> Void) throws {
        try withTemporaryFolder { root in
            let archive = root.appending(path: "archive")
            try data.write(to: archive)
            let folder = root.appending(path: "inside/unpacked")
            var failure: (any Error)?
            do { try ArchiveContents(of: archive).unpack(into: folder) } catch { failure = error }
            try check(folder, failure)
            // Nothing lies beside the folder.
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() == ["archive", "inside"])
            #expect(try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "inside").path) == ["unpacked"])
        }
    }

    @Test(arguments: [ArchiveFixture.deflatedZip, .storedZip]) func zipArchives(archive: ArchiveFixture) throws {
        try unpack(archive.data) { folder, error in
            let found = try files(folder)
            #expect(error == nil, "\(String(describing: error))")
            #expect(found == ["set/trainA/a.png": String(repeating: "first", count: 50), "set/trainB/sub/b.png": "second"])
            #expect(folder.appending(path: "set/testA").isDirectory)
        }
    }

    @Test func tarArchives() throws {
        let first = String(repeating: "first", count: 50)
        let long = String(repeating: "b", count: 120) + ".png"
        try unpack(ArchiveFixture.packedTar.data) { folder, error in
            let found = try files(folder)
            #expect(error == nil, "\(String(describing: error))")
            #expect(found == ["set/train/1.jpg": first, "set/val/\(long)": "second"])
        }
        try unpack(ArchiveFixture.longNameTar.data) { folder, error in
            let found = try files(folder)
            #expect(error == nil && found == ["set/train/\(long)": first])
        }
        try unpack(ArchiveFixture.posixTar.data) { folder, error in
            let found = try files(folder)
            #expect(error == nil && found == ["set/train/1.jpg": first])
        }
        try unpack(handMadeTar("set/a.txt", "text")) { folder, error in
            let found = try files(folder)
            #expect(error == nil && found == ["set/a.txt": "text"])
        }
    }

    @Test(arguments: [
        (ArchiveFixture.climbingZip, "leads out"), (.absoluteZip, "absolute"), (.backslashZip, "backslash"), (.linkZip, "link"),
        (.climbingTar, "leads out"), (.linkTar, "link"), (.hardLinkTar, "link"), (.deviceTar, "device"),
    ]) func whatLeadsElsewhereIsRefused(archive: ArchiveFixture, reason: String) throws {
        try unpack(archive.data) { folder, error in
            guard case .unsafe(_, _, let found)? = error as? ArchiveError else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            let written = try files(folder)
            #expect(found.contains(reason), "\(found)")
            #expect(written.values.allSatisfy { $0 != "2" })
        }
    }

    /// The system separates at bytes: a slash is one also where a combining mark follows, as `U+0301` does here.
    @Test func pathsGoByBytes() throws {
        for (name, reason) in [
            ("../\u{301}escaped", "leads out"), ("/\u{301}absolute", "absolute"), ("a\\\u{301}b", "backslash"), ("a/\u{301}b", "combines"),
        ] {
            try unpack(handMadeTar(name, "text")) { folder, error in
                guard case .unsafe(_, _, let found)? = error as? ArchiveError else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                let written = try files(folder)
                #expect(found.contains(reason) && written.isEmpty, "\(found)")
            }
        }
        // A mark elsewhere is a letter's.
        try unpack(handMadeTar("set/e\u{301}.txt", "text")) { folder, error in
            let found = try files(folder)
            #expect(error == nil && Array(found.values) == ["text"])
        }
    }

    @Test func theLargestSizeIsRefused() throws {
        let archive =
            handMadeEntry("set/a.txt", "text") + handMadeEntry("set/pax", "28 size=\(Int.max)\n", kind: "x")
            + handMadeTar("set/b.txt", "text")
        try unpack(archive) { _, error in
            guard case .tooLarge? = error as? ArchiveError else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func doubleAndHugeEntriesAreRefused() throws {
        try unpack(ArchiveFixture.doubleTar.data) { folder, error in
            guard case .damaged(_, let reason)? = error as? ArchiveError else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            let found = try files(folder)
            #expect(reason.contains("set/train/1.jpg") && found == ["set/train/1.jpg": "1"])
        }
        try unpack(ArchiveFixture.crowdedTar.data) { _, error in
            guard case .tooManyEntries(_, let limit)? = error as? ArchiveError else {
                return #expect(Bool(false), "\(String(describing: error))")
            }
            #expect(limit == 1000 + ArchiveFixture.crowdedTar.data.count / 64)
        }
        // An entry of 64 GiB in 75 bytes.
        try unpack(ArchiveFixture.hugeTar.data) { _, error in
            guard case .tooLarge? = error as? ArchiveError else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }

    @Test func whatIsNoArchiveIsNamed() throws {
        for data in [Data(), Data("<!DOCTYPE html>".utf8), Data(count: 600)] {
            try unpack(data) { _, error in
                guard case .unknown(let file, _)? = error as? ArchiveError else {
                    return #expect(Bool(false), "\(String(describing: error))")
                }
                #expect(file.hasSuffix("archive"))
            }
        }
    }

    @Test(arguments: [ArchiveFixture.deflatedZip, .packedTar]) func cutOffArchivesAreDamaged(archive: ArchiveFixture) throws {
        for count in stride(from: 20, to: archive.data.count - 1, by: 17) {
            try unpack(archive.data.prefix(count)) { _, error in
                let isNamed = error is CheckpointError || error is ArchiveError
                #expect(isNamed, "\(count) bytes: \(String(describing: error))")
            }
        }
    }

    /// A tar archive by the rules of POSIX.1: an entry and two empty blocks.
    private func handMadeTar(_ name: String, _ text: String) -> Data { handMadeEntry(name, text) + Data(count: 1024) }

    /// A header of 512 bytes and the content up to the next block.
    private func handMadeEntry(_ name: String, _ text: String, kind: String = "0") -> Data {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at place: Int) {
            for (index, byte) in text.utf8.enumerated() { header[place + index] = byte }
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(String(format: "%011o", text.utf8.count), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put(kind, at: 156)
        put("ustar\u{0}00", at: 257)
        put(String(format: "%06o\u{0} ", header.reduce(0) { $0 + Int($1) }), at: 148)
        return Data(header) + Data(text.utf8) + Data(count: 512 - text.utf8.count)
    }
}

extension URL {
    fileprivate var isDirectory: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true }
}
