import Foundation
import TestSupport
import Testing

@testable import Imaging

struct PageTests {
    @Test func pagesOfUnlikeSizesAreReadAndSmallCopiesAreNot() throws {
        let fixture = ValueFixture.named("pages.tif")
        #expect(PixelImage.pageCount(of: fixture.url) == 3)
        for page in 0..<3 {
            #expect(try fixture.largestDifference(page: page) == 0)
            let size = try PixelImage.size(contentsOf: fixture.url, page: page)
            #expect(size == ImageSize(height: fixture.pages[page].height, width: fixture.pages[page].width))
        }
        #expect(try fixture.image(page: 2).storedAs == .float64)
        #expect(throws: ImageError.missingPage(path: fixture.url.path, page: 4, found: 3)) { try fixture.image(page: 3) }
    }

    @Test func framesOfAnAnimationAreRead() throws {
        let fixture = ValueFixture.named("frames.webp")
        #expect(PixelImage.pageCount(of: fixture.url) == 3)
        for page in 0..<3 { #expect(try fixture.largestDifference(page: page) == 0) }
        let timing = try #require(AnimationTiming(of: fixture.url))
        #expect(timing.delays == [40, 80, 120] && timing.loop == 2)
        #expect(AnimationTiming(of: Fixture.url("small.webp")) == nil)
    }

    @Test(.enabled(if: ImageFileFormat.gif.isReadable)) func framesOfGIFAreThoseOfPillow() throws {
        let fixture = ValueFixture.named("frames.gif")
        #expect(PixelImage.pageCount(of: fixture.url) == 3)
        for page in 0..<3 {
            let frame = try fixture.image(page: page).withoutAlpha()
            #expect(frame.levels == fixture.pages[page].levels, "frame \(page)")
        }
        #expect(AnimationTiming(of: fixture.url)?.delays == [40, 80, 120])
    }

    @Test func filesOfOnePictureHaveOnePage() throws {
        for name in ["small.png", "small.tif", "small.webp", "small.jpg"] { #expect(PixelImage.pageCount(of: Fixture.url(name)) == 1) }
        #expect(throws: ImageError.missingPage(path: Fixture.url("small.png").path, page: 2, found: 1)) {
            try PixelImage(contentsOf: Fixture.url("small.png"), page: 1)
        }
    }

    @Test func pagesOfUnlikeSizesAndKindsAreWritten() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "pages.tif")
            let pages = try [
                Fixture.image("small.png"), Fixture.image("rgb16.tif"), Fixture.image("grey_float.tif"), Fixture.image("bands13.tif"),
                Fixture.image("rgba.png"),
            ]
            try PixelImage.write(pages, to: file)
            #expect(PixelImage.pageCount(of: file) == 5)
            for (page, image) in pages.enumerated() { #expect(try PixelImage(contentsOf: file, page: page) == image, "page \(page)") }
        }
    }

    @Test func animationsKeepTheirTimes() throws {
        try withTemporaryFolder { folder in
            let (file, fixture) = (folder.appending(path: "frames.webp"), ValueFixture.named("frames.webp"))
            let frames = try (0..<3).map { try fixture.image(page: $0) }
            try PixelImage.write(frames, to: file, quality: 100, timing: AnimationTiming(of: fixture.url))
            #expect(PixelImage.pageCount(of: file) == 3 && AnimationTiming(of: file)?.delays == [40, 80, 120])
            for page in 0..<3 {
                expectSimilar(try PixelImage(contentsOf: file, page: page), frames[page], maximum: 255, mean: 6, "frame \(page)")
            }
        }
    }

    @Test func aFormatOfOnePictureIsRefused() throws {
        let (image, url) = (try Fixture.image("small.png"), URL(filePath: "/tmp/never.png"))
        #expect(throws: ImageError.onePage(path: url.path, format: .png, pages: 2)) { try PixelImage.write([image, image], to: url) }
    }

    @Test func directoriesInACircleEnd() throws {
        // A directory of no entries whose next one is itself.
        var file = Data("II*\0".utf8) + Data([8, 0, 0, 0]) + Data([0, 0]) + Data([8, 0, 0, 0]) + Data(count: 8)
        #expect(PageCount.pages(in: file) == 1)
        // Two that follow each other in turn.
        file = Data("II*\0".utf8) + Data([8, 0, 0, 0, 0, 0, 14, 0, 0, 0, 0, 0, 8, 0, 0, 0])
        #expect(PageCount.pages(in: file) == 2)
        #expect(throws: ImageError.self) { try PixelImage(encoded: file, name: "x.tif", page: 1) }
    }
}
