import KernelChecks
import Support
import Testing
import Torch

/// Every kernel, between guard pages, against its definition: at all widths and sizes, on any number of threads.
@Suite(.serialized) struct KernelTests {
    /// Threads that are asked for; 0 stands for two, from inside a parallel region where a team is one thread.
    static let threads: [Int32] = [1, 2, 3, 5, 16, 0]

    private let instructionSets = TorchRuntime.instructionSets

    /// Without libtorch's OpenMP runtime all other tests here would run on one thread.
    @Test func teamsAreComplete() {
        for threads in Self.threads { #expect(kernel_team_size(threads) == max(threads, 1) || threads == 0) }
    }

    /// The layers of the networks of this package, some of them as narrow and as small as they come.
    @Test(arguments: threads) func layersOfNetworks(_ threads: Int32) {
        var cases: [kernel_case] = []
        func add(
            _ images: (Int64, Int64, Int64), _ channels: (Int64, Int64), _ kernel: (size: Int64, stride: Int64, padding: Int64),
            mirrored: Bool = false
        ) {
            cases.append(layer(images, channels, kernel, mirrored: mirrored))
        }
        // Residual blocks: of 48x48 and 256x256 pictures, with few tiles, with 64 and 128 filters, and wider than any cache.
        for side in [1, 2, 12, 13, 64] as [Int64] { add((1, side, side), (256, 256), (3, 1, 1), mirrored: side > 1) }
        add((3, 16, 12), (512, 512), (3, 1, 1), mirrored: true)
        add((1, 9, 16), (1024, 1024), (3, 1, 1), mirrored: true)
        add((1, 256, 256), (16, 24), (3, 1, 1), mirrored: true)
        add((1, 33, 32), (256, 256), (3, 1, 1), mirrored: true)
        cases[cases.count - 1].accurate = true
        // First and last layers.
        add((1, 256, 256), (3, 32), (7, 1, 3), mirrored: true)
        add((2, 40, 48), (64, 3), (7, 1, 3), mirrored: true)
        add((1, 7, 7), (64, 4), (7, 1, 3), mirrored: true)
        // Halving, and doubling as its transpose.
        add((1, 128, 128), (64, 128), (3, 2, 1))
        add((2, 31, 18), (128, 256), (3, 2, 1))
        add((1, 16, 16), (256, 512), (3, 2, 1))
        // U-Nets and discriminators.
        for side in [2, 4, 8, 32] as [Int64] { add((1, side, side), (512, 512), (4, 2, 1)) }
        add((2, 64, 64), (64, 128), (4, 2, 1))
        add((1, 32, 32), (256, 512), (4, 1, 1))
        add((4, 8, 8), (256, 512), (4, 1, 1))
        add((1, 31, 31), (512, 1), (4, 1, 1))
        add((3, 5, 9), (64, 1), (1, 1, 0))
        // Separable residual blocks and what pruning leaves of others.
        for channels in [8, 16, 40, 256] as [Int64] {
            add((1, 64, 64), (channels, channels), (3, 1, 1), mirrored: true)
            cases[cases.count - 1].groups = channels
            add((1, 64, 64), (channels, 24), (1, 1, 0))
            add((1, 33, 64), (channels, 24), (3, 1, 1), mirrored: true)
        }
        // Direct, both tile sizes of 3x3, both of 4x4, and depthwise.
        #expect(Set(cases.map { withUnsafePointer(to: $0, kernel_case_method) }) == [0, 1, 2, 3, 4])
        for (index, values) in cases.enumerated() {
            expectPasses(values, on: threads, instructionSet: (index + Int(threads)) % instructionSets.count, seed: UInt64(index))
        }
    }

    /// Layers of random extents, drawn from what kernels find hard: borders, odd channels, images smaller than a tile.
    @Test(arguments: threads) func randomLayers(_ threads: Int32) {
        var random = SplitMix64(seed: UInt64(threads))
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        for seed in 0..<240 as Range<UInt64> {
            let size: Int64 = pick([3, 3, 3, 4, 4, 4, 1, 2, 5, 7])
            let (height, width): (Int64, Int64) = (pick([1, 2, 3, 5, 8, 13, 31, 67]), pick([1, 2, 4, 7, 16, 23, 40, 131]))
            let mirrored = pick([true, false])
            let most = mirrored ? min(3, min(height, width) - 1) : size / 2
            let padding = pick([min(1, most), Int64.random(in: 0...most, using: &random)])
            guard min(height, width) + 2 * padding >= size else { continue }
            var values = layer(
                (pick([1, 2, 3, 8]), height, width), (pick([3, 4, 15, 16, 17, 32, 40, 130]), pick([1, 3, 5, 16, 31, 33, 64, 96])),
                (size, min(size, pick([1, 1, 1, 2, 3])), padding), mirrored: mirrored)
            values.accurate = pick([true, false])
            values.packs_weight = pick([true, false])
            values.normalizes_input = pick([true, false])
            values.normalizes_gradient = pick([true, false])
            values.has_bias = pick([true, false])
            values.slope = pick([0, 0.2, 1])
            expectPasses(values, on: threads, instructionSet: Int(seed) % instructionSets.count, seed: seed)
        }
    }

    /// Depthwise layers of random extents.
    @Test(arguments: threads) func randomDepthwiseLayers(_ threads: Int32) {
        var random = SplitMix64(seed: UInt64(threads) + 100)
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        for seed in 0..<120 as Range<UInt64> {
            let (height, width): (Int64, Int64) = (pick([1, 2, 3, 4, 5, 8, 13, 31, 67]), pick([1, 2, 3, 4, 7, 16, 23, 40, 131]))
            let mirrored = pick([true, false])
            let padding = min(pick([0, 1, 1, 2]), mirrored ? min(height, width) - 1 : 2)
            guard min(height, width) + 2 * padding >= 3 else { continue }
            let channels: Int64 = pick([2, 3, 4, 7, 8, 15, 16, 17, 24, 33, 40, 130])
            var values = layer((pick([1, 2, 3]), height, width), (channels, channels), (3, 1, padding), mirrored: mirrored)
            values.groups = channels
            values.normalizes_input = pick([true, false])
            values.normalizes_gradient = pick([true, false])
            values.has_bias = pick([true, false])
            values.slope = pick([0, 0.2, 1])
            expectPasses(values, on: threads, instructionSet: Int(seed) % instructionSets.count, seed: seed)
        }
    }

    /// 1x1 convolutions in products of bytes, on processors that have them.
    @Test(.enabled(if: TorchRuntime.multipliesBytes), arguments: threads) func pointwiseLayersInBytes(_ threads: Int32) {
        var random = SplitMix64(seed: UInt64(threads) + 200)
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        for seed in 0..<160 as Range<UInt64> {
            let channels: (Int64, Int64) = (
                pick([1, 2, 3, 4, 5, 15, 16, 17, 40, 130, 256]), pick([1, 3, 15, 16, 17, 31, 32, 33, 64, 100])
            )
            var values = layer(
                (pick([1, 2, 3]), pick([1, 2, 5, 13, 64]), pick([1, 3, 7, 12, 40])), channels, (1, 1, 0), mirrored: false)
            values.takes_bytes = true
            values.normalizes_input = pick([true, false])
            values.has_bias = pick([true, false])
            values.slope = pick([0, 0.2, 1])
            let quantized: Int32 = 5
            #expect(kernel_case_method(&values) == quantized)
            expectPasses(values, on: threads, instructionSet: 0, seed: seed)
        }
        // Neither larger kernels nor borders.
        for kernel in [(3, 1, 1), (2, 2, 0), (1, 1, 1)] as [(Int64, Int64, Int64)] {
            var values = layer((1, 12, 12), (64, 64), kernel, mirrored: false)
            values.takes_bytes = true
            expectPasses(values, on: threads, instructionSet: 0, seed: 1)
            var others = values
            others.takes_bytes = false
            #expect(kernel_case_method(&values) == kernel_case_method(&others))
        }
    }

    @Test func cacheSizesAreRead() {
        func sizes(_ text: String) -> [Int64]? {
            var (second, third): (Int64, Int64) = (0, 0)
            return kernel_parse_caches(text, &second, &third) ? [second, third] : nil
        }
        #expect(sizes("512K,32M") == [512 << 10, 32 << 20])
        #expect(sizes("1M,1G") == [1 << 20, 1 << 30])
        #expect(sizes("1048576,1048576") == [1 << 20, 1 << 20])
        for wrong in [
            "", "512K", "512K,", "512K,32M,", "512K,32Mi", " 512K,32M", "-1K,32M", "1K,32M", "2M,1M", "1M,5G", "1M;2M",
            "99999999999999999999,1M",
        ] {
            #expect(sizes(wrong) == nil, "\(wrong)")
        }
    }

    private func layer(
        _ images: (Int64, Int64, Int64), _ channels: (Int64, Int64), _ kernel: (size: Int64, stride: Int64, padding: Int64), mirrored: Bool
    ) -> kernel_case {
        var values = kernel_case()
        (values.count, values.height, values.width) = images
        (values.inputs, values.outputs) = channels
        (values.size, values.stride, values.padding) = kernel
        values.groups = 1
        values.reflects = mirrored
        values.normalizes_input = true
        values.has_bias = true
        return values
    }

    private func expectPasses(_ values: kernel_case, on threads: Int32, instructionSet: Int, seed: UInt64) {
        var values = values
        values.instruction_set = Int32(instructionSet)
        values.threads = threads == 0 ? 2 : threads
        values.nested = threads == 0
        values.seed = seed
        // Guard pages alternate between the end and the beginning.
        values.fences_end = (seed + UInt64(threads)) % 2 == 0
        var text = [CChar](repeating: 0, count: 1024)
        let passes = kernel_case_passes(&values, &text, Int64(text.count))
        #expect(passes, "\(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))")
    }
}
