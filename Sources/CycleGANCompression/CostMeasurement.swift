import CycleGANExport
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support
import Torch
import TorchNN

extension CompressionReport.Cost {
    /// Sides of the images that times are measured on.
    private static let sides = [256, 512]

    /// Counts and measures what a generator costs.
    ///
    /// - Parameters:
    ///   - scratch: A folder for files that are removed again.
    ///   - kept: The folder that exports stay in, and the beginning of their names; nothing for none.
    /// - Throws: Errors of the export and of libtorch.
    init(measuring file: GeneratorFile, scratch: URL, kept: (folder: URL, name: String)? = nil) throws {
        let configuration = file.description.configuration
        architecture = configuration.architecture.rawValue
        widths = configuration.effectiveWidths?.all ?? []
        parameters = file.generator.parameterCount
        multiplyAdds = configuration.multiplyAdds
        bytes = try Self.exports(file, scratch: scratch, kept: kept)
        times = try Self.times(file)
        memory = TranslationMemory(
            configuration.graph, input: file.description.images(of: file.translation.from),
            output: file.description.images(of: file.translation.to)
        ).mapBytes(for: ImageSize(height: 512, width: 512))
    }

    private static func exports(_ file: GeneratorFile, scratch: URL, kept: (folder: URL, name: String)?) throws -> [String: Int] {
        var bytes: [String: Int] = [:]
        for precision in ExportPrecision.ofONNX {
            var options = ExportOptions()
            options.precision = precision
            let name = "\(kept?.name ?? "export")-\(precision.rawValue).onnx"
            let output = (kept?.folder ?? scratch).appending(path: name)
            let result = try ModelExport(file, options: options).writeONNX(to: output, verifies: kept != nil)
            bytes[precision.rawValue] = result.bytes
            if kept == nil { for file in result.files { try? FileManager.default.removeItem(at: file) } }
        }
        return bytes
    }

    private static func times(_ file: GeneratorFile) throws -> [CompressionReport.Time] {
        let before = TorchRuntime.threadCount
        defer { TorchRuntime.threadCount = before }
        let (description, random) = (file.description, TorchRandom(seed: 1))
        let channels = description.images(of: file.translation.from).channels
        let condition = description.condition(of: file.translation)
        var times: [CompressionReport.Time] = []
        for side in sides {
            let stride = description.configuration.stride
            let shown = (side + stride - 1) / stride * stride
            let image = Tensor.empty([1, channels, shown, shown])
            image.fillUniform(in: -1..<1, using: random)
            let input = description.networkInput(image, condition: condition)
            for threads in [1, 2] where threads <= ProcessInfo.processInfo.activeProcessorCount {
                TorchRuntime.threadCount = threads
                let seconds = try withTorchErrors { withoutGradients { median { _ = file.generator(input) } } }
                times.append(.init(side: side, threads: threads, seconds: seconds))
            }
        }
        return times
    }

    /// The median time of some calls after a first one, at least 3 and as many as fit into a second.
    private static func median(_ body: () -> Void) -> Double {
        body()
        var seconds: [Double] = []
        let start = ContinuousClock.now
        while seconds.count < 3 || (seconds.count < 25 && start.duration(to: .now) < .seconds(1)) {
            seconds.append(ContinuousClock().measure(body) / .seconds(1))
        }
        return seconds.sorted()[seconds.count / 2]
    }
}

/// What the system calls its processor.
func processorName() -> String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    return "\(name), \(counted(ProcessInfo.processInfo.activeProcessorCount, "core"))"
}
