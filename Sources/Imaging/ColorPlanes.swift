/// An image as one plane of float32 values in 0...1 for each band, changed in place.
///
/// The loops are written for the compiler to vectorise: plain indices, no calls, selections instead of branches.
struct ColorPlanes {
    /// Band after band.
    let values: UnsafeMutableBufferPointer<Float>
    let bands: Int

    private func plane(_ band: Int) -> UnsafeMutableBufferPointer<Float> {
        let area = values.count / bands
        return UnsafeMutableBufferPointer(rebasing: values[band * area..<(band + 1) * area])
    }

    func apply(_ adjustment: ColorAdjustment) {
        switch adjustment {
        case .brightness(let factor): blend(Float(factor), with: 0)
        case .contrast(let factor): blend(Float(factor), with: greyMean)
        case .saturation(let factor): if bands == 3 { saturate(Float(factor)) }
        case .hue(let shift): if bands == 3 { turnHue(Float(shift)) }
        }
    }

    /// ITU-R 601 luma with torchvision's digits.
    private static func grey(_ red: Float, _ green: Float, _ blue: Float) -> Float {
        0.2989 * red + 0.587 * green + 0.114 * blue
    }

    private static func clamped(_ value: Float) -> Float {
        let positive = value > 0 ? value : 0
        return positive < 1 ? positive : 1
    }

    private var greyMean: Float {
        // In double precision: float32 would lose the last values of a large sum.
        let means = (0..<bands).map { band in
            let plane = plane(band)
            return Float(plane.reduce(0) { $0 + Double($1) } / Double(plane.count))
        }
        return bands == 3 ? Self.grey(means[0], means[1], means[2]) : means.reduce(0, +) / Float(bands)
    }

    private func blend(_ factor: Float, with other: Float) {
        let offset = other * (1 - factor)
        for index in values.indices { values[index] = Self.clamped(values[index] * factor + offset) }
    }

    private func saturate(_ factor: Float) {
        let (reds, greens, blues) = (plane(0), plane(1), plane(2))
        for index in reds.indices {
            let (red, green, blue) = (reds[index], greens[index], blues[index])
            let offset = Self.grey(red, green, blue) * (1 - factor)
            reds[index] = Self.clamped(red * factor + offset)
            greens[index] = Self.clamped(green * factor + offset)
            blues[index] = Self.clamped(blue * factor + offset)
        }
    }

    /// Through hue, saturation and value (Smith 1978), in the form without cases: with the hue h in sixths of the circle, the value v and
    /// v - minimum = c, a band is v - c * clamp(min(k, 4 - k)), where k is (5 + h) mod 6 for red, (3 + h) mod 6 for green and
    /// (1 + h) mod 6 for blue.
    private func turnHue(_ shift: Float) {
        let (reds, greens, blues) = (plane(0), plane(1), plane(2))
        let turn = 6 * shift
        for index in reds.indices {
            let (red, green, blue) = (reds[index], greens[index], blues[index])
            // Comparisons: the library's `min` and `max` vectorise worse.
            let larger = green > blue ? green : blue
            let smaller = green > blue ? blue : green
            let value = red > larger ? red : larger
            let chroma = value - (red < smaller ? red : smaller)
            let scale = 1 / (chroma > 0 ? chroma : 1)
            // -1...1 around red, 1...3 around green, 3...5 around blue.
            let besideRed = (green - blue) * scale
            let besideOther = value == green ? 2 + (blue - red) * scale : 4 + (red - green) * scale
            let hue = turn + (value == red ? besideRed : besideOther)
            reds[index] = value - chroma * Self.distance(5 + hue)
            greens[index] = value - chroma * Self.distance(3 + hue)
            blues[index] = value - chroma * Self.distance(1 + hue)
        }
    }

    /// How far a band is from the value, as a share of the chroma; `angle` is in sixths of the circle, from -6 to 18.
    private static func distance(_ angle: Float) -> Float {
        let positive = angle < 0 ? angle + 6 : angle
        let first = positive >= 12 ? positive - 12 : positive
        let sixth = first >= 6 ? first - 6 : first
        return clamped(sixth < 2 ? sixth : 4 - sixth)
    }
}
