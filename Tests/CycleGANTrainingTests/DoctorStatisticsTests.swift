import Foundation
import Imaging
import Support
import Testing

@testable import CycleGANTraining

@Suite struct DoctorStatisticsTests {
    private func sample(_ input: Scene, _ output: Scene, width: Int = Scene.side, height: Int = Scene.side) -> TranslatedSample {
        let domain = DomainConfiguration()
        return TranslatedSample(
            input: input.image(width: width, height: height), output: output.image(width: width, height: height), from: domain, to: domain)
    }

    private func statistics(_ scene: Scene, width: Int = Scene.side, height: Int = Scene.side) -> PictureStatistics {
        sample(scene, scene, width: width, height: height).input
    }

    private func grey(_ level: Double) -> Scene { Scene { _, _, _ in level } }

    @Test(arguments: [(2, 0), (2, 1), (4, 0), (4, 1)])
    func theEnergyOfAWaveInWhiteNoise(period: Int, direction: Int) throws {
        // White noise of variance s² has the power n s² at every frequency, a wave of amplitude a adds (n a)² at period 2 and
        // (n a / 2)² at period 4, but only in the half of the segments that run across it.
        let (n, amplitude, sigma) = (32.0, 0.05, 0.03)
        var random = SplitMix64(seed: 3)
        let brightness = (0..<128 * 128).map { index -> Float in
            let place = direction == 0 ? index % 128 : index / 128
            let uniform = Double(random.next() >> 11) / 9_007_199_254_740_992 - 0.5
            return Float(0.5 + amplitude * cos(2 * .pi * Double(place) / Double(period)) + uniform * 12.squareRoot() * sigma)
        }
        let energy = try #require(GridEnergy(brightness: brightness, width: 128, height: 128))
        let wave = pow(n * amplitude / (period == 2 ? 1 : 2), 2) / 2
        let expected = 10 * log10((wave + n * sigma * sigma + 0.01) / (n * sigma * sigma + 0.01))
        let index = try #require(GridEnergy.periods.firstIndex(of: period))
        #expect(abs(energy.decibels[index] - expected) < 1)
        #expect(abs(energy.decibels[1 - index]) < 1)
    }

    @Test func blocksOfJPEGAndInvisiblePatternsAreNoGrid() throws {
        let blocks = Scene.photo(4).map { value, x, y, _ in value + (x / 8 + y / 8).isMultiple(of: 2).sign * 0.02 }
        let faint = grey(0.5).map { value, x, _, _ in value + (x % 2 == 0 ? 0.002 : -0.002) }
        for scene in [blocks, faint, grey(0), Scene.photo(9)] {
            let decibels = try #require(statistics(scene).grid).decibels
            #expect(decibels.allSatisfy { $0 < 2 })
        }
    }

    @Test func smallPicturesHaveNoGridButDoHaveThumbnails() {
        let small = statistics(Scene.photo(1), width: 20, height: 7)
        #expect(small.grid == nil)
        #expect(small.thumbnail.count == PictureStatistics.side * PictureStatistics.side)
        #expect(statistics(Scene.photo(1), width: 20, height: 33).grid != nil)
    }

    @Test func theThumbnailHasTheMeansOfThePicturesParts() {
        let wide = Scene { x, y, _ in y < 32 ? Double(x) / 255 : 0.5 }
        let thumbnail = statistics(wide, width: 256, height: 64).thumbnail
        // Columns 4k ... 4k + 3 have the mean 4k + 1.5.
        for column in [0, 17, 63] { #expect(abs(Double(thumbnail[column]) - (4 * Double(column) + 1.5) / 255) < 1e-6) }
    }

    @Test func differencesAreSharesOfTheRange() throws {
        let translation = TranslationStatistics(
            samples: [sample(grey(0.2), grey(0.4)), sample(grey(0.8), grey(0.5))],
            targets: [statistics(grey(0.1)), statistics(grey(0.9))])
        #expect(abs(try #require(translation.difference) - 0.25) < 1e-2)
        // |0.4 - 0.5| over |0.2 - 0.8|, which is less than |0.1 - 0.9|.
        #expect(abs(try #require(translation.diversity) - 0.1 / 0.6) < 0.01)
        // One colour has no correlation.
        #expect(translation.correlation == nil)
    }

    @Test func correlationsOfLinearFunctionsAreOne() throws {
        let photo = Scene.photo(2)
        let darker = photo.map { value, _, _, _ in 0.2 + 0.5 * value }
        let negative = photo.map { value, _, _, _ in 0.9 - 0.5 * value }
        let up = TranslationStatistics(samples: [sample(photo, darker)], targets: [])
        let down = TranslationStatistics(samples: [sample(photo, negative)], targets: [])
        #expect(abs(try #require(up.correlation) - 1) < 1e-3)
        #expect(abs(try #require(down.correlation) + 1) < 1e-3)
        #expect(up.diversity == nil && up.inversionGain == 0)
    }

    @Test func inversionIsWantedWhereTheTargetIsAsDark() {
        let black = TranslationStatistics(samples: [sample(grey(0.9), grey(0.1))], targets: [statistics(grey(0.1))])
        let white = TranslationStatistics(samples: [sample(grey(0.9), grey(0.1))], targets: [statistics(grey(0.9))])
        // The negatives are 0.8 away, in steps of 1/64.
        #expect(abs(black.inversionGain - 0.8) < 0.02)
        #expect(abs(white.inversionGain + 0.8) < 0.02)
    }
}

extension Bool {
    fileprivate var sign: Double { self ? 1 : -1 }
}
