import Datasets
import Imaging

/// Tells whether two lists of training images are the same, by their names.
struct DataFingerprint: Codable, Equatable, CustomStringConvertible {
    private let counts: [Domain: Int]
    private let names: String

    init(_ dataset: any ImageDataset) {
        counts = Dictionary(uniqueKeysWithValues: dataset.domains.map { ($0, dataset.imageSources(of: $0).count) })
        let folders = dataset.sources.map(\.files)
        // FNV-1a over all relative paths.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in folders.joined(separator: ["|"]).joined(separator: "\n").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        names = String(hash, radix: 16)
    }

    var description: String {
        let images = counts.sorted { $0.key.name < $1.key.name }.map { "\($0.value) images of \($0.key)" }
        return "\(images.joined(separator: " and ")) (names \(names))"
    }
}
