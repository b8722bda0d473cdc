import Foundation

/// A small input that would ask for much time or memory of a reader that does what it says.
public struct Bomb: Sendable {
    /// What it is.
    public let name: String
    /// Who reads it.
    public let target: String
    let input: @Sendable () -> Data

    /// All of them.
    public static let all: [Bomb] = pickles + headers + archives + settings + pictures

    private static func pickle(_ name: String, _ make: @escaping @Sendable () -> [UInt8]) -> [Bomb] {
        ["pickle", "pickle-legacy"].map { target in Bomb(name: name, target: target) { Data([0x80, 2] + make()) } }
    }

    // }X....x begins {"x": and s. ends it.
    private static let key = Array("}X".utf8) + [1, 0, 0, 0] + Array("x".utf8)
    private static let orderedDict = Array("ccollections\nOrderedDict\n".utf8)

    private static let pickles =
        pickle("100 000 pairs, given to OrderedDict 400 times") {
            var bytes = Array("](".utf8)
            for pair in 0..<100_000 { bytes += Array("X".utf8) + [6, 0, 0, 0] + Array(String(100_000 + pair).utf8) + [0x4E, 0x86] }
            bytes += Array("eq".utf8) + [0, 0x30]
            for _ in 0..<400 { bytes += orderedDict + [0x68, 0, 0x85, 0x52, 0x30] }
            return bytes + Array("}.".utf8)
        }
        + pickle("a list of 500 numbers, held 500 times by a list that is held 500 times") {
            var bytes = key + Array("](".utf8)
            for _ in 0..<500 { bytes += [0x4B, 7] }
            bytes += Array("eq".utf8) + [0, 0x30]
            for level in 0..<2 as Range<UInt8> {
                bytes += Array("](".utf8)
                for _ in 0..<500 { bytes += [0x68, level] }
                bytes += Array("eq".utf8) + [level + 1] + (level == 0 ? [0x30] : [])
            }
            return bytes + Array("s.".utf8)
        }
        + pickle("thirty lists, each of the one before it twice") {
            var bytes = key + Array("]Na".utf8)
            for level in 0..<30 as Range<UInt8> { bytes += [0x71, level, 0x30, 0x5D, 0x28, 0x68, level, 0x68, level, 0x65] }
            return bytes + Array("s.".utf8)
        }
        + pickle("lists nested 300 000 deep") {
            key + [UInt8](repeating: 0x29, count: 1) + [UInt8](repeating: 0x85, count: 300_000) + Array("s.".utf8)
        }
        + pickle("a string of 2 GiB that is not there") { key + [0x58, 0xFF, 0xFF, 0xFF, 0x7F] }
        + pickle("10 000 numbers of 255 bytes") {
            var bytes = key + Array("](".utf8)
            for _ in 0..<10_000 { bytes += [0x8A, 255] + [UInt8](repeating: 0x7F, count: 255) }
            return bytes + Array("es.".utf8)
        }

    private static func header(_ name: String, _ make: @escaping @Sendable () -> String) -> [Bomb] {
        [Bomb(name: name, target: "safetensors-header") { Data(make().utf8) }]
    }

