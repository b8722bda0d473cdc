import CycleGANModels
import Foundation
import Imaging
import Torch
import TorchNN

/// A generator as a Core ML model: an ML program for iOS 16, macOS 13 and later; with inner maps in whole numbers for iOS 17, macOS 14 and later.
///
/// Inputs are `image` and, of models with masks, `mask`; of models that are told what to make, `condition`, [1, conditions]. The output is `translation`.
/// Pictures go in and come out as they are, or arrays [1, C, H, W] in -1...1.
struct CoreMLExport {
    let description: GeneratorDescription
    let options: ExportOptions
    /// Of inner maps that become whole numbers.
    var calibration = Calibration()

    /// The first version that knows weights in lower precision, and its set of operations; for inner maps in whole numbers the one behind it.
    private var version: (specification: Int32, opset: String) { calibration.isEmpty ? (7, "CoreML6") : (8, "CoreML7") }

    /// The only size of images; nil for several.
    ///
    /// Only one input may have several sizes, so models with masks have one.
    var size: ImageSize? { options.size ?? (description.masking == nil ? nil : sizes.first) }

    /// The sizes of images, the usual one first: around 256, 512, 768 and 1024 pixels, square, 4:3 and 3:4, as far as the network's stride divides them.
    var sizes: [ImageSize] {
        if let size = options.size { return [size] }
        let (stride, least) = (description.configuration.stride, description.configuration.smallestSide)
        let sides = [(256, 256), (512, 512), (384, 512), (512, 384), (768, 768), (1024, 1024), (768, 1024), (1024, 768)]
        let fitting = sides.filter { height, width in
            [height, width].allSatisfy { $0.isMultiple(of: stride) && $0 >= least }
        }
        let none = [ImageSize((max(least, 256) + stride - 1) / stride * stride)]
        let all = fitting.isEmpty ? none : fitting.map { ImageSize(height: $0.0, width: $0.1) }
        return description.masking == nil ? all : [all[0]]
    }

    /// The model of a generator in evaluation mode.
    ///
    /// - Throws: `ExportError.unknownLayer`, and `GraphError`.
    func package(of network: any Layer, metadata: CoreMLMetadata) throws -> CoreMLPackage {
        let configuration = description.configuration
        let masks = description.masking == nil ? 0 : GeneratorMasking.channels
        let channels = (input: configuration.inputChannels - masks, output: configuration.outputChannels)
        let sides: [Int?] = [size?.height, size?.width]
        var operations = MILOperations(builder: MILBuilder(precision: options.precision), isPortable: options.isPortable, size: size)
        operations.calibration = calibration
        var model = CoreMLModel()
        model.specificationVersion = version.specification
        model.description_p.metadata = metadata

        let image = operations.shown(
            operations.builder.input("image", [1, channels.input] + sides), isPicture: options.takesPictures, scale: 2 / 255, shift: -1)
        model.description_p.input = [feature("image", "What to translate.", channels: channels.input)]
        var parts = [image]
        var mask: MILVariable?
        if description.masking != nil {
            let given = operations.builder.input("mask", [1, 1] + sides)
            let shown = operations.shown(given, isPicture: options.takesPictures, scale: 1 / 255, shift: 0)
            let white = options.takesPictures ? "white" : "1"
            model.description_p.input.append(feature("mask", "The region to change, \(white); 0 elsewhere.", channels: 1))
            parts.append(shown)
            mask = shown
        }
        var known: [Graph.Value: MILVariable] = [:]
        let graph = Graph(of: network)
        if configuration.conditions > 0 {
            let given = operations.builder.input("condition", [1, configuration.conditions])
            let condition = operations.builder.cast(given, to: operations.builder.kind)
            model.description_p.input.append(
                CoreMLFeature(
                    "condition", configuration.hasStrength ? "How strong, from 0 to 1." : "1 at the place of what to make, 0 elsewhere.",
                    array: [[1, configuration.conditions]]))
            if configuration.conditioning == .planes {
                parts.append(operations.planes(condition, count: configuration.conditions, like: image))
            } else {
                known = graph.valuesOfInput(images: channels.input, image: image, condition: condition)
            }
        }
        let count = parts.reduce(0) { $0 + ($1.shape[1] ?? 0) }
        let joined = parts.count == 1 ? image : operations.concatenated(parts, axis: 1, shape: [1, count] + sides)
        var output = try operations.append(graph, input: joined, known: known)
        if description.masking == .composite, let mask { output = operations.composite(output, over: image, mask: mask) }
        if options.takesPictures { output = operations.picture(output) }
        output = operations.builder.cast(output, to: .float32)
        model.program = operations.builder.program(giving: output, as: "translation", opset: version.opset)
        model.description_p.output = [feature("translation", "The translation.", channels: channels.output, isOutput: true)]
        return CoreMLPackage(model: model, weights: operations.builder.weights.contents)
    }

