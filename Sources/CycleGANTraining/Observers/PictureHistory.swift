import Foundation
import Imaging

/// What one network made of one sample over time, as a few small pictures at nearly even distances.
struct PictureHistory {
    /// A moment: the step and its picture.
    struct Entry {
        let step: Int
        let picture: EmbeddedPicture
    }

    /// The picture's place in the rows of the samples.
    let row: Int
    let column: Int
    /// What the network was given.
    let input: EmbeddedPicture?
    private(set) var entries: [Entry] = []

    // With the network's input they make one row of twelve, or three of four on a narrow screen.
    static let limit = 11
    private static let side = 96

    /// One history for every kind of translated picture (`fakeB`, `fakeA`), each of the first sample that has one.
    static func histories(
        of pictures: SamplePictures, ranges: [Character: ClosedRange<Double>]
    ) throws(ImageError) -> [PictureHistory] {
        var histories: [PictureHistory] = []
        var labels: Set<String> = []
        for (row, rowPictures) in pictures.rows.enumerated() {
            for (column, picture) in rowPictures.enumerated() where picture.label.hasPrefix("fake") {
                guard labels.insert(picture.label).inserted else { continue }
                let real = rowPictures.first { $0.label.hasPrefix("real") }
                var input: EmbeddedPicture?
                if let real { input = try thumbnail(of: real.displayed(ranges), label: real.label) }
                histories.append(PictureHistory(row: row, column: column, input: input))
            }
        }
        return histories
    }

    mutating func append(step: Int, image: PixelImage) throws(ImageError) {
        entries.removeAll { $0.step >= step }
        entries.append(Entry(step: step, picture: try Self.thumbnail(of: image, label: "step \(grouped(step))")))
        if entries.count > Self.limit { thinOut() }
    }

    /// Removes, of all but the first and the last, the entry whose neighbours are closest to each other.
    private mutating func thinOut() {
        let gaps = zip(entries, entries.dropFirst(2)).map { $1.step - $0.step }
        guard let smallest = gaps.indices.min(by: { gaps[$0] < gaps[$1] }) else { return }
        entries.remove(at: smallest + 1)
    }

    /// Takes up the pictures of earlier steps from their contact sheets, for a run that goes on.
    ///
    /// A sheet that is gone, cannot be read or has another layout is left out: the pictures are an extra.
    mutating func recall(from folder: URL, upTo step: Int, sizes: [[ImageSize]]) throws(ImageError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let steps = names.compactMap(SampleSheets.step).filter { $0 <= step }.sorted()
        let sheet = ContactSheet(sizes: sizes)
        let origin = sheet.origins[row][column]
        let count = min(steps.count, Self.limit)
        for index in 0..<count {
            let step = steps[count > 1 ? index * (steps.count - 1) / (count - 1) : 0]
            let url = folder.appending(path: SampleSheets.fileName(step: step))
            guard let image = try? PixelImage(contentsOf: url), image.size == sheet.size, image.bands == 3, image.format == .uint8
            else { continue }
            try append(step: step, image: image.cropped(x: origin.x, y: origin.y, size: sizes[row][column]))
        }
    }

    private static func thumbnail(of image: PixelImage, label: String) throws(ImageError) -> EmbeddedPicture {
        try EmbeddedPicture(label: label, image: image.shrunk(toLongerSide: side))
    }
}
