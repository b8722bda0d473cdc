import Checkpoints
import Foundation
import Support
import Testing

/// Damaged files must give an error or tensors, and never stop the program.
@Suite struct DamagedFileTests {
    static let files = [
        "types.pth", "types_protocol4.pth", "types_legacy.pth", "views.pth", "views_legacy.pth", "nested.pth", "python2_legacy.pth",
        "types.safetensors", "narrow.safetensors",
    ]

    private func read(_ data: Data) -> Bool {
        do throws(CheckpointError) {
            return try StateDict.read(data, name: "damaged").isEmpty
        } catch {
            return true
        }
    }

    @Test(arguments: files) func everyCutOffFileIsAnError(file: String) throws {
        let whole = try Fixture.data(file)
        for length in stride(from: 0, to: whole.count, by: whole.count > 1500 ? 5 : 1) {
            #expect(throws: CheckpointError.self, "\(length) bytes") { try StateDict.read(Data(whole.prefix(length)), name: file) }
        }
    }

    @Test(arguments: files) func changedBytesAreSurvived(file: String) throws {
        let whole = try Fixture.data(file)
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                damaged[Int.random(in: 0..<whole.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = read(damaged)
        }
    }

    @Test(arguments: ["types.pth", "python2_legacy.pth", "narrow.safetensors"])
    func runsOfLargeNumbersAreSurvived(file: String) throws {
        let whole = try Fixture.data(file)
        for start in stride(from: 0, to: whole.count - 4, by: 7) {
            for value: UInt8 in [0x7F, 0xFF] {
                var damaged = whole
                damaged.replaceSubrange(start..<start + 4, with: [UInt8](repeating: value, count: 4))
                _ = read(damaged)
            }
        }
    }

    /// Appends a pickle to the head of a legacy file.
    private func legacy(_ pickle: [UInt8]) -> Data {
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        return Data(magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E] + pickle + [0x80, 2, 0x5D, 0x2E])
    }

    @Test func deepNestingIsAnError() {
        // {"x": ((((...)))) }, 200 000 deep: )0x85 0x85 ...
        let nested = Array("}X".utf8) + [1, 0, 0, 0] + Array("x)".utf8) + [UInt8](repeating: 0x85, count: 200_000) + Array("s.".utf8)
        let text = message { () throws(CheckpointError) in try StateDict.read(legacy(nested), name: "deep") }
        #expect(text.contains("nested"), "\(text)")
    }

    @Test func sharedListsDoNotExplode() {
        // Thirty lists, each holding the one before it twice: 2^30 leaves in about 200 bytes.
        var pickle = Array("}X".utf8) + [1, 0, 0, 0] + Array("x]Na".utf8)
        for level in 0..<30 as Range<UInt8> { pickle += [0x71, level, 0x30, 0x5D, 0x28, 0x68, level, 0x68, level, 0x65] }
        let text = message { () throws(CheckpointError) in try StateDict.read(legacy(pickle + Array("s.".utf8)), name: "shared") }
        #expect(text.contains("the pickle repeats its lists"), "\(text)")
    }

    /// One list of 2000 numbers, held by another 1000 times.
    @Test func repeatedListsAreAnError() {
        var pickle = Array("}X".utf8) + [1, 0, 0, 0] + Array("x](".utf8)
        for _ in 0..<2000 { pickle += [0x4B, 7] }
        pickle += Array("eq".utf8) + [0, 0x30] + Array("](".utf8)
        for _ in 0..<1000 { pickle += [0x68, 0] }
        pickle += Array("es.".utf8)
        let text = message { () throws(CheckpointError) in try StateDict.read(legacy(pickle), name: "repeated") }
        #expect(text.contains("the pickle repeats its lists"), "\(text)")
    }

    /// `OrderedDict(list)` copies the list: 300 calls with the same 2000 pairs.
    @Test func repeatedCallsAreAnError() {
        var pickle = Array("](".utf8)
        for pair in 0..<2000 { pickle += Array("X".utf8) + [4, 0, 0, 0] + Array(String(1000 + pair).utf8) + [0x4E, 0x86] }
        pickle += Array("eq".utf8) + [0, 0x30]
        for _ in 0..<300 { pickle += Array("ccollections\nOrderedDict\n".utf8) + [0x68, 0, 0x85, 0x52, 0x30] }
        pickle += Array("}.".utf8)
        let text = message { () throws(CheckpointError) in try StateDict.read(legacy(pickle), name: "calls") }
        #expect(text.contains("the pickle repeats its lists"), "\(text)")
    }

    @Test func shapesOfManySizesAreAnError() {
        let ones = [String](repeating: "1", count: 100_000).joined(separator: ",")
        let header = Data(#"{"x":{"dtype":"F32","shape":[\#(ones)],"data_offsets":[0,4]}}"#.utf8)
        var file = Data()
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        let text = message { () throws(CheckpointError) in try StateDict.read(file + header + Data(count: 4), name: "ones") }
        #expect(text.contains("a list of over 64 sizes"), "\(text)")
    }

    @Test func listsThatHoldThemselvesAreAnError() {
        let pickle = Array("}X".utf8) + [1, 0, 0, 0] + Array("x]q".utf8) + [0, 0x68, 0] + Array("as.".utf8)
        let text = message { () throws(CheckpointError) in try StateDict.read(legacy(pickle), name: "cycle") }
        #expect(text.contains("nested"), "\(text)")
    }

    @Test func repeatedElementsCannotAskForEndlessMemory() throws {
        // The repeated view [4, 3] with strides [0, 1]: 4 becomes 2^31 - 1.
        var file = try Fixture.data("views_legacy.pth")
        let view = try #require(file.range(of: Data([0x4B, 4, 0x4B, 3, 0x86])))
        file.replaceSubrange(view, with: [0x4A, 0xFF, 0xFF, 0xFF, 0x7F, 0x4B, 3, 0x86])
        let text = message { () throws(CheckpointError) in try StateDict.read(file, name: "views") }
        #expect(text.contains("far larger"), "\(text)")
    }
}
