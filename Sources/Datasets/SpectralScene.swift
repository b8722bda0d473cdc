import Foundation
import Imaging
import Support

/// A made-up piece of land from above: water, forest, meadows, soil, roofs and roads, each with the reflectance of its kind in eight bands.
///
/// The bands are those of a common kind of satellite: 425, 480, 545, 605, 660, 725, 835 and 950 nm. Reflectances are typical ones, rounded.
struct SpectralScene {
    /// Shares of reflected light in the eight bands, for each kind of ground.
    private enum Ground: CaseIterable {
        case water, forest, meadow, soil, roof, road

        var reflectance: [Double] {
            switch self {
            case .water: [0.06, 0.05, 0.05, 0.03, 0.02, 0.015, 0.01, 0.01]
            case .forest: [0.02, 0.03, 0.05, 0.04, 0.03, 0.15, 0.35, 0.36]
            case .meadow: [0.03, 0.04, 0.09, 0.06, 0.04, 0.25, 0.45, 0.46]
            case .soil: [0.08, 0.11, 0.16, 0.21, 0.25, 0.28, 0.32, 0.34]
            case .roof: [0.06, 0.07, 0.10, 0.22, 0.30, 0.33, 0.35, 0.36]
            case .road: [0.08, 0.09, 0.10, 0.11, 0.11, 0.12, 0.13, 0.13]
            }
        }
    }

    /// The bands, from 1, of red, green and blue.
    static let colourBands = [5, 3, 2]
    static let bandCount = 8
    /// Values of the bands are reflectances times this.
    static let fullReflectance = 10_000.0

    private let side: Int
    private let reflectances: [Double]

    /// - Parameter seed: Decides the land.
    init(side: Int, seed: UInt64) {
        self.side = side
        var random = SplitMix64(seed: seed)
        let (height, moisture, grain) = (Noise(&random), Noise(&random), Noise(&random))
        let houses = (0..<max(2, side / 8)).map { _ in
            (
                x: random.integer(below: side), y: random.integer(below: side), width: 3 + random.integer(below: 5),
                depth: 3 + random.integer(below: 5)
            )
        }
        let (slope, offset) = (random.uniform(in: -0.6...0.6), random.uniform(in: 0.2...0.8))
        func ground(_ x: Int, _ y: Int) -> Ground {
            let (u, v) = (Double(x) / 64, Double(y) / 64)
            let level = height(u, v)
            if level < 0.36 { return .water }
            if abs(Double(y) - Double(side) * offset - slope * Double(x)) < 1.5 { return .road }
            if houses.contains(where: { x >= $0.x && x < $0.x + $0.width && y >= $0.y && y < $0.y + $0.depth }) { return .roof }
            return moisture(u, v) < 0.45 ? .soil : level > 0.55 ? .forest : .meadow
        }
        var reflectances: [Double] = []
        reflectances.reserveCapacity(side * side * Self.bandCount)
        for y in 0..<side {
            for x in 0..<side {
                let light = 0.75 + 0.5 * grain(Double(x) / 5, Double(y) / 5)
                reflectances += ground(x, y).reflectance.map { $0 * light }
            }
        }
        self.reflectances = reflectances
    }

    /// Eight bands of 16 bits: reflectance times 10,000.
    var bands: PixelImage {
        let samples = reflectances.map { UInt16(($0 * Self.fullReflectance).rounded()) }
        return PixelImage(
            width: side, height: side, bands: Self.bandCount, format: .uint16, bytes: samples.withUnsafeBytes { [UInt8]($0) })
    }

    /// What an eye would see: red, green and blue, 255 · (ρ / 0.3)^(1 / 2.2), at most 255.
    var colours: PixelImage {
        let bytes = (0..<side * side).flatMap { pixel in
            Self.colourBands.map { band in
                let share = reflectances[pixel * Self.bandCount + band - 1] / 0.3
                return UInt8((255 * min(1, pow(share, 1 / 2.2))).rounded())
            }
        }
        return PixelImage(width: side, height: side, bands: 3, bytes: bytes)
    }
}

/// Smooth random numbers in 0...1 over the plane: four octaves of values on a lattice, blended by 3t² - 2t³.
private struct Noise {
    private static let side = 64
    private let lattice: [Double]

    init(_ random: inout SplitMix64) {
        lattice = (0..<Self.side * Self.side).map { _ in random.uniform() }
    }

    func callAsFunction(_ x: Double, _ y: Double) -> Double {
        var (sum, weight, scale) = (0.0, 0.5, 2.0)
        for _ in 0..<4 {
            sum += weight * octave(x * scale, y * scale)
            (weight, scale) = (weight / 2, scale * 2)
        }
        return sum / (1 - weight * 2)
    }

    private func octave(_ x: Double, _ y: Double) -> Double {
        let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        func blend(_ t: Double) -> Double { t * t * (3 - 2 * t) }
        let (u, v) = (blend(x - Double(column)), blend(y - Double(row)))
        func value(_ column: Int, _ row: Int) -> Double {
            let mask = Self.side - 1
            return lattice[(row & mask) * Self.side + (column & mask)]
        }
        let above = value(column, row) * (1 - u) + value(column + 1, row) * u
        let below = value(column, row + 1) * (1 - u) + value(column + 1, row + 1) * u
        return above * (1 - v) + below * v
    }
}
