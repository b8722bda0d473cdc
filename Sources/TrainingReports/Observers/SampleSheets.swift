import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support

/// Writes the sample pictures of a run as contact sheets, one PNG file for each time they are made.
///
/// `layout.json` beside them says what lies where. The sheets are for looking: 8-bit RGB whatever the images are, see `init`.
public final class SampleSheets: TrainingObserver {
    private let folder: URL
    private let ranges: [Domain: ClosedRange<Double>]
    private var writtenLayout: SheetLayout?

    /// - Parameters:
    ///   - folder: Where the sheets go, as `step-00000400.png`; made when it is missing and the folder above it is there.
    ///   - ranges: The values shown as black and white by domain; by default the full range of the samples.
    public init(folder: URL, ranges: [Domain: ClosedRange<Double>] = [:]) {
        self.folder = folder
        self.ranges = ranges
    }

    /// - Throws: `ImageError` or `FileError` naming what could not be written.
    public func handle(_ event: TrainingEvent) throws {
        guard case .pictures(let pictures) = event, pictures.rows.contains(where: { !$0.pictures.isEmpty }) else { return }
        let rows = pictures.rows.map { row in row.pictures.map { $0.displayed(ranges) } }
        let sheet = ContactSheet(sizes: rows.map { $0.map(\.size) })
        try AtomicFile.createSubfolder(folder)
        try write(SheetLayout(of: pictures))
        try sheet.drawn(rows).write(to: folder.appending(path: Self.fileName(step: pictures.step)))
    }

    private func write(_ layout: SheetLayout) throws {
        guard layout != writtenLayout else { return }
        try layout.write(to: folder)
        writtenLayout = layout
    }

    /// The steps of which a folder holds sheets, in order; none where there is no such folder.
    static func steps(in folder: URL) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap(step).sorted()
    }

    /// The file name of the sheet of a step.
    static func fileName(step: Int) -> String {
        String(format: "step-%08d.png", step)
    }

    /// The step of a sheet's file name; `nil` for the name of anything else.
    static func step(ofFileName name: String) -> Int? {
        guard name.hasPrefix("step-"), name.hasSuffix(".png") else { return nil }
        return Int(name.dropFirst(5).dropLast(4))
    }
}
