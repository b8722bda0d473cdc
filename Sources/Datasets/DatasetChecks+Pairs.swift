import Foundation
import Support

extension DatasetChecks {
    /// Whether images that are to belong together do: pictures have two halves, files have partners of their own size.
    var pairs: [Finding] {
        guard inspection.arePairs else { return [] }
        return Split.allCases.flatMap { split -> [Finding] in
            let folders = inspection.folders.filter { $0.split == split }
            // Training refuses pairs that do not fit; test images are only shown and measured.
            let severity: DatasetReport.Severity = split == .test ? .warning : .error
            if folders.count == 1, folders[0].domain == nil { return [halves(of: folders[0], severity)] }
            return folders.count == 2 ? partners(folders[0], folders[1], severity) : []
        }
    }

    private func halves(of folder: DatasetInspection.Folder, _ severity: DatasetReport.Severity) -> Finding {
        let odd = folder.images.compactMap { image in
            image.facts?.oddWidth.map { Finding.Example([image.path], detail: "\($0) pixels wide") }
        }
        if odd.isEmpty { return Finding(.ok, .pairs, "every picture of \(folder.name) has two halves") }
        let message =
            "\(odd.count) of \(counted(folder.images.count, "picture")) of \(folder.name) of an odd width, without two equal halves: "
            + "save them again with equal halves"
        return Finding(severity, .pairs, message, files: odd)
    }

    private func partners(
        _ first: DatasetInspection.Folder, _ second: DatasetInspection.Folder, _ severity: DatasetReport.Severity
    ) -> [Finding] {
        let images = [first, second].map { folder in Dictionary(grouping: folder.images, by: Self.stem) }
        var findings: [Finding] = []
        for (folder, other, partners) in [(first, second, images[1]), (second, first, images[0])] {
            let alone = folder.images.filter { partners[Self.stem($0)] == nil }
            if alone.isEmpty { continue }
            let remedy =
                alone.count == folder.images.count
                ? "give the images of a pair the same name; images that do not belong together are for objectives other than pix2pix"
                : "add the partners, or remove the images"
            let message =
                "\(alone.count) of \(counted(folder.images.count, "image")) of \(folder.name) without a partner of the same name in "
                + "\(other.name): \(remedy)"
            findings.append(Finding(severity, .pairs, message, files: alone.map { .init([$0.path]) }))
        }
        for (folder, images) in zip([first, second], images) {
            let ambiguous = images.values.filter { $0.count > 1 }.map { $0.map(\.path) }.sorted { $0[0] < $1[0] }
            if ambiguous.isEmpty { continue }
            let message =
                "files of \(folder.name) differ by their extension alone, but a name stands for one image of a pair: keep one of each"
            findings.append(Finding(severity, .pairs, message, files: ambiguous.map { .init($0) }))
        }
        let unlike = first.images.compactMap { image -> Finding.Example? in
            guard let partner = images[1][Self.stem(image)]?.first, let size = image.facts?.size, let other = partner.facts?.size,
                size != other
            else { return nil }
            return Finding.Example([image.path, partner.path], detail: "\(size.dimensions) and \(other.dimensions)")
        }
        if !unlike.isEmpty {
            let message = "\(counted(unlike.count, "pair")) of \(first.split.rawValue) of unlike sizes: give both images the same size"
            findings.append(Finding(severity, .pairs, message, files: unlike))
        }
        if !findings.isEmpty { return findings }
        return [Finding(.ok, .pairs, "every image of \(first.name) has a partner of its own size in \(second.name)")]
    }

    /// The path in its folder, without the extension, by which images and what belongs to them are found.
    static func stem(_ image: ImageInspection) -> String { fileStem(image) + image.path.dropFirst(image.file.count) }

    /// The same without the page.
    static func fileStem(_ image: ImageInspection) -> String { (String(image.file.drop { $0 != "/" }) as NSString).deletingPathExtension }
}
