/// The name that was perhaps meant by another: the nearest by edits of single letters, where these are few. Case, dashes and the like do
/// not count.
package func nearest(to name: String, in known: [String]) -> String? {
    let meant = letters(of: name)
    // No key is so long; the time grows with the product of both lengths.
    guard meant.count <= 64 else { return nil }
    let distances = known.map { (key: $0, distance: editDistance(meant, letters(of: $0))) }
    guard let best = distances.min(by: { ($0.distance, $0.key) < ($1.distance, $1.key) }) else { return nil }
    return best.distance <= max(1, meant.count / 3) ? best.key : nil
}

private func letters(of name: String) -> [Character] {
    name.lowercased().filter { $0.isLetter || $0.isNumber }.map { $0 }
}

/// Levenshtein's distance.
private func editDistance(_ one: [Character], _ other: [Character]) -> Int {
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in other.indices {
            let substitution = diagonal + (letter == other[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
        }
    }
    return row[other.count]
}
