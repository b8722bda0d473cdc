import CycleGANModels

/// A generator that was published with the papers, for one translation.
public struct PublishedModel: Equatable, Sendable {
    /// The name by which it is asked for, such as `horse2zebra` or `pix2pix/facades_label2photo`.
    public let name: String
    /// Its file.
    public let file: PublishedFile
    /// What it translates from and to, for people.
    public let domainNames: DomainNames
    /// Whether it is of pix2pix, and normalises each image by its own statistics.
    public let isPaired: Bool

    /// The name of the file that it is written to.
    public var fileName: String { (name.split(separator: "/").last ?? "model") + ".safetensors" }

    /// All that are known, those of CycleGAN first. Nobody has published checksums of them.
    public static let all: [PublishedModel] =
        cycleGANs.map { PublishedModel($0, "cyclegan/pretrained_models", $1, $2, isPaired: false) }
        + pix2pix.map { PublishedModel($0, "pix2pix/models-pytorch", $1, $2, isPaired: true) }

    /// Finds a model by its name.
    ///
    /// - Throws: `FetchError.unknown`.
    public static func named(_ name: String) throws(FetchError) -> PublishedModel {
        guard let model = all.first(where: { $0.name == name }) else {
            throw .unknown(kind: "model", name: name, known: all.map(\.name))
        }
        return model
    }

    private init(_ name: String, _ folder: String, _ source: String, _ target: String, isPaired: Bool) {
        self.name = isPaired ? "pix2pix/\(name)" : name
        let address = "efrosgans.eecs.berkeley.edu/\(folder)/\(name).pth"
        file = PublishedFile(name: "\(name).pth", addresses: ["https://\(address)", "http://\(address)"])
        domainNames = DomainNames([.a: source, .b: target])
        self.isPaired = isPaired
    }

    private static let cycleGANs = [
        ("apple2orange", "apple", "orange"), ("orange2apple", "orange", "apple"), ("summer2winter_yosemite", "summer", "winter"),
        ("winter2summer_yosemite", "winter", "summer"), ("horse2zebra", "horse", "zebra"), ("zebra2horse", "zebra", "horse"),
        ("monet2photo", "monet", "photo"), ("style_monet", "photo", "monet"), ("style_cezanne", "photo", "cezanne"),
        ("style_ukiyoe", "photo", "ukiyoe"), ("style_vangogh", "photo", "vangogh"), ("sat2map", "satellite", "map"),
        ("map2sat", "map", "satellite"), ("cityscapes_photo2label", "photo", "labels"), ("cityscapes_label2photo", "labels", "photo"),
        ("facades_photo2label", "photo", "labels"), ("facades_label2photo", "labels", "photo"),
        ("iphone2dslr_flower", "iphone", "dslr"),
    ]

    private static let pix2pix = [
        ("edges2shoes", "edges", "shoes"), ("sat2map", "satellite", "map"), ("map2sat", "map", "satellite"),
        ("facades_label2photo", "labels", "photo"), ("day2night", "day", "night"),
    ]
}
