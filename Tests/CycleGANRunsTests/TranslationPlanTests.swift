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

    @Test func pyramidsAreTIFFFiles() throws {
        try withImages { root, images in
            var naming = TranslationOutput()
            naming.isPyramid = true
            var plan = try TranslationPlan(inputs: [images], output: URL(filePath: "/results"), naming: naming)
            let other = #expect(throws: TranslationPlanError.self) { try plan.fit(channels: 3, samples: nil) }
            #expect(
                other?.description == "/results/000.png: a pyramid of smaller copies is a TIFF file, and this is none; write .tif files")
            naming.format = .tiff
            plan = try TranslationPlan(inputs: [images], output: URL(filePath: "/results"), naming: naming)
            try plan.fit(channels: 3, samples: nil)
            #expect(plan.jobs[0].output.path == "/results/000.tif")
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

    private func plan(_ names: [String], _ change: (inout TranslationOutput) -> Void = { _ in }) throws -> TranslationPlan {
        try withTemporaryFolder { root in
            let folder = root.appending(path: "in")
            try AtomicFile.createFolder(folder)
            for name in names { try AtomicFile.write(Data("x".utf8), to: folder.appending(path: name)) }
            var output = TranslationOutput()
            change(&output)
            return try TranslationPlan(inputs: [folder], output: URL(filePath: "/results"), naming: output)
        }
    }

    private func outputs(_ plan: TranslationPlan) -> [String] { plan.jobs.map(\.output.lastPathComponent) }

    @Test func resultsAreNamedAndInTheFormatThatWasAskedFor() throws {
        #expect(try outputs(plan(["a.JPG", "b.jfif", "c.gif", "d.tif", "n.npy"])) == ["a.JPG", "b.jfif", "c.png", "d.tif"])
        #expect(try outputs(plan(["a.JPG", "b.png"]) { $0.suffix = "_monet" }) == ["a_monet.JPG", "b_monet.png"])
        #expect(try outputs(plan(["a.JPG", "b.webp"]) { $0.format = .webp }) == ["a.webp", "b.webp"])
        #expect(try outputs(plan(["a.jpeg", "b.png"]) { ($0.format, $0.suffix) = (.jpeg, "-1") }) == ["a-1.jpeg", "b-1.jpg"])
        #expect(try plan(["a.JPG", "n.npy", "m.npy"]).leftOut == "2 files left out: 2 .npy")
        let twice = #expect(throws: TranslationPlanError.self) { try plan(["a.jpg", "a.png"]) { $0.format = .tiff } }
        #expect(twice?.problem.contains("would both be written to /results/a.tif") == true)
    }

    @Test func aFormatThatCannotHoldTheResultGivesWay() throws {
        var plan = try plan(["a.jpg", "b.png", "c.jpg", "d.ppm", "e.gif"])
        try plan.fit(channels: 3, samples: .uint16)
        #expect(outputs(plan) == ["a.png", "b.png", "c.png", "d.ppm", "e.png"])
        #expect(
            plan.notices() == [
                "2 translations are written as PNG: JPEG cannot hold a 16-bit image with 3 channels, as the model gives; choose another format",
                "a translation is written as PNG: GIF is only read; choose another format",
            ])
        // At the depth of the images, and with more channels than any format but TIFF has.
        plan = try self.plan(["a.jpg", "b.png"])
        try plan.fit(channels: 3, samples: nil)
        #expect(outputs(plan) == ["a.jpg", "b.png"] && plan.notices().isEmpty)
        try plan.fit(channels: 5, samples: nil)
        #expect(outputs(plan) == ["a.tif", "b.tif"])
        // Names that come to be alike are found.
        plan = try self.plan(["a.jpg", "a.png"])
        let twice = #expect(throws: TranslationPlanError.self) { try plan.fit(channels: 1, samples: .uint16) }
        #expect(twice?.problem.contains("would both be written to /results/a.png") == true)
    }

    @Test func whatWasAskedForIsNotChanged() throws {
        var asked = try plan(["a.png"]) { $0.format = .jpeg }
        let refused = #expect(throws: TranslationPlanError.self) { try asked.fit(channels: 3, samples: .float32) }
        #expect(refused?.problem == "JPEG cannot hold a float image with 3 channels, as the model gives; choose TIFF")
        try withImages { root, images in
            let file = images.appending(path: "000.png")
            var named = try TranslationPlan(inputs: [file], output: URL(filePath: "/results/one.jpg"))
            #expect(throws: TranslationPlanError.self) { try named.fit(channels: 3, samples: .uint16) }
            var output = TranslationOutput()
            output.format = .png
            let other = #expect(throws: TranslationPlanError.self) {
                try TranslationPlan(inputs: [file], output: URL(filePath: "/results/one.jpg"), naming: output)
            }
            #expect(other?.problem == "/results/one.jpg: a JPEG file by its extension, but PNG was asked for")
        }
    }
}
