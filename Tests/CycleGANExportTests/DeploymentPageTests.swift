import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANExport

/// The programs of `docs/deployment.md` and of the example for phones.
@Suite struct DeploymentPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    private func page() throws -> String { try String(contentsOf: Self.root.appending(path: "docs/deployment.md"), encoding: .utf8) }

    /// The program of the page gives what the generator gives.
    @Test(.enabled(if: PythonPeers.areThere, PythonPeers.reason)) func theProgramInPythonRuns() throws {
        let program = try #require(fencedCode("python", in: page()).first)
        try withTemporaryFolder { folder in
            let file = try ONNXExportTests.file(ONNXExportTests.configuration { _ in }, in: folder)
            var options = ExportOptions()
            options.takesPictures = true
            _ = try ModelExport(file, options: options).writeONNX(to: folder.appending(path: "monet-pictures.onnx"), verifies: false)
            let picture = PixelImage.synthetic(variant: 2, width: 50, height: 33)
            try picture.write(to: folder.appending(path: "photo.png"))
            let rename = "import os; os.rename('photo.png', 'photo.jpg')\n"
            let result = try PythonPeers.run(["-c", rename + program], in: folder)
            #expect(result.status == 0, "\(result.output)")
            let cut = picture.cropped(x: 0, y: 0, size: ImageSize(height: 32, width: 48))
            let (found, expected) = (
                try PixelImage(contentsOf: folder.appending(path: "monet.png")), try Translator(file, device: .cpu).translate(cut)
            )
            #expect(found.size == expected.size)
            #expect(zip(found.bytes, expected.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        }
    }

    private static let node = ["/usr/bin/node", "/usr/local/bin/node"].first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Only read: onnxruntime-web is not at hand.
    @Test(.enabled(if: node != nil, "needs node")) func theProgramInJavaScriptCanBeRead() throws {
        let program = try #require(fencedCode("js", in: page()).first)
        try withTemporaryFolder { folder in
            try Data(program.utf8).write(to: folder.appending(path: "page.mjs"))
            let result = try PythonPeers.run(URL(filePath: try #require(Self.node)), ["--check", "page.mjs"], in: folder)
            #expect(result.status == 0, "\(result.output)")
        }
    }

    /// Only parsed: it needs macOS.
    @Test func theProgramInSwiftCanBeParsed() throws {
        let program = try #require(fencedCode("swift", in: page()).first)
        try withTemporaryFolder { folder in
            try Data(program.utf8).write(to: folder.appending(path: "main.swift"))
            let result = try PythonPeers.run(URL(filePath: "/usr/bin/env"), ["swiftc", "-frontend", "-parse", "main.swift"], in: folder)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
        }
    }

    /// It needs Xcode to be built; here it is only parsed.
    @Test func theExampleForPhonesCanBeParsed() throws {
        let file = Self.root.appending(path: "Examples/photo-translation/PhotoTranslation.swift")
        let result = try PythonPeers.run(URL(filePath: "/usr/bin/env"), ["swiftc", "-frontend", "-parse", file.path], in: Self.root)
        #expect(result.status == 0 && result.output.isEmpty, "\(result.output)")
    }
}
