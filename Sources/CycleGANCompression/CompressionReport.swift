import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging

/// A generator before and after it was made smaller.
public struct CompressionReport: Codable, Sendable {
    /// What one of both costs.
    public struct Cost: Codable, Sendable {
        /// The kind, such as `mobile9`.
        public let architecture: String
        /// Channels of all maps, in order.
        public let widths: [Int]
        /// Trained numbers.
        public let parameters: Int
        /// For an image of 256x256.
        public let multiplyAdds: Int
        /// Bytes of ONNX files in each precision.
        public let bytes: [String: Int]
        /// How long an image takes.
        public let times: [Time]
        /// The most that the network's maps take at once for an image of 512x512, in bytes; computed, not measured.
        public let memory: Int
    }

    /// How long an image takes.
    public struct Time: Codable, Sendable {
        /// Height and width.
        public let side: Int
        /// Threads of one operation.
        public let threads: Int
        /// The median, without reading and writing files.
        public let seconds: Double
    }

    /// How near the small generator comes to the large one, on images that it was not trained on.
    public struct Likeness: Codable, Sendable {
        /// How many.
        public let images: Int
        /// The mean absolute difference of values in -1...1.
        public let l1: Double
        /// The mean structural similarity.
        public let ssim: Double
        /// The mean peak signal-to-noise ratio in dB.
        public let psnr: Double
    }

    /// A division of the channels that was tried.
    public struct Trial: Codable, Sendable {
        /// Its name.
        public let pattern: WidthPattern
        /// Channels of all maps, in order.
        public let widths: [Int]
        /// For an image of 256x256.
        public let multiplyAdds: Int
        /// The mean absolute difference from the teacher's translations afterwards, in -1...1.
        public let difference: Double?
        /// Whether it was taken.
        public let isChosen: Bool
    }

    /// What is translated to what.
    public let title: String
    /// The large generator.
    public let teacher: Cost
    /// The small one.
    public let student: Cost
    /// How near they are.
    public let likeness: Likeness
    /// What was tried.
    public let trials: [Trial]
    /// Seconds that everything took.
    public let seconds: Double
    /// The processor that times were measured on.
    public let processor: String
}
