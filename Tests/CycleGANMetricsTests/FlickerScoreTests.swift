import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct FlickerScoreTests {
    /// A window that pans over a picture of smooth hills, as grey levels of 0...1 with an offset.
    private func frame(_ index: Int, offset: Double = 0, contrast: Double = 1) -> PixelImage {
        var levels: [Float] = []
        for y in 0..<64 {
            for x in 0..<96 {
                let (u, v) = (Double(x + 3 * index), Double(y - 2 * index))
                let hills = 0.2 * sin(u / 7) * cos(v / 5) + 0.1 * sin((u + v) / 3)
                levels.append(Float(0.5 + contrast * hills + offset))
            }
        }
        return PixelImage(width: 96, height: 64, bands: 1, format: .float32, bytes: levels.withUnsafeBytes { [UInt8]($0) })
    }

    @Test func whatMovesWithItsImageDoesNotFlicker() {
        var (own, other) = (FlickerScore(), FlickerScore())
        for index in 0..<5 {
            own.add(frame(index), frame(index))
            other.add(frame(index), frame(index, contrast: 0.5))
        }
        #expect(own.pairs == 4 && own.score == 0)
        // Inside, blocks are found where they were; at the borders new parts come in.
        #expect(own.inputChange < 0.02)
        #expect(abs(other.outputChange - 0.5 * own.inputChange) < 1e-6)
    }

    /// Whole frames that go up and down by d differ by 2 d from one to the next.
    @Test func changesOfBrightnessCountInFull() {
        var score = FlickerScore()
        for index in 0..<6 { score.add(frame(0), frame(0, offset: index % 2 == 0 ? 0.04 : -0.04)) }
        #expect(score.inputChange == 0 && abs(score.score - 0.08) < 1e-6)
    }

    @Test func aFrameOfAnotherSizeBeginsAnew() {
        var score = FlickerScore()
        score.add(frame(0), frame(0))
        score.add(.synthetic(variant: 1), .synthetic(variant: 2))
        #expect(score.pairs == 0 && score.score == 0)
    }
}
