import Foundation
import Imaging
import Support
import TrainingTestSupport

@testable import CycleGANTraining

/// A picture as a function of the place: brightness 0...1 at (x, y, band).
struct Scene {
    static let side = 64
    let value: (_ x: Int, _ y: Int, _ band: Int) -> Double

    /// The picture in a domain's channels and depth.
    func image(_ domain: DomainConfiguration = DomainConfiguration(), width: Int = side, height: Int = side) -> PixelImage {
        let levels = (0..<width * height * domain.channels).map { index in
            let (pixel, band) = index.quotientAndRemainder(dividingBy: domain.channels)
            let share = min(1, max(0, value(pixel % width, pixel / width, band)))
            let range = domain.effectiveRange.hull
            return range.lowerBound + share * (range.upperBound - range.lowerBound)
        }
        func image<Sample>(_ format: PixelImage.Format, _ samples: [Sample]) -> PixelImage {
            PixelImage(
                width: width, height: height, bands: domain.channels, format: format, bytes: samples.withUnsafeBytes(Array.init))
        }
        return switch domain.bitDepth {
        case .eight: image(.uint8, levels.map { UInt8($0.rounded()) })
        case .sixteen: image(.uint16, levels.map { UInt16($0.rounded()) })
        case .float: image(.float32, levels.map { Float($0) })
        }
    }

    func map(_ change: @escaping (_ value: Double, _ x: Int, _ y: Int, _ band: Int) -> Double) -> Scene {
        Scene { change(value($0, $1, $2), $0, $1, $2) }
    }

    /// Smooth random fields at scales of 32 to 2 pixels, the coarser the stronger: the falling spectrum of a photograph, with colours.
    static func photo(_ seed: Int, tint: [Double] = [0, 0, 0]) -> Scene {
        let scales = [32, 16, 8, 4, 2]
        var fields: [[Double]] = []
        for (index, scale) in scales.enumerated() {
            var random = SplitMix64(seed: UInt64(seed), UInt64(index))
            let nodes = side / scale + 2
            fields.append((0..<nodes * nodes).map { _ in Double(random.next() >> 11) / 9_007_199_254_740_992 - 0.5 })
        }
        var plane: [Double] = []
        for y in 0..<side {
            for x in 0..<side {
                plane.append(
                    zip(scales, fields).reduce(0.5) { sum, layer in
                        let (scale, field) = layer
                        let nodes = side / scale + 2
                        let (u, v) = (Double(x % scale) / Double(scale), Double(y % scale) / Double(scale))
                        let corner = y / scale * nodes + x / scale
                        let top = field[corner] * (1 - u) + field[corner + 1] * u
                        let bottom = field[corner + nodes] * (1 - u) + field[corner + nodes + 1] * u
                        return sum + (top * (1 - v) + bottom * v) * 0.6 * pow(Double(scale) / 32, 0.7)
                    })
            }
        }
        return Scene { x, y, band in plane[y % side * side + x % side] + tint[band % tint.count] }
    }

    /// A round shape of another place and size for each seed, 1 inside and 0 outside: its outline alone, or filled.
    static func disc(_ seed: Int, filled: Bool) -> Scene {
        let (centreX, centreY, radius) = (26 + Double(seed * 7 % 13), 25 + Double(seed * 5 % 11), 14 + Double(seed * 3 % 9))
        return Scene { x, y, _ in
            let distance = hypot(Double(x) - centreX, Double(y) - centreY) - radius
            return (filled ? distance < 1 : abs(distance) < 1) ? 1 : 0
        }
    }
}

/// What both generators make of two sample pairs.
struct Translation {
    var configuration = TrainingConfiguration()
    var realA: (Int) -> Scene = { Scene.photo($0) }
    var realB: (Int) -> Scene = { Scene.photo(100 + $0, tint: [0.1, 0, -0.1]) }
    var aToB: (Scene) -> Scene
    var bToA: (Scene) -> Scene

    func pictures(step: Int) -> SamplePictures {
        let (a, b) = (configuration.images(of: .a), configuration.images(of: .b))
        let rows = (1...2).flatMap { sample -> [[SamplePictures.Picture]] in
            let (realA, realB) = (realA(sample), realB(sample))
            return [
                [picture("realA", realA.image(a)), picture("fakeB", aToB(realA).image(b))],
                [picture("realB", realB.image(b)), picture("fakeA", bToA(realB).image(a))],
            ]
        }
        return SamplePictures(epoch: 1, step: step, pictures: rows)
    }

    /// The findings of a doctor that sees these pictures every 100 steps.
    func findings(steps: ClosedRange<Int> = 900...2000, stepsPerEpoch: Int = 500) -> [Finding] {
        var doctor = TrainingDoctor(configuration: configuration, stepsPerEpoch: stepsPerEpoch)
        var pictures = pictures(step: 0)
        return stride(from: steps.lowerBound, through: steps.upperBound, by: 100).flatMap { step in
            pictures.step = step
            return doctor.observe(.pictures(pictures))
        }
    }
}

extension TrainingDoctor {
    /// A doctor for a CycleGAN.
    init(configuration: TrainingConfiguration, stepsPerEpoch: Int, thresholds: Thresholds = Thresholds()) {
        self.init(
            monitoring: configuration.monitoring, configuration: configuration, stepsPerEpoch: stepsPerEpoch,
            thresholds: thresholds)
    }
}
