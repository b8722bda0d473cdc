import Foundation
import Imaging
import Support
import TestSupport
import Testing

@testable import Datasets

/// Which files of a folder are images.
@Suite struct ImageFolderTests {
    private func write(_ names: [String], in folder: URL) throws {
        for name in names {
            let file = folder.appending(path: name)
            try AtomicFile.createFolder(file.deletingLastPathComponent())
            try AtomicFile.write(Data("x".utf8), to: file)
        }
    }

    @Test func whatSystemsKeepForThemselvesIsNoData() throws {
        try withTemporaryFolder { folder in
            try write(
                [
                    "1.jpg", "2.JFIF", "3.jpe", "sub/4.png", "@eaDir/1.jpg/SYNO_THUMB.jpg", "__MACOSX/._1.jpg", "__MACOSX/1.jpg",
                    "Thumbs.db",
                    ".DS_Store", ".ipynb_checkpoints/1-checkpoint.png", "sub/._4.png", "desktop.ini",
                ], in: folder)
            let images = try ImageFolder(folder)
            #expect(images.files == ["1.jpg", "2.JFIF", "3.jpe", "sub/4.png"] && images.otherFiles.isEmpty && images.leftOut == nil)
        }
    }

    @Test func otherFilesAreCountedByExtension() throws {
        try withTemporaryFolder { folder in
            try write(["1.png", "a.npy", "b.NPY", "c.txt", "notes"], in: folder)
            #expect(try ImageFolder(folder).leftOut == "4 files left out: 2 .npy, 1 without extension, 1 .txt")
            try write(["only/a.npy"], in: folder)
            #expect(throws: DatasetError.noImages(path: folder.appending(path: "only").path, otherFiles: 1)) {
                try ImageFolder(folder.appending(path: "only"))
            }
        }
    }

    @Test func formatsThatAreOnlyReadAreImages() throws {
        try withTemporaryFolder { folder in
            let names = ["1.png", "a.avif", "b.gif", "c.heic", "d.jp2", "e.jxl"]
            try write(names, in: folder)
            let images = try ImageFolder(folder)
            #expect((images.files + images.otherFiles).sorted() == names)
            #expect(images.files.contains("b.gif") == ImageFileFormat.gif.isReadable)
        }
    }

    /// A name in GBK, of a linked folder, in the data set and in what is read from it.
    @Test func namesThatAreNoTextAreRead() throws {
        try withTemporaryFolder { folder in
            let name = FileName.text([0xC2, 0xED, 0x2E, 0x70, 0x6E, 0x67])
            try AtomicFile.createFolder(folder.appending(path: "elsewhere"))
            try PixelImage.synthetic(variant: 1).write(to: folder.appending(path: "elsewhere/\(name)"))
            try FileManager.default.createDirectory(at: folder.appending(path: "data"), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "data/trainA"), withDestinationURL: folder.appending(path: "elsewhere"))
            let images = try ImageFolder(folder.appending(path: "data/trainA"))
            #expect(images.files == [name])
            #expect(try PixelImage(contentsOf: images.url(0)) == .synthetic(variant: 1))
            #expect(try ImageSource(images.url(0)).size() == ImageSize(32))
        }
    }
}
