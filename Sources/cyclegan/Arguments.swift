import ArgumentParser
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import TorchNN

extension Direction: ExpressibleByArgument {}
extension DiscriminatorArchitecture: ExpressibleByArgument {}
extension FailurePolicy: ExpressibleByArgument {}
extension GANMode: ExpressibleByArgument {}
extension GradientPenalty: ExpressibleByArgument {}
extension LearningRatePolicy: ExpressibleByArgument {}
extension Normalization: ExpressibleByArgument {}
extension Pairing: ExpressibleByArgument {}
extension Preprocess: ExpressibleByArgument {}
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

/// A path given on the command line, as a URL from the current folder.
func url(_ path: String) -> URL {
    URL(filePath: path)
}
