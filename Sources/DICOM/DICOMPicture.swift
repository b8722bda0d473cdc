import Support

/// One frame, ready to be looked at or computed with.
public struct DICOMPicture: Sendable, Equatable {
    /// The samples, row by row from the top left.
    public enum Samples: Sendable, Equatable {
        /// Numbers, one for each pixel: Hounsfield units where the file rescales to them.
        case values([Float])
        /// Red, green and blue, 0...255.
        case colours([UInt8])
        /// Red, green and blue, 0...65535.
        case deepColours([UInt16])
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    public let samples: Samples
}

extension DICOMFile {
    /// The picture of a frame that needs no other decoder.
    ///
    /// - Throws: `DICOMError`; `DICOMError.unsupported` for frames that `frame(_:)` hands out encoded.
    public func picture(_ number: Int) throws(DICOMError) -> DICOMPicture {
        switch try frame(number) {
        case .stored(let stored): try picture(of: stored, frame: number)
        case .encoded: throw undecodable("it needs a decoder")
        }
    }

    /// What the samples of a frame mean: numbers with slope and intercept applied, or colours.
    ///
    /// MONOCHROME1, in which the lowest number is white, is mirrored within its stored bits before it is rescaled, so that higher is brighter
    /// everywhere; `FrameAttributes.window` is mirrored with it. Pixels of the padding value, which stand for no measurement, become the least
    /// value of the others. Palettes and YBR become RGB.
    ///
    /// - Parameters:
    ///   - stored: What `frame(_:)` gave, or a decoder made of it.
    ///   - frame: 0..<frames.
    /// - Throws: `DICOMError` naming the file.
    public func picture(of stored: StoredFrame, frame: Int) throws(DICOMError) -> DICOMPicture {
        let bands = layout.bands
        let expected =
            stored.isRGB || layout.photometric != .ybrFull422 ? width * height * bands * stored.bits / 8 : (layout.frameBits + 7) / 8
        guard stored.bytes.count == expected, [8, 16, 32, 64].contains(stored.bits) else {
            throw bytes.damaged("a frame has \(stored.bytes.count) bytes, not the \(expected) of \(width)x\(height) pixels")
        }
        let samples: DICOMPicture.Samples =
            switch layout.photometric {
            case .monochrome1, .monochrome2: .values(try values(stored, frame: frame))
            case .palette: .colours(try DICOMPalette(root, name: name, isSigned: layout.isSigned).colours(stored, layout))
            default: try colours(stored)
            }
        return DICOMPicture(width: width, height: height, samples: samples)
    }

    private func values(_ stored: StoredFrame, frame: Int) throws(DICOMError) -> [Float] {
        let attributes = attributes(ofFrame: frame)
        let (slope, intercept) = (attributes.slope, attributes.intercept)
        if layout.isFloat { return stored.floatingValues().map { Float(slope * $0 + intercept) } }
        let sum = layout.storedRange.lowerBound + layout.storedRange.upperBound
        let isMirrored = layout.photometric == .monochrome1
        let padding = paddingRange()
        let table = try ValueTable(root, name: name, isSigned: layout.isSigned)
        var least: Float?
        var padded: [Int] = []
        var values = stored.map(layout) { number -> Float in
            let number = isMirrored ? sum - number : number
            return Float(table.map { Double($0[number]) } ?? (slope * Double(number) + intercept))
        }
        if let padding {
            let numbers = stored.map(layout) { padding.contains($0) }
            for index in values.indices {
                if numbers[index] { padded.append(index) } else { least = min(least ?? values[index], values[index]) }
            }
            if let least { for index in padded { values[index] = least } }
        }
        return values
    }

    /// The stored numbers that stand for no measurement.
    private func paddingRange() -> ClosedRange<Int>? {
        // Some writers say that a negative number is unsigned.
        func signed(_ number: Int) -> Int {
            layout.isSigned && number > layout.storedRange.upperBound ? number - (1 << 16) : number
        }
        guard let value = root.integer(.padding, isSigned: layout.isSigned).map(signed) else { return nil }
        let limit = root.integer(.paddingLimit, isSigned: layout.isSigned).map(signed) ?? value
        return min(value, limit)...max(value, limit)
    }

    private func colours(_ stored: StoredFrame) throws(DICOMError) -> DICOMPicture.Samples {
        let isYBR = !stored.isRGB && (layout.photometric == .ybrFull || layout.photometric == .ybrFull422)
        if !stored.isRGB, layout.photometric == .ybrReversible || layout.photometric == .ybrIrreversible {
            throw bytes.damaged("it says \(layout.photometric.rawValue), which only JPEG 2000 has")
        }
        guard layout.stored <= 8 else {
            guard !isYBR, layout.stored <= 16 else {
                throw .unsupported(
                    file: name, what: "\(layout.photometric.rawValue) with \(layout.stored) bits", remedy: DICOMTransferSyntax.conversion)
            }
            let white = Double(layout.storedRange.upperBound)
            return .deepColours(stored.interleaved(stored.map(layout) { UInt16((Double(max(0, $0)) / white * 65535).rounded()) }))
        }
        let shift = 8 - layout.stored
        var samples = stored.map(layout) { UInt8(truncatingIfNeeded: max(0, $0) << shift) }
        if !stored.isRGB, layout.photometric == .ybrFull422 { samples = YBR.spread(samples, width: width, height: height) }
        samples = stored.interleaved(samples)
        return .colours(isYBR ? YBR.rgb(samples) : samples)
    }
}

extension StoredFrame {
    /// Each sample as the number in its stored bits, in the order of the bytes.
    func map<Value>(_ layout: PixelLayout, _ transform: (Int) -> Value) -> [Value] {
        let (drop, keep) = (max(0, layout.highBit + 1 - layout.stored), min(layout.stored, bits))
        let (mask, sign) = ((1 << keep) - 1, layout.isSigned ? 1 << (keep - 1) : 0)
        func number(_ raw: Int) -> Value { transform(((raw >> drop & mask) ^ sign) - sign) }
        return bytes.withUnsafeBytes { source in
            switch bits {
            case 8: source.map { number(Int($0)) }
            case 16:
                (0..<source.count / 2).map {
                    let word = source.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)
                    return number(Int(isBigEndian ? UInt16(bigEndian: word) : UInt16(littleEndian: word)))
                }
            default:
                (0..<source.count / 4).map {
                    let word = source.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
                    return number(Int(isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)))
                }
            }
        }
    }

    /// Samples of 32 or 64 bits that are floating point; what is not finite becomes 0.
    func floatingValues() -> [Double] {
        bytes.withUnsafeBytes { source in
            (0..<source.count / (bits / 8)).map { index in
                let value: Double
                if bits == 32 {
                    let word = source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    value = Double(Float(bitPattern: isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)))
                } else {
                    let word = source.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                    value = Double(bitPattern: isBigEndian ? UInt64(bigEndian: word) : UInt64(littleEndian: word))
                }
                return value.isFinite ? value : 0
            }
        }
    }

    /// Samples of three colours pixel by pixel.
    func interleaved<Value>(_ samples: [Value]) -> [Value] {
        guard isPlanar else { return samples }
        let area = samples.count / 3
        return (0..<samples.count).map { samples[$0 % 3 * area + $0 / 3] }
    }
}
