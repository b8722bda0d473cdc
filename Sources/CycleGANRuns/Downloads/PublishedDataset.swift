/// A data set that was published with the papers.
public struct PublishedDataset: Equatable, Sendable {
    /// The name by which it is asked for, such as `horse2zebra` or `pix2pix/facades`.
    public let name: String
    /// Its archive.
    public let archive: PublishedFile
    /// Whether it holds pictures with A beside B, for pix2pix.
    public let isPaired: Bool

    /// The name of the folder that it is unpacked to.
    public var folderName: String { String(name.split(separator: "/").last ?? "data") }

    /// All that are known, those of CycleGAN first.
    public static let all: [PublishedDataset] = unpaired + paired

    private static let unpaired: [PublishedDataset] = cycleGANArchives.map { name, size, sha256 in
        // The server answers over plain HTTP too, where a network lets nothing else through.
        let address = "efrosgans.eecs.berkeley.edu/cyclegan/datasets/\(name).zip"
        let archive = PublishedFile(
            name: "\(name).zip", addresses: ["https://\(address)", "http://\(address)"], checksums: sha256.map { [$0] } ?? [], size: size)
        return PublishedDataset(name: name, archive: archive, isPaired: false)
    }

    private static let paired: [PublishedDataset] = ["edges2handbags", "edges2shoes", "facades", "maps", "night2day"].map { name in
        let address = "efrosgans.eecs.berkeley.edu/pix2pix/datasets/\(name).tar.gz"
        let archive = PublishedFile(name: "\(name).tar.gz", addresses: ["https://\(address)", "http://\(address)"])
        return PublishedDataset(name: "pix2pix/\(name)", archive: archive, isPaired: true)
    }

    /// Finds a data set by its name.
    ///
    /// - Throws: `FetchError.unknown`, or `FetchError.notPublished` for one that may not be passed on.
    public static func named(_ name: String) throws(FetchError) -> PublishedDataset {
        if name.hasSuffix("cityscapes") {
            throw .notPublished(name: name, reason: "its licence forbids that; get it from https://www.cityscapes-dataset.com")
        }
        guard let dataset = all.first(where: { $0.name == name }) else {
            throw .unknown(kind: "data set", name: name, known: all.map(\.name))
        }
        return dataset
    }

    /// Sizes and SHA-256 as TensorFlow Datasets publishes them (`tensorflow_datasets/url_checksums/cycle_gan.txt`); none of the last two.
    private static let cycleGANArchives: [(name: String, size: Int?, sha256: String?)] = [
        ("apple2orange", 78_456_409, "845a191e9af8926408ea597001cd03a452e3300a1f44a79fe329b3d59f6e3eb8"),
        ("cezanne2photo", 279_885_071, "3a6c10ca21f9485862f1cbd707744b9dc258954a04631271d23a3605eeb63cff"),
        ("facades", 35_135_868, "9a31ebf3a31b9b5cd195dd5bf62e9308e00cb94604d1019e3889ac84248695c0"),
        ("horse2zebra", 116_867_962, "a74d9d392eecca9966b51287a76ca126af473d9de4f3e8fc0e9cda08fa1730a1"),
        ("iphone2dslr_flower", 339_964_458, "8fcb5e374d631b107e1d961b8c4cd0a186aa2a4ff3e279923f4c426128de7113"),
        ("maps", 1_476_754_427, "639534f69dbf9f36bef8d6292a7698006361221f83f0285d7c9ca78afe6e8a9e"),
        ("monet2photo", 305_231_073, "88f91b00fc228f97c9411fbf1880ec1d119c98f1722e4cfcfaa2fb35fac05b04"),
        ("summer2winter_yosemite", 132_640_856, "167fe1726807a9d22bd106b4a6c0bd7953b688af924ac1bf967439c4961e49f9"),
        ("ukiyoe2photo", 292_946_532, "02a2a2fb5ecf425ca1bf86aca7304377da64a2a1d3b86df54eb65e4068bf3b08"),
        ("vangogh2photo", 306_590_349, "362c3473e70be0944bda08d49d660eafdc2854df55d697835b8186d1d79caaff"),
        ("ae_photos", nil, nil),
        ("grumpifycat", nil, nil),
    ]
}