    private func feature(_ name: String, _ text: String, channels: Int, isOutput: Bool = false) -> CoreMLFeature {
        let sizes = sizes
        guard options.takesPictures else {
            // What comes out of several sizes is said by nothing.
            let shapes = isOutput && sizes.count > 1 ? [] : sizes.map { [1, channels, $0.height, $0.width] }
            return CoreMLFeature(name, text, array: shapes)
        }
        return CoreMLFeature(name, text, isGray: channels == 1, sizes: sizes, isOutput: isOutput)
    }
}

extension CoreMLFeature {
    /// Numbers.
    ///
    /// - Parameter shapes: Those that are allowed, the usual one first; none for any.
    fileprivate init(_ name: String, _ text: String, array shapes: [[Int]]) {
        self.init()
        (self.name, shortDescription) = (name, text)
        type.array.kind = .float32
        type.array.shape = shapes.first?.map(Int64.init) ?? []
        guard shapes.count > 1 else { return }
        type.array.enumerated.shapes = shapes.map { sides in
            var shape = CoreMLArray.Shape()
            shape.shape = sides.map(Int64.init)
            return shape
        }
    }

    /// A picture.
    fileprivate init(_ name: String, _ text: String, isGray: Bool, sizes: [ImageSize], isOutput: Bool) {
        self.init()
        (self.name, shortDescription) = (name, text)
        type.image.colors = isGray ? .gray : .rgb
        guard sizes.count == 1 || !isOutput else {
            // Pictures of several sizes come out only where any size is allowed.
            (type.image.width, type.image.height) = (1, 1)
            var range = CoreMLRange()
            (range.lower, range.upper) = (1, -1)
            (type.image.range.width, type.image.range.height) = (range, range)
            return
        }
        (type.image.width, type.image.height) = (Int64(sizes[0].width), Int64(sizes[0].height))
        guard sizes.count > 1 else { return }
        type.image.enumerated.sizes = sizes.map { side in
            var size = CoreMLImageSizes.Size()
            (size.width, size.height) = (UInt64(side.width), UInt64(side.height))
            return size
        }
    }
}

extension MILOperations {
    /// An input as the network sees it, of the type in which the program computes; pictures of 0 to 255 times a scale and shifted.
    mutating func shown(_ given: MILVariable, isPicture: Bool, scale: Double, shift: Double) -> MILVariable {
        guard isPicture else { return builder.cast(given, to: builder.kind) }
        var value = builder.operation("mul", ["x": .value(given), "y": .number(scale)], shape: given.shape)
        if shift != 0 { value = builder.operation("add", ["x": .value(value), "y": .number(shift)], shape: given.shape) }
        return builder.cast(value, to: builder.kind)
    }

    /// Images in -1...1 as whole numbers from 0 to 255.
    mutating func picture(_ image: MILVariable) -> MILVariable {
        let scaled = builder.operation("mul", ["x": .value(image), "y": .number(127.5)], shape: image.shape)
        let shifted = builder.operation("add", ["x": .value(scaled), "y": .number(127.5)], shape: image.shape)
        let limited = builder.operation(
            "clip", ["x": .value(shifted), "alpha": .number(0), "beta": .number(255)], shape: image.shape)
        return builder.operation("round", ["x": .value(limited)], shape: image.shape)
    }

    /// Each number of a condition as a plane of the size of an image: nothing of one channel, plus the numbers.
    mutating func planes(_ condition: MILVariable, count: Int, like image: MILVariable) -> MILVariable {
        let points = builder.operation(
            "reshape", ["x": .value(condition), "shape": .wholes([1, count, 1, 1])], shape: [1, count, 1, 1])
        let channel = slice(image, axis: 1, from: 0, to: 1)
        let nothing = builder.operation("mul", ["x": .value(channel), "y": .number(0)], shape: channel.shape)
        return builder.operation("add", ["x": .value(nothing), "y": .value(points)], shape: [1, count] + image.shape.dropFirst(2))
    }

    /// mask · output + (1 - mask) · image.
    mutating func composite(_ output: MILVariable, over image: MILVariable, mask: MILVariable) -> MILVariable {
        let inside = builder.operation("mul", ["x": .value(output), "y": .value(mask)], shape: output.shape)
        let opposite = builder.operation("mul", ["x": .value(mask), "y": .number(-1)], shape: mask.shape)
        let rest = builder.operation("add", ["x": .value(opposite), "y": .number(1)], shape: mask.shape)
        let outside = builder.operation("mul", ["x": .value(image), "y": .value(rest)], shape: output.shape)
        return builder.operation("add", ["x": .value(inside), "y": .value(outside)], shape: output.shape)
    }
}
