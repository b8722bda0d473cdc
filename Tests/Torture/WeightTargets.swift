import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Torch
import TorchNN

/// A generator so small that its file is all structure.
enum TinyGenerator {
    static let configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 1)

    static var weights: StateDict { configuration.makeGenerator(random: TorchRandom(seed: 1)).stateDict() }

    static func description() throws -> String {
        let description = GeneratorDescription(
            .aToB, configuration: configuration, input: DomainConfiguration(), output: DomainConfiguration())
        return String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
    }
}

/// Whole files of weights, as `translate` and `info` open them.
struct WeightsTarget: FuzzTarget {
    enum Format { case archive, legacy, safetensors }

    let name: String
    let inputName: String
    let seeds: [Data]
    let tokens: [Data]
    private let file: URL

    init(name: String, folder: URL, format: Format) throws {
        self.name = name
        file = folder.appending(path: "weights")
        inputName = file.path
        let own = folder.appending(path: format == .safetensors ? "seed.safetensors" : "seed.pth")
        var weights = TinyGenerator.weights
        if format == .safetensors { weights.metadata["generator"] = try TinyGenerator.description() }
        try weights.write(to: own)
        let fixtures = try Fixtures.contents(of: "CheckpointsTests", format == .safetensors ? ["safetensors"] : ["pth", "pt"])
        let isZip: (Data) -> Bool = { $0.starts(with: [0x50, 0x4B]) }
        switch format {
        case .archive: seeds = [try Data(contentsOf: own)] + fixtures.filter(isZip)
        case .legacy:
            let parts = PyTorchParts.split(try Data(contentsOf: own))
            seeds = (parts.map { [PyTorchParts.legacy($0.pickle, $0.storages)] } ?? []) + fixtures.filter { !isZip($0) }
        case .safetensors: seeds = [try Data(contentsOf: own)] + fixtures
        }
        tokens = []
    }

    func read(_ input: Data) throws {
        try input.write(to: file)
        _ = try GeneratorFile(file)
    }
}

/// The pickle inside a PyTorch file, with everything around it as it should be.
struct PickleTarget: FuzzTarget {
    let name: String
    let inputName: String
    let seeds: [Data]
    // Calls, and what they are given.
    let tokens: [Data]
    private let file: URL
    private let isLegacy: Bool
    private let storages: [Data]

    init(folder: URL, isLegacy: Bool) throws {
        name = isLegacy ? "pickle-legacy" : "pickle"
        self.isLegacy = isLegacy
        file = folder.appending(path: "pickled")
        inputName = file.path
        let own = folder.appending(path: "seed.pth")
        try TinyGenerator.weights.write(to: own)
        let parts = try ([Data(contentsOf: own)] + Fixtures.contents(of: "CheckpointsTests", ["pth"])).compactMap(PyTorchParts.split)
        seeds = parts.map(\.pickle)
        storages = parts.first?.storages ?? []
        tokens =
            ["ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "cposix\nsystem\n"].map {
                Data($0.utf8)
            }
            + [
                [0x5D, 0x28], [0x65], [0x28, 0x64], [0x73], [0x75], [0x85, 0x52], [0x29, 0x52], [0x71, 0], [0x68, 0], [0x94], [0x51],
                [0x30], [0x2E],
                [0x8A, 0xFF], [0x4A, 0xFF, 0xFF, 0xFF, 0x7F], [0x58, 0xFF, 0xFF, 0xFF, 0x7F], [0x95, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
            ].map { Data($0 as [UInt8]) }
    }

    func read(_ input: Data) throws {
        try (isLegacy ? PyTorchParts.legacy(input, storages) : PyTorchParts.archive(input, storages)).write(to: file)
        _ = try GeneratorFile(file)
    }
}

/// A PyTorch file as its pickle and the storages.
enum PyTorchParts {
    static func split(_ archive: Data) -> (pickle: Data, storages: [Data])? {
        let members = Containers.members(ofZip: archive)
        func content(_ name: String) -> Data? { members.first { $0.name.hasSuffix("/" + name) }?.content }
        guard let pickle = content("data.pkl") else { return nil }
        var storages: [Data] = []
        while let storage = content("data/\(storages.count)") { storages.append(storage) }
        return (pickle, storages)
    }

