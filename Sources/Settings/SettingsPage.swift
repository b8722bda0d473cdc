/// The page of the documentation that lists all settings.
public struct SettingsPage<Root: SettingsRoot> {
    public init() {}

    /// The page in Markdown: a table for each section.
    public var markdown: String {
        let sections = Root.Section.allCases.map { section in
            let rows = Root.settings(of: section).map { line(row($0)) }
            return (["## \(section.title)", "", line(Self.columns), Self.rule] + rows).joined(separator: "\n")
        }
        return ([Self.introduction] + sections).joined(separator: "\n\n") + "\n"
    }

    private static var columns: [String] { ["Key", "Flag", "Default", "Allowed", "On resume", "What it does"] }
    private static var rule: String { "|" + String(repeating: " --- |", count: columns.count) }

    private static var introduction: String {
        """
        # Settings

        <!-- Made from the table of settings; a test compares the two. -->

        Keys stand in the `--config` file, flags on the command line, where they win over the file. Where a flag says `A=`, the value \
        of one domain can differ: in the file under `domains:`, as in `domains: {A: {channels: 1}}`. Settings of one objective can stand \
        under its name, as in `\(Root().chosenObjective.rawValue):`.
        """
    }

    private func row(_ setting: Setting<Root>) -> [String] {
        let owners = setting.owners.isEmpty ? "" : "Objective \(setting.ownersInOrder.map(\.rawValue).joined(separator: ", ")). "
        return [
            "`\(setting.key)`", flags(setting).map { "`\($0)`" }.joined(separator: ", "), setting.defaultText ?? "none", setting.allowed,
            onResume(setting), owners + setting.help,
        ]
    }

    private func onResume(_ setting: Setting<Root>) -> String {
        switch setting.onResume {
        case .fixed: "fixed"
        case .changeable: "may change"
        case .atStart: "only at the start"
        }
    }

    private func flags(_ setting: Setting<Root>) -> [String] {
        guard setting.hasFlag else { return [] }
        guard let domain = Root.domains.first, setting.isPerDomain else {
            return setting.kind.isSwitch ? [setting.flag, setting.negatedFlag] : [setting.flag]
        }
        return (setting.kind.isSwitch ? [setting.negatedFlag] : [setting.flag]) + ["\(setting.flag) \(domain.name)="]
    }

    private func line(_ cells: [String]) -> String {
        "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }
}
