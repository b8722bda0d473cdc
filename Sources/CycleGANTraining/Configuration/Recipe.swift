import Settings

/// Settings of a CycleGAN that go together, which one word stands for. What is said otherwise wins.
public enum Recipe: String, CaseIterable, Sendable {
    /// The defaults, which are the reference's.
    case reference
    /// What made translations truer in nearly equal time where it was measured.
    case best

    /// The objectives that it is for.
    public static let objectives: Set<ObjectiveKind> = [.cycleGAN]

    /// What it sets: a higher learning rate, which the averages and the penalty make bearable; averages that follow from the first step on; and
    /// discriminators that see colours as they are, because no norm takes them away, held by a penalty that is rare and so costs little.
    public var settings: [SettingArgument] {
        let settings: [(String, String)] =
            switch self {
            case .reference: []
            case .best:
                [
                    ("learningRate", "0.0004"), ("ema", "0.999"), ("emaWarmup", "true"), ("discriminatorNorm", "none"),
                    ("gradientPenalty", "r1"), ("gradientPenaltyWeight", "0.3"), ("penaltyInterval", "16"),
                ]
            }
        return settings.map { SettingArgument(key: $0.0, text: $0.1) }
    }
}
