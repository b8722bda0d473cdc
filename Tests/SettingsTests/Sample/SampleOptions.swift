import ArgumentParser
import Settings
import SettingsArguments

/// The sections whose flags `SampleOptions` has.
protocol SampleSection: SectionMarker where Root == SampleConfiguration {}

enum DataSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.data)
}

enum DomainsSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.domains)
}

enum NetworksSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.networks)
}

enum ObjectiveSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.objective)
}

enum OptimizationSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.optimization)
}

enum RunSection: SampleSection {
    static let flags = SectionFlags<SampleConfiguration>(.run)
}

/// All settings as flags, by section.
struct SampleOptions: ParsableArguments {
    @OptionGroup(title: DataSection.flags.title) var data: SectionOptions<DataSection>
    @OptionGroup(title: DomainsSection.flags.title) var domains: SectionOptions<DomainsSection>
    @OptionGroup(title: NetworksSection.flags.title) var networks: SectionOptions<NetworksSection>
    @OptionGroup(title: ObjectiveSection.flags.title) var objective: SectionOptions<ObjectiveSection>
    @OptionGroup(title: OptimizationSection.flags.title) var optimization: SectionOptions<OptimizationSection>
    @OptionGroup(title: RunSection.flags.title) var run: SectionOptions<RunSection>

    /// The settings that were given.
    var arguments: [SettingArgument] {
        data.arguments + domains.arguments + networks.arguments + objective.arguments + optimization.arguments + run.arguments
    }
}

/// A command that takes all settings.
struct SampleCommand: ParsableCommand {
    @OptionGroup var options: SampleOptions
}
