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
extension Upsampling: ExpressibleByArgument {}
extension WeightInitialization: ExpressibleByArgument {}

extension GeneratorArchitecture: ExpressibleByArgument {
    public static var allValueStrings: [String] { presets.map(\.rawValue) }
}

extension BitDepth: ExpressibleByArgument {}

extension ColorJitter: ExpressibleByArgument {
    public init?(argument: String) {
        try? self.init(argument)
    }
}

extension ImageSize: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// Whole numbers with commas between them.
struct IntegerList: ExpressibleByArgument {
    let values: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        values = parts.compactMap { Int($0) }
        if values.count != parts.count { return nil }
    }
}

/// A path given on the command line, as a URL from the current folder.
func url(_ path: String) -> URL {
    URL(filePath: path)
}
