import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct ImagePairsTests {
    @Test func filesArePairedByPathWithoutExtension() throws {
        try withFiles(["a/x/2.png", "a/1.jpg", "b/1.png", "b/x/2.bmp"]) { root in
            let pairs = try ImagePairs(root.appending(path: "a"), root.appending(path: "b"))
            #expect(pairs.pairs.map(\.name) == ["1.jpg", "x/2.png"])
            #expect(pairs.pairs.map(\.first.lastPathComponent) == ["1.jpg", "2.png"])
            #expect(pairs.pairs.map(\.second.lastPathComponent) == ["1.png", "2.bmp"])
            #expect(pairs.onlyFirst.isEmpty && pairs.onlySecond.isEmpty)
        }
    }

    @Test func twoFilesAreOnePair() throws {
        try withFiles(["a/x.png", "b/y.jpg"]) { root in
            let (first, second) = (root.appending(path: "a/x.png"), root.appending(path: "b/y.jpg"))
            let pairs = try ImagePairs(first, second).pairs
            #expect(pairs.map(\.name) == ["x.png"])
            #expect(pairs.map(\.first) == [first] && pairs.map(\.second) == [second])
        }
    }

    @Test func filesWithoutCounterpartAreAnErrorUnlessAllowed() throws {
        try withFiles(["a/0.png", "a/1.png", "a/2.png", "a/3.png", "a/4.png", "b/0.png", "b/7.png"]) { root in
            let (first, second) = (root.appending(path: "a"), root.appending(path: "b"))
            let message = try message { _ = try ImagePairs(first, second) }
            #expect(message.contains("1.png, 2.png, 3.png and 1 more of \(first.path) have no counterpart in \(second.path)"))
            #expect(message.contains("7.png of \(second.path) has no counterpart in \(first.path)"))
            let pairs = try ImagePairs(first, second, allowsUnmatched: true)
            #expect(pairs.pairs.map(\.name) == ["0.png"])
            #expect(pairs.onlyFirst == ["1.png", "2.png", "3.png", "4.png"] && pairs.onlySecond == ["7.png"])
        }
    }

    @Test func foldersWithoutAPairAreAnError() throws {
        try withFiles(["a/0.png", "b/1.png"]) { root in
            let message = try message { _ = try ImagePairs(root.appending(path: "a"), root.appending(path: "b"), allowsUnmatched: true) }
            #expect(message.contains("0.png") && message.contains("1.png"))
        }
    }

    @Test func ambiguousAndMissingPathsAreErrors() throws {
        try withFiles(["a/0.png", "b/0.jpg", "b/0.png"]) { root in
            let (first, second) = (root.appending(path: "a"), root.appending(path: "b"))
            let file = first.appending(path: "0.png")
            let ambiguous = try message { _ = try ImagePairs(first, second) }
            #expect(ambiguous.contains("0.jpg and 0.png differ only in their extension"))
            let missing = try message { _ = try ImagePairs(first, root.appending(path: "none")) }
            #expect(missing.contains("none: there is no such file or folder"))
            for paths in [(file, second), (second, file)] {
                let mixed = try message { _ = try ImagePairs(paths.0, paths.1) }
                #expect(mixed.contains("\(file.path) is a file, but \(second.path) is a folder"))
            }
        }
    }

    private func message(_ body: () throws -> Void) throws -> String {
        try #require(#expect(throws: MetricError.self, performing: body)).description
    }

    private func withFiles(_ paths: [String], _ body: (URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            for path in paths {
                let url = root.appending(path: path)
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: url)
            }
            try body(root)
        }
    }
}
