import Imaging

extension Setting {
    /// Whether the values that are kept are allowed.
    package func allowsValue(in root: Root) -> Bool { problem(in: root) == nil }

    /// The first value that is not allowed.
    func problem(in root: Root) -> ConfigurationError? {
        var scratch = root
        let forms = forms(root)
        func error(_ form: SettingForm, _ key: String) -> ConfigurationError {
            ConfigurationError(key: key, value: form.text, allowed: allowed)
        }
        if !assign(&scratch, forms.common, nil) { return error(forms.common, key) }
        for domain in Root.domains {
            guard let form = forms.overrides[domain], !assign(&scratch, form, domain) else { continue }
            return error(form, fullKey(of: domain))
        }
        return nil
    }
}

extension SettingsRoot {
    /// Checks each value alone, for settings that were not read but made by a program.
    ///
    /// - Throws: `ConfigurationError` naming the key, the value and the allowed ones.
    public func checkValues() throws(ConfigurationError) {
        for setting in Self.table where setting.belongs(to: chosenObjective) {
            if let problem = setting.problem(in: self) { throw problem }
        }
    }
}
