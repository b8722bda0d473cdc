import Imaging
import Support

extension DatasetChecks {
    /// An image and where it is.
    private struct Member {
        let folder: DatasetInspection.Folder
        let image: ImageInspection
    }

    private enum Likeness {
        case exact, near

        var text: String { self == .exact ? "the same as" : "nearly the same as" }
    }

    /// Images that are in the data set more than once: in one folder, in training and test, or in both domains.
    var duplicates: [Finding] {
        let members = inspection.folders.flatMap { folder in folder.images.map { Member(folder: folder, image: $0) } }
        let byPath = Dictionary(members.map { ($0.image.path, $0) }) { first, _ in first }
        let exact = inspection.exactDuplicates.map { $0.compactMap { byPath[$0] } }
        // Of equal files the first stands for all: the others are told already.
        let copies = Set(exact.flatMap { $0.dropFirst().map(\.image.path) })
        let hashed = members.filter { $0.image.facts?.hash != nil && !copies.contains($0.image.path) }
        let near = PerceptualHash.groups(hashed.compactMap { $0.image.facts?.hash }).map { Self.onePerFile($0.map { hashed[$0] }) }

        var findings = findings(exact, .exact) + findings(near, .near)
        if findings.isEmpty, !members.isEmpty {
            findings = [Finding(.ok, .duplicates, "no image is there twice or nearly so")]
        }
        let flat = members.filter { $0.image.facts != nil && $0.image.facts?.hash == nil }
        if !flat.isEmpty {
            let message = "\(counted(flat.count, "image")) nearly of one colour, in which nothing can be learnt or compared but by bytes"
            findings.append(Finding(.note, .duplicates, message, files: flat.map { .init([$0.image.path]) }))
        }
        return findings
    }

    /// Neighbouring pages of a file, such as slices, are alike for good reason.
    private static func onePerFile(_ group: [Member]) -> [Member] {
        var files: Set<String> = []
        return group.filter { files.insert($0.image.file).inserted }
    }

    private func findings(_ groups: [[Member]], _ likeness: Likeness) -> [Finding] {
        inspection.folders.flatMap { repeats(groups, in: $0, likeness) }
            + (preparations.map(\.domain) + [nil]).flatMap { leaks(groups, in: $0, likeness) } + shared(groups, likeness)
    }

    private func repeats(_ groups: [[Member]], in folder: DatasetInspection.Folder, _ likeness: Likeness) -> [Finding] {
        let repeats = groups.map { $0.filter { $0.folder.name == folder.name } }.filter { $0.count > 1 }
        let count = repeats.reduce(0) { $0 + $1.count - 1 }
        if count == 0 { return [] }
        // A few look-alikes are in every data set; many mean that it is smaller than it seems.
        let isNote = likeness == .near && 10 * count < folder.images.count
        let message =
            "\(counted(count, "image")) of \(folder.name) \(count == 1 ? "is" : "are") \(likeness.text) another one"
            + (isNote ? "" : ": keep one of each, unless they are to count more")
        return [Finding(isNote ? .note : .warning, .duplicates, message, files: examples(repeats))]
    }

    /// - Parameter domain: `nil` for pictures of two images.
    private func leaks(_ groups: [[Member]], in domain: Domain?, _ likeness: Likeness) -> [Finding] {
        let leaks = groups.map { $0.filter { $0.folder.domain == domain } }.filter { Set($0.map(\.folder.split)).count > 1 }
        let count = leaks.reduce(0) { $0 + $1.count { $0.folder.split != .train } }
        if leaks.isEmpty { return [] }
        let place = domain.map { " of domain \($0)" } ?? ""
        let message =
            "\(counted(count, "test or validation image"))\(place) \(count == 1 ? "is" : "are") \(likeness.text) "
            + "images of another split: tests then measure memory; remove them from one of the two"
        return [Finding(.warning, .duplicates, message, files: examples(leaks))]
    }

    private func shared(_ groups: [[Member]], _ likeness: Likeness) -> [Finding] {
        let shared = groups.filter { Set($0.compactMap(\.folder.domain)).count > 1 }
        let domains = preparations.map(\.domain.name)
        let count = shared.reduce(0) { $0 + $1.count { $0.folder.domain == preparations[0].domain } }
        if shared.isEmpty { return [] }
        let remedy =
            inspection.arePairs
            ? ": a pair of equal images teaches to change nothing" : ": what is in both cannot be told apart; remove it from one"
        let message =
            "\(counted(count, "image")) of domain \(domains[0]) \(count == 1 ? "is" : "are") \(likeness.text) images of domain "
            + domains.dropFirst().joined(separator: " or ")
            + (likeness == .exact ? remedy : ", as in paired data")
        return [Finding(likeness == .exact ? .warning : .note, .duplicates, message, files: examples(shared))]
    }

    private func examples(_ groups: [[Member]]) -> [Finding.Example] {
        groups.map { .init($0.map(\.image.path)) }
    }
}
