import ArgumentParser
import CycleGANRuns
import CycleGANTraining
import Foundation
import Imaging
import Settings
import SettingsArguments

/// A section of a training run's settings.
protocol TrainingSection: SectionMarker where Root == TrainingConfiguration {}

enum DataSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.data) }
enum DomainsSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.domains) }
enum NetworksSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.networks) }
enum ObjectiveSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.objective) }
enum OptimizationSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.optimization) }
enum ValidationSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.validation) }
enum RunSection: TrainingSection { static let flags = SectionFlags<TrainingConfiguration>(.run) }

/// The settings of a training run as flags, by section.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Networks and images that go together: small (resnet9, 32 channels, 64x64), medium (the same at 128x128) or full (64 channels, \
            256x256: the defaults). Flags of their own win. A step of a CycleGAN took 0.11 to 0.14 s, 0.30 to 0.39 s and 3.3 to 3.9 s where it was \
            measured, on 2 cores; pix2pix has U-Nets of these sizes.
            """, valueName: "size"))
    var modelSize: ModelSize?
    @Option(
        help: ArgumentHelp(
            """
            Channels, values and augmentation of a field: photo, art, ct, mri or multispectral. What flags and --config say wins; train prints \
            what it sets.
            """, valueName: "field"))
    var preset: Preset?
    @Option(
        help: ArgumentHelp(
            """
            Settings of a CycleGAN that go together: best, which made translations truer in nearly equal time where it was measured, or reference, the \
            defaults. What flags and --config say wins; train prints what it sets.
            """, valueName: "name"))
    var recipe: Recipe?
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The values from black to white by their middle and extent, as --range with window: has them; A=40,400 for one domain.",
            valueName: "centre,width"))
    var window: [String] = []
    @OptionGroup(title: DataSection.flags.title) var data: SectionOptions<DataSection>
    @OptionGroup(title: DomainsSection.flags.title) var domains: SectionOptions<DomainsSection>
    @OptionGroup(title: NetworksSection.flags.title) var networks: SectionOptions<NetworksSection>
    @OptionGroup(title: ObjectiveSection.flags.title) var objective: SectionOptions<ObjectiveSection>
    @OptionGroup(title: OptimizationSection.flags.title) var optimization: SectionOptions<OptimizationSection>
    @OptionGroup(title: ValidationSection.flags.title) var validation: SectionOptions<ValidationSection>
    @OptionGroup(title: RunSection.flags.title) var run: SectionOptions<RunSection>

    /// The settings that were given.
    var arguments: [SettingArgument] {
        data.arguments + domains.arguments + networks.arguments + objective.arguments + optimization.arguments + validation.arguments
            + run.arguments + window.map { SettingArgument(key: "range", text: RangeChoice.argument(ofWindow: $0)) }
    }

    func validate() throws {
        for window in window { _ = try RangeChoice.parsed(RangeChoice.argument(ofWindow: window), flag: "--window") }
    }

    /// Checks that what was given may change when a run goes on.
    ///
    /// - Throws: `ValidationError`.
    func checkChangeableOnResume() throws {
        if modelSize != nil { throw ValidationError("--model-size cannot change when a run is resumed; leave it out") }
        if preset != nil { throw ValidationError("--preset cannot change when a run is resumed; leave it out") }
        if recipe != nil { throw ValidationError("--recipe cannot change when a run is resumed; leave it out") }
        try TrainingConfiguration.checkChangeableOnResume(arguments)
    }

    /// What the preset and the recipe set where neither a file nor a flag says otherwise.
    func baseSettings(data: String?, document: SettingsDocument?) -> [SettingArgument] {
        presetSettings(data: data, document: document) + recipeSettings(document: document)
    }

    /// What the preset sets where neither a file nor a flag says otherwise.
    func presetSettings(data: String?, document: SettingsDocument?) -> [SettingArgument] {
        let domains = TrainingConfiguration.domains
        let folder = data ?? document.flatMap { try? TrainingConfiguration.configuration(document: $0).data.folder }
        return unsaid(preset?.settings(data: folder.map(url), domains: domains) ?? [], in: document)
    }

    /// What the recipe sets where neither a file nor a flag says otherwise.
    func recipeSettings(document: SettingsDocument?) -> [SettingArgument] { unsaid(recipe?.settings ?? [], in: document) }

    private func checkRecipe(config: String?, arguments: [SettingArgument]) throws {
        guard let recipe else { return }
        let document = try config.map { try SettingsDocument(contentsOf: url($0)) }
        let objective = try TrainingConfiguration.objective(document: document, arguments: arguments)
        guard !Recipe.objectives.contains(objective) else { return }
        let possible = Recipe.objectives.map(\.rawValue).sorted().joined(separator: ", ")
        throw ValidationError(
            "--recipe \(recipe.rawValue): found objective \(objective.rawValue); recipes are for \(possible), leave it out")
    }

    private func unsaid(_ settings: [SettingArgument], in document: SettingsDocument?) -> [SettingArgument] {
        let given = Set(arguments.filter { !$0.text.contains("=") }.map(\.key))
        let domains = TrainingConfiguration.domains.map(\.name)
        return settings.filter { !given.contains($0.key) && !(document?.names($0.key, domains: domains) ?? false) }
    }

    /// The settings of a file, or the defaults, with the flags that were given laid over them; paths become absolute, so that they hold in
    /// any folder.
    ///
    /// - Parameters:
    ///   - config: The path of a YAML file.
    ///   - data: The folder of the data, where it was given.
    ///   - objective: What a command trains networks for whatever the file says.
    /// - Throws: `ValidationError` for what the command line says, `ConfigurationError` for what the file says.
    func configuration(config: String?, data: String?, objective: ObjectiveKind? = nil) throws -> TrainingConfiguration {
        let chosen = objective.map { [SettingArgument(key: "objective", text: $0.rawValue)] } ?? []
        try checkRecipe(config: config, arguments: chosen + arguments)
        var configuration = try TrainingConfiguration.configuration(
            config: config, arguments: chosen + arguments, preset: { modelSize?.settings(for: $0) ?? [] },
            base: { baseSettings(data: data, document: $0) })
        if let data { configuration.data.folder = data }
        guard !configuration.data.folder.isEmpty else {
            throw ValidationError("give DATA, the folder of the data set, or the key 'data' in the --config file")
        }
        configuration.data.folder = url(configuration.data.folder).path
        configuration.networks.pretrained = configuration.networks.pretrained.map { url($0).path }
        configuration.distillation.teacher = configuration.distillation.teacher.map { url($0).path }
        configuration.cycleGAN.pairs = configuration.cycleGAN.pairs.map { url($0).path }
        try configuration.findDomains()
        // Now that the domains are known.
        try configuration.validate()
        return configuration
    }
}
