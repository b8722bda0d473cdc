/// Colours as brightness and two differences (PS3.3, C.7.6.3.1.2; the full range of ITU-R BT.601).
enum YBR {
    static func rgb(_ samples: [UInt8]) -> [UInt8] {
        var result = samples
        for pixel in stride(from: 0, to: samples.count - 2, by: 3) {
            let (y, blue, red) = (Double(samples[pixel]), Double(samples[pixel + 1]) - 128, Double(samples[pixel + 2]) - 128)
            let colours = (y + 1.402 * red, y - 0.114 * 1.772 / 0.587 * blue - 0.299 * 1.402 / 0.587 * red, y + 1.772 * blue)
            result[pixel] = level(colours.0)
            result[pixel + 1] = level(colours.1)
            result[pixel + 2] = level(colours.2)
        }
        return result
    }

    private static func level(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 255).rounded()) }

    /// Pairs of pixels that share their differences (brightness twice, blue, red) as three samples a pixel.
    static func spread(_ samples: [UInt8], width: Int, height: Int) -> [UInt8] {
        let rowLength = (width + 1) / 2 * 4
        var result: [UInt8] = []
        result.reserveCapacity(width * height * 3)
        for row in 0..<height {
            for x in 0..<width {
                let pair = row * rowLength + x / 2 * 4
                result.append(samples[pair + x % 2])
                result.append(samples[pair + 2])
                result.append(samples[pair + 3])
            }
        }
        return result
    }
}
