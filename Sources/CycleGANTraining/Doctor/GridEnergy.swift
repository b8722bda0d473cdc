import Foundation

/// How much a picture repeats every 2 and every 4 pixels: what transposed convolutions of stride 2, one and two of them, leave behind.
///
/// Odena et al., "Deconvolution and Checkerboard Artifacts", Distill 2016. Of segments of 32 pixels along rows and columns, the discrete
/// Fourier transform gives the mean power P; a period is 10 log10 of its own frequency's power over the mean of its neighbours':
/// P[16] over P[14], P[15] and P[8] over P[6], P[7], P[9], P[10]. The power of photographs falls smoothly with the frequency: near 0 dB. The
/// periods divide the segment, so their power does not leak into the neighbours.
struct GridEnergy {
    private static let length = 32
    private static let frequencies = [6, 7, 8, 9, 10, 14, 15, 16]
    // The squared transform of an alternation by about one level of 8 bits, which no eye sees: less power than this tells nothing.
    private static let invisiblePower = 0.01
    // Lines that are looked at in each direction: more say the same.
    private static let lines = 32

    // For each place in a segment, cosine and sine of every frequency.
    private static let waves: [SIMD16<Float>] = (0..<length).map { place in
        SIMD16(
            frequencies.flatMap { frequency in
                let phase = 2 * .pi * Double(frequency * place) / Double(length)
                return [Float(cos(phase)), Float(sin(phase))]
            })
    }

    /// The periods in pixels.
    static let periods = [2, 4]
    /// For each of `periods`, over the neighbouring frequencies.
    let decibels: [Double]

    /// - Parameter brightness: `height` rows of `width` values, 0...1.
    init?(brightness: [Float], width: Int, height: Int) {
        guard max(width, height) >= Self.length else { return nil }
        let waves = Self.waves
        var powers = SIMD16<Float>()
        var segments = 0
        func add(_ start: Int, _ stride: Int, _ values: UnsafeBufferPointer<Float>) {
            var transform = SIMD16<Float>()
            for place in 0..<Self.length { transform += values[start + place * stride] * waves[place] }
            powers += transform * transform
            segments += 1
        }
        brightness.withUnsafeBufferPointer { values in
            // Odd distances, so that lines of every phase of the pattern are seen.
            for y in Swift.stride(from: 0, to: height, by: height / Self.lines | 1) {
                for x in Swift.stride(from: 0, through: width - Self.length, by: Self.length) { add(y * width + x, 1, values) }
            }
            for x in Swift.stride(from: 0, to: width, by: width / Self.lines | 1) {
                for y in Swift.stride(from: 0, through: height - Self.length, by: Self.length) { add(y * width + x, width, values) }
            }
        }
        func power(_ wanted: Int...) -> Double {
            let sum = Self.frequencies.indices.reduce(Float(0)) { sum, index in
                wanted.contains(Self.frequencies[index]) ? sum + powers[2 * index] + powers[2 * index + 1] : sum
            }
            return Double(sum) / Double(segments * wanted.count) + Self.invisiblePower
        }
        decibels = [power(16) / power(14, 15), power(8) / power(6, 7, 9, 10)].map { 10 * log10($0) }
    }
}
