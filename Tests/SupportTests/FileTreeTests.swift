import Foundation
import Testing

@testable import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Listing folders, and file names that are no text.
@Suite struct FileTreeTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func write(_ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try AtomicFile.createFolder(file.deletingLastPathComponent())
        try AtomicFile.write(Data(path.utf8), to: file)
    }

    @Test func linksToFoldersAreFollowedAndLoopsEnd() throws {
        try withFolder { folder in
            for path in ["data/b.png", "data/sub/c.png", "elsewhere/d.png", "elsewhere/deep/e.png"] { try write(path, in: folder) }
            let data = folder.appending(path: "data")
            for (name, target) in [
                ("a_link", "../elsewhere"), ("loop", "."), ("sub/up", ".."), ("again", "sub"), ("twice", "../elsewhere/deep"),
                ("gone", "nowhere"),
            ] {
                try FileManager.default.createSymbolicLink(atPath: data.appending(path: name).path, withDestinationPath: target)
            }
            try FileManager.default.createSymbolicLink(atPath: folder.appending(path: "linked").path, withDestinationPath: "data")
            // Every folder once, under its own path where it has one; a link to nowhere is seen.
            let expected = ["a_link/d.png", "a_link/deep/e.png", "b.png", "gone", "sub/c.png"]
            #expect(try FileTree.files(below: data) == expected)
            #expect(try FileTree.files(below: folder.appending(path: "linked")) == expected)
        }
    }

    @Test func hiddenAndIgnoredNamesAreLeftOut() throws {
        try withFolder { folder in
            for path in ["1.png", ".2.png", ".hidden/3.png", "@eaDir/4.png", "a/@eaDir/5.png", "a/@eaDirs"] { try write(path, in: folder) }
            #expect(try FileTree.files(below: folder, ignoring: ["@eaDir"]) == ["1.png", "a/@eaDirs"])
        }
    }

    @Test func aFolderThatCannotBeListedIsNamed() throws {
        try withFolder { folder in
            let error = #expect(throws: FileError.self) { try FileTree.files(below: folder.appending(path: "absent")) }
            #expect(error?.path == folder.appending(path: "absent").path && error?.operation == "list")
        }
    }

    /// GBK for 马, a byte that begins a character of three, two surrogates as CESU-8 has them, and a character that stands for a byte.
    private static let names: [[UInt8]] = [
        [0xC2, 0xED], [0x61, 0xE9, 0x62], [0xED, 0xA0, 0x80], [0xEE, 0xBE, 0x80], [0xEF, 0xBE, 0xB0, 0xFF], Array("é马.png".utf8), [],
    ]

    @Test(arguments: names) func everyNameComesBack(bytes: [UInt8]) {
        let text = FileName.text(bytes)
        #expect(FileName.bytes(text).map(UInt8.init(bitPattern:)) == bytes + [0])
    }

    @Test func bytesThatAreNoTextAreWrittenOut() {
        #expect(FileName.text([0x61, 0xC2, 0xED]) == "a\u{EFC2}\u{EFED}")
        #expect(FileName.readable("a\u{EFC2}\u{EFED}.png") == "a\\xC2\\xED.png")
        #expect(printable("\u{EFC2}\u{1B}") == "\\xC2\u{FFFD}")
        // What is UTF-8 stays.
        #expect(FileName.text(Array("马.png".utf8)) == "马.png" && FileName.readable("马.png") == "马.png")
    }

    @Test func filesOfSuchNamesAreReadWrittenAndFound() throws {
        try withFolder { folder in
            let path = folder.path + "/" + FileName.text([0xC2, 0xED]) + "/" + FileName.text([0xE9]) + ".png"
            let file = URL(filePath: path)
            try AtomicFile.createFolder(file.deletingLastPathComponent())
            try AtomicFile.write(Data("one".utf8), to: file)
            try AtomicFile.write(Data("two".utf8), to: file)
            #expect(try FileTree.files(below: folder) == ["\u{EFC2}\u{EFED}/\u{EFE9}.png"])
            #expect(file.exists && !file.isFolder && file.deletingLastPathComponent().isFolder)
            #expect(try RegularFile.content(at: file.path) == Data("two".utf8))
            #expect(file.resolvingLinks.path.hasSuffix("/\u{EFC2}\u{EFED}/\u{EFE9}.png"))
            // As the system sees it.
            let descriptor = open(
                (folder.path + "/").utf8CString.dropLast().map { $0 } + [-62, -19, 47, -23, 46, 112, 110, 103, 0], O_RDONLY)
            #expect(descriptor >= 0)
            close(descriptor)
        }
    }

    @Test func linksAreResolved() throws {
        try withFolder { folder in
            try write("data/1.png", in: folder)
            try FileManager.default.createSymbolicLink(atPath: folder.appending(path: "link").path, withDestinationPath: "data")
            let real = folder.resolvingLinks
            #expect(folder.appending(path: "link/1.png").resolvingLinks.path == real.path + "/data/1.png")
            #expect(folder.appending(path: "link/new/2.png").resolvingLinks.path == real.path + "/data/new/2.png")
        }
    }
}