    private static let headers =
        header("a shape of 100 000 ones") {
            #"{"x":{"dtype":"F32","shape":[\#([String](repeating: "1", count: 100_000).joined(separator: ","))],"data_offsets":[0,4]}}"#
        }
        + header("50 000 networks") {
            let networks = (0..<50_000).map { #""networks.\#($0).a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
            return #"{"__metadata__":{"trainer":"{}"},\#(networks.joined(separator: ","))}"#
        }
        + header("a generator of 2048 filters in a few bytes") {
            let configuration =
                #"{\"architecture\":\"resnet9\",\"inputChannels\":3,\"outputChannels\":3,\"filters\":2048,\"normalization\":\"instance\",\"usesDropout\":false}"#
            let text =
                #"{\"translations\":[{\"from\":\"A\",\"to\":\"B\"}],\"configuration\":\#(configuration),\"domains\":{}}"#
            return #"{"__metadata__":{"generator":"\#(text)"}}"#
        }
        + header("JSON nested 100 000 deep in a description") {
            #"{"__metadata__":{"generator":"\#(String(repeating: "[", count: 100_000))"}}"#
        }
        + header("a first layer of 2048 filters, and 100 blocks by name") {
            let blocks = (0..<100).map {
                #""model.\#(10 + $0).conv_block.1.weight":{"dtype":"F32","shape":[0,1,3,3],"data_offsets":[0,0]}"#
            }
            return #"{"model.1.weight":{"dtype":"F32","shape":[2048,0,7,7],"data_offsets":[0,0]},\#(blocks.joined(separator: ","))}"#
        }
        + ["[", #"{\"trackers\":"#].map { text in
            Bomb(name: "counters nested 200 000 deep", target: "checkpoint") {
                Data(#"{"__metadata__":{"swift-cyclegan.checkpoint":"1","trainer":"\#(String(repeating: text, count: 200_000))"}}"#.utf8)
            }
        }

    private static let archives = [
        Bomb(name: "60 000 entries of one member", target: "npz") {
            // Entries of the table of contents that all point to one member of a kilobyte.
            var archive = Containers.zip([("00000.npy", Data(repeating: 1, count: 1024))])
            let end = archive.count - 22
            let entry = archive[(end - 55)..<end]
            archive.removeLast(22)
            for number in 10_000..<70_000 {
                archive += entry
                archive.replaceSubrange(archive.count - 9..<archive.count - 4, with: String(number).utf8)
            }
            return archive + Containers.endOfZip(count: 60_001, size: archive.count - end + 55, start: end - 55)
        }
    ]

    private static let settings = [
        Bomb(name: "nested aliases", target: "settings") {
            var yaml = "a: &a [x,x,x,x,x,x,x,x,x]\n"
            for (name, before) in zip("bcdefgh", "abcdefg") {
                yaml += "\(name): &\(name) [\([String](repeating: "*\(before)", count: 9).joined(separator: ","))]\n"
            }
            return Data(yaml.utf8)
        },
        Bomb(name: "a list of 10 MB", target: "settings") {
            Data(("attention: [" + String(repeating: "64,", count: 3_500_000) + "64]").utf8)
        },
        Bomb(name: "100 000 open brackets", target: "settings") { Data(("attention: " + String(repeating: "[", count: 100_000)).utf8) },
        Bomb(name: "a key of 200 000 characters", target: "settings") { Data((String(repeating: "k", count: 200_000) + ": 1\n").utf8) },
        Bomb(name: "a line of 20 MB", target: "log") {
            Data((#"{"step":1,"losses":{"a":"# + String(repeating: "9", count: 20_000_000) + "}}\n").utf8)
        },
        Bomb(name: "a line nested 1 000 000 deep", target: "log") { Data((String(repeating: "[", count: 1_000_000) + "\n").utf8) },
    ]

    private static let pictures: [Bomb] =
        [
            ("P6 99999999 99999999 255\n", "ppm"), ("P6 -1 1 255\nabc", "ppm"), ("P6 30000 30000 255\nabc", "ppm"),
            ("P3 9000 9000 255\n1 2 3", "ppm"),
        ].map { text, target in Bomb(name: "a header that lies: \(text.prefix { $0 != "\n" })", target: target) { Data(text.utf8) } } + [
            Bomb(name: "a thousand million pixels in a small JPEG", target: "jpeg") {
                var file = (try? Fixtures.contents(of: "ImagingTests", ["jpg"]))?.first ?? Data()
                // The frame's marker, its length and depth, then height and width.
                guard let frame = file.range(of: Data([0xFF, 0xC0, 0]))?.lowerBound else { return file }
                file.replaceSubrange(frame + 5..<frame + 9, with: [0x3A, 0x98, 0xFD, 0xE8])
                return file
            },
            Bomb(name: "a GIF of 60 000 x 60 000 pixels with one of them", target: "gif") {
                Data(
                    "GIF89a".utf8 + [
                        0x60, 0xEA, 0x60, 0xEA, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 0x60, 0xEA, 0x60, 0xEA, 0,
                    ])
                    + Data([2, 2, 0x44, 1, 0, 0x3B])
            },
            Bomb(name: "a JPEG 2000 header of 28 672 x 28 672 pixels", target: "jp2") {
                var file = (try? Fixtures.contents(of: "ImagingTests", ["jp2"]))?.first ?? Data()
                guard let box = file.range(of: Data("ihdr".utf8))?.upperBound, let size = file.range(of: Data([0xFF, 0x51]))?.upperBound
                else { return file }
                let sides = Data([0, 0, 0x70, 0, 0, 0, 0x70, 0])
                file.replaceSubrange(box..<box + 8, with: sides)
                file.replaceSubrange(size + 4..<size + 12, with: sides)
                return file
            },
            Bomb(name: "20 000 texts in a PNG", target: "png") {
                let plain = (try? Fixtures.contents(of: "ImagingTests", ["png"]))?.first ?? Data()
                // Behind the signature and the first chunk.
                var file = Data(plain.prefix(33))
                for _ in 0..<20_000 { file += [0, 0, 0, 40] + Array("tEXt".utf8) + [UInt8](repeating: 0x61, count: 40) + [0, 0, 0, 0] }
                return file + plain.dropFirst(33)
            },
        ]
}
