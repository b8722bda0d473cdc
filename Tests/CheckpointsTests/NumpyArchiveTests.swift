import Checkpoints
import Foundation
import Support
import TestSupport
import Testing
import Torch

@Suite struct NumpyArchiveTests {
    @Test(arguments: ["stored.npz", "deflated.npz"]) func everyTypeAndOrderIsRead(file: String) throws {
        let arrays = try NumpyArchive.read(Fixture.url(file))
        let sevenths = (0..<24).map { Double($0) / 7 }
        #expect(arrays["float64"]?.shape == [2, 3, 4] && arrays["fortran"]?.shape == [2, 3, 4])
        #expect(arrays["float64"]?.array(of: Double.self) == sevenths)
        #expect(arrays["fortran"]?.array(of: Double.self) == sevenths)
        #expect(arrays["float32"]?.array(of: Float.self) == sevenths.map(Float.init))
        #expect(arrays["float16"]?.to(.float32).array(of: Float.self) == [0.5, 65504])
        #expect(arrays["int64"]?.array(of: Int64.self) == (0..<24).map { $0 - (1 << 62) })
        #expect(arrays["int32"]?.array(of: Int64.self) == (0..<24).map { $0 - (1 << 31) })
        #expect(arrays["int16"]?.array(of: Int64.self) == [-32768, 32767])
        #expect(arrays["int8"]?.array(of: Int64.self) == [-128, 127])
        #expect(arrays["uint8"]?.array(of: UInt8.self) == [0, 255])
        #expect(arrays["uint16"]?.array(of: Int64.self) == [65535])
        #expect(arrays["bool"]?.array(of: Bool.self) == [true, false])
        #expect(arrays["number"]?.shape == [] && arrays["number"]?.item() == 0.1)
        #expect(arrays["nothing"]?.shape == [3, 0, 2])
        #expect(arrays.names.first == "float64" && arrays.count == 13 && arrays.metadata.isEmpty)
    }

    @Test func writtenFilesReadBackEqualAndInOrder() throws {
        var contents = try NumpyArchive.read(Fixture.url("stored.npz"))
        contents["transposed"] = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).permuted([1, 0])
        contents.metadata = ["b": "2", "a": "\u{fc}"]
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "copy.npz")
            try NumpyArchive.write(contents, to: url)
            let copy = try NumpyArchive.read(url)
            expectSame(copy, contents)
            #expect(copy.metadata == contents.metadata)
        }
    }

    @Test func bfloat16CannotBeWritten() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "a.npz")
            #expect(throws: CheckpointError.unwritable(file: url.path, reason: "tensor 'a' is bfloat16, which NumPy lacks")) {
                try NumpyArchive.write(StateDict([("a", Tensor(1, dtype: .bfloat16))]), to: url)
            }
            #expect(!FileManager.default.fileExists(atPath: url.path))
        }
    }

    @Test(arguments: [
        ("object", "pickled"), ("text", "U1"), ("bigendian", "big-endian"), ("structured", "structured"), ("complex", "c16"),
    ])
    func whatHasNoTensorIsExplained(array: String, expected: String) throws {
        let text = message { () throws(CheckpointError) in try NumpyArchive.read(Fixture.url("foreign.npz")) { $0 == array } }
        #expect(text.contains("'\(array)'") && text.contains(expected), "\(text)")
        let good = try NumpyArchive.read(Fixture.url("foreign.npz")) { $0 == "good" }
        #expect(good["good"]?.array(of: Double.self) == [0, 1, 2])
    }

    @Test(arguments: ["stored.npz", "deflated.npz"]) func everyCutOffFileIsAnError(file: String) throws {
        let whole = try Fixture.data(file)
        for length in stride(from: 0, to: whole.count, by: 5) {
            #expect(throws: CheckpointError.self, "\(length) bytes") { try NumpyArchive.read(Data(whole.prefix(length)), name: file) }
        }
    }

    @Test(arguments: ["stored.npz", "deflated.npz"]) func changedBytesAreSurvived(file: String) throws {
        let whole = try Fixture.data(file)
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 {
            var damaged = whole
            let start = random.integer(below: whole.count - 4)
            let run = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: 1 + random.integer(below: 4))
            damaged.replaceSubrange(start..<start + run.count, with: run)
            _ = try? NumpyArchive.read(damaged, name: file)
        }
    }

    @Test func aDamagedNumberIsNoticed() throws {
        var file = try Fixture.data("stored.npz")
        let first = try #require(file.range(of: Data("NUMPY".utf8)))
        file[first.lowerBound + 127 + 8] ^= 1
        let text = message { () throws(CheckpointError) in try NumpyArchive.read(file, name: "damaged") }
        #expect(text.contains("CRC-32"), "\(text)")
    }

    @Test func aSizeCannotAskForEndlessMemory() throws {
        var file = try Fixture.data("deflated.npz")
        // The unpacked size of the first entry of the table of contents.
        let entry = try #require(file.range(of: Data([0x50, 0x4B, 1, 2])))
        file.replaceSubrange(entry.lowerBound + 24..<entry.lowerBound + 28, with: [0xFF, 0xFF, 0xFF, 0x7F])
        let all = message { () throws(CheckpointError) in try NumpyArchive.read(file, name: "bomb") }
        #expect(all.contains("its members unpack to 2147"), "\(all)")
        file.replaceSubrange(entry.lowerBound + 24..<entry.lowerBound + 28, with: [0xFF, 0xFF, 0xFF, 0x0F])
        let one = message { () throws(CheckpointError) in try NumpyArchive.read(file, name: "bomb") }
        #expect(one.contains("claims 268435455 bytes"), "\(one)")
    }

    /// As many entries of the table of contents as there can be, all of one member: each is found at once, and together they are refused.
    @Test func membersThatOverlapAreRefused() throws {
        let file = try Fixture.data("stored.npz")
        let start = try #require(file.range(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
        let nameLength = Int(file[start + 28])
        let entry = file[start..<start + 46 + nameLength]
        var table = Data()
        for number in 0..<60_000 {
            var next = Data(entry)
            next.replaceSubrange(46..<51, with: String(10_000 + number).utf8)
            table += next
        }
        var archive = file.prefix(start) + table
        archive += [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
        for count in [60_000, 60_000] as [UInt16] { withUnsafeBytes(of: count.littleEndian) { archive.append(contentsOf: $0) } }
        for number in [UInt32(table.count), UInt32(start)] { withUnsafeBytes(of: number.littleEndian) { archive.append(contentsOf: $0) } }
        archive += [0, 0]
        let begin = ContinuousClock.now
        let text = message { () throws(CheckpointError) in try NumpyArchive.read(archive, name: "many") }
        #expect(text.contains("they overlap"), "\(text)")
        #expect(ContinuousClock.now - begin < .seconds(5))
    }
}
