import Foundation

/// The licence of a model's weights, as its maker states it: nothing is known of it otherwise.
struct HubLicence: Equatable {
    /// The name of the file with its text.
    static let fileName = "LICENSE.txt"

    /// The lines of the page's header.
    let header: [String]
    /// What the page says of it.
    let sentence: String
    /// Its text, where that is there.
    let text: String?
    /// Whether nothing was said.
    let isUnknown: Bool

    /// Names as model hubs write them, by SPDX's, in which texts are found.
    private static let known = [
        "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Unlicense", "CC0-1.0", "CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0", "CC-BY-NC-2.0", "CC-BY-NC-3.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-NC-ND-4.0",
        "CC-BY-ND-4.0",
        "GPL-3.0", "AGPL-3.0", "LGPL-3.0", "MPL-2.0",
    ]

    /// - Parameter licence: A name, or a text of several lines.
    init(_ licence: String?) {
        guard let licence = licence?.trimmingCharacters(in: .whitespacesAndNewlines), !licence.isEmpty else {
            (header, text, isUnknown) = (["license: unknown"], nil, true)
            sentence = "Who made this model has not said under which licence its weights are."
            return
        }
        isUnknown = false
        if licence.contains(where: \.isNewline) {
            (header, text) = (["license: other", "license_link: \(Self.fileName)"], licence + "\n")
            sentence = "The weights are under the licence in [\(Self.fileName)](\(Self.fileName))."
        } else if let name = Self.known.first(where: { $0.lowercased() == licence.lowercased() }) {
            header = ["license: \(name.lowercased())"]
            text = name == "Apache-2.0" ? apacheLicence : nil
            sentence =
                "The weights are under \(name): "
                + (text == nil ? "<https://spdx.org/licenses/\(name).html> has its text." : "see [\(Self.fileName)](\(Self.fileName)).")
        } else {
            (header, text) = (["license: other", "license_name: \(yaml(licence))"], nil)
            sentence = "The weights are under this licence: \(licence)"
        }
    }
}

/// A text as a value in YAML.
func yaml(_ text: String) -> String {
    let isPlain =
        text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9 ._-]*/) != nil && !["yes", "no", "true", "false", "null"].contains(text.lowercased())
    return isPlain ? text : "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
}
