import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// The commands of the pages in docs/recipes, word for word on small data and with small networks.
@Suite struct RecipeTests {
    private static let small = [
        "--generator", "resnet1", "--ngf", "2", "--ndf", "2", "--load-size", "32", "--crop-size", "24", "--max-steps", "2", "--threads",
        "1",
    ]

    /// Runs all commands of a page, in a folder with its data.
    private func follow(_ page: String, in folder: URL) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/recipes/\(page).md").standardizedFileURL
        let commands = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n").filter { $0.hasPrefix("cyclegan ") }
        #expect(commands.count >= 4)
        for command in commands where !command.hasPrefix("cyclegan dataset fetch") {
            var words = command.split(separator: " ").dropFirst().map(String.init)
            if words[0] == "train" {
                // A plan for hours would measure, and these sizes are given below.
                words = Self.without(["--budget", "--crop-size"], words) + Self.small
            }
            if words.starts(with: ["dataset", "sample"]) { words += ["--size", "32", "--train-count", "3", "--test-count", "2"] }
            let result = try CommandRunner.run(words, in: folder, workingFolder: folder)
            #expect(result.status == 0, "\(command): \(result)")
        }
    }

    private static func without(_ flags: Set<String>, _ words: [String]) -> [String] {
        words.indices.filter { !flags.contains(words[$0]) && ($0 == 0 || !flags.contains(words[$0 - 1])) }.map { words[$0] }
    }

    @Test func art() throws {
        try withTemporaryFolder { folder in
            for (name, count) in [("trainA", 3), ("trainB", 3), ("testA", 2), ("testB", 2)] {
                for index in 0..<count {
                    let url = folder.appending(path: "data/horse2zebra/\(name)/\(index).png")
                    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                    try PixelImage.synthetic(variant: index + name.utf8.count + (name.hasSuffix("B") ? 7 : 0)).write(to: url)
                }
            }
            try FileManager.default.copyItem(
                at: folder.appending(path: "data/horse2zebra/testA"), to: folder.appending(path: "photos"))
            try follow("art", in: folder)
            #expect(try PixelImage(contentsOf: folder.appending(path: "zebras/1.png")).size == ImageSize(32))
        }
    }

    @Test func multispectral() throws {
        try withTemporaryFolder { folder in
            try follow("multispectral", in: folder)
            let colours = try PixelImage(contentsOf: folder.appending(path: "colours/00001.png"))
            #expect(colours.bands == 3 && colours.size == ImageSize(32))
        }
    }

    @Test func mri() throws {
        try withTemporaryFolder { folder in
            func level(_ x: Int, _ y: Int, _ z: Int, _ variant: Int) -> Float {
                let radius = (Double((x - 16) * (x - 16) + (y - 16) * (y - 16)) + Double(z)).squareRoot()
                return radius > 13 ? 0 : Float((900 + 600 * sin(radius / 2 + Double(variant))).rounded())
            }
            for (index, name) in ["trainA", "trainB", "testA", "testB"].enumerated() {
                let (slices, volumes) = (folder.appending(path: "data/slices/\(name)"), folder.appending(path: "data/volumes/\(name)"))
                for url in [slices, volumes] { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
                var volume = try NIfTIBuilder(shape: [32, 32, 4], affine: [[1, 0, 0, -16], [0, 1, 0, -16], [0, 0, 2, 0]])
                for z in 0..<4 {
                    let levels = (0..<32 * 32).map { level($0 % 32, $0 / 32, z, index % 2) }
                    volume.place(NIfTISlice(width: 32, height: 32, values: levels), plane: z)
                    let samples = levels.map { UInt16($0) }
                    try PixelImage(width: 32, height: 32, bands: 1, format: .uint16, bytes: samples.withUnsafeBytes { [UInt8]($0) })
                        .write(to: slices.appending(path: "\(z).png"))
                }
                try volume.encoded(isPacked: true).write(to: volumes.appending(path: "a.nii.gz"))
            }
            try FileManager.default.copyItem(
                at: folder.appending(path: "data/volumes/testA/a.nii.gz"), to: folder.appending(path: "brain.nii.gz"))
            try follow("mri", in: folder)
            let before = try NIfTIVolume(contentsOf: folder.appending(path: "brain.nii.gz"))
            let after = try NIfTIVolume(contentsOf: folder.appending(path: "t2.nii.gz"))
            #expect(after.header.shape == before.header.shape && after.header.affine == before.header.affine)
            #expect(try PixelImage(contentsOf: folder.appending(path: "t2/3.png")).format == .uint16)
        }
    }
}
