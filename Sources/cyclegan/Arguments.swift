import ArgumentParser
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Torch
import TorchNN

extension CPUKernels: ExpressibleByArgument {}
extension DiscriminatorArchitecture: ExpressibleByArgument {}
extension FailurePolicy: ExpressibleByArgument {}
extension GANMode: ExpressibleByArgument {}
extension GradientPenalty: ExpressibleByArgument {}
extension LearningRatePolicy: ExpressibleByArgument {}
extension Normalization: ExpressibleByArgument {}
extension Pairing: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension Preprocess: ExpressibleByArgument {}
extension Upsampling: ExpressibleByArgument {}
extension WeightInitialization: ExpressibleByArgument {}

extension GeneratorArchitecture: ExpressibleByArgument {
    public static var allValueStrings: [String] { presets.map(\.rawValue) }
}

extension BitDepth: ExpressibleByArgument {}

extension ImageSize: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// Reads whole numbers with commas between them.
///
/// - Throws: `ValidationError` that says what is allowed.
func integers(_ text: String) throws -> [Int] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { Int($0) }
    guard values.count == parts.count else { throw ValidationError("found \(text); allowed: whole numbers with commas, such as 64,32") }
    return values
}

/// Reads names of metrics with commas between them.
///
/// - Throws: `ValidationError` that says what is allowed.
func networkMetrics(_ text: String) throws -> [NetworkMetric] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let values = parts.compactMap { NetworkMetric(rawValue: String($0)) }
    guard values.count == parts.count, Set(values).count == values.count else {
        let names = NetworkMetric.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("found \(text); allowed: each of \(names) once, with commas, such as kid,lpips")
    }
    return values
}

/// A path given on the command line, as a URL from the current folder.
func url(_ path: String) -> URL {
    URL(filePath: path)
}
