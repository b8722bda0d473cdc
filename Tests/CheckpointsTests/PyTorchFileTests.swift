import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct PyTorchFileTests {
    @Test(arguments: [
        ("types.pth", "types"), ("types_legacy.pth", "types"), ("types_protocol4.pth", "types"), ("types_protocol5.pth", "types"),
        ("views.pth", "views"), ("views_legacy.pth", "views"), ("network.pth", "network"), ("network_legacy.pth", "network"),
        ("parallel.pth", "parallel"), ("nested.pth", "nested"), ("python2_legacy.pth", "python2_legacy"),
    ])
    func tensorsEqualTheirSafetensorsTwin(file: String, twin: String) throws {
        // The library that wrote the twins sorts by size and name.
        expectSame(
            try StateDict.read(from: Fixture.url(file)), try SafetensorsFile.read(Fixture.url("\(twin).safetensors")), inOrder: false)
    }

    @Test func namesKeepPyTorchsOrder() throws {
        let names = [
            "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "2.weight", "2.bias",
        ]
        #expect(try StateDict.read(from: Fixture.url("network.pth")).names == names)
        #expect(try StateDict.read(from: Fixture.url("network_legacy.pth")).names == names)
    }

    @Test func viewsOfOneStorageFollowTheirStrides() throws {
        let views = try StateDict.read(from: Fixture.url("views.pth"))
        #expect(views["transposed"]?.shape == [5, 4])
        #expect(views["strided"]?.array(of: Float.self) == [5, 7, 9, 10, 12, 14])
        #expect(views["repeated"]?.array(of: Float.self) == [5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7])
        #expect(views["channels_last"]?.array(of: Float.self) == (0..<24).map(Float.init))
    }

    @Test func nestedDictionariesGiveDottedNamesAndMetadata() throws {
        let contents = try StateDict.read(from: Fixture.url("nested.pth"))
        #expect(contents.below("generator").names.first == "0.weight")
        #expect(contents["optimizer.state.0.step"]?.item() == 3)
        #expect(
            contents.metadata == [
                "epoch": "7", "name": "horse2zebra", "done": "true", "optimizer.param_groups.0.lr": "0.0002",
                "optimizer.param_groups.0.params.0": "0", "optimizer.param_groups.0.params.1": "1",
            ])
    }

    @Test(arguments: ["attack.pth", "attack_legacy.pth", "attack_protocol4.pth"])
    func codeIsRefusedByName(file: String) {
        let text = message { () throws(CheckpointError) in try StateDict.read(from: Fixture.url(file)) }
        #expect(text.contains("posix.system") && text.contains(file) && text.contains("state_dict()"), "\(text)")
    }

    @Test(arguments: [
        ("module.pth", "torch.nn.modules.activation.ReLU"), ("complex.pth", "ComplexFloatStorage"), ("torchscript.pt", "TorchScript"),
        ("bigendian.pth", "big-endian"), ("bigendian_legacy.pth", "big-endian"), ("notes.zip", "no data.pkl inside"),
        ("make_fixtures.py", "the text \"\"\"\"Writes the fi"), ("none.pth", "No such file or directory"),
    ])
    func otherContentsAreNamed(file: String, expected: String) {
        let text = message { () throws(CheckpointError) in try StateDict.read(from: Fixture.url(file)) }
        #expect(text.contains(expected) && text.contains(file), "\(text)")
    }

    @Test func aFolderIsNoFile() {
        let text = message { () throws(CheckpointError) in try StateDict.read(from: URL(fileURLWithPath: "/")) }
        #expect(text.hasPrefix("/: cannot be read: Is a directory"), "\(text)")
    }

    @Test(arguments: ["types", "views", "network", "nested"])
    func writtenFilesReadBackEqual(name: String) throws {
        let contents = try StateDict.read(from: Fixture.url("\(name).pth"))
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "copy.pth")
            try contents.write(to: url)
            expectSame(try StateDict.read(from: url), contents)
        }
    }

    @Test func equalContentsGiveEqualFiles() throws {
        let contents = try StateDict.read(from: Fixture.url("types.pth"))
        try withTemporaryFolder { folder in
            let urls = ["a.pth", "b.pth"].map { folder.appending(path: $0) }
            for url in urls { try contents.write(to: url) }
            #expect(try Data(contentsOf: urls[0]) == Data(contentsOf: urls[1]))
        }
    }

    @Test func writingReportsTheFileAndTheReason() throws {
        try withTemporaryFolder { folder in
            for name in ["missing/a.pth", "missing/a.safetensors", "a.ckpt"] {
                let text = message { () throws(CheckpointError) in
                    try StateDict().write(to: folder.appending(path: name))
                    return StateDict()
                }
                #expect(text.contains("\(name): cannot be written: "), "\(text)")
                #expect(text.contains(name.hasSuffix("ckpt") ? "unknown extension 'ckpt'" : "No such file or directory"), "\(text)")
            }
        }
    }

    /// Lets PyTorch itself compare copies written here with the originals; set PYTORCH_PYTHON to a python with torch and safetensors.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["PYTORCH_PYTHON"] != nil), arguments: ["types", "views", "network"])
    func pyTorchReadsWrittenFiles(name: String) throws {
        let python = ProcessInfo.processInfo.environment["PYTORCH_PYTHON"] ?? ""
        let original = Fixture.url("\(name).pth")
        let contents = try StateDict.read(from: original)
        try withTemporaryFolder { folder in
            let copies = ["pth", "safetensors"].map { folder.appending(path: "copy.\($0)") }
            for copy in copies { try contents.write(to: copy) }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: python)
            process.arguments = ([Fixture.url("check_with_pytorch.py"), original] + copies).map(\.path)
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    /// The same archive with all sizes and places in the fields that files of 4 GiB and more need.
    @Test(arguments: ["network.pth", "nested.pth"]) func archivesWithWideNumbersAreRead(name: String) throws {
        let file = try Fixture.data(name)
        func number(_ at: Int, _ count: Int) -> UInt64 { file[at..<at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        func bytes(_ number: UInt64, _ count: Int) -> Data { withUnsafeBytes(of: number.littleEndian) { Data($0.prefix(count)) } }
        // The record at the end may be preceded by one for wide numbers already.
        let end = file.count - 22
        let (count, start) = (number(end + 10, 2), Int(number(end + 16, 4)))
        var (table, entry) = (Data(), start)
        for _ in 0..<count {
            let lengths = (28...32).filter { $0.isMultiple(of: 2) }.map { Int(number(entry + $0, 2)) }
            table +=
                file[entry..<entry + 20] + bytes(.max, 8) + file[entry + 28..<entry + 30] + bytes(28, 2) + file[entry + 32..<entry + 42]
            table += bytes(.max, 4) + file[entry + 46..<entry + 46 + lengths[0]]
            table += bytes(1, 2) + bytes(24, 2) + bytes(number(entry + 24, 4), 8) + bytes(number(entry + 20, 4), 8)
            table += bytes(number(entry + 42, 4), 8)
            entry += 46 + lengths.reduce(0, +)
        }
        let place = UInt64(start + table.count)
        var wide = file[..<start] + table + Data([0x50, 0x4B, 6, 6]) + bytes(44, 8) + Data(count: 12) + bytes(count, 8) + bytes(count, 8)
        wide += bytes(UInt64(table.count), 8) + bytes(UInt64(start), 8)
        wide += Data([0x50, 0x4B, 6, 7]) + bytes(0, 4) + bytes(place, 8) + bytes(1, 4)
        wide += Data([0x50, 0x4B, 5, 6]) + bytes(0, 4) + Data(repeating: 0xFF, count: 12) + bytes(0, 2)
        expectSame(try StateDict.read(Data(wide), name: name), try StateDict.read(file, name: name))
        // A place that is nowhere.
        wide.replaceSubrange(wide.count - 34..<wide.count - 26, with: bytes(.max, 8))
        let text = message { () throws(CheckpointError) in try StateDict.read(Data(wide), name: name) }
        #expect(text.contains("its table of contents is nowhere"), "\(text)")
    }

    /// 4 GiB of a file of some hundred bytes.
    @Test func sizesThatAreNotThereAreRefused() throws {
        var file = try Fixture.data("types.pth")
        let entry = try #require(file.range(of: Data([0x50, 0x4B, 1, 2]))).lowerBound
        file.replaceSubrange(entry + 24..<entry + 28, with: [0xFF, 0xFF, 0xFF, 0xFF])
        let text = message { () throws(CheckpointError) in try StateDict.read(file, name: "claims") }
        #expect(text.contains("unpack to 42949"), "\(text)")
    }
}
