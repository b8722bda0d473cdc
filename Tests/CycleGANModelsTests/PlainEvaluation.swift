import Torch
import TorchNN

@testable import CycleGANModels

/// Runs networks one layer after the other, without their graphs.
struct PlainEvaluation {
    /// What came out of each layer, by its name.
    private(set) var results: [String: Tensor] = [:]

    mutating func callAsFunction(_ network: any Layer, _ input: Tensor) -> Tensor {
        switch network {
        case let generator as ResnetGenerator: run(generator.model, "model", input)
        case let generator as UnetGenerator: run(generator.model.model, "model.model", input)
        case let discriminator as PatchDiscriminator: run(discriminator.model, "model", input)
        case let discriminator as PixelDiscriminator: run(discriminator.model, "net", input)
        default: preconditionFailure("\(type(of: network)) is no network")
        }
    }

    private mutating func run(_ layer: any Layer, _ name: String, _ input: Tensor) -> Tensor {
        let output: Tensor
        switch layer {
        case let chain as Sequential:
            output = chain.layers.enumerated().reduce(input) { run($1.element, "\(name).\($1.offset)", $0) }
        case let block as ResnetBlock:
            output = input + run(block.convolutions, "\(name).conv_block", input)
        case let block as UnetSkipBlock:
            // Layers below the outermost level: the first one's result is what the skip carries.
            var value = input
            var activated = input
            for (index, layer) in block.model.layers.enumerated() {
                value = run(layer, "\(name).model.\(index)", value)
                if index == 0 { activated = value }
            }
            output = Tensor.concatenated([activated, value], dimension: 1)
        default: output = layer(input)
        }
        results[name] = output
        return output
    }
}
