@testable import Settings

/// What is wrong with a table of settings, in words; what the compiler cannot see.
public func problems<Root: SettingsRoot>(of root: Root.Type) -> [String] {
    let paths = Root.table.map { propertyPath($0) }
    let reached = Set(paths)
    let flags = Root.table.flatMap { $0.kind.isSwitch ? [$0.flag, $0.negatedFlag] : [$0.flag] }
    var problems = unreached(in: Mirror(reflecting: Root()), below: "", reached: reached).map { "no setting has the property \($0)" }
    problems += repeated(Root.table.map(\.key)).map { "several settings have the key \($0)" }
    problems += repeated(flags).map { "several settings have the flag \($0)" }
    problems += repeated(paths).map { "several settings have the property \($0)" }
    problems += Root.table.filter { !$0.help.hasSuffix(".") }.map { "the help of \($0.key) is no sentence" }
    let reserved = ["domains"] + Root.Objective.allCases.map(\.rawValue)
    problems += Root.table.filter { reserved.contains($0.key) }.map { "\($0.key) is the key of a part of the file" }
    if Root.setting("objective") == nil { problems.append("no setting chooses the objective") }
    for objective in Root.Objective.allCases {
        let defaults = Root.defaults(for: objective)
        if defaults.chosenObjective != objective { problems.append("the defaults of \(objective) have another objective") }
        if (try? defaults.validate()) == nil { problems.append("the defaults of \(objective) do not fit together") }
        for setting in Root.table where setting.belongs(to: objective) && !setting.allowsValue(in: defaults) {
            problems.append("\(setting.key) does not allow its default with objective \(objective)")
        }
    }
    return problems
}

/// The names of the properties to a setting's value, such as `optimization.clipGradient`.
private func propertyPath<Root>(_ setting: Setting<Root>) -> String {
    // `\Root.optimization.clipGradient`
    "\(setting.path)".split(separator: ".").dropFirst().joined(separator: ".")
}

/// The stored properties that lie on no path. One that only begins paths is a struct of settings, and its own properties count.
private func unreached(in mirror: Mirror, below parent: String, reached: Set<String>) -> [String] {
    mirror.children.flatMap { child -> [String] in
        let path = parent + (child.label ?? "")
        if reached.contains(path) { return [] }
        guard reached.contains(where: { $0.hasPrefix(path + ".") }) else { return [path] }
        return unreached(in: Mirror(reflecting: child.value), below: path + ".", reached: reached)
    }
}

private func repeated(_ names: [String]) -> [String] {
    Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.sorted()
}
