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
    /// What only contrastive training has.
    public var cut = CUTSettings()
    /// What only training on pairs has.
    public var pix2pix = Pix2PixSettings()
    /// What only one generator for many domains has.
    public var starGAN = StarGANSettings()
    /// What only cycles between many domains have.
    public var multiCycle = MultiCycleSettings()
    /// What only pre-training has.
    public var pretraining = PretrainingSettings()
    /// What only learning from another generator has.
    public var distillation = DistillationSettings()
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

    /// The domains that settings of their own can be given for.
    public static let domains = Domain.pair

    /// The domains that are trained: A and B or, of an objective for many, those that `findDomains()` has found.
    public var trainedDomains: [Domain] {
        if objective.kind == .distill { return [distillation.from ?? "A", distillation.to ?? "B"].map { Domain($0) } }
        return objective.kind.hasManyDomains && !data.domainNames.isEmpty ? data.domainNames.map { Domain($0) } : Self.domains
    }

    /// The domains whose images are read: of an objective that needs those of one domain alone, that one.
    public var imageDomains: [Domain] {
        switch objective.kind {
        case .distill: Array(trainedDomains.prefix(1))
        case .pretrain: pretrainedDomains
        default: trainedDomains
        }
    }

    public var chosenObjective: ObjectiveKind { objective.kind }

    public static func defaults(for objective: ObjectiveKind) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.objective.kind = objective
        switch objective {
        case .cycleGAN, .multiCycle: break
        case .cut, .fastCUT:
            configuration.networks.antialias = true
            configuration.networks.initialization = .xavier
            configuration.objective.poolSize = 0
            (configuration.optimization.epochs, configuration.optimization.decayEpochs) = objective == .cut ? (200, 200) : (150, 50)
            if objective == .fastCUT {
                (configuration.cut.nceWeight, configuration.cut.nceIdentity, configuration.cut.flipEquivariance) = (10, false, true)
            }
        case .pix2pix:
            configuration.networks.generator = .unet(downsamplings: 8)
            (configuration.networks.normalization, configuration.networks.dropout) = (.batch, true)
            (configuration.objective.ganMode, configuration.objective.poolSize) = (.vanilla, 0)
        case .starGAN:
            configuration.networks.generator = .resnet(blocks: 6)
            (configuration.objective.ganMode, configuration.objective.poolSize) = (.wganGP, 0)
            (configuration.optimization.learningRate, configuration.optimization.batchSize) = (0.0001, 16)
        case .distill: configuration.objective.poolSize = 0
        case .pretrain:
            configuration.objective.poolSize = 0
            (configuration.optimization.epochs, configuration.optimization.decayEpochs) = (50, 50)
        }
        return configuration
    }
}

/// What networks can be trained for.
public enum ObjectiveKind: String, CaseIterable, Sendable, SettingChoice {
    /// Two generators and two discriminators on unpaired images.
    case cycleGAN = "cyclegan"
    /// One generator whose patches are to show what the input shows at the same place (Park et al., arXiv 2007.15651).
    case cut
    /// The same with settings for less time and memory.
    case fastCUT = "fastcut"
    /// One generator on pairs of images that show the same thing (Isola et al., arXiv 1611.07004).
    case pix2pix
    /// One generator for any number of domains, which is told what to make (Choi et al., arXiv 1711.09020).
    case starGAN = "stargan"
    /// An encoder and a decoder for each of any number of domains around a shared middle, trained by cycles (Anoosheh et al.,
    /// arXiv 1712.06909).
    case multiCycle = "multicycle"
    /// Generators that learn from images alone, for other objectives to start from.
    case pretrain
    /// One generator that is to translate as another one does, which is larger (Li et al., arXiv 2003.08936).
    case distill

    /// Those of two domains, A and B.
    static let ofTwoDomains: Set<ObjectiveKind> = Set(allCases.filter { !$0.hasManyDomains })
    /// Those with a discriminator of patches or pixels for each domain that they make.
    static let withOwnDiscriminators = ofTwoDomains.union([.multiCycle])
    /// Those whose images go to other domains and come back.
    static let withCycles: Set<ObjectiveKind> = [.cycleGAN, .multiCycle]

    /// Whether the domains are the folders of a data set, as many as there are.
    public var hasManyDomains: Bool { self == .starGAN || self == .multiCycle }
    /// Whether there are generators both ways.
    public var isCyclic: Bool { [.cycleGAN, .starGAN, .multiCycle, .pretrain].contains(self) }
    /// Whether it is trained by comparing patches.
    public var isContrastive: Bool { self == .cut || self == .fastCUT }
}
