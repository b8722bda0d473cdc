import ArgumentParser

/// A time given on the command line: `90m`, `2h`, `1h30m`, `45s`, `1d`.
struct TimeBudget: ExpressibleByArgument {
    let seconds: Double

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]

    // A year.
    private static let longest = 366 * 86_400.0

    init?(argument: String) {
        var (total, number) = (0.0, "")
        for character in argument {
            if let unit = Self.units[character] {
                guard let value = Double(number), value >= 0 else { return nil }
                total += value * unit
                number = ""
            } else {
                guard character.isASCII, character.isNumber || character == "." else { return nil }
                number.append(character)
            }
        }
        guard number.isEmpty, total > 0, total <= Self.longest else { return nil }
        seconds = total
    }
}
