import CycleGANExport
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging

/// How to use the files of a model, in Python and at the command line.
struct HubUse {
    private let file: GeneratorFile
    private let files: [String]
    private let size: ImageSize?

    init(_ file: GeneratorFile, files: [String], size: ImageSize?) {
        (self.file, self.files, self.size) = (file, files, size)
    }

    private var description: GeneratorDescription { file.description }
    private var conditions: Int { description.configuration.conditions }

    var text: String {
        """
        ## Use

        In Python, with ONNX Runtime:

        ```python
        \(files.contains(HubVariant.picturesName) ? onPictures : onNumbers)
        ```

        \(rules)

        With `cyclegan`, for images of any size:

        ```sh
        cyclegan translate photo.jpg --model \(HubVariant.weightsName)\(target) --output translated.png
        ```
        """
    }

    private var target: String {
        let name = description.names[file.translation.to]
        let word = name.contains { !$0.isLetter && !$0.isNumber && $0 != "-" } ? "\"\(name)\"" : name
        return (conditions > 1 ? " --to \(word)" : "") + (description.masking == nil ? "" : " --masks mask.png")
    }

    private var onPictures: String {
        let channels = [file.translation.from, file.translation.to].map { description.images(of: $0).channels }
        let mode = channels[0] == 1 ? "L" : "RGB"
        return """
            import numpy
            import onnxruntime
            from PIL import Image

            session = onnxruntime.InferenceSession("\(HubVariant.picturesName)")
            picture = numpy.asarray(Image.open("photo.jpg").convert("\(mode)")\(resized))
            \(cut("picture", [0, 1]))inputs = {"image": picture[None\(channels[0] == 1 ? ", :, :, None" : "")]}
            \(others("picture.shape[:2]"))translation = session.run(None, inputs)[0][0]
            Image.fromarray(translation\(channels[1] == 1 ? "[:, :, 0]" : "")).save("translated.png")
            """
    }

    private var onNumbers: String {
        let domain = description.images(of: file.translation.from)
        let range = domain.effectiveRange.bands.map { "\(shortText($0.lowerBound)) to \(shortText($0.upperBound))" }
        return """
            import numpy
            import onnxruntime

            session = onnxruntime.InferenceSession("model.onnx")
            # [\(domain.channels), height, width], float32: values from \(Set(range).count == 1 ? range[0] : range.joined(separator: ", ")) scaled to -1...1
            image = numpy.load("image.npy")
            \(cut("image", [1, 2]))inputs = {"image": image[None]}
            \(others("image.shape[1:]"))translation = session.run(None, inputs)[0][0]
            numpy.save("translated.npy", translation)
            """
    }

    private func shortText(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(Float(value))" }

    private var resized: String { size.map { ".resize((\($0.width), \($0.height)))" } ?? "" }

    /// Sides become multiples of the stride.
    private func cut(_ name: String, _ axes: [Int]) -> String {
        guard size == nil else { return "" }
        let stride = description.configuration.stride
        guard stride > 1 else { return "" }
        let parts = (axes[0] == 0 ? [] : [":"]) + axes.map { ": \(name).shape[\($0)] // \(stride) * \(stride)" }
        return "\(name) = \(name)[\(parts.joined(separator: ", "))]\n"
    }

    /// What goes in beside the image.
    private func others(_ shape: String) -> String {
        var lines = ""
        if description.masking != nil {
            lines += "inputs[\"mask\"] = numpy.ones((1, 1, *\(shape)), numpy.float32)  # 1 where the image may change\n"
        }
        if let condition = description.condition(of: file.translation) {
            let numbers = condition.array(of: Float.self).map { "\(Int($0))" }.joined(separator: ", ")
            lines += "inputs[\"condition\"] = numpy.array([[\(numbers)]], numpy.float32)  # \(meaning)\n"
        }
        return lines
    }

    private var meaning: String {
        guard conditions > 1 else { return "the strength, from 0 to 1" }
        return "1 at the place of \(description.translations.toldDomains.map { description.names[$0] }.joined(separator: ", "))"
    }

    private var rules: String {
        let sides =
            size.map { "Images are \($0.dimensions) (width x height)" }
            ?? "Heights and widths are multiples of \(description.configuration.stride), at least \(description.configuration.smallestSide)"
        return "\(sides); several images of one size go in as a batch."
    }
}
