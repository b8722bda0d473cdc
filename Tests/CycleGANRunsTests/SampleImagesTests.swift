import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing

@testable import CycleGANRuns

/// Which images are shown while training.
struct SampleImagesTests {
    private func names(_ configuration: TrainingConfiguration) throws -> [[String]] {
        try SampleImages(configuration).batches.map { batch in
            [batch[.a].paths, batch[.b].paths].joined().map { ($0 as NSString).lastPathComponent }
        }
    }

    private func withConfiguration(_ folders: [String: Int], _ body: (TrainingConfiguration) throws -> Void) throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(folders, to: root, width: 16, height: 16)
            var configuration = TrainingConfiguration()
            configuration.data.folder = root.path
            (configuration.domains.loadSize, configuration.data.cropSize) = (PerDomain(ImageSize(16)), ImageSize(16))
            try body(configuration)
        }
    }

    /// The middles of four equal parts of 20.
    @Test func theyAreSpreadOverTheImages() throws {
        try withConfiguration(["trainA": 2, "trainB": 2, "testA": 20, "testB": 6]) { configuration in
            let shown = try names(configuration)
            #expect(shown == [["002.png", "002.png"], ["007.png", "001.png"], ["012.png", "000.png"], ["017.png", "005.png"]])
        }
        try withConfiguration(["trainA": 3, "trainB": 3]) { configuration in
            let shown = try names(configuration)
            #expect(shown.map(\.[0]) == ["000.png", "001.png", "002.png"])
        }
    }

    @Test func theyCanBeChosenByName() throws {
        try withConfiguration(["trainA": 4, "trainB": 4, "testA": 8, "testB": 3]) { configuration in
            var chosen = configuration
            chosen.data.sampleImages = ["006.png", "001.png"]
            #expect(try names(chosen) == [["006.png", "000.png"], ["001.png", "001.png"]])
            chosen.data.sampleImages = ["nowhere.png"]
            do {
                _ = try names(chosen)
                Issue.record("a name that no split has was taken")
            } catch let error as ConfigurationError {
                #expect(error.key == "sampleImages" && "\(error)".contains("such as 000.png"))
            }
        }
    }

    @Test func epochsOfAnotherLengthDoNotMatter() throws {
        try withConfiguration(["trainA": 8, "trainB": 8]) { configuration in
            var short = configuration
            short.data.epochSize = 2
            let (shown, whole) = (try names(short), try names(configuration))
            #expect(shown == whole)
        }
    }
}
