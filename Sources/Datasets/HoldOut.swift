import Foundation
import Support

/// A share of the training images that is kept out of training and serves as the validation images.
public struct HoldOut: Sendable, Equatable, Codable {
    /// The share of each training folder, above 0 and below 1.
    public var fraction: Double
    /// Decides which files.
    public var seed: UInt64

    /// A share, with the choice of seed 0 unless told otherwise.
    public init(fraction: Double, seed: UInt64 = 0) {
        self.fraction = fraction
        self.seed = seed
    }
}

extension ImageFolder {
    /// Parts the files in two, each by its own name: a file is held out when a number in 0..<1 that is a hash of the seed and its
    /// relative path lies below the fraction. So files that are added later move none from one part to the other.
    ///
    /// No part stays empty: the file of the lowest number is always held out, that of the highest never.
    ///
    /// - Parameter fraction: Above 0 and below 1.
    /// - Throws: `DatasetError.invalidHoldOut` for any other fraction and for a folder of a single file.
    public func split(holdingOut fraction: Double, seed: UInt64) throws(DatasetError) -> (kept: ImageFolder, heldOut: ImageFolder) {
        guard fraction > 0, fraction < 1 else {
            throw .invalidHoldOut(path: root.path, reason: "the fraction \(fraction) is not above 0 and below 1")
        }
        guard files.count > 1 else {
            throw .invalidHoldOut(path: root.path, reason: "it holds one image, but both training and validation need one")
        }
        let places = files.map { Self.place(of: $0, seed: seed) }
        let (lowest, highest) = (places.min() ?? 0, places.max() ?? 1)
        let isHeldOut = places.map { $0 == lowest || ($0 < fraction && $0 != highest) }
        func part(_ isWanted: Bool) -> ImageFolder {
            ImageFolder(root: root, files: zip(files, isHeldOut).filter { $1 == isWanted }.map(\.0), otherFiles: otherFiles)
        }
        return (part(false), part(true))
    }

    /// A hash of a relative path as a number in 0..<1.
    private static func place(of path: String, seed: UInt64) -> Double {
        var generator = SplitMix64(seed: path.utf8.reduce(seed) { state, byte in SplitMix64(seed: state, UInt64(byte)).state })
        return generator.uniform()
    }
}
