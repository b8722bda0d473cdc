import CycleGANModels
import Datasets
import Imaging
import Settings
import Torch
import TorchNN

/// Everything that fixes a training run. Defaults are the reference's.
///
/// `table` describes each setting once: its key in YAML files, its flag, its help, the allowed values.
public struct TrainingConfiguration: SettingsRoot {
    /// Where images come from.
    public var data = DataSettings()
    /// What the images of each domain are, and how they are prepared.
    public var domains = DomainSettings()
    /// What is trained.
    public var networks = NetworkSettings()
    /// What it is trained for.
    public var objective = ObjectiveSettings()
    /// What only a CycleGAN is trained for.
    public var cycleGAN = CycleGANSettings()
    /// How weights change.
    public var optimization = OptimizationSettings()
    /// How the training is watched.
    public var validation = ValidationSettings()
    /// Where and how the run goes.
    public var run = RunSettings()

    /// The defaults of a CycleGAN; the folder of the data is still to be set.
    public init() {}

    /// The parts of the settings, in the order of files, help and documentation.
    public enum Section: CaseIterable, SettingsSection {
        case data, domains, networks, objective, optimization, validation, run

        public var title: String {
            switch self {
            case .data: "Data"
            case .domains: "Domains"
            case .networks: "Networks"
            case .objective: "Objective"
            case .optimization: "Optimisation"
            case .validation: "Validation and watching"
            case .run: "Run"
            }
        }
    }

    public static let domains = Domain.pair

    public var chosenObjective: ObjectiveKind { objective.kind }

    public static func defaults(for objective: ObjectiveKind) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.objective.kind = objective
        return configuration
    }
}

/// What networks can be trained for.
public enum ObjectiveKind: String, CaseIterable, Sendable, SettingChoice {
    /// Two generators and two discriminators on unpaired images.
    case cycleGAN = "cyclegan"
}
