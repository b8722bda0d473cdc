/// The channels of a ResNet generator's maps, one number for each place where channels can be left out.
public struct GeneratorWidths: Hashable, Codable, Sendable {
    /// After the first convolution and after each halving; the last number is also that of the sums of the residual blocks.
    public var encoder: [Int]
    /// Inside each residual block, between its two convolutions.
    public var blocks: [Int]
    /// After each doubling.
    public var decoder: [Int]

    /// The reference's: twice as many after each halving, half as many after each doubling.
    public init(filters: Int, downsamplings: Int, blocks: Int) {
        encoder = (0...downsamplings).map { filters << $0 }
        self.blocks = Array(repeating: filters << downsamplings, count: blocks)
        decoder = (0..<downsamplings).reversed().map { filters << $0 }
    }

    /// The numbers in the order in which images go through the network.
    public init?(_ all: [Int], downsamplings: Int, blocks: Int) {
        guard all.count == Self.count(downsamplings: downsamplings, blocks: blocks) else { return nil }
        encoder = Array(all[...downsamplings])
        self.blocks = Array(all[(downsamplings + 1)..<(downsamplings + 1 + blocks)])
        decoder = Array(all[(downsamplings + 1 + blocks)...])
    }

    /// How many numbers there are.
    public static func count(downsamplings: Int, blocks: Int) -> Int { 2 * downsamplings + 1 + blocks }

    /// The numbers in the order in which images go through the network.
    public var all: [Int] { encoder + blocks + decoder }

    /// Channels of the sums of the residual blocks.
    public var trunk: Int { encoder[encoder.count - 1] }
}

extension GeneratorConfiguration {
    /// The channels of all maps, those of `filters` where there are no others; `nil` for a U-Net.
    public var effectiveWidths: GeneratorWidths? {
        architecture.residualBlocks.map { widths ?? GeneratorWidths(filters: filters, downsamplings: downsamplings, blocks: $0) }
    }

    func validateWidths(blocks: Int) throws(NetworkConfigurationError) {
        guard let widths else { return }
        let counts = (widths.encoder.count, widths.blocks.count, widths.decoder.count)
        guard counts == (downsamplings + 1, blocks, downsamplings) else {
            throw NetworkConfigurationError(
                name: "widths", found: "\(widths.all.count) numbers",
                allowed:
                    "\(GeneratorWidths.count(downsamplings: downsamplings, blocks: blocks)) numbers with \(architecture.rawValue): after the "
                    + "first convolution, each of \(downsamplings) halvings, inside each of \(blocks) blocks, after each doubling")
        }
        try NetworkConfigurationError.check(widths.all.map { ("widths", $0, NetworkLimits.widths) })
        guard widths.encoder[0] == filters else {
            throw NetworkConfigurationError(name: "filters", found: "\(filters)", allowed: "\(widths.encoder[0]), the first of the widths")
        }
    }
}
