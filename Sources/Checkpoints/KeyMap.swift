/// The reference implementation's names of networks and losses, and this library's.
///
/// Here a network is named by its direction or by the domain that it judges. The reference names a discriminator after the
/// generator that it trains, so its `D_A` judges images of domain B. A loss is named here after the image that it compares or
/// judges: the reference's `idt_A` compares `G_A(B)` with B and is `identityB`.
public enum KeyMap {
    /// The networks of a CycleGAN in the order in which the reference saves them.
    public static let networks: [(reference: String, name: String)] = [
        ("G_A", "generatorAB"), ("G_B", "generatorBA"), ("D_A", "discriminatorB"), ("D_B", "discriminatorA"),
    ]

    /// The networks of pix2pix and, with a projection, of CUT, which translate one way.
    public static let oneWayNetworks: [(reference: String, name: String)] = [
        ("G", "generatorAB"), ("D", "discriminatorB"), ("F", "projection"),
    ]

    /// The names that networks have here.
    static let names = Set((networks + oneWayNetworks).map(\.name))

    /// The losses in the order in which the reference prints them.
    public static let losses: [(reference: String, name: String)] = [
        ("D_A", "discriminatorB"), ("G_A", "adversarialAB"), ("cycle_A", "cycleA"), ("idt_A", "identityB"),
        ("D_B", "discriminatorA"), ("G_B", "adversarialBA"), ("cycle_B", "cycleB"), ("idt_B", "identityA"),
    ]

    /// The name here of the network that the reference calls `reference`, such as `G_A` or `G`.
    public static func networkName(forReference reference: String) -> String? {
        (networks + oneWayNetworks).first { $0.reference == reference }?.name
    }

    /// The reference's name of the network that is called `name` here.
    ///
    /// - Parameter isOneWay: Whether it belongs to an objective that translates one way, pix2pix or CUT.
    public static func referenceName(ofNetwork name: String, isOneWay: Bool = false) -> String? {
        (isOneWay ? oneWayNetworks : networks).first { $0.name == name }?.reference
    }

    /// The name here of the loss that the reference calls `reference`, such as `idt_A`.
    public static func lossName(forReference reference: String) -> String? {
        losses.first { $0.reference == reference }?.name
    }

    /// The reference's name of the loss that is called `name` here.
    public static func referenceName(ofLoss name: String) -> String? {
        losses.first { $0.name == name }?.reference
    }
}
