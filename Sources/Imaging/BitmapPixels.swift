/// The pixels of a BMP file behind its header.
struct BitmapPixels {
    let bytes: UnsafeRawBufferPointer
    let header: BitmapHeader

    /// The picture, the topmost row first.
    func decode() throws(BitmapFile.Problem) -> PixelImage {
        try header.checkPixels(in: bytes)
        guard header.masks.isEmpty else { return maskedImage() }
        let indices = try header.packing == .none ? plainIndices() : BitmapRuns(bytes: bytes, header: header).indices()
        let (colours, highest) = (header.palette.count / 3, Int(indices.max() ?? 0))
        guard highest < colours else { throw .init(reason: "it has \(colours) colours, and a pixel of colour number \(highest)") }
        return paletteImage(indices)
    }

    /// Makes the picture row by row: `fill` gets the number of the row in the file, and where the row's first sample goes.
    private func image(fill: (UnsafeMutableBufferPointer<UInt8>, _ row: Int, _ start: Int) -> Void) -> PixelImage {
        let (width, height, bands) = (header.width, header.height, header.bands)
        return PixelImage(of: UInt8.self, width: width, height: height, bands: bands, hasAlpha: bands == 4) { target in
            for row in 0..<height { fill(target, row, (header.isTopDown ? row : height - 1 - row) * width * bands) }
        }
    }

    /// Indices into the palette, rows in the file's order.
    private func plainIndices() -> [UInt8] {
        let (width, bits, count) = (header.width, header.bitsPerPixel, header.width * header.height)
        let mask = UInt8(255 >> (8 - bits))
        return [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            for row in 0..<header.height {
                let start = header.pixelStart + row * header.rowStride
                for x in 0..<width {
                    let bit = x * bits
                    target[row * width + x] = bytes[start + bit / 8] >> UInt8(8 - bits - bit % 8) & mask
                }
            }
            initialized = count
        }
    }

    private func paletteImage(_ indices: [UInt8]) -> PixelImage {
        header.palette.withUnsafeBufferPointer { palette in
            image { target, row, start in
                for x in 0..<header.width {
                    let colour = Int(indices[row * header.width + x]) * 3
                    let at = start + x * 3
                    target[at] = palette[colour]
                    target[at + 1] = palette[colour + 1]
                    target[at + 2] = palette[colour + 2]
                }
            }
        }
    }

    /// The picture of pixels that hold their samples themselves, each in the bits of a mask.
    private func maskedImage() -> PixelImage {
        let (width, pixelLength) = (header.width, header.bitsPerPixel / 8)
        let channels = header.masks.map(Channel.init)
        let places = channels.compactMap(\.byte)
        return image { target, row, start in
            let source = header.pixelStart + row * header.rowStride
            if places.count == channels.count {
                for (band, place) in places.enumerated() {
                    for x in 0..<width { target[start + x * places.count + band] = bytes[source + x * pixelLength + place] }
                }
            } else {
                for x in 0..<width {
                    let first = source + x * pixelLength
                    let pixel = bytes[first..<first + pixelLength].reversed().reduce(0) { $0 << 8 | UInt32($1) }
                    for (band, channel) in channels.enumerated() { target[start + x * channels.count + band] = channel.sample(of: pixel) }
                }
            }
        }
    }

    /// Where pixels have one of their samples.
    private struct Channel {
        let shift: UInt32
        let largest: UInt32
        let scale: Double

        init(mask: UInt32) {
            shift = UInt32(mask.trailingZeroBitCount)
            largest = mask >> shift
            scale = largest > 0 ? 255 / Double(largest) : 0
        }

        /// The byte of the pixel that the sample is, if it is one.
        var byte: Int? { largest == 255 && shift % 8 == 0 ? Int(shift / 8) : nil }

        /// Stretched to 0...255 and rounded. Halves, where the quotient's last bits would matter, do not occur: `largest` is odd.
        func sample(of pixel: UInt32) -> UInt8 {
            UInt8(Double(pixel >> shift & largest) * scale + 0.5)
        }
    }
}
