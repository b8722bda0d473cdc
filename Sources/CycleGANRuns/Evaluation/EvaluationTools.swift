import CycleGANInference
import CycleGANMetrics
import CycleGANModels
import Foundation
import Support

/// The networks and tables that an evaluation has at hand.
public struct EvaluationTools {
    /// How pictures of labels are judged.
    public struct Labels {
        /// By the classes of a palette.
        public let accuracy: SemanticAccuracy
        /// The translation that makes such pictures.
        public let translation: Translation

        /// Pictures of labels that a translation makes.
        public init(accuracy: SemanticAccuracy, translation: Translation) {
            self.accuracy = accuracy
            self.translation = translation
        }
    }

    /// `nil` without Inception weights.
    public var reader: FeatureReader?
    /// `nil` without the weights of LPIPS.
    public var lpips: PerceptualMetric?
    /// For pictures of labels.
    public var labels: Labels?
    /// What images are scaled to before they are translated; all is measured on the scaled pictures.
    public var scaling = InputScaling.original
    /// What to do about something, in words.
    package var wording: (ErrorRemedy) -> String = { $0.description }
    /// Threads that read images.
    public let workers: Int

    /// What needs neither weights nor palettes.
    public init(workers: Int) {
        self.workers = workers
    }
}
