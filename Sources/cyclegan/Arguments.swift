import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Foundation
import Imaging
import NIfTI
import Torch

extension CPUKernels: ExpressibleByArgument {}

extension ModelSize: ExpressibleByArgument {}
extension Preset: ExpressibleByArgument {}
extension Recipe: ExpressibleByArgument {}
extension SliceAxis: ExpressibleByArgument {}

extension ImageSize: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}

/// A path given on the command line, as a URL from the current folder.
func url(_ path: String) -> URL {
    URL(filePath: path)
}
