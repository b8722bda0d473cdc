extension Setting {
    /// The default in words; where objectives differ in it, all of theirs: `10; 1 with fastcut`. `nil` where nothing stands for none.
    public var defaultText: String? { defaultText { $0 } }

    /// The default as it is given on the command line: a switch by its flag.
    public var defaultArgument: String? {
        defaultText { kind.isSwitch && !isPerDomain ? ($0 == "true" ? flag : negatedFlag) : $0 }
    }

    private func defaultText(_ shown: (String) -> String) -> String? {
        func text(_ form: SettingForm) -> String? {
            switch form {
            case .nothing, .scalar(""): absence
            case .list([]): absence ?? "none"
            default: shown(form.text)
            }
        }
        // Of the default objective alone: each would say that it is its own.
        let objectives = key == ReservedKey.objective ? [Root().chosenObjective] : ownersInOrder
        let texts = objectives.map { objective -> (Root.Objective, String?) in
            let forms = forms(Root.defaults(for: objective))
            let own = Root.domains.compactMap { domain in forms.overrides[domain].map { "\(domain.name)=\($0.text)" } }
            let parts = [text(forms.common)].compactMap { $0 } + own
            return (objective, parts.isEmpty ? nil : parts.joined(separator: ", "))
        }
        guard let (_, common) = texts.first else { return nil }
        let others = texts.filter { $0.1 != common }.map { "\($0.1 ?? "none") with \($0.0.rawValue)" }
        return others.isEmpty ? common : ([common ?? "none"] + others).joined(separator: "; ")
    }
}
