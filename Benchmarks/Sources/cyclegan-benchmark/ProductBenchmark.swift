import ArgumentParser
import Foundation
import KernelMeasures
import Torch

/// Where the kernels stand on this machine: what a core can multiply at most, what products reach on data in each cache, and what whole
/// layers reach.
struct ProductBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "products", abstract: "Print the speed of products by themselves and in the layers of resnet9, as shares of the peak.")

    @Option(help: "Height and width of the images.") var size: Int64 = 256
    @Option(help: "Channels after the first convolution.") var ngf: Int64 = 64
    @Option(help: "Threads of the layers.") var threads: Int32 = 2
    @Option(help: "Rounds of each layer, of which the fastest counts.") var rounds: Int32 = 10
    @Option(help: "Seconds for each product by itself.") var seconds = 0.5
    @Option(help: "AVX-512, AVX2 or another that `cyclegan info --hardware` names.") var instructionSet = TorchRuntime.instructionSets[0]

    func run() throws {
        guard let index = TorchRuntime.instructionSets.firstIndex(of: instructionSet) else {
            throw ValidationError("no kernels for '\(instructionSet)'; there are \(TorchRuntime.instructionSets.joined(separator: ", "))")
        }
        let set = Int32(index)
        // libtorch's threads are the kernels' own.
        TorchRuntime.threadCount = Int(threads)
        let peak = measure_peak(set, seconds)
        print("\(instructionSet), caches \(TorchRuntime.caches.sizes): at most \(text(peak)) GFLOP/s of one thread\n")
        print("| products of one thread, 256 channels | matrices, MB | share of the peak |\n| --- | ---: | ---: |")
        for (tiles, positions) in [(12, 1), (48, 1), (12, 4), (12, 36), (24, 36), (48, 36), (96, 36), (12, 144)] as [(Int64, Int64)] {
            let bytes = Double(positions * (256 * 256 + 2 * tiles * 256) * 4) / 1e6
            print(
                "| \(tiles) tiles, \(positions) positions | \(text(bytes)) | \(percent(measure_products(set, tiles, positions, seconds) / peak)) |"
            )
        }
        let layers: [(name: String, layer: measured_layer)] = [
            ("first 7x7", layer(1, side: size, 3, ngf, kernel: 7, stride: 1, padding: 3, mirrored: true)),
            ("halving, outer", layer(1, side: size, ngf, 2 * ngf, kernel: 3, stride: 2, padding: 1, mirrored: false)),
            ("halving, inner", layer(1, side: size / 2, 2 * ngf, 4 * ngf, kernel: 3, stride: 2, padding: 1, mirrored: false)),
            ("residual", layer(1, side: size / 4, 4 * ngf, 4 * ngf, kernel: 3, stride: 1, padding: 1, mirrored: true)),
            ("residual, 2 images", layer(2, side: size / 4, 4 * ngf, 4 * ngf, kernel: 3, stride: 1, padding: 1, mirrored: true)),
            ("last 7x7", layer(1, side: size, ngf, 3, kernel: 7, stride: 1, padding: 3, mirrored: true)),
        ]
        print("\n| layer, \(threads) threads | GFLOP | weight, MB | forward, ms | share | of inputs, ms | share | of weights, ms | share |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for (name, layer) in layers {
            let found = measure_layer(set, threads, layer, rounds)
            let seconds = [found.seconds.0, found.seconds.1, found.seconds.2]
            let cells = seconds.map { "\(text($0 * 1e3)) | \(percent(found.products / $0 / peak / Double(threads)))" }
            print("| \(name) | \(text(found.products)) | \(text(found.weight_bytes / 1e6)) | \(cells.joined(separator: " | ")) |")
        }
    }

    private func layer(
        _ count: Int64, side: Int64, _ inputs: Int64, _ outputs: Int64, kernel: Int64, stride: Int64, padding: Int64, mirrored: Bool
    ) -> measured_layer {
        measured_layer(
            count: count, height: side, width: side, inputs: inputs, outputs: outputs, size: kernel, stride: stride, padding: padding,
            reflects: mirrored)
    }

    private func text(_ value: Double) -> String { String(format: "%.2f", value) }
    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded()))%" }
}
