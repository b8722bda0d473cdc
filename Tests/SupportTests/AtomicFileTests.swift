import Foundation
import Testing

@testable import Support

struct AtomicFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "AtomicFileTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func replacesTheWholeContent() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file.bin")
        try AtomicFile.write(Data(repeating: 1, count: 100_000), to: file)
        try AtomicFile.write(Data([7, 8]), to: file)
        #expect(try Data(contentsOf: file) == Data([7, 8]))
        #expect(try contents() == ["file.bin"])
    }

    @Test func aFailingWriterLeavesTheOldFileAndNoTemporary() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Failure: Error {}
        let file = folder.appending(path: "file.txt")
        try AtomicFile.write(Data("old".utf8), to: file)
        #expect(throws: Failure.self) {
            try AtomicFile.write(to: file) { temporary in
                #expect(temporary.pathExtension == "txt")
                try Data("half".utf8).write(to: temporary)
                throw Failure()
            }
        }
        #expect(try Data(contentsOf: file) == Data("old".utf8))
        #expect(try contents() == ["file.txt"])
    }

    @Test func aMissingFolderIsNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "missing/file.txt")
        let error = #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: file) }
        #expect(error?.description.contains(file.path) == true)
        #expect(error?.description.contains("check that the folder exists") == true)
    }

    @Test func aFolderIsNotReplaced() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: folder) }
        #expect(error?.code == EISDIR)
    }

    @Test func foldersAreMadeWithThoseAboveThem() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let inner = folder.appending(path: "a/b/c")
        for _ in 0..<2 { try AtomicFile.createFolder(inner) }
        var isFolder: ObjCBool = false
        #expect(FileManager.default.fileExists(atPath: inner.path, isDirectory: &isFolder) && isFolder.boolValue)
        try AtomicFile.createFolder(URL(filePath: "."))
        try AtomicFile.createFolder(URL(filePath: "/"))
    }

    @Test func aFileInTheWayOfAFolderIsNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file")
        try Data().write(to: file)
        for place in [file, file.appending(path: "inner")] {
            let error = #expect(throws: FileError.self) { try AtomicFile.createFolder(place) }
            #expect(error?.description.hasPrefix("\(file.path): cannot make the folder: File exists; a file of this name") == true)
        }
    }

    @Test func aSymbolicLinkStaysOne() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "real.txt")
        let link = folder.appending(path: "link.txt")
        try AtomicFile.write(Data("old".utf8), to: file)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try AtomicFile.write(Data("new".utf8), to: link)
        #expect(try Data(contentsOf: file) == Data("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
    }
}
