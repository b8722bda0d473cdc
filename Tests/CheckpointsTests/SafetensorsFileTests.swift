import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct SafetensorsFileTests {
    @Test func everyTypeIsReadAsWritten() throws {
        let types = try SafetensorsFile.read(Fixture.url("types.safetensors"))
        let special = [0.0, -0.0, 1.5, -2.25, 65504.0, 1e-7, .infinity, -.infinity]
        #expect(types["float64"]?.array(of: Double.self) == special)
        #expect(types["float64"].map { bytes(of: $0)[15] } == 0x80)
        #expect(types["float32"]?.array(of: Float.self) == special.map(Float.init))
        // 65504 is float16's largest number, and rounds up to the next power of two in bfloat16.
        #expect(types["float16"]?.to(.float64).array(of: Double.self)[4] == 65504)
        #expect(types["bfloat16"]?.to(.float64).array(of: Double.self)[4] == 65536)
        #expect(types["int64"]?.array(of: Int64.self) == [-(1 << 62), -1, 0, 1 << 62])
        #expect(types["uint8"]?.array(of: UInt8.self) == [0, 1, 127, 128, 255])
        #expect(types["bool"]?.array(of: Bool.self) == [true, false, true])
        #expect(types["number"]?.shape == [] && types["number"]?.item() == 0.1)
        #expect(types["nothing"]?.shape == [3, 0, 2])
    }

    @Test func narrowIntegersAreWidened() throws {
        let types = try SafetensorsFile.read(Fixture.url("narrow.safetensors"))
        #expect(types["int8"]?.array(of: Int64.self) == [-128, 127])
        #expect(types["int16"]?.array(of: Int64.self) == [-32768, 32767])
        #expect(types["int32"]?.array(of: Int64.self) == [-(1 << 31), (1 << 31) - 1])
        #expect(types.metadata == ["format": "pt", "note": "quotes \" and \u{fc} \u{1f40e}"])
    }

    @Test func writtenFilesReadBackEqualAndInOrder() throws {
        var contents = try StateDict.read(from: Fixture.url("types.pth"))
        contents["name \"with\" \\ / \n and \u{fc}"] = Tensor([true], shape: [1])
        contents["transposed"] = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).permuted([1, 0])
        contents.metadata = ["b": "2", "a": "line\nbreak"]
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "copy.safetensors")
            try contents.write(to: url)
            let copy = try StateDict.read(from: url)
            expectSame(copy, contents)
            #expect(copy.metadata == contents.metadata)
            let header = try Data(contentsOf: url).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            #expect(header.isMultiple(of: 8))
        }
    }

    @Test func anEmptyStateDictIsAFile() throws {
        try withTemporaryFolder { folder in
            for name in ["empty.safetensors", "empty.pth"] {
                let url = folder.appending(path: name)
                try StateDict().write(to: url)
                #expect(try StateDict.read(from: url).isEmpty)
            }
        }
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "the file at"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "needs 12"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}"#, 8, "'a'"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "'a'"),
        (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3, "begins at"),
        (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, 4, "twice"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "impossible shape"),
        (#"{"a":{"dtype":"F32","shape":[0,99999999999999999999],"data_offsets":[0,0]}}"#, 0, "whole number"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}"#, 0, "whole number"),
        (#"{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, 1, "F8_E4M3"),
        (#"{"a":{"dtype":"F32","shape":[0]}}"#, 0, "lacks"),
        (#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"more":1}}"#, 0, "more"),
        (#"{"__metadata__":{"a":1}}"#, 0, "expected"), (#"{"a":"#, 0, "expected"), ("{} {}", 0, "goes on"), ("{\"\\u12", 0, "cut off"),
    ])
    func brokenHeadersAreExplained(header: String, dataCount: Int, expected: String) {
        var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        file.append(contentsOf: header.utf8)
        file.append(Data(count: dataCount))
        let text = message { () throws(CheckpointError) in try StateDict.read(file, name: "broken") }
        #expect(text.contains(expected) && text.contains("broken"), "\(text)")
    }

    @Test func theMetadatasNameIsNoTensorName() throws {
        let contents = StateDict([("__metadata__", Tensor(1))])
        #expect(throws: CheckpointError.self) { try SafetensorsFile.write(contents, to: URL(fileURLWithPath: "/nowhere/a.safetensors")) }
    }
}
