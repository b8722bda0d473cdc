import Foundation
import Torch

/// How far a written file is from its network, over all images on which both were run.
struct ExportComparison {
    private let options: ExportOptions
    /// The largest difference, in -1...1 or, of pictures, in levels.
    private(set) var largest = 0.0
    private var (squares, count) = (0.0, 0)

    init(_ options: ExportOptions) {
        self.options = options
    }

    /// The peak signal-to-noise ratio in dB; infinite for equal numbers.
    var psnr: Double {
        let range = options.takesPictures ? 255.0 : 2
        return squares == 0 ? .infinity : 10 * log10(range * range * Double(count) / squares)
    }

    /// Adds what the file gave for an image to what the network gave.
    ///
    /// - Parameter scale: What numbers are divided by first.
    /// - Throws: `ExportError.different` for another shape.
    mutating func add(_ found: Tensor?, expected: Tensor, scale: Double = 1, file: String) throws(ExportError) {
        guard let found, found.shape == expected.shape else {
            throw .different(file: file, found: "an output of \(found?.shape ?? [])", allowed: "\(expected.shape)")
        }
        let difference = (found.to(.float32) - expected.to(.float32)) / scale
        let most: Double = difference.abs().max().item()
        guard most.isFinite else { throw .different(file: file, found: "numbers that are not finite", allowed: "finite ones") }
        largest = max(largest, most)
        squares += difference.square().sum().item()
        count += difference.count
    }

    /// - Throws: `ExportError.different` where the file is further from the network than its precision allows.
    func check(file: String) throws(ExportError) {
        if options.precision.isCompressed {
            guard psnr >= 20 else {
                throw .different(file: file, found: String(format: "a PSNR of %.1f dB", psnr), allowed: "20 dB and more")
            }
            return
        }
        let limit = options.takesPictures ? (options.precision == .f32 ? 1.0 : 2) : options.precision == .f32 ? 1e-4 : 5e-3
        guard largest <= limit else {
            throw .different(file: file, found: "a difference of \(Float(largest))", allowed: "\(Float(limit)) and less")
        }
    }
}

extension ONNXFile {
    /// Writes the file where `verify` finds nothing wrong with it; it gives nothing where it does not look.
    func write(to url: URL, verifying verify: (URL) throws -> ExportComparison?) throws -> ModelExport.Result {
        var comparison: ExportComparison?
        let files = try write(to: url, checking: { comparison = try verify($0) })
        let bytes = files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
        return ModelExport.Result(files: files, bytes: bytes, largestDifference: comparison?.largest, psnr: comparison?.psnr)
    }
}
