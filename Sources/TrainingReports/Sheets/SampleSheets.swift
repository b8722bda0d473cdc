import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Support

/// Writes the sample pictures of a run as sheets with captions, one file for each time they are made, and thins these out as they age.
///
/// `layout.json` beside them says what lies where. The sheets are for looking: 8-bit RGB whatever the images are, see `init`. Which ones stay
/// says `SheetThinning`.
public final class SampleSheets: TrainingObserver {
    private let folder: URL
    private let names: DomainNames
    private let ranges: [Domain: ValueRange]
    private let sampleEvery: Int
    private let isFullSize: Bool
    private var thinning = SheetThinning(stepsPerEpoch: 1)
    private var writtenLayout: SheetLayout?

    /// JPEG keeps colours at full resolution from this quality on, so that a grid of colours can be seen.
    static let quality = 90

    /// - Parameters:
    ///   - folder: Where the sheets go, as `step-00000400.jpg`; made when it is missing and the folder above it is there.
    ///   - names: What the captions call the domains.
    ///   - ranges: The values shown as black and white by domain; by default the full range of the samples.
    ///   - sampleEvery: The steps between two sheets.
    ///   - isFullSize: Whether pictures keep their size, in a PNG file; otherwise a picture of more than 256 pixels is made smaller.
    public init(
        folder: URL, names: DomainNames = .own, ranges: [Domain: ValueRange] = [:], sampleEvery: Int = 100,
        isFullSize: Bool = false
    ) {
        self.folder = folder
        self.names = names
        self.ranges = ranges
        self.sampleEvery = sampleEvery
        self.isFullSize = isFullSize
    }

    /// - Throws: `ImageError` or `FileError` naming what could not be written.
    public func handle(_ event: TrainingEvent) throws {
        switch event {
        case .started(let outline):
            thinning = SheetThinning(stepsPerEpoch: outline.stepsPerEpoch)
            if outline.completedSteps > 0 { forget(after: outline.completedSteps, stepsPerEpoch: outline.stepsPerEpoch) }
        case .pictures(let pictures) where pictures.rows.contains { !$0.pictures.isEmpty }:
            try write(pictures)
            let sheets = Self.sheets(in: folder)
            for step in thinning.superseded(sheets.map(\.step), at: pictures.step) { remove(sheets.filter { $0.step == step }) }
        default: break
        }
    }

    private func write(_ pictures: SamplePictures) throws {
        let layout = SheetLayout(of: pictures, isFullSize: isFullSize)
        try AtomicFile.createSubfolder(folder)
        if layout != writtenLayout { try layout.write(to: folder) }
        writtenLayout = layout
        let title = pictures.step == 0 ? "Before the first step" : "Step \(grouped(pictures.step)), epoch \(grouped(pictures.epoch))"
        let sheet = layout.drawn(pictures, title: title, names: names, ranges: ranges)
        try sheet.write(to: folder.appending(path: Self.fileName(step: pictures.step, isFullSize: isFullSize)), quality: Self.quality)
    }

    /// Removes the sheets of steps that will be taken again, and the one that was made because the run stopped: a run that was not stopped
    /// has none, and it must not take the place of another.
    private func forget(after step: Int, stepsPerEpoch: Int) {
        let epochHasSheet = step / sampleEvery > (step - stepsPerEpoch) / sampleEvery
        let isScheduled = step.isMultiple(of: sampleEvery) || (step.isMultiple(of: max(1, stepsPerEpoch)) && !epochHasSheet)
        remove(Self.sheets(in: folder).filter { $0.step > step || ($0.step == step && !isScheduled) })
    }

    /// A sheet that cannot be removed stays: it is no result of the run.
    private func remove(_ sheets: [(step: Int, url: URL)]) {
        for sheet in sheets { try? FileManager.default.removeItem(at: sheet.url) }
    }

    /// The sheets in a folder by step; none where there is no such folder.
    static func sheets(in folder: URL) -> [(step: Int, url: URL)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in step(ofFileName: name).map { ($0, folder.appending(path: name)) } }
            .sorted { $0.step < $1.step }
    }

    /// The file name of the sheet of a step.
    static func fileName(step: Int, isFullSize: Bool = false) -> String {
        String(format: "step-%08d.", step) + (isFullSize ? "png" : "jpg")
    }

    /// Whether a sheet has pictures of full size.
    static func isFullSize(_ url: URL) -> Bool { url.pathExtension == "png" }

    /// The step of a sheet's file name; `nil` for the name of anything else.
    static func step(ofFileName name: String) -> Int? {
        guard name.hasPrefix("step-"), name.hasSuffix(".jpg") || name.hasSuffix(".png") else { return nil }
        return Int(name.dropFirst(5).dropLast(4))
    }
}
