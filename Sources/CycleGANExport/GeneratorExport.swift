import CycleGANModels
import Foundation
import Imaging
import Torch
import TorchNN

/// What an export is to be like.
public struct ExportOptions: Sendable {
    /// How weights are kept.
    public var precision = ExportPrecision.f32
    /// The only size of images, height and width multiples of the network's stride; by default any in ONNX, several in Core ML.
    public var size: ImageSize?
    /// Who made the model, in the file's metadata.
    public var author: String?
    /// Whether pictures of 8 bits go in and come out in place of numbers in -1...1: in ONNX [N, H, W, C] from 0 to 255, in Core ML images.
    public var takesPictures = false
    /// Whether borders are mirrored by slices, which more programs know than mirrored padding.
    public var isPortable = false

    /// The defaults.
    public init() {}
}

/// A generator as an ONNX graph (opset 17).
///
/// Inputs are `image` and, of models with masks, `mask`, [N, 1, H, W], 1 inside and 0 outside; of models that are told what to make, `condition`, [N, conditions]. The output is `translation`.
struct GeneratorExport {
    /// The operator set that is used.
    static let opset = 17

    let description: GeneratorDescription
    let options: ExportOptions
    /// Where activations become whole numbers.
    var calibration = Calibration()

    /// The graph of a generator in evaluation mode.
    ///
    /// - Throws: `ExportError.unknownLayer`, and `GraphError`.
    func graph(of network: any Layer) throws -> ONNXGraph {
        let configuration = description.configuration
        let masks = description.masking == nil ? 0 : GeneratorMasking.channels
        let channels = (input: configuration.inputChannels - masks, output: configuration.outputChannels)
        let sides: [ONNXSide] = options.size.map { [.fixed($0.height), .fixed($0.width)] } ?? ["height", "width"]
        func shape(_ channels: Int) -> [ONNXSide] {
            options.takesPictures ? ["batch"] + sides + [.fixed(channels)] : ["batch", .fixed(channels)] + sides
        }
        let type: ONNXType = options.takesPictures ? .uint8 : .float32
        var operations = ONNXOperations(
            builder: ONNXBuilder(name: "generator", precision: options.precision), isPortable: options.isPortable, calibration: calibration)

        let given = operations.builder.input("image", type, shape(channels.input))
        let image = options.takesPictures ? operations.normalized(given) : given
        var parts = [image]
        let mask = description.masking == nil ? nil : operations.builder.input("mask", .float32, ["batch", 1] + sides)
        if let mask { parts.append(mask) }
        var known: [Graph.Value: String] = [:]
        let graph = Graph(of: network)
        if configuration.conditions > 0 {
            let condition = operations.builder.input("condition", .float32, ["batch", .fixed(configuration.conditions)])
            if configuration.conditioning == .planes {
                parts.append(operations.planes(condition, count: configuration.conditions, like: image))
            } else {
                known = graph.valuesOfInput(images: channels.input, image: image, condition: condition)
            }
        }
        let joined = parts.count == 1 ? image : operations.builder.node("Concat", parts, [.int("axis", 1)])
        var output = try operations.append(graph, input: joined, known: known)[0]
        if description.masking == .composite, let mask { output = operations.composite(output, over: image, mask: mask) }
        if options.takesPictures { output = operations.picture(output) }
        operations.builder.output(output, as: "translation", type, shape(channels.output))
        return operations.builder.graph
    }
}

extension Graph {
    /// Of a network that cuts its condition out of its input, the values that are known as they are given.
    func valuesOfInput<Name: Equatable>(images: Int, image: Name, condition: Name) -> [Value: Name] {
        var known: [Value: Name] = [:]
        for (index, node) in nodes.enumerated() {
            switch node.operation {
            case .channels(0, images, _) where node.inputs == [input]: known[Value(index: index)] = image
            case .channels(images, _, _) where node.inputs == [input]: known[Value(index: index)] = condition
            case .firstPixel where known[node.inputs[0]] == condition: known[Value(index: index)] = condition
            default: break
            }
        }
        return known
    }
}

extension ONNXOperations {
    /// Pictures [N, H, W, C] of 0 to 255 as images [N, C, H, W] in -1...1.
    mutating func normalized(_ picture: String) -> String {
        let numbers = builder.node("Cast", [picture], [.int("to", ONNXType.float32.rawValue)])
        let images = builder.node("Transpose", [numbers], [.ints("perm", [0, 3, 1, 2])])
        let scaled = builder.node("Mul", [images, builder.constant([2 / 255], shape: [])])
        return builder.node("Sub", [scaled, builder.constant([1], shape: [])])
    }

    /// The way back, rounded to whole numbers.
    mutating func picture(_ image: String) -> String {
        let shifted = builder.node("Add", [image, builder.constant([1], shape: [])])
        let scaled = builder.node("Mul", [shifted, builder.constant([127.5], shape: [])])
        let limits = [Float(0), 255].map { builder.constant([$0], shape: []) }
        let whole = builder.node("Clip", [builder.node("Round", [scaled])] + limits)
        let turned = builder.node("Transpose", [whole], [.ints("perm", [0, 2, 3, 1])])
        return builder.node("Cast", [turned], [.int("to", ONNXType.uint8.rawValue)])
    }

    /// Each number of a condition as a plane of the size of an image.
    mutating func planes(_ condition: String, count: Int, like image: String) -> String {
        let points = builder.node("Reshape", [condition, builder.constant([-1, count, 1, 1])])
        let shape = builder.node("Shape", [image])
        // [N, 1, H, W] broadcasts the channels away.
        let parts = [[0], [2, 3]].map { builder.node("Gather", [shape, builder.constant($0)], [.int("axis", 0)]) }
        let size = builder.node("Concat", [parts[0], builder.constant([count]), parts[1]], [.int("axis", 0)])
        return builder.node("Expand", [points, size])
    }

    /// mask · output + (1 - mask) · image.
    mutating func composite(_ output: String, over image: String, mask: String) -> String {
        let inside = builder.node("Mul", [output, mask])
        let rest = builder.node("Sub", [builder.constant([1], shape: []), mask])
        return builder.node("Add", [inside, builder.node("Mul", [image, rest])])
    }
}
