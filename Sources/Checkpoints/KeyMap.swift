/// The four networks of a CycleGAN.
///
/// The generators are named by their direction, the discriminators by the domain whose images they judge. The reference
/// implementation names a discriminator after the generator it trains, so that its `D_A` judges images of domain B.
public enum CycleGANNetwork: String, CaseIterable, Codable, Sendable {
    case generatorAB, generatorBA, discriminatorA, discriminatorB

    /// The network's name in the reference implementation's files.
    public var referenceName: String {
        switch self {
        case .generatorAB: "G_A"
        case .generatorBA: "G_B"
        case .discriminatorA: "D_B"
        case .discriminatorB: "D_A"
        }
    }

    /// Finds the network that the reference implementation calls so.
    public init?(referenceName: String) {
        guard let network = Self.allCases.first(where: { $0.referenceName == referenceName }) else { return nil }
        self = network
    }

    /// The file name that the reference implementation looks for, such as `latest_net_G_A.pth`.
    ///
    /// - Parameter epoch: `nil` for the latest weights.
    public func referenceFileName(epoch: Int? = nil) -> String {
        "\(epoch.map(String.init) ?? "latest")_net_\(referenceName).pth"
    }
}

/// The reference implementation's names of losses and this library's.
public enum KeyMap {
    /// The reference's names in the order it prints them, each with the loss's name here.
    ///
    /// Here a loss is named after the domain of the image that it compares or judges, and an adversarial loss after the direction.
    public static let losses: [(reference: String, name: String)] = [
        ("D_A", "discriminatorB"), ("G_A", "adversarialAB"), ("cycle_A", "cycleA"), ("idt_A", "identityB"),
        ("D_B", "discriminatorA"), ("G_B", "adversarialBA"), ("cycle_B", "cycleB"), ("idt_B", "identityA"),
    ]

    /// The name here of a loss that the reference calls `reference`.
    public static func lossName(forReference reference: String) -> String? {
        losses.first { $0.reference == reference }?.name
    }

    /// The reference's name of the loss that is called `name` here.
    public static func referenceName(ofLoss name: String) -> String? {
        losses.first { $0.name == name }?.reference
    }
}
