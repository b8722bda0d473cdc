import ArgumentParser
import Foundation
import Torch

extension CPUKernels: ExpressibleByArgument {}

/// A path given on the command line, as a URL from the current folder.
func url(_ path: String) -> URL {
    URL(filePath: path)
}
