import Settings

/// Settings of a CycleGAN that go together, which one word stands for. What is said otherwise wins.
public enum Recipe: String, CaseIterable, Sendable {
    /// The defaults, which are the reference's.
    case reference
    /// What made translations truer in equal time where it was measured.
    case best

    /// The objectives that it is for.
    public static let objectives: Set<ObjectiveKind> = [.cycleGAN]

    /// What it sets.
    public var settings: [SettingArgument] {
        switch self {
        case .reference: []
        case .best: [("discriminatorLayers", "2"), ("ema", "0.995"), ("emaWarmup", "true")].map { SettingArgument(key: $0.0, text: $0.1) }
        }
    }
}
