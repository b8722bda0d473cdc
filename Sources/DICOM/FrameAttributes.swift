import Support

/// What is known of a frame besides its pixels: the meaning of its numbers, its window and its place in the patient.
public struct FrameAttributes: Sendable, Equatable {
    /// The window that the file asks to be shown: its centre and width in the values of the picture.
    public struct Window: Sendable, Equatable {
        /// The value in the middle.
        public let center: Double
        /// From black to white.
        public let width: Double
        /// The values that are black and white. The function LINEAR of PS3.3, C.11.2.1.2 runs from half a step below the window to half a
        /// step less than its width.
        public let values: ClosedRange<Double>
    }

    /// Distances between the centres of pixels in millimetres.
    public struct Spacing: Sendable, Equatable {
        /// From one row to the next.
        public let rows: Double
        /// From one column to the next.
        public let columns: Double
    }

    /// A value is slope · stored + intercept.
    public let slope: Double
    public let intercept: Double
    /// What values are in: `HU` for Hounsfield units.
    public let unit: String?
    /// The first window of the file, for what `DICOMFile.picture(_:)` returns: mirrored with its values for MONOCHROME1.
    public let window: Window?
    /// Between pixels.
    public let pixelSpacing: Spacing?
    /// Millimetres.
    public let sliceThickness: Double?
    /// The centre of the first pixel in millimetres: towards the patient's left, back and head.
    public let position: [Double]?
    /// The directions of a row, towards higher columns, and of a column, towards lower rows, three numbers each.
    public let orientation: [Double]?

    /// - Parameter sets: Where attributes are looked for, the most particular first.
    init(sets: [DataSet], layout: PixelLayout) {
        func numbers(_ tag: DICOMTag, _ count: Int = 1) -> [Double]? {
            for set in sets where set[tag] != nil {
                let found = set.numbers(tag)
                return found.count >= count ? Array(found.prefix(max(count, 1))) : nil
            }
            return nil
        }
        func text(_ tag: DICOMTag) -> String? { sets.lazy.compactMap { $0.text(tag) }.first }
        let isColour = layout.photometric.isColour
        let slope = isColour ? 1 : numbers(.slope)?[0] ?? 1
        let intercept = isColour ? 0 : numbers(.intercept)?[0] ?? 0
        // A slope of 0 would make every value the same.
        (self.slope, self.intercept) = (slope == 0 ? 1 : slope, intercept)
        unit = isColour ? nil : text(.rescaleType).map { quoted($0, limit: 16) }
        let mirror =
            layout.photometric == .monochrome1 && !layout.isFloat ? Self.mirror(layout, slope: self.slope, intercept: intercept) : nil
        window =
            isColour
            ? nil
            : numbers(.windowCenter).flatMap { center in
                numbers(.windowWidth).flatMap {
                    Self.window(center: center[0], width: $0[0], function: text(.windowFunction), mirror: mirror)
                }
            }
        pixelSpacing = numbers(.pixelSpacing, 2).flatMap { $0[0] > 0 && $0[1] > 0 ? Spacing(rows: $0[0], columns: $0[1]) : nil }
        sliceThickness = numbers(.sliceThickness)?[0]
        position = numbers(.position, 3)
        orientation = numbers(.orientation, 6)
    }

    /// The sum of a value and the one that it becomes when stored numbers change places with those as far from the other end.
    static func mirror(_ layout: PixelLayout, slope: Double, intercept: Double) -> Double {
        let range = layout.storedRange
        return slope * Double(range.lowerBound + range.upperBound) + 2 * intercept
    }

    private static func window(center: Double, width: Double, function: String?, mirror: Double?) -> Window? {
        let isLinear = function == nil || function == "LINEAR"
        // A window of one step is a threshold, which is no range.
        guard width > (isLinear ? 1 : 0) else { return nil }
        let low = isLinear ? center - 0.5 - (width - 1) / 2 : center - width / 2
        let high = isLinear ? center - 0.5 + (width - 1) / 2 : center + width / 2
        guard let mirror else { return Window(center: center, width: width, values: low...high) }
        return Window(center: mirror - center, width: width, values: mirror - high...mirror - low)
    }
}
