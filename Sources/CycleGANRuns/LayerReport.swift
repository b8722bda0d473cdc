import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import TorchNN

/// The layers of a network with what they cost for one image of a size.
public struct LayerReport {
    /// One operation of the network.
    public struct Layer: Encodable, Sendable {
        /// Where it stands in the network, by the names of the state dict.
        public let name: String
        /// What it does.
        public let operation: String
        /// Channels, height and width.
        public let output: [Int]
        /// The trained numbers.
        public let parameters: Int
        /// Multiplications that are added up.
        public let macs: Int
        /// The side of the square of the image's pixels that one number sees; missing where it sees the whole image.
        public let receptiveField: Int?
    }

    /// The operations in their order.
    public let layers: [Layer]

    init(layers: [Layer]) {
        self.layers = layers
    }

    /// - Parameter name: The network's name, for messages.
    /// - Throws: `LayerReportError` when the network cannot work on images of that size.
    public init(_ network: InferredNetwork, name: String, size: ImageSize) throws {
        let graph = network.graph
        // A discriminator leaves out a last row or column that does not fill a stride.
        let stride = if case .generator = network { graph.stride } else { 1 }
        let smallest = graph.smallestSide(multipleOf: stride) ?? stride
        guard [size.height, size.width].allSatisfy({ $0.isMultiple(of: stride) && $0 >= smallest }) else {
            let multiples = stride > 1 ? "multiples of \(stride), " : ""
            throw LayerReportError(name: name, size: size, problem: "its sides must be \(multiples)at least \(smallest)")
        }
        if case .generator(let configuration) = network {
            do throws(NetworkConfigurationError) {
                try configuration.checkImageSize(height: size.height, width: size.width)
            } catch {
                throw LayerReportError(name: name, size: size, problem: error.description)
            }
        }
        layers = try graph.costs(forInput: [1, graph.inputChannels ?? 1, size.height, size.width]).map { cost in
            Layer(
                name: cost.name, operation: cost.operation.description, output: Array(cost.outputShape.dropFirst()),
                parameters: cost.parameterCount, macs: cost.multiplyAdds, receptiveField: cost.receptiveField.size)
        }
    }

    /// The trained numbers of all.
    public var parameters: Int { layers.reduce(0) { $0 + $1.parameters } }
    /// Their multiplications that are added up.
    public var macs: Int { layers.reduce(0) { $0 + $1.macs } }

    /// The table for a terminal, with a line of totals.
    public var lines: [String] {
        let head = ["layer", "operation", "output", "parameters", "multiply-adds", "sees"]
        let rows = layers.map { layer in
            [
                layer.name, layer.operation, Self.dimensions(layer.output), Self.count(layer.parameters),
                Self.rounded(layer.macs), layer.receptiveField.map { "\($0)" } ?? "all",
            ]
        }
        let total = ["\(layers.count) operations", "", "", Self.count(parameters), Self.rounded(macs), ""]
        let widths = head.indices.map { column in (rows + [head, total]).map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                // Words to the left, numbers to the right.
                return column < 2 ? row[column] + space : space + row[column]
            }
            return cells.joined(separator: "  ").replacing(/\ +$/, with: "")
        }
        let rule = String(repeating: "-", count: widths.reduce(2 * (widths.count - 1), +))
        return [line(head), rule] + rows.map(line) + [rule, line(total)]
    }

    /// Channels, height and width as `widthxheightxchannels`.
    private static func dimensions(_ output: [Int]) -> String { output.reversed().map(String.init).joined(separator: "x") }

    private static func count(_ number: Int) -> String { number == 0 ? "" : grouped(number) }

    /// `2415919104` as `2.42 G`, and nothing for 0.
    private static func rounded(_ number: Int) -> String {
        switch Double(number) {
        case 0: ""
        case let value where value < 1e6: String(format: "%.1f k", value / 1e3)
        case let value where value < 1e9: String(format: "%.1f M", value / 1e6)
        case let value: String(format: "%.2f G", value / 1e9)
        }
    }
}

/// A size of images on which a network cannot work.
public struct LayerReportError: Error, CustomStringConvertible {
    /// The network.
    public let name: String
    /// The size of the image.
    public let size: ImageSize
    /// What is wrong with it.
    public let problem: String

    public var description: String { "size \(size): \(name) cannot work on such an image; \(problem)" }
}
