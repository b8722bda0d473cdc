import Checkpoints
import CycleGANExport
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// A form in which a model lies in a folder for a model hub.
struct HubVariant {
    /// The name of its file.
    let name: String
    /// What it is for.
    let about: String
    /// Whether the folder is made without it where the model loses too much in it.
    var mayBeLeftOut = false
    /// Writes the file, and says how large it is and how near it comes to the generator.
    let write: (_ model: ModelHubFolder, _ file: GeneratorFile, _ picture: PixelImage?, URL) throws -> (bytes: Int, check: String)

    /// All forms that fit a model.
    ///
    /// - Parameter options: What they have in common.
    static func all(of file: GeneratorFile, like options: ExportOptions) -> [HubVariant] {
        var variants = [weights]
        func add(_ name: String, _ about: String, _ change: (inout ExportOptions) -> Void) {
            var own = options
            change(&own)
            variants.append(onnx(name, about, own))
        }
        add("model.onnx", "numbers in -1...1, [N, C, H, W]") { _ in }
        add("model-f16.onnx", "the same, weights of half the size") { $0.precision = .f16 }
        add("model-int8.onnx", "the same, weights of a quarter of the size") { $0.precision = .int8 }
        if ModelExport.hasPictures(file) {
            add(picturesName, "pictures of 8 bits, [N, H, W, C]; weights of half the size") {
                ($0.takesPictures, $0.precision) = (true, .f16)
            }
        }
        var own = options
        (own.precision, own.takesPictures) = (.f16, ModelExport.hasPictures(file))
        variants.append(coreML(own))
        return variants
    }

    /// The file that takes pictures.
    static let picturesName = "model-pictures.onnx"
    /// The file of weights.
    static let weightsName = "generator.safetensors"

    private static func onnx(_ name: String, _ about: String, _ options: ExportOptions) -> HubVariant {
        HubVariant(name: name, about: about, mayBeLeftOut: options.precision != .f32) { _, file, picture, url in
            text(try ModelExport(file, options: options).writeONNX(to: url, picture: picture), options)
        }
    }

    private static func coreML(_ options: ExportOptions) -> HubVariant {
        let about = "Core ML, of \(options.takesPictures ? "pictures" : "numbers in -1...1"); weights of half the size"
        return HubVariant(name: "model.mlpackage", about: about, mayBeLeftOut: true) { _, file, picture, url in
            text(try ModelExport(file, options: options).writeCoreML(to: url, picture: picture), options)
        }
    }

    private static func text(_ result: ModelExport.Result, _ options: ExportOptions) -> (Int, String) {
        let psnr = result.psnr.map { $0.isFinite ? String(format: ", PSNR %.1f dB", $0) : "" } ?? ""
        let difference = result.largestDifference ?? 0
        let shown = options.takesPictures ? "\(Int(difference)) of 255" : shortNumber(difference)
        return (result.bytes, "differs by at most \(shown)\(psnr)")
    }

    private static var weights: HubVariant {
        HubVariant(name: weightsName, about: "the weights, for `cyclegan` and Python's safetensors") { model, file, _, url in
            var conversion = ModelConversion(file.url)
            (conversion.translation, conversion.use, conversion.licence) = (model.translation, model.use, model.licence)
            _ = try conversion.write(to: url)
            let (read, own) = (try StateDict.read(from: url), file.generator.stateDict())
            for (name, tensor) in own {
                guard let found = read[name], found.shape == tensor.shape,
                    (found.to(tensor.dtype) - tensor).abs().max().item() as Double == 0
                else {
                    throw ExportError.different(file: url.path, found: "another \(name)", allowed: "the same numbers")
                }
            }
            return (try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0, "equal")
        }
    }
}
