import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

/// `cyclegan` on DICOM files and NIfTI volumes, from training to a volume in the same place.
@Suite(.serialized) struct MedicalRunTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let affine = [[-0.5, 0, 0, 10], [0, -0.5, 0, 20], [0, 0, 3, -30]]

    /// A ball of 1000 in noise, in the middle third of the slices.
    private static func volume(_ seed: Int, slices: Int = 6) throws -> Data {
        var builder = try NIfTIBuilder(shape: [32, 24, slices], affine: affine)
        for plane in 0..<slices {
            let isFull = plane >= slices / 3 && plane < 2 * slices / 3
            let values = (0..<24).flatMap { y in
                (0..<32).map { x in
                    let noise = Float((x * 7 + y * 13 + plane * 5 + seed) % 11)
                    return isFull && (x - 16) * (x - 16) + (y - 12) * (y - 12) < 64 ? 1000 + noise : noise
                }
            }
            builder.place(NIfTISlice(width: 32, height: 24, values: values), plane: plane)
        }
        return try builder.encoded(isPacked: true)
    }

    private func withRun(_ body: (_ folder: URL, _ run: URL, _ trained: CommandRunner.Result) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let data = folder.appending(path: "data")
            for (index, name) in ["trainA", "trainB"].enumerated() {
                try FileManager.default.createDirectory(at: data.appending(path: name), withIntermediateDirectories: true)
                try Self.volume(index).write(to: data.appending(path: "\(name)/head.nii.gz"))
            }
            let run = folder.appending(path: "run")
            let trained = try CommandRunner.run(
                TinyRun.arguments(data, run: run, ["--max-steps", "2", "--preset", "mri", "--empty-slices", "0"]), in: folder)
            #expect(trained.status == 0, "\(trained.errors)")
            try body(folder, run, trained)
        }
    }

    @Test func volumesComeOutWhereTheyWere() throws {
        try withRun { folder, run, trained in
            // Two of six slices are not empty.
            #expect(trained.errors.contains("2 of A of 32x24, 2 of B of 32x24"), "\(trained.errors)")
            #expect(trained.errors.contains("Preset mri: --channels 1, --flip false, --rotation 5, --zoom 1.1, --bit-depth A=16"))
            #expect(trained.errors.components(separatedBy: "no diagnosis").count == 2)

            let (input, output) = (folder.appending(path: "head.nii.gz"), folder.appending(path: "out"))
            try Self.volume(7).write(to: input)
            for axis in ["axial", "coronal"] {
                let arguments = [
                    "translate", input.path, "--model", run.path, "--direction", "AtoB", "--output", output.path, "--axis", axis,
                ]
                let result = try CommandRunner.run(arguments, in: folder)
                #expect(result.status == 0 && result.errors.components(separatedBy: "no diagnosis").count == 2, "\(result.errors)")
                let volume = try NIfTIVolume(contentsOf: output.appending(path: "head.nii.gz"))
                #expect(volume.header.affine == Self.affine && volume.header.shape == [32, 24, 6])
                #expect(Set(volume.slice(along: .axial, 2).values).count > 10)
            }
            // As many pages of TIFF.
            let pages = folder.appending(path: "pages.tif")
            let result = try CommandRunner.run(
                ["translate", input.path, "--model", run.path, "--direction", "AtoB", "--output", pages.path], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            #expect(PixelImage.pageCount(of: pages) == 6)
        }
    }

    @Test func seriesOfDICOMBecomeVolumes() throws {
        try withRun { folder, run, _ in
            let series = Self.tests.appending(path: "DICOMTests/Fixtures/series")
            let output = folder.appending(path: "series.nii.gz")
            let arguments = ["translate", series.path, "--model", run.path, "--direction", "AtoB", "--window", "A=200,500", "--output"]
            let result = try CommandRunner.run(arguments + [output.path], in: folder)
            #expect(result.status == 0, "\(result.errors)")
            let volume = try NIfTIVolume(contentsOf: output)
            #expect(volume.header.shape == [7, 5, 5])
            #expect(zip(volume.header.spacing, [0.25, 0.5, 3]).allSatisfy { abs($0 - $1) < 1e-5 })
            // File by file they become TIFF.
            let files = try CommandRunner.run(arguments + [folder.appending(path: "files").path], in: folder)
            #expect(files.status == 0, "\(files.errors)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "files").path)
            #expect(Set(names) == ["0.tif", "1.tif", "2.tif", "3.tif", "4.tif", "localizer.tif"])
            let slice = ["translate", series.appending(path: "0.dcm").path] + arguments.dropFirst(2)
            let written = try CommandRunner.run(slice + [folder.appending(path: "x.dcm").path], in: folder)
            #expect(written.status == 1 && written.errors.contains("DICOM is read and not written"), "\(written)")
        }
    }

    @Test func dataSetsOfVolumesAreChecked() throws {
        try withRun { folder, _, _ in
            let result = try CommandRunner.run(
                [
                    "dataset", "check", folder.appending(path: "data").path, "--preset", "mri", "--no-estimate", "--crop-size", "24",
                    "--load-size", "24",
                ],
                in: folder)
            #expect(result.status == 0 && result.output.contains("6 images   32x24   grey int32"), "\(result)")
        }
    }
}
