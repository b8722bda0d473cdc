import CycleGANMetrics
import CycleGANModels
import Foundation

/// The networks and tables that an evaluation has at hand.
struct EvaluationTools {
    /// `nil` without Inception weights.
    var reader: FeatureReader?
    /// `nil` without the weights of LPIPS.
    var lpips: (metric: LPIPS, name: String, weights: [String])?
    /// For pictures of labels: the classes, and the translation that makes such pictures.
    var labels: (accuracy: SemanticAccuracy, translation: Translation)?
    let workers: Int
}
