import Datasets
import Foundation
import Support

/// The names of a run's training images, as `images.txt` of the run has them: so that a run that cannot go on can say which ones have changed.
struct ImageNames {
    private let lines: [String]

    /// Those of a data set: their folders' names and their paths therein.
    init(_ dataset: any ImageDataset) {
        let folders = dataset.domains.map(dataset.folder)
        lines = folders.flatMap { folder in folder.files.map { quoted("\(folder.root.lastPathComponent)/\($0)", limit: .max) } }
    }

    /// Those of a file; `nil` where it cannot be read.
    init?(contentsOf url: URL) {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        lines = text.split(separator: "\n").map(String.init)
    }

    /// The content of a file.
    var data: Data { Data((lines + [""]).joined(separator: "\n").utf8) }

    /// What these names lack of others, and what they have in addition: `missing: trainA/1.png and 4 more; new: trainB/x.png`.
    func changes(since others: ImageNames) -> String {
        func text(_ title: String, _ names: [String]) -> String? {
            if names.isEmpty { return nil }
            let shown = names.prefix(3).joined(separator: ", ")
            return "\(title): \(shown)" + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        let (now, then) = (Set(lines), Set(others.lines))
        let parts = [text("missing", others.lines.filter { !now.contains($0) }), text("new", lines.filter { !then.contains($0) })]
        let found = parts.compactMap(\.self)
        return found.isEmpty ? "their order or their pairs differ" : found.joined(separator: "; ")
    }
}

extension RunFolder {
    /// The names of the training images, one a line.
    public var images: URL { url.appending(path: "images.txt") }

    /// Writes the names of the training images, unless those of the start are there.
    ///
    /// - Throws: `FileError` naming the file.
    public func writeImageNames(of dataset: any ImageDataset) throws {
        if !images.exists { try AtomicFile.write(ImageNames(dataset).data, to: images) }
    }
}
