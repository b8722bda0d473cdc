import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANRuns

/// Files of several pictures through a generator.
@Suite struct PagedTranslationTests {
    @Test func everyPageIsTranslatedIntoOneFile() throws {
        try withTemporaryFolder { folder in
            let (input, output) = (folder.appending(path: "pages.tif"), folder.appending(path: "out/pages.tif"))
            let pages = [(20, 16), (12, 24), (9, 9)].enumerated().map { PixelImage.synthetic(variant: $0, width: $1.0, height: $1.1) }
            try PixelImage.write(pages, to: input)
            let translator = try Translator.untrained(in: folder)
            let record = try translator.record(of: input, to: output)
            #expect(record.error == nil && record.pages == 3)
            #expect(record.inputSize == PictureSize(ImageSize(height: 16, width: 20)))
            #expect(PixelImage.pageCount(of: output) == 3)
            for (page, image) in pages.enumerated() {
                #expect(try PixelImage(contentsOf: output, page: page) == translator.translate(image))
            }
            var pyramid = TranslationOutput()
            pyramid.isPyramid = true
            let several = try translator.record(of: input, to: folder.appending(path: "tall.tif"), pyramid)
            #expect(several.error?.contains("a pyramid is of one picture, and there are 3") == true)
            let refused = try translator.record(of: input, to: folder.appending(path: "one.png"))
            #expect(refused.error?.contains("a PNG file holds one picture, and there are 3; write a .tif file") == true)
        }
    }

    @Test func animationsStayAnimations() throws {
        try withTemporaryFolder { folder in
            let (input, output) = (folder.appending(path: "a.webp"), folder.appending(path: "b.webp"))
            try PixelImage.write((0..<4).map { PixelImage.synthetic(variant: $0, width: 20, height: 16) }, to: input)
            let record = try Translator.untrained(in: folder).record(of: input, to: output)
            #expect(record.error == nil && record.pages == 4)
            #expect(PixelImage.pageCount(of: output) == 4 && AnimationTiming(of: output)?.delays == [100, 100, 100, 100])
        }
    }

    @Test func oneReasonStopsTheWholeFile() throws {
        try withTemporaryFolder { folder in
            let (input, output) = (folder.appending(path: "a.tif"), folder.appending(path: "b.tif"))
            let colour = PixelImage.synthetic(variant: 1)
            let five = PixelImage.synthetic(variant: 1, bands: 5)
            try PixelImage.write([colour, five], to: input)
            let record = try Translator.untrained(in: folder).record(of: input, to: output)
            #expect(record.error?.contains("(page 2): has 5 bands, and its domain takes 3") == true)
            #expect(!FileManager.default.fileExists(atPath: output.path))
        }
    }
}
