import Imaging
import Settings

/// A few settings of every kind, as a training run has many.
public struct SampleConfiguration: SettingsRoot {
    public var data = DataSettings()
    public var domains = DomainSettings()
    public var networks = NetworkSettings()
    public var objective = ObjectiveSettings()
    public var optimization = OptimizationSettings()
    public var run = RunSettings()

    public struct DataSettings: Equatable, Sendable {
        public var folder = ""
        public var loadSize = SampleSize(height: 286, width: 286)
        public var pairing = Pairing.random
        public var masks = false
        public var validationFraction = 0.0
    }

    public struct DomainSettings: Equatable, Sendable {
        public var channels = PerDomain(3)
        public var bitDepth = PerDomain(BitDepth.eight)
        public var range = PerDomain<ClosedRange<Double>?>(nil)
        public var flip = PerDomain(true)
        public var colorJitter = PerDomain<SampleJitter?>(nil)
    }

    public struct NetworkSettings: Equatable, Sendable {
        public var generator = Generator.resnet(blocks: 9)
        public var attention: [Int] = []
    }

    public struct ObjectiveSettings: Equatable, Sendable {
        public var name = Objective.cycleGAN
        public var cycleWeight = PerDomain(10.0)
        public var nceWeight = 1.0
    }

    public struct OptimizationSettings: Equatable, Sendable {
        public var epochs = 100
        public var learningRate = 2e-4
        public var clipGradient: Double?
    }

    public struct RunSettings: Equatable, Sendable {
        public var seed: UInt64 = 0
        public var device = "auto"
        public var threads: Int?
        public var metrics: [Metric] = []
        public var tensorboard = true
    }

    public enum Section: SettingsSection {
        case data
        case domains
        case networks
        case objective
        case optimization
        case run

        public var title: String {
            switch self {
            case .data: "Data"
            case .domains: "Domains"
            case .networks: "Networks"
            case .objective: "Objective"
            case .optimization: "Optimisation"
            case .run: "Run"
            }
        }
    }

    public static let domains = [Domain("A"), Domain("B")]

    public init() {}

    public static func defaults(for objective: Objective) -> SampleConfiguration {
        var defaults = SampleConfiguration()
        defaults.objective.name = objective
        switch objective {
        case .cycleGAN: break
        case .cut: defaults.optimization.epochs = 200
        case .fastCUT:
            defaults.objective.nceWeight = 10
            defaults.optimization.clipGradient = 5
        }
        return defaults
    }

    public var chosenObjective: Objective { objective.name }

    public func validate() throws(ConfigurationError) {
        if case .unet = networks.generator, !networks.attention.isEmpty {
            throw ConfigurationError(key: "attention", value: networks.attention.form.text, allowed: "nothing with generator unet")
        }
    }
}
