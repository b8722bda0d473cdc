import Foundation
import Imaging
import NIfTI
import TestSupport
import Testing

@testable import Datasets

/// Folders of DICOM files and of NIfTI volumes.
struct MedicalFolderTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    private func copy(_ file: String, to url: URL) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Self.tests.appending(path: file), to: url)
    }

    @Test func slicesAndFramesAreImages() throws {
        try withTemporaryFolder { root in
            try copy("NIfTITests/Fixtures/las.nii.gz", to: root.appending(path: "trainA/volume.nii.gz"))
            try copy("DICOMTests/Fixtures/implicit.dcm", to: root.appending(path: "trainB/IM0001"))
            try copy("DICOMTests/Fixtures/frames.dcm", to: root.appending(path: "trainB/frames.dcm"))
            try Data("notes".utf8).write(to: root.appending(path: "trainB/NOTES"))
            let grey = DomainConfiguration(channels: 1, bitDepth: .sixteen, valueRange: ValueRange(-1024...2976))
            var coronal = grey
            coronal.axis = .coronal
            func dataset(_ images: DomainConfiguration) throws -> UnpairedImageDataset {
                try UnpairedImageDataset(
                    root: root,
                    preparations: Domain.pair.map {
                        try DomainPreparation($0, images: images, loadSize: ImageSize(16), cropSize: ImageSize(16))
                    }, pairing: .serial)
            }
            // The volume has 3x4x5 voxels.
            #expect(try dataset(grey).imageSources(of: Domain.pair[0]).count == 5)
            #expect(try dataset(coronal).imageSources(of: Domain.pair[0]).count == 4)
            let set = try dataset(grey)
            #expect(set.folder(of: Domain.pair[1]).files == ["IM0001", "frames.dcm"])
            #expect(set.imageSources(of: Domain.pair[1]).map(\.page) == [nil, 0, 1, 2])
            try set.checkReadable()
            for position in 0..<set.count {
                #expect(try set.sample(epoch: 1, position: position).notices.allSatisfy { "\($0)".contains("crop") })
            }

            let inspection = DatasetInspection(root: root, axes: [Domain.pair[0]: .sagittal])
            #expect(inspection.folders[0].images.count == 3 && inspection.folders[1].images.count == 4)
            #expect(inspection.folders.allSatisfy { $0.images.allSatisfy { $0.facts != nil } })
            #expect(inspection.folders[0].images[0].facts?.size == ImageSize(height: 5, width: 4))
            #expect(inspection.folders[1].otherFiles == ["trainB/NOTES"])
        }
    }

    @Test func emptySlicesAreLeftOut() throws {
        try withTemporaryFolder { root in
            let affine = [[-1.0, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0]]
            var builder = try NIfTIBuilder(shape: [10, 10, 6], affine: affine)
            for plane in 0..<6 {
                let values = (0..<100).map { plane == 2 && $0 > 50 ? Float(500) : Float($0 % 7) }
                builder.place(NIfTISlice(width: 10, height: 10, values: values), plane: plane)
            }
            let url = root.appending(path: "a.nii.gz")
            try builder.encoded(isPacked: true).write(to: url)
            #expect(ImageSource.all(in: url).count == 6)
            #expect(ImageSource.all(in: url, emptySlices: 0).map(\.page) == [2])
            // Of five every second one.
            #expect(ImageSource.all(in: url, emptySlices: 0.4).map(\.page) == [2, 3, 5])
        }
    }
}
