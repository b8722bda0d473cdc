import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@Suite struct InfoCommandTests {
    private func info(_ state: StateDict, in folder: URL) throws -> (text: CommandRunner.Result, json: [String: Any]) {
        let file = folder.appending(path: "net.safetensors")
        try state.write(to: file)
        let text = try CommandRunner.run(["info", file.path], in: folder)
        let json = try CommandRunner.run(["info", file.path, "--json"], in: folder)
        let object = try? JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        return (text, object ?? [:])
    }

    private func described(_ description: GeneratorDescription) throws -> StateDict {
        var state = description.configuration.makeGenerator().stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        return state
    }

    private let unet = GeneratorConfiguration(
        architecture: .unet(downsamplings: 5), inputChannels: 1, outputChannels: 1, filters: 2, usesDropout: true)

    private let progress = ["trainer": #"{"step":3,"epoch":1,"batchesDone":3,"plateau":{"factor":1,"badEpochs":0}}"#]

    @Test func aGeneratorsFileTellsItsImages() throws {
        try withTemporaryFolder { folder in
            let description = GeneratorDescription(
                .bToA, configuration: unet, input: DomainConfiguration(channels: 1, bitDepth: .sixteen),
                output: DomainConfiguration(channels: 1, bitDepth: .float, valueRange: ValueRange(0...4)))
            let (text, json) = try info(described(description), in: folder)
            #expect(
                text.output.contains(
                    "unet32, 1 -> 1 channels, 2 filters, instance norm, dropout, B to A, 16 -> 32 bits, values 0...65535 -> 0...4, "
                ),
                "\(text)")
            let network = try #require((json["networks"] as? [[String: Any]])?.first)
            #expect(network["dropout"] as? Bool == true && network["translations"] as? [[String: String]] == [["from": "B", "to": "A"]])
            let domains = try #require(network["domains"] as? [String: [String: Any]])
            #expect(domains["A"]?["range"] as? [Double] == [0, 4])
        }
    }

    @Test func whatAFileDoesNotTellIsNotInvented() throws {
        try withTemporaryFolder { folder in
            let network = try #require(
                (info(unet.makeGenerator().stateDict(), in: folder).json["networks"] as? [[String: Any]])?.first)
            #expect(network["architecture"] as? String == "unet32")
            for key in ["dropout", "direction", "inputDomain"] { #expect(network[key] == nil, "\(key)") }
        }
    }

    @Test func networksOfACheckpointAreNamedByTheFile() throws {
        try withTemporaryFolder { folder in
            var state = StateDict(metadata: progress)
            let tensors = DiscriminatorConfiguration(architecture: .pixel, filters: 2).makeDiscriminator().stateDict()
            for name in ["teacher", "student"] {
                for (key, tensor) in tensors { state["networks.\(name).\(key)"] = tensor }
            }
            state["poolA.0"] = Tensor(1)
            let (text, json) = try info(state, in: folder)
            #expect((json["networks"] as? [[String: Any]])?.map { $0["name"] as? String } == ["teacher", "student"], "\(text)")
        }
    }

    /// The numbers are checked against PyTorch's in `CycleGANModelsTests`.
    @Test func theLayersOfANetworkAreListedWithTheirCosts() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "net.safetensors")
            try DiscriminatorConfiguration(filters: 2, layerCount: 1).makeDiscriminator().stateDict().write(to: file)
            let table = try CommandRunner.run(["info", file.path, "--layers", "--size", "16x32"], in: folder)
            #expect(
                table.output.hasSuffix(
                    """

                      net, for an image of 32x16, outputs as width x height x channels:
                      layer         operation            output  parameters  multiply-adds  sees
                      --------------------------------------------------------------------------
                      model.0       convolution 4x4 / 2  16x8x2          98         12.3 k     4
                      model.1       leaky ReLU 0.2       16x8x2                                4
                      model.2       convolution 4x4      15x7x4         132         13.4 k    10
                      model.3       instance norm        15x7x4                               10
                      model.4       leaky ReLU 0.2       15x7x4                               10
                      model.5       convolution 4x4      14x6x1          65          5.4 k    16
                      --------------------------------------------------------------------------
                      6 operations                                      295         31.1 k

                    """), "\(table)")
            let text = try CommandRunner.run(["info", file.path, "--layers", "--json"], in: folder).output
            let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(json["parameters"] as? Int == 295 && json["size"] as? Int == 256)
            let layers = try #require(json["layers"] as? [[String: Any]])
            #expect(layers.compactMap { $0["name"] as? String } == (0...5).map { "model.\($0)" })
            #expect(layers[2]["output"] as? [Int] == [4, 127, 127] && layers[5]["receptiveField"] as? Int == 16)
            #expect(json["macs"] as? Int == layers.compactMap { $0["macs"] as? Int }.reduce(0, +))
        }
    }

    @Test func theNetworksOfACheckpointHaveTheirOwnLayers() throws {
        try withTemporaryFolder { folder in
            var state = StateDict(metadata: progress)
            let networks: [(name: String, tensors: StateDict)] = [
                ("generatorAB", unet.makeGenerator().stateDict()),
                ("discriminatorB", DiscriminatorConfiguration(architecture: .pixel, filters: 2).makeDiscriminator().stateDict()),
            ]
            for (name, tensors) in networks {
                for (key, tensor) in tensors { state["networks.\(name).\(key)"] = tensor }
            }
            let file = folder.appending(path: "net.safetensors")
            try state.write(to: file)
            let text = try CommandRunner.run(["info", file.path, "--layers", "--json", "--size", "64"], in: folder).output
            let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(json["layers"] == nil && json["macs"] == nil)
            let described = try #require(json["networks"] as? [[String: Any]])
            #expect(described.compactMap { ($0["layers"] as? [Any])?.count } == [31, 6], "\(described)")
            #expect(described.allSatisfy { ($0["macs"] as? Int ?? 0) > 0 && ($0["parameters"] as? Int ?? 0) > 0 })
            let misfit = try CommandRunner.run(["info", file.path, "--layers", "--size", "48"], in: folder)
            #expect(
                misfit.status == 1
                    && misfit.errors.contains("--size 48: generatorAB cannot work on such an image; its sides must be multiples of 32"),
                "\(misfit)")
            for arguments in [
                ["--hardware", "--layers"], [file.path, "--size", "64"], [file.path, "--layers", "--size", "0"],
                [file.path, "--layers", "--size", "16385"],
            ] {
                #expect(try CommandRunner.run(["info"] + arguments, in: folder).status == 64, "\(arguments)")
            }
        }
    }

    @Test func damageIsNamed() throws {
        try withTemporaryFolder { folder in
            var state = unet.makeGenerator().stateDict()
            state.metadata["generator"] = "{"
            let damaged = try info(state, in: folder).text
            #expect(damaged.status == 1 && damaged.errors.contains("its description of the generator is damaged"), "\(damaged)")
            let nameless = try info(StateDict([("networks.", Tensor(1))], metadata: progress), in: folder).text
            #expect(nameless.status == 0 && nameless.output.contains("not known, no convolutions, 1 parameters"), "\(nameless)")
        }
    }
}
