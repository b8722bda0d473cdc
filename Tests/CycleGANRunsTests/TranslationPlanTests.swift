import Foundation
import Support
import TestSupport
import Testing

@testable import CycleGANRuns

/// Which images are translated and where the results go.
@Suite struct TranslationPlanTests {
    private func withImages(_ body: (_ root: URL, _ images: URL) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["images": 2], to: root)
            try body(root, root.appending(path: "images"))
        }
    }

    @Test func aFolderKeepsItsTree() throws {
        try withImages { root, images in
            let plan = try TranslationPlan(inputs: [root], output: URL(filePath: "/results"))
            #expect(plan.jobs.map(\.output.path) == ["/results/images/000.png", "/results/images/001.png"])
            #expect(plan.folder.path == "/results")
            #expect(plan.jobs.allSatisfy { $0.mask == nil })
        }
    }

    @Test func oneFileMayNameItsResult() throws {
        try withImages { root, images in
            let file = images.appending(path: "000.png")
            let named = try TranslationPlan(inputs: [file], output: URL(filePath: "/results/one.jpg"))
            #expect(named.jobs.map(\.output.path) == ["/results/one.jpg"] && named.folder.path == "/results")
            let inFolder = try TranslationPlan(inputs: [file], output: URL(filePath: "/results"))
            #expect(inFolder.jobs.map(\.output.path) == ["/results/000.png"])
        }
    }

    @Test func filesOfMedicineKeepWhatTheyAre() throws {
        try withTemporaryFolder { root in
            let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let (volume, slice) = (root.appending(path: "a.nii.gz"), root.appending(path: "b.dcm"))
            try FileManager.default.copyItem(at: fixtures.appending(path: "NIfTITests/Fixtures/las.nii.gz"), to: volume)
            try FileManager.default.copyItem(at: fixtures.appending(path: "DICOMTests/Fixtures/implicit.dcm"), to: slice)
            let all = try TranslationPlan(inputs: [root], output: URL(filePath: "/results"))
            #expect(all.jobs.map(\.output.path) == ["/results/a.nii.gz", "/results/b.tif"] && all.holdsMedicalFiles)
            let named = try TranslationPlan(inputs: [volume], output: URL(filePath: "/results/c.nii"))
            #expect(named.jobs.map(\.output.path) == ["/results/c.nii"])
            // The files of a folder as one volume.
            let series = try TranslationPlan(inputs: [root], output: URL(filePath: "/results/c.nii.gz"))
            #expect(series.jobs.map(\.input.path) == [root.path] && series.folder.path == "/results")
            let written = #expect(throws: TranslationPlanError.self) {
                try TranslationPlan(inputs: [slice], output: URL(filePath: "/results/d.dcm"))
            }
            #expect(written?.problem.contains("DICOM is read and not written") == true)
        }
    }

    @Test func nothingIsOverwritten() throws {
        try withImages { root, images in
            let onItself = #expect(throws: TranslationPlanError.self) { try TranslationPlan(inputs: [images], output: images) }
            #expect(onItself?.remedies == [.chooseAnotherOutput])
            #expect(onItself?.description.hasSuffix("would be overwritten; write to another place") == true)
            let file = images.appending(path: "000.png")
            let twice = #expect(throws: TranslationPlanError.self) {
                try TranslationPlan(inputs: [file, images], output: root.appending(path: "results"))
            }
            #expect(twice?.problem.contains("would both be written to") == true)
        }
    }

    @Test func whatIsMissingIsNamed() throws {
        try withImages { root, images in
            let absent = root.appending(path: "absent")
            for (inputs, masks) in [([absent], nil), ([images], absent)] {
                let error = #expect(throws: TranslationPlanError.self) {
                    try TranslationPlan(inputs: inputs, output: root.appending(path: "results"), masks: masks)
                }
                #expect(error?.problem.contains("\(absent.path) does not exist") == true)
            }
        }
    }
}
