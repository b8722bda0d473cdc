import CycleGANModels
import Datasets
import Foundation
import Imaging
import Settings
import TestSupport
import Testing

@testable import CycleGANTraining

/// What is remembered of the sizes of the training images.
@Suite struct TrainingScalesTests {
    private func size(_ width: Int, _ height: Int) -> ImageSize { ImageSize(height: height, width: width) }

    private func configuration(_ data: URL, _ preprocess: Preprocess) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.data.folder = data.path
        configuration.data.cropSize = size(32, 16)
        configuration.domains.loadSize = PerDomain(size(40, 24))
        configuration.domains.preprocess = PerDomain(preprocess)
        return configuration
    }

    @Test func scalesFollowThePreparation() throws {
        try withTemporaryFolder { folder in
            // Three sizes of A, of which 48x36 is the median by area; B is smaller than the crop.
            for (index, (width, height)) in [(96, 64), (48, 36), (20, 30), (40, 30), (100, 80)].enumerated() {
                let image = PixelImage.synthetic(variant: index, width: width, height: height)
                try FileManager.default.createDirectory(at: folder.appending(path: "trainA"), withIntermediateDirectories: true)
                try image.write(to: folder.appending(path: "trainA/\(index).\(index.isMultiple(of: 2) ? "png" : "bmp")"))
            }
            try writeSyntheticImages(["trainB": 2], to: folder, width: 20, height: 14)
            func scales(_ preprocess: Preprocess) throws -> [Domain: TrainingScale] {
                let configuration = configuration(folder, preprocess)
                return configuration.scales(of: try configuration.dataset(.train))
            }
            let crop = size(32, 16)
            let resized = TrainingScale(.size, size(40, 24), crop: crop)
            #expect(try scales(.resizeAndCrop) == [.a: resized, .b: resized])
            // Of the load size the width counts, and the crop's height is the least.
            let cut = TrainingScale(.width, size(40, 16), crop: crop)
            #expect(try scales(.scaleWidthAndCrop) == [.a: cut, .b: cut])
            let whole = TrainingScale(.width, size(40, 16))
            #expect(try scales(.scaleWidth) == [.a: whole, .b: whole])
            // 20x14 is scaled up to 32x22.4 to hold the crop.
            #expect(
                try scales(.crop) == [.a: TrainingScale(.own, size(48, 36), crop: crop), .b: TrainingScale(.own, size(32, 22), crop: crop)])
            #expect(try scales(.none) == [.a: TrainingScale(.own, size(48, 36)), .b: TrainingScale(.own, size(20, 14))])
        }
    }

    @Test func halvesCountAlone() throws {
        try withTemporaryFolder { folder in
            try writePairs(0..<2, .halves, to: folder, width: 24, height: 20)
            var configuration = TrainingConfiguration.defaults(for: .pix2pix)
            configuration.data.folder = folder.path
            configuration.networks.generator = .resnet(blocks: 1)
            configuration.domains.preprocess = PerDomain(.none)
            let scale = TrainingScale(.own, size(24, 20))
            #expect(configuration.scales(of: try configuration.dataset(.train)) == [.a: scale, .b: scale])
        }
    }
}
