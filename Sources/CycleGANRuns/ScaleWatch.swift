import CycleGANModels
import Foundation
import Imaging
import Support

/// Counts the images that a generator gets at a scale far from that of its training.
public struct ScaleWatch: Sendable {
    private let scale: TrainingScale?
    /// All images so far.
    public private(set) var count = 0
    /// Those that are far from the training.
    public private(set) var farCount = 0
    private var isLarger = false
    private var isSmaller = false
    private var example: (name: String, size: ImageSize)?

    /// - Parameter scale: That of the training; without it nothing can be told.
    public init(_ scale: TrainingScale?) {
        self.scale = scale
    }

    /// Looks at one image as the generator gets it.
    public mutating func observe(_ size: ImageSize, name: String) {
        count += 1
        guard let scale, scale.isFar(size) else { return }
        farCount += 1
        // The side that is further off tells; where the width alone counts, it does.
        let (width, height) = (Double(size.width) / Double(scale.size.width), Double(size.height) / Double(scale.size.height))
        let ratio = scale.rule == .width || max(width, 1 / width) > max(height, 1 / height) ? width : height
        if ratio > 1 { isLarger = true } else { isSmaller = true }
        if example == nil { example = (name, size) }
    }

    /// What to say of these images, with what to do; `nil` where none is far from the training.
    ///
    /// - Parameter wording: A remedy in words.
    package func notice(_ wording: (ErrorRemedy) -> String = \.description) -> String? {
        guard let scale, let example else { return nil }
        let way = isLarger && isSmaller ? "larger or smaller" : isLarger ? "larger" : "smaller"
        return
            "\(grouped(farCount)) of \(counted(count, "image")) \(farCount == 1 ? "is" : "are") more than \(TrainingScale.farFactor) times "
            + "\(way) than in the training, such as \(example.name): \(example.size.dimensions), there \(scale.words) (width x height); "
            + wording(.scaleToTraining)
    }
}
