import CycleGANModels
import Foundation
import Imaging
import Testing

@testable import CycleGANRuns

struct ScaleWatchTests {
    private func size(_ width: Int, _ height: Int) -> ImageSize { ImageSize(height: height, width: width) }

    @Test func farImagesAreCountedAndToldOnce() {
        var watch = ScaleWatch(TrainingScale(.size, size(96, 64), crop: ImageSize(64)))
        watch.observe(size(100, 70), name: "near.png")
        #expect(watch.notice() == nil)
        watch.observe(size(192, 128), name: "a.png")
        watch.observe(size(300, 200), name: "b.png")
        #expect(
            watch.notice { _ in "do this" }
                == "2 of 3 images are more than 1.5 times larger than in the training, such as a.png: 192x128, there 96x64 "
                + "(width x height); do this")
        watch.observe(size(20, 20), name: "c.png")
        #expect(watch.notice()?.contains("3 of 4 images are more than 1.5 times larger or smaller than") == true)
        var unknown = ScaleWatch(nil)
        unknown.observe(size(1, 1), name: "a.png")
        #expect(unknown.notice() == nil && unknown.count == 1)
    }

    @Test func sizesSpanFromTheSmallestToTheLargest() throws {
        var sizes = try #require(PictureSizes([size(30, 20)]))
        #expect(sizes.words == "30x20 (width x height)")
        sizes.add(size(20, 40))
        sizes.add(size(10, 10))
        #expect(sizes.words == "10x10 to 20x40 (width x height)")
        let text = try jsonLine(sizes)
        #expect(text == #"{"largest":{"height":40,"width":20},"schema":1,"smallest":{"height":10,"width":10}}"#)
        #expect(PictureSizes([ImageSize]()) == nil)
    }

    @Test func everyObjectHasItsSchema() throws {
        #expect(try jsonLine(["weights": [1]]) == #"{"schema":1,"weights":[1]}"#)
        let pretty = String(decoding: try jsonData(["a": "b"]), as: UTF8.self)
        #expect(pretty == "{\n  \"a\" : \"b\",\n  \"schema\" : 1\n}")
    }
}
