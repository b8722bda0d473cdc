/// The name that was perhaps meant by another: the nearest by edits of single letters, where these are few; letters that changed places
/// are one. Case, dashes and the like do
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

/// Levenshtein's distance, in which two neighbours that changed places count once.
private func editDistance(_ one: [Character], _ other: [Character]) -> Int {
    var before: [Int] = []
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
        var next = [index + 1]
        for column in other.indices {
            let substitution = row[column] + (letter == other[column] ? 0 : 1)
            var least = min(substitution, row[column + 1] + 1, next[column] + 1)
            if index > 0, column > 0, letter == other[column - 1], one[index - 1] == other[column] {
                least = min(least, before[column - 1] + 1)
            }
            next.append(least)
        }
        (before, row) = (row, next)
    }
    return row[other.count]
}
