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
