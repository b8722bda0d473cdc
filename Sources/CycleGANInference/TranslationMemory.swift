import Foundation
import Imaging
import Support
import Torch
import TorchNN

/// How much memory the translation of an image takes, from the generator's layers.
package struct TranslationMemory {
    private let graph: Graph
    private let channels: Int
    /// Bytes of a pixel of the image and of its translation.
    private let pixelBytes: Int

    // Of a process with libtorch.
    static let program = 200_000_000
    // The image and its translation as pixels and as tensors, before and behind the network and mirrored; measured.
    private static let copies = 4

    package init(_ graph: Graph, input: DomainConfiguration, output: DomainConfiguration) {
        self.graph = graph
        channels = max(input.channels, output.channels, graph.inputChannels ?? 0)
        pixelBytes =
            input.channels * input.bitDepth.format.byteCount + output.channels * output.writtenDepth.format.byteCount
    }

    /// In bytes, of the whole process.
    ///
    /// - Parameters:
    ///   - size: That of the image as the network takes it, mirrored to a multiple of its stride.
    ///   - held: What the process holds already.
    func bytes(for size: ImageSize, held: Int = program) -> Int {
        held + mapBytes(for: size) + Self.copies * channels * size.height * size.width * MemoryLayout<Float>.size
    }

    /// In bytes, of the whole process where the network runs strip by strip: the image and its translation, each twice, as read and as converted
    /// or written.
    func bytesInStrips(for size: ImageSize) -> Int { Self.program + 2 * pixelBytes * size.height * size.width }

    /// In bytes: the most that the network's maps take at once, each held from where it is made to where it is last read.
    package func mapBytes(for size: ImageSize) -> Int {
        guard let shapes = try? graph.shapes(forInput: [1, graph.inputChannels ?? channels, size.height, size.width]) else { return 0 }
        var lastUse = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { lastUse[input.index] = index }
        }
        let lengths = graph.nodes.indices.map { isHeld(graph.nodes[$0].operation) ? shapes[$0].reduce(1, *) : 0 }
        var (held, most) = (0, 0)
        for index in graph.nodes.indices {
            held += lengths[index]
            most = max(most, held)
            for done in graph.nodes.indices.prefix(index + 1) where lastUse[done] == index { held -= lengths[done] }
        }
        return most * MemoryLayout<Float>.size
    }

    /// Mirrored borders and activations are made while their readers run.
    private func isHeld(_ operation: TorchNN.Operation) -> Bool {
        switch operation {
        case .padding, .activation, .dropout: false
        default: true
        }
    }
}

extension Translator {
    /// Checks that a translation on the CPU fits into this computer's memory.
    ///
    /// - Parameters:
    ///   - size: That of the image as the network takes it.
    ///   - inStrips: Whether the network may run strip by strip.
    /// - Throws: `ModelFileError` saying how much it would take.
    func checkMemory(for size: ImageSize, inStrips: Bool = true, memory: Int = ProcessMemory.limit, name: String) throws(ModelFileError) {
        guard device == .cpu else { return }
        let memory = min(memory, largeImages.memory ?? memory)
        let needed = inStrips && graph.reasonAgainstStrips == nil ? self.memory.bytesInStrips(for: size) : self.memory.bytes(for: size)
        guard needed > memory else { return }
        let share = (Double(memory) / Double(needed)).squareRoot()
        throw ModelFileError(
            file: name,
            problem:
                "to translate \(size.namedDimensions) takes about \(gigabytes(needed)) of memory, of which there are \(gigabytes(memory))",
            remedies: [.smallerSize(Int(Double(max(size.height, size.width)) * share * 0.9) / 64 * 64)])
    }
}
