import Foundation
import Imaging
import Support

/// Small unpaired data sets that are made on the spot, the usual one drawn from two fonts: line drawings of emoji (domain A, Symbola) and colour emoji (domain B, Noto).
///
/// Files are named by code point (`1F600.png`). No character is in both training sets, and none of the test characters is in
/// either; the two test sets hold the same characters, so that a translation of `testA` can be compared with `testB`.
public enum SampleDataset {
    /// How many images each folder holds.
    public struct Counts: Sendable, Equatable {
        /// Images in each of `trainA` and `trainB`.
        public let train: Int
        /// Images in each of `testA` and `testB`.
        public let test: Int
    }

    /// Writes the folders `trainA`, `trainB`, `testA` and `testB`.
    ///
    /// - Parameters:
    ///   - root: The folder to make. Writing the same set again replaces it; a folder that holds other files is refused.
    ///   - size: The images' height and width in pixels.
    ///   - seed: Decides which characters go where.
    ///   - progress: Called with the number of images written so far and the number in all.
    /// - Throws: `DatasetError` where a font is missing, has too few characters, or a file cannot be written.
    @discardableResult
    public static func write(
        to root: URL, size: Int = 64, trainCount: Int = 400, testCount: Int = 40, seed: UInt64 = 0,
        progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> Counts {
        try check(size: size, trainCount: trainCount, testCount: testCount)
        let drawing: EmojiDrawing
        do throws(ImageError) { drawing = try EmojiDrawing(size: size) } catch { throw .image(error) }
        var generator = SplitMix64(seed: seed)
        let candidates = drawing.candidates
        // Looked at in a random order and only until there are enough: rendering is what takes the time.
        var pairs: [(character: Unicode.Scalar, line: PixelImage, colour: PixelImage)] = []
        let needed = 2 * trainCount + testCount
        guard candidates.count >= needed else { throw .tooFewCharacters(found: candidates.count, needed: needed) }
        for index in generator.permutation(candidates.count) where pairs.count < needed {
            guard !EmojiDrawing.unwanted.contains(candidates[index]), let pair = drawing.pair(candidates[index]) else { continue }
            pairs.append((candidates[index], pair.line, pair.colour))
        }
        guard pairs.count == needed else { throw .tooFewCharacters(found: pairs.count, needed: needed) }
        let (test, train) = (pairs.prefix(testCount), pairs.dropFirst(testCount))
        func files(_ images: some Sequence<(character: Unicode.Scalar, image: PixelImage)>) -> [File] {
            images.map { (fileName($0.character), { [image = $0.image] in image }) }
        }
        try write(
            [
                ("trainA", files(train.prefix(trainCount).map { ($0.character, $0.line) })),
                ("trainB", files(train.dropFirst(trainCount).map { ($0.character, $0.colour) })),
                ("testA", files(test.map { ($0.character, $0.line) })), ("testB", files(test.map { ($0.character, $0.colour) })),
            ], to: root, progress: progress)
        return Counts(train: trainCount, test: testCount)
    }

    /// Writes an unpaired data set of another kind: images of eight bands of made-up land (A, 16-bit TIFF) and true colours (B, PNG).
    ///
    /// `trainA` and `trainB` show different lands; `testA` and `testB` the same, so that the truth of a translation is known. So do `pairs/A` and
    /// `pairs/B`, a twentieth as many lands as `trainA`, for training that is told some pairs. The formula of the colours stands with
    /// `SpectralScene`.
    /// - Throws: `DatasetError` for impossible numbers, and where a file cannot be written.
    @discardableResult
    public static func writeSpectral(
        to root: URL, size: Int = 64, trainCount: Int = 400, testCount: Int = 40, seed: UInt64 = 0,
        progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> Counts {
        try check(size: size, trainCount: trainCount, testCount: testCount)
        let pairCount = max(1, trainCount / 20)
        func lands(_ first: Int, _ count: Int, areColours: Bool) -> [File] {
            (first..<first + count).map { index in
                let digits = String(index)
                let name = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
                return (
                    name + (areColours ? ".png" : ".tif"),
                    {
                        var stream = SplitMix64(seed: seed, UInt64(index))
                        let scene = SpectralScene(side: size, seed: stream.next())
                        return areColours ? scene.colours : scene.bands
                    }
                )
            }
        }
        let firstPair = testCount + 2 * trainCount
        try write(
            [
                ("trainA", lands(testCount, trainCount, areColours: false)),
                ("trainB", lands(testCount + trainCount, trainCount, areColours: true)),
                ("testA", lands(0, testCount, areColours: false)), ("testB", lands(0, testCount, areColours: true)),
                ("pairs/A", lands(firstPair, pairCount, areColours: false)), ("pairs/B", lands(firstPair, pairCount, areColours: true)),
            ], to: root, progress: progress)
        return Counts(train: trainCount, test: testCount)
    }

    /// A file of a folder, and what draws its image.
    private typealias File = (name: String, image: () -> PixelImage)

    /// Makes all folders before the first image is drawn.
    private static func write(
        _ folders: [(name: String, files: [File])], to root: URL, progress: (_ written: Int, _ total: Int) -> Void
    ) throws(DatasetError) {
        for folder in folders { try makeFolder(root.appending(path: folder.name), for: Set(folder.files.map(\.name))) }
        let total = folders.reduce(0) { $0 + $1.files.count }
        var written = 0
        for folder in folders {
            for file in folder.files {
                do throws(ImageError) {
                    try file.image().write(to: root.appending(path: "\(folder.name)/\(file.name)"))
                } catch {
                    throw .image(error)
                }
                written += 1
                progress(written, total)
            }
        }
    }

    private static func check(size: Int, trainCount: Int, testCount: Int) throws(DatasetError) {
        guard possibleSizes.contains(size), (1...mostImages).contains(trainCount), (0...mostImages).contains(testCount) else {
            throw .invalidConfiguration(
                "a sample data set of \(trainCount) + \(testCount) images of \(size) pixels cannot be drawn; the size may be "
                    + "\(possibleSizes.lowerBound) to \(possibleSizes.upperBound) and each number of images up to \(mostImages)")
        }
    }

    private static let possibleSizes = 8...2048
    // Far more than there are emoji, which gives the clearer message.
    private static let mostImages = 1_000_000

    private static func fileName(_ character: Unicode.Scalar) -> String {
        String(character.value, radix: 16, uppercase: true) + ".png"
    }

    /// Other images in the folder would end up in the set, possibly the same characters in both domains.
    private static func makeFolder(_ url: URL, for names: Set<String>) throws(DatasetError) {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        if let foreign = present.sorted().first(where: { !$0.hasPrefix(".") && !names.contains($0) }) {
            throw .foreignFile(folder: url.path, file: foreign)
        }
        do throws(FileError) {
            try AtomicFile.createFolder(url)
        } catch {
            throw .unwritableFolder(path: error.path, reason: error.reason)
        }
    }
}

/// Draws characters in both fonts and tells which of them look as their domain should.
private struct EmojiDrawing {
    private let lines: GlyphRenderer
    private let colours: GlyphRenderer
    private let size: Int

    init(size: Int) throws(ImageError) {
        lines = try GlyphRenderer(family: "Symbola", package: "fonts-symbola")
        colours = try GlyphRenderer(family: "Noto Color Emoji", package: "fonts-noto-color-emoji")
        self.size = size
    }

    /// The emoji that both fonts have, without the letters that only make flags, the skin tones, and the clock faces: they look so
    /// much alike that a test clock would not be new.
    var candidates: [Unicode.Scalar] {
        let ranges: [ClosedRange<UInt32>] = [0x2190...0x2BFF, 0x3030...0x303D, 0x1F000...0x1FAFF]
        return ranges.joined().compactMap(Unicode.Scalar.init).filter { scalar in
            let properties = scalar.properties
            return properties.isEmoji && !properties.isEmojiModifier && !(0x1F1E6...0x1F1FF).contains(scalar.value)
                && !(0x1F550...0x1F567).contains(scalar.value) && lines.has(scalar)
                && colours.has(scalar)
        }
    }

    /// What nobody wants to find in his pictures unasked.
    static let unwanted: Set<Unicode.Scalar> = [
        // Gestures that offend in some place: the middle finger, horns, the ring of thumb and finger.
        "\u{1F595}", "\u{1F918}", "\u{1F44C}",
        // Swearing and vomiting faces, dung, a sign for adults, dancers in bunny ears, a pistol.
        "\u{1F92C}", "\u{1F92E}", "\u{1F4A9}", "\u{1F51E}", "\u{1F46F}", "\u{1F52B}",
    ]

    /// Both pictures of a character, or `nil` where a font draws it unlike its domain: colourless, or not in black.
    func pair(_ scalar: Unicode.Scalar) -> (line: PixelImage, colour: PixelImage)? {
        // Large enough that the final size is always a reduction, which smooths the outlines.
        let height = max(2 * size, 128)
        guard
            let line = lines.render(scalar, height: height, inColour: false),
            let colour = colours.render(scalar, height: height, inColour: true),
            line.colourfulness == 0, colour.colourfulness > 0.02
        else { return nil }
        let margin = max(1, size / 16)
        guard
            let lineImage = try? line.centredOnWhite(side: size, margin: margin),
            let colourImage = try? colour.centredOnWhite(side: size, margin: margin)
        else { return nil }
        return (lineImage, colourImage)
    }
}

extension PixelImage {
    /// The share of visible pixels of an RGBA image whose colour is clearly not grey.
    fileprivate var colourfulness: Double {
        var visible = 0
        var colourful = 0
        for start in stride(from: 0, to: bytes.count, by: 4) where bytes[start + 3] > 127 {
            let (red, green, blue) = (bytes[start], bytes[start + 1], bytes[start + 2])
            visible += 1
            if max(red, green, blue) - min(red, green, blue) > 40 { colourful += 1 }
        }
        return visible == 0 ? 0 : Double(colourful) / Double(visible)
    }
}