    static func archive(_ pickle: Data, _ storages: [Data]) -> Data {
        Containers.zip([("x/data.pkl", pickle)] + storages.enumerated().map { ("x/data/\($0.offset)", $0.element) })
    }

    /// Magic number, version, facts of the system, the pickle, the storages' names, the storages.
    static func legacy(_ pickle: Data, _ storages: [Data]) -> Data {
        let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        var file = Data(magic + [0x80, 2, 0x4D, 0xE9, 3, 0x2E] + [0x80, 2, 0x7D, 0x2E]) + pickle
        file += [0x80, 2, 0x5D, 0x28]
        for index in storages.indices {
            let key = String(index).utf8
            file += [0x58, UInt8(key.count), 0, 0, 0] + Array(key)
        }
        file += [0x65, 0x2E]
        for storage in storages { file += Containers.little(storage.count / 4, 8) + storage }
        return file
    }
}

/// The header of a safetensors file, with its length and the tensors as they should be.
struct HeaderTarget: FuzzTarget {
    let name = "safetensors-header"
    let inputName: String
    let seeds: [Data]
    let tokens: [Data]
    private let file: URL
    private let tensors: Data

    init(folder: URL) throws {
        file = folder.appending(path: "headed")
        inputName = file.path
        let own = folder.appending(path: "seed.safetensors")
        var weights = TinyGenerator.weights
        weights.metadata["generator"] = try TinyGenerator.description()
        try weights.write(to: own)
        let (header, tensors) = SafetensorsParts.split(try Data(contentsOf: own))
        seeds = [header]
        self.tensors = tensors
        tokens = [
            "\"dtype\":\"F32\"", "\"shape\":[", "\"data_offsets\":[0,4]", "1,", "[", "{", "}", "\\u0000", "\"__metadata__\":{",
            "9223372036854775807",
        ].map { Data($0.utf8) }
    }

    func read(_ input: Data) throws {
        try SafetensorsParts.join(input, tensors).write(to: file)
        _ = try GeneratorFile(file)
    }
}

/// A safetensors file as its header and the rest.
enum SafetensorsParts {
    static func split(_ file: Data) -> (header: Data, tensors: Data) {
        let length = file.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        return (Data(file.dropFirst(8).prefix(length)), Data(file.dropFirst(8 + length)))
    }

    static func join(_ header: Data, _ tensors: Data) -> Data {
        Containers.little(header.count, 8) + header + tensors
    }
}

/// Archives of NumPy, as statistics of images are kept in; or one array, in an archive that is as it should be.
struct NumpyTarget: FuzzTarget {
    let name: String
    let inputName = "arrays.npz"
    let seeds: [Data]
    let tokens = ["'descr': '<f8'", "'shape': (", "'fortran_order': True", "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}"].map {
        Data($0.utf8)
    }

    init(name: String, folder: URL) throws {
        self.name = name
        if name == "npy" {
            seeds = [
                "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", "{'descr': '|u1', 'fortran_order': True, 'shape': (16,), }",
            ].map {
                Data(
                    [0x93] + Array("NUMPY".utf8) + [1, 0] + Containers.little($0.utf8.count, 2) + Array($0.utf8)
                        + [UInt8](repeating: 1, count: 16))
            }
            return
        }
        let own = folder.appending(path: "seed.npz")
        let arrays = StateDict(
            [("mu", Tensor.ones([3], dtype: .float64)), ("sigma", Tensor.zeros([3, 3]))], metadata: ["features": "inception"])
        try NumpyArchive.write(arrays, to: own)
        seeds = [try Data(contentsOf: own)] + (try Fixtures.contents(of: "CheckpointsTests", ["npz"]))
    }

    func read(_ input: Data) throws {
        _ = try NumpyArchive.read(name == "npy" ? Containers.zip([("a.npy", input)]) : input, name: inputName)
    }
}
