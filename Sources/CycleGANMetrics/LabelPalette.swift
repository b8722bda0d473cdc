import Foundation
import Support

/// The colours in which a picture of labels shows its classes.
///
/// A text file has a class on each line, `name,red,green,blue` with levels 0...255; empty lines and lines that begin with `#` are skipped. The
/// first classes of Cityscapes, for example:
///
/// ```
/// # name,red,green,blue
/// road,128,64,128
/// sidewalk,244,35,232
/// building,70,70,70
/// vegetation,107,142,35
/// sky,70,130,180
/// person,220,20,60
/// car,0,0,142
/// ```
public struct LabelPalette: Sendable, Equatable {
    /// A class and its colour.
    public struct Label: Sendable, Equatable {
        /// What the class is called.
        public let name: String
        /// Levels 0...255.
        public let red, green, blue: UInt8

        /// A class and its colour, levels 0...255.
        public init(name: String, red: UInt8, green: UInt8, blue: UInt8) {
            self.name = name
            self.red = red
            self.green = green
            self.blue = blue
        }

        fileprivate var colour: [UInt8] { [red, green, blue] }
    }

    /// The most classes that a palette may have.
    public static let maximumCount = 4096

    /// The classes, with names and colours that all differ: 2 to `maximumCount`.
    public let labels: [Label]

    /// Reads a text file.
    ///
    /// - Throws: `MetricError.missingPath`; `MetricError.invalidPalette` naming the line.
    public init(contentsOf url: URL) throws(MetricError) {
        guard let data = try? Data(contentsOf: url) else { throw .missingPath(path: url.path) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw .invalidPalette(path: url.path, line: nil, found: "bytes that are not UTF-8", allowed: "a text file")
        }
        try self.init(text: text, name: url.path)
    }

    /// Reads the content of a text file.
    ///
    /// - Parameter name: What to call the palette in errors.
    /// - Throws: `MetricError.invalidPalette` naming the line.
    public init(text: String, name: String = "the palette") throws(MetricError) {
        var labels: [Label] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.trimmingCharacters(in: .whitespaces)
            if content.isEmpty || content.hasPrefix("#") { continue }
            let fields = content.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
            let levels = fields.dropFirst().compactMap { UInt8($0) }
            guard fields.count == 4, levels.count == 3, !fields[0].isEmpty else {
                throw .invalidPalette(
                    path: name, line: index + 1, found: "“\(content)”",
                    allowed: "name,red,green,blue with levels 0...255, such as car,0,0,142")
            }
            let label = Label(name: fields[0], red: levels[0], green: levels[1], blue: levels[2])
            if let other = labels.first(where: { $0.name == label.name || $0.colour == label.colour }) {
                throw .invalidPalette(
                    path: name, line: index + 1, found: "“\(content)” after “\(other.name)”", allowed: "each name and each colour once")
            }
            labels.append(label)
        }
        guard (2...Self.maximumCount).contains(labels.count) else {
            throw .invalidPalette(
                path: name, line: nil, found: counted(labels.count, "colour"), allowed: "2 to \(Self.maximumCount), one on each line")
        }
        self.labels = labels
    }

    /// For each pixel the class of the nearest colour (squared distance in RGB; the first of equally near ones), and the sum over pixels
    /// of the distances to it.
    ///
    /// - Parameter pixels: Interleaved 8-bit RGB.
    func nearest(_ pixels: [UInt8]) -> (classes: [UInt16], totalDistance: Double) {
        let colours = labels.map { SIMD4<Int32>(Int32($0.red), Int32($0.green), Int32($0.blue), 0) }
        var totalDistance = 0.0
        let classes = [UInt16](unsafeUninitializedCapacity: pixels.count / 3) { classes, count in
            count = pixels.count / 3
            pixels.withUnsafeBufferPointer { pixels in
                colours.withUnsafeBufferPointer { colours in
                    var last: (colour: SIMD4<Int32>, key: Int32, distance: Double) = (SIMD4(repeating: -1), 0, 0)
                    for pixel in 0..<count {
                        let colour = SIMD4<Int32>(
                            Int32(pixels[3 * pixel]), Int32(pixels[3 * pixel + 1]), Int32(pixels[3 * pixel + 2]), 0)
                        // Pictures of labels have long runs of one colour.
                        if colour != last.colour {
                            let key = Self.nearestKey(colour, colours)
                            last = (colour, key, Double(key >> 12).squareRoot())
                        }
                        classes[pixel] = UInt16(last.key & 0xFFF)
                        totalDistance += last.distance
                    }
                }
            }
        }
        return (classes, totalDistance)
    }

    /// The squared distance, below 2¹⁸, and the class, below 2¹², in one number: its minimum is found without branches.
    private static func nearestKey(_ colour: SIMD4<Int32>, _ colours: UnsafeBufferPointer<SIMD4<Int32>>) -> Int32 {
        var best = Int32.max
        for index in colours.indices {
            let difference = colour &- colours[index]
            best = min(best, (difference &* difference).wrappedSum() << 12 | Int32(truncatingIfNeeded: index))
        }
        return best
    }
}
