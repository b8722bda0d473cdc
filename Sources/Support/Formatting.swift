import Foundation

/// `fakeB` as `Fake B`: words of a camel-case name, the first one capitalised.
package func humanReadable(_ name: String) -> String {
    var text = ""
    for character in name {
        if character.isUppercase, let last = text.last, last.isLowercase || last.isNumber { text += " " }
        text.append(text.isEmpty ? Character(character.uppercased()) : character)
    }
    return text
}

/// `12400` as `12,400`.
package func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
        text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
}

/// `0:42`, `12:03`, `1:12:03`, `2d 04:10` (days, hours, minutes).
package func durationText(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "∞" }
    let total = Int(max(0, seconds).rounded())
    let (days, hours, minutes) = (total / 86400, total / 3600 % 24, total / 60 % 60)
    if days > 0 { return String(format: "%dd %02d:%02d", days, hours, minutes) }
    return hours > 0
        ? String(format: "%d:%02d:%02d", hours, minutes, total % 60)
        : String(format: "%d:%02d", minutes, total % 60)
}

/// A number with about three significant digits, for people.
package func shortNumber(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case ..<0.001, 100_000...: String(format: "%.1e", value)
    case ..<0.1: String(format: "%.4f", value)
    case ..<10: String(format: "%.3f", value)
    case ..<100: String(format: "%.2f", value)
    case ..<1000: String(format: "%.1f", value)
    default: String(format: "%.0f", value)
    }
}

/// A number as people write it: whole ones without a point, others with up to six digits.
package func plainNumber(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%g", value)
}

/// Bytes as `1.5 GB`, `35.4 MB` or `812 bytes`.
package func bytesText(_ bytes: Int) -> String {
    switch bytes {
    case ..<10_000: counted(bytes, "byte")
    case ..<1_000_000: String(format: "%.0f kB", Double(bytes) / 1e3)
    case ..<1_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
    default: gigabytes(bytes)
    }
}

/// Bytes as `1.5 GB`.
package func gigabytes(_ bytes: Int) -> String {
    String(format: "%.1f GB", Double(bytes) / 1e9)
}

/// Bytes as `45.2 MB`, or as `1.5 GB` from one on.
package func megabytes(_ bytes: Int) -> String {
    bytes >= 1_000_000_000 ? gigabytes(bytes) : String(format: "%.1f MB", Double(bytes) / 1e6)
}

/// A share in 0...1 as a whole percentage.
package func percentage(_ share: Double) -> String {
    String(format: "%.0f%%", share * 100)
}

/// `1 epoch`, `2 epochs`.
package func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
}
