@testable import Settings

/// What is wrong with a table of settings, in words; what the compiler cannot see.
public func problems<Root: SettingsRoot>(of root: Root.Type) -> [String] {
    // A value of the only case of its type takes no room, and its key path reads like that of the next property.
    let paths = Root.table.filter { size(of: type(of: $0.path as AnyKeyPath).valueType) > 0 }.map { propertyPath($0) }
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
    // Where the property before it takes no room, a property's key path may read like that of the other.
    var isReachedByOther = false
    return mirror.children.flatMap { child -> [String] in
        let path = parent + (child.label ?? "")
        let isReached = reached.contains(path) || isReachedByOther
        isReachedByOther = reached.contains(path) && size(of: type(of: child.value)) == 0
        if isReached || size(of: type(of: child.value)) == 0 { return [] }
        guard reached.contains(where: { $0.hasPrefix(path + ".") }) else { return [path] }
        return unreached(in: Mirror(reflecting: child.value), below: path + ".", reached: reached)
    }
}

private func repeated(_ names: [String]) -> [String] {
    Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.sorted()
}

private func size(of type: Any.Type) -> Int {
    func size<Value>(_: Value.Type) -> Int { MemoryLayout<Value>.size }
    return _openExistential(type, do: size)
}
