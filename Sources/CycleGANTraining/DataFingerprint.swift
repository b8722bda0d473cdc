import Datasets

/// Tells whether two lists of training images are the same, by their names.
struct DataFingerprint: Codable, Equatable, CustomStringConvertible {
    private let countA: Int
    private let countB: Int
    private let names: String

    init(_ dataset: UnpairedImageDataset) {
        countA = dataset.folderA.files.count
        countB = dataset.folderB.files.count
        // FNV-1a over all relative paths.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (dataset.folderA.files + ["|"] + dataset.folderB.files).joined(separator: "\n").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        names = String(hash, radix: 16)
    }

    var description: String { "\(countA) images of A and \(countB) of B (names \(names))" }
}
