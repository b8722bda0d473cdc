import ArgumentParser
import Settings
import SettingsArguments

/// The sections whose flags `SampleOptions` has.
protocol SampleSection: SectionMarker where Root == SampleConfiguration {}

enum DataSection: SampleSection {
    static let section = SampleConfiguration.Section.data
}

enum DomainsSection: SampleSection {
    static let section = SampleConfiguration.Section.domains
}

enum NetworksSection: SampleSection {
    static let section = SampleConfiguration.Section.networks
}

enum ObjectiveSection: SampleSection {
    static let section = SampleConfiguration.Section.objective
}

enum OptimizationSection: SampleSection {
    static let section = SampleConfiguration.Section.optimization
}

enum RunSection: SampleSection {
    static let section = SampleConfiguration.Section.run
}

/// All settings as flags, by section.
struct SampleOptions: ParsableArguments {
    @OptionGroup(title: DataSection.section.title) var data: SectionOptions<DataSection>
    @OptionGroup(title: DomainsSection.section.title) var domains: SectionOptions<DomainsSection>
    @OptionGroup(title: NetworksSection.section.title) var networks: SectionOptions<NetworksSection>
    @OptionGroup(title: ObjectiveSection.section.title) var objective: SectionOptions<ObjectiveSection>
    @OptionGroup(title: OptimizationSection.section.title) var optimization: SectionOptions<OptimizationSection>
    @OptionGroup(title: RunSection.section.title) var run: SectionOptions<RunSection>

    /// The settings that were given.
    var arguments: [SettingArgument] {
        data.arguments + domains.arguments + networks.arguments + objective.arguments + optimization.arguments + run.arguments
    }
}

/// A command that takes all settings.
struct SampleCommand: ParsableCommand {
    @OptionGroup var options: SampleOptions
}
