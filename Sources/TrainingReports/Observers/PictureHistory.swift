import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// What the networks made of the samples in the course of a run: a column of small pictures for each of a few moments.
///
/// A moment is the end of an epoch, or the latest step of the current one; in the first epoch, also steps within it.
struct PictureHistory {
    /// A kind of translated picture of a sample.
    struct Sample {
        /// Such as `Fake B`.
        let label: String
        /// Which sample it is, from 1.
        let number: Int
        /// The picture's place in the rows of the pictures.
        let row: Int
        let column: Int
        /// What the network was given.
        let input: EmbeddedPicture?
    }

    /// The pictures of a moment, in the order of the samples.
    struct Column {
        let step: Int
        let pictures: [EmbeddedPicture]
    }

    let samples: [Sample]
    private(set) var columns: [Column] = []
    private let stepsPerEpoch: Int
    private let ranges: [Domain: ValueRange]

    // With the input they make a row of twelve.
    static let limit = 11
    private static let samplesPerLabel = 4
    private static let side = 96
    // Of each picture: all of them together stay below 1 MB.
    private static let budget = 1_000_000 / (2 * samplesPerLabel * (limit + 1))

    /// Takes the inputs from the first pictures of a run; the networks' pictures are still to be appended.
    init(
        of pictures: SamplePictures, stepsPerEpoch: Int, names: DomainNames = .own, ranges: [Domain: ValueRange]
    ) throws(ImageError) {
        var samples: [Sample] = []
        for (row, shown) in pictures.rows.enumerated() {
            // Where nothing is translated, what comes back of an image shows the progress.
            let made: PictureRole = shown.pictures.contains { $0.role == .fake } ? .fake : .reconstructed
            for (column, picture) in shown.pictures.enumerated() where picture.role == made {
                let number = samples.count { $0.label == picture.title(names) } + 1
                guard number <= Self.samplesPerLabel else { continue }
                var input: EmbeddedPicture?
                let given = shown.pictures.first { $0.role == .altered } ?? shown.pictures.first { $0.role == .real }
                if let given {
                    input = try Self.thumbnail(of: given.displayed(ranges), label: given.title(names))
                }
                samples.append(Sample(label: picture.title(names), number: number, row: row, column: column, input: input))
            }
        }
        let labels = samples.map(\.label)
        self.samples = samples.sorted {
            (labels.firstIndex(of: $0.label) ?? 0, $0.number) < (labels.firstIndex(of: $1.label) ?? 0, $1.number)
        }
        self.stepsPerEpoch = max(1, stepsPerEpoch)
        self.ranges = ranges
    }

    /// Takes in pictures of the same layout as the first ones.
    mutating func append(_ pictures: SamplePictures) throws(ImageError) {
        var images: [PixelImage] = []
        for sample in samples where sample.row < pictures.rows.count && sample.column < pictures.rows[sample.row].pictures.count {
            images.append(pictures.rows[sample.row].pictures[sample.column].displayed(ranges))
        }
        try append(step: pictures.step, images: images)
    }

    private mutating func append(step: Int, images: [PixelImage]) throws(ImageError) {
        guard images.count == samples.count else { return }
        var pictures: [EmbeddedPicture] = []
        for (sample, image) in zip(samples, images) { pictures.append(try Self.thumbnail(of: image, label: sample.label)) }
        let kept = columns.filter { $0.step < step && !isSuperseded($0.step, by: step) }
        columns = kept + [Column(step: step, pictures: pictures)]
        if columns.count > Self.limit { thinOut() }
    }

    /// Removes the pictures of the steps after one.
    mutating func removeAll(after step: Int) {
        columns.removeAll { $0.step > step }
    }

    /// Takes up the pictures of earlier steps from their contact sheets, for a run that goes on.
    ///
    /// A sheet that is gone, cannot be read or has another layout is left out: the pictures are an extra.
    ///
    /// - Parameter current: Pictures of the same layout.
    mutating func recall(from folder: URL, upTo step: Int, like current: SamplePictures) throws(ImageError) {
        let sheets = SampleSheets.sheets(in: folder).filter { $0.step <= step }
        let latest = sheets.enumerated().filter { index, sheet in
            index + 1 == sheets.count || !isSuperseded(sheet.step, by: sheets[index + 1].step)
        }.map(\.element)
        let count = min(latest.count, Self.limit)
        for index in 0..<count {
            let (step, url) = latest[count > 1 ? index * (latest.count - 1) / (count - 1) : 0]
            let layout = SheetLayout(of: current, isFullSize: SampleSheets.isFullSize(url))
            guard let image = try? PixelImage(contentsOf: url), image.bands == 3, image.format == .uint8,
                let rows = layout.pictures(in: image)
            else { continue }
            try append(step: step, images: samples.map { rows[$0.row][$0.column].image })
        }
    }

    /// The head of a column: `Start`, `Step 300` within the first epoch, `Epoch 3`.
    func head(_ column: Column) -> String {
        if column.step == 0 { return "Start" }
        return column.step < stepsPerEpoch ? "Step \(grouped(column.step))" : "Epoch \(grouped(epoch(column.step)))"
    }

    private func epoch(_ step: Int) -> Int { (step + stepsPerEpoch - 1) / stepsPerEpoch }

    /// Whether a later step shows the same epoch, which is not the first.
    private func isSuperseded(_ step: Int, by later: Int) -> Bool { step >= stepsPerEpoch && epoch(step) == epoch(later) }

    /// Removes, of all but the first and the last, the column whose neighbours are closest to each other.
    private mutating func thinOut() {
        let gaps = zip(columns, columns.dropFirst(2)).map { $1.step - $0.step }
        guard let smallest = gaps.indices.min(by: { gaps[$0] < gaps[$1] }) else { return }
        columns.remove(at: smallest + 1)
    }

    private static func thumbnail(of image: PixelImage, label: String) throws(ImageError) -> EmbeddedPicture {
        try EmbeddedPicture.embedded(label: label, image: image.shrunk(toLongerSide: side), budget: budget)
    }
}
