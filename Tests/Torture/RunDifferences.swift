import Foundation

/// In what a run that was interrupted and resumed differs from one that was not.
struct RunDifferences {
    /// One line for each difference.
    private(set) var lines: [String] = []
    private let reference: URL
    private let run: URL
    private let stops: Set<Int>

    /// - Parameters:
    ///   - stops: The steps at which the run saved because it was asked to stop. It shows pictures and publishes models then, which the
    ///     reference does not have.
    ///   - isForgetful: Whether the resumed run's `config.yaml` lacks lines.
    init(of run: URL, from reference: URL, stops: Set<Int>, isForgetful: Bool) {
        (self.run, self.reference, self.stops) = (run, reference, stops)
        compareFiles(isForgetful: isForgetful)
        compareLogs()
        compareEvents()
    }

    private mutating func compareFiles(isForgetful: Bool) {
        func names(_ folder: URL) -> Set<String> {
            Set(((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).filter { $0.contains(".") && $0 != ".lock" })
        }
        let (before, after) = (names(reference), names(run))
        lines += after.filter { $0.contains(".writing-") }.sorted().map { "\($0) is left" }
        // Named after a moment, and full of times.
        func isTimed(_ name: String) -> Bool { name.hasPrefix("tensorboard/") || name == "report.html" || name == "metrics.jsonl" }
        for name in before.subtracting(after).sorted() where !isTimed(name) { lines.append("\(name) is missing") }
        for name in after.subtracting(before).sorted() where !isTimed(name) && !name.contains(".writing-") && !isOfStop(name) {
            lines.append("\(name) is too much")
        }
        for name in before.intersection(after).sorted() where !isTimed(name) {
            let (old, new) = (try? Data(contentsOf: reference.appending(path: name)), try? Data(contentsOf: run.appending(path: name)))
            // A stop is one more moment at which the state was saved.
            guard old != new, name != "checkpoints/previous.safetensors" || stops.isEmpty else { continue }
            if name == "config.yaml", isForgetful, let old, let new {
                func settings(_ data: Data) -> [Data.SubSequence] { data.split(separator: UInt8(ascii: "\n")) }
                if Set(settings(new)).isSubset(of: settings(old)) { continue }
            }
            lines.append("\(name) differs")
        }
        for name in ["report.html", "metrics.jsonl"] where !after.contains(name) { lines.append("\(name) is missing") }
    }

    /// Whether a file may be there because the run stopped and saved.
    private func isOfStop(_ name: String) -> Bool {
        let file = name.split(separator: "/").last ?? ""
        if file.hasPrefix("step-"), let step = Int(file.dropFirst(5).prefix { $0.isNumber }) { return stops.contains(step) }
        return name.hasPrefix("models/epoch-") && !stops.isEmpty
    }

    /// The logs but for the times.
    private mutating func compareLogs() {
        func told(_ run: URL) -> [Data] {
            let text = (try? Data(contentsOf: run.appending(path: "metrics.jsonl"))) ?? Data()
            return text.split(separator: UInt8(ascii: "\n")).map { line in
                let object = (try? JSONSerialization.jsonObject(with: line)) as? [String: Any] ?? [:]
                let kept = object.filter { ["event", "step", "epoch", "losses", "learningRates", "metrics"].contains($0.key) }
                return (try? JSONSerialization.data(withJSONObject: kept, options: .sortedKeys)) ?? Data()
            }
        }
        let (before, after) = (told(reference), told(run))
        guard before != after else { return }
        let first = zip(before, after).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(before.count, after.count)
        lines.append("metrics.jsonl has \(after.count) lines, expected \(before.count), and differs from line \(first + 1) on")
    }

    private mutating func compareEvents() {
        func values(_ run: URL) -> [String: [Int: Data]] {
            let folder = run.appending(path: "tensorboard")
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
            let files = names.compactMap { try? Data(contentsOf: folder.appending(path: $0)) }.map(EventFile.init)
            // Each process writes its settings.
            return EventFile.values(of: files).filter { $0.key != "configuration" && !$0.key.hasPrefix("_hparams_/") }
        }
        let (before, after) = (values(reference), values(run))
        for tag in Set(before.keys).union(after.keys).sorted() {
            let (old, new) = (before[tag] ?? [:], after[tag] ?? [:])
            let missing = Set(old.keys).subtracting(new.keys).sorted()
            // Pictures before a stop are written, also where the reference has later ones of the epoch.
            let extra = tag.hasPrefix("images/") && !stops.isEmpty ? [] : Set(new.keys).subtracting(old.keys).sorted()
            let other =
                tag.hasPrefix("speed/") ? [] : old.filter { new[$0.key].map { [old = $0.value] in $0 != old } ?? false }.keys.sorted()
            for (what, steps) in [("lacks", missing), ("has in addition", extra), ("has other values of", other)] where !steps.isEmpty {
                lines.append("TensorBoard \(what) \(tag) at \(steps)")
            }
        }
    }
}
