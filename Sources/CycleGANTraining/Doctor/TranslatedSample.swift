import Imaging

/// An image and what a generator made of it.
struct TranslatedSample {
    let input: PictureStatistics
    let output: PictureStatistics
    /// Mean |output - input| as a share of the value range; `nil` when the two differ in channels or size.
    let difference: Double?

    /// - Parameters:
    ///   - from: The input's domain.
    ///   - to: The output's domain.
    init(input: PixelImage, output: PixelImage, from: DomainConfiguration, to: DomainConfiguration) {
        let (inputValues, outputValues) = (input.values(for: from), output.values(for: to))
        let sharedBands = min(from.channels, to.channels)
        self.input = PictureStatistics(inputValues, width: input.width, height: input.height, sharedBands: sharedBands)
        self.output = PictureStatistics(outputValues, width: output.width, height: output.height, sharedBands: sharedBands)
        // Values lie in -1...1, a range of 2.
        difference =
            input.bands == output.bands && input.size == output.size ? meanDifference(inputValues, outputValues) / 2 : nil
    }
}

extension PictureStatistics {
    /// - Parameter domain: That of the picture.
    init(_ picture: PixelImage, domain: DomainConfiguration, sharedBands: Int) {
        self.init(picture.values(for: domain), width: picture.width, height: picture.height, sharedBands: sharedBands)
    }
}

extension PixelImage {
    /// The samples channel by channel, -1...1.
    fileprivate func values(for domain: DomainConfiguration) -> [Float] {
        let size = width * height * bands
        return [Float](unsafeUninitializedCapacity: size) { buffer, count in
            fill(UnsafeMutableBufferPointer(rebasing: buffer[..<size]), for: domain)
            count = size
        }
    }
}

/// Mean |first - second| of two arrays of equal length.
func meanDifference(_ first: [Float], _ second: [Float]) -> Double {
    // Eight sums at once: a single one would wait for every addition.
    typealias Lanes = SIMD8<Float>
    let blocks = first.count / Lanes.scalarCount
    let sums = first.withUnsafeBytes { first in
        second.withUnsafeBytes { second in
            (0..<blocks).reduce(into: Lanes()) { sums, block in
                let offset = block * MemoryLayout<Lanes>.size
                let difference =
                    first.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
                    - second.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
                sums += difference.replacing(with: -difference, where: difference .< 0)
            }
        }
    }
    let rest = (blocks * Lanes.scalarCount..<first.count).reduce(Float(0)) { $0 + abs(first[$1] - second[$1]) }
    return Double(sums.sum() + rest) / Double(first.count)
}
