import ArgumentParser
import CycleGANModels
import Foundation
import Torch

/// Rounding errors of a whole generator and of its gradients, by the kernels that compute them, against float64.
struct AccuracyBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy", abstract: "Print the errors of a generator's output and gradients against float64.")

    @Option(help: "Residual blocks.") var blocks = 9
    @Option(help: "Channels after the first convolution.") var ngf = 64
    @Option(help: "Height and width of the images.") var size = 256
    @Option(help: "Of weights and images.") var seeds: [UInt64] = [1]

    func run() {
        print("| kernels | seed | output | input gradient | weight gradients, median | largest | 1 - cosine |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for seed in seeds {
            let exact = gradients(seed: seed, dtype: .float64)
            for kernels in [CPUKernels.libtorch, .auto, .accurate] {
                TorchRuntime.kernels = kernels
                let found = gradients(seed: seed, dtype: .float32).map { $0.to(.float64) }
                let errors = zip(found, exact).map { found, exact in
                    ((found - exact).square().sum() / exact.square().sum()).sqrt().item()
                }
                let weights = errors.dropFirst(2).sorted()
                let sums = zip(found, exact).dropFirst(2).map {
                    (($0 * $1).sum().item(), $0.square().sum().item(), $1.square().sum().item())
                }
                let (dot, a, b) = sums.reduce((0, 0, 0)) { ($0.0 + $1.0, $0.1 + $1.1, $0.2 + $1.2) }
                let cells = [errors[0], errors[1], weights[weights.count / 2], weights[weights.count - 1], 1 - dot / (a * b).squareRoot()]
                print("| \(kernels.rawValue) | \(seed) | \(cells.map { String(format: "%.1e", $0) }.joined(separator: " | ")) |")
            }
        }
    }

    /// The translation, and the gradients of the mean square of its difference from another image: of the image and of every weight that
    /// no norm cancels.
    private func gradients(seed: UInt64, dtype: DType) -> [Tensor] {
        let random = TorchRandom(seed: seed)
        let generator = ResnetGenerator(inputChannels: 3, outputChannels: 3, residualBlocks: blocks, filters: ngf, random: random)
        func image() -> Tensor {
            let image = Tensor.empty([1, 3, size, size])
            image.fillUniform(in: -1..<1, using: random)
            return image.to(dtype)
        }
        let (input, target) = (image(), image())
        generator.convert(to: dtype)
        generator.setRequiresGrad(true)
        input.setRequiresGrad(true)
        let output = generator(input)
        let weights = generator.namedParameters.filter { $0.name.hasSuffix("weight") }.map(\.tensor)
        return [output.detached()] + output.mseLoss(target).gradients(withRespectTo: [input] + weights)
    }
}
