import Foundation

extension KeyMap {
    // In the order of preference.
    private static let extensions = ["safetensors", "pth", "pt"]

    /// Finds the networks' files in a folder, by name here (`generatorAB`, ...).
    ///
    /// Understood are this library's file names (`generatorAB.safetensors`, and `epoch-0005_generatorAB.safetensors` or
    /// `step-00000400_generatorAB.safetensors` as a run writes them) and the reference's: `latest_net_G_A.pth`,
    /// `100_net_G_A.pth` of an epoch, `iter_5000_net_G_A.pth` of an iteration, and `latest_net_G.pth`, `latest_net_D.pth` and
    /// `latest_net_F.pth` where networks translate one way. Each may end in `.safetensors`, `.pth` or `.pt`. The networks given were saved together: under this library's
    /// names if they are there, else the latest, else those of the highest epoch or iteration. The numbers of a run's epochs and steps
    /// do not compare: of its highest epoch and its highest step, the files written last are taken.
    ///
    /// - Parameter required: The networks that have to be there; without any, one network is enough.
    /// - Throws: `CheckpointError.missingNetworks` with what was looked for and what is there, `.unreadable` for the folder.
    public static func networkFiles(in folder: URL, required: Set<String> = []) throws(CheckpointError) -> [String: URL] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        } catch {
            throw .unreadable(file: folder.path, reason: error.localizedDescription)
        }
        var saves: [SaveTime: [String: String]] = [:]
        // The preferred extension comes last and wins.
        for wanted in extensions.reversed() {
            for file in files where (file as NSString).pathExtension.lowercased() == wanted {
                if let (network, time) = parse((file as NSString).deletingPathExtension) { saves[time, default: [:]][network] = file }
            }
        }
        let complete = saves.filter { required.isSubset(of: $0.value.keys) }
        guard let newest = newest(of: complete, in: folder) else {
            let isOneWay = required.contains("projection")
            let wanted = (isOneWay ? oneWayNetworks : networks).filter { required.isEmpty || required.contains($0.name) }
            throw .missingNetworks(
                folder: folder.path, lookedFor: wanted.map { "\($0.name).safetensors or latest_net_\($0.reference).pth" },
                available: files.filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) })
        }
        return newest.mapValues { folder.appendingPathComponent($0) }
    }

    /// When weights were saved, as their file names tell; the preferred ones compare as greater.
    private enum SaveTime: Hashable, Comparable {
        case iteration(Int)
        case epoch(Int)
        case latest
        case runStep(Int)
        case runEpoch(Int)
        case own

        var isRunStep: Bool { if case .runStep = self { true } else { false } }
        var isRunEpoch: Bool { if case .runEpoch = self { true } else { false } }
    }

    private static func newest(of saves: [SaveTime: [String: String]], in folder: URL) -> [String: String]? {
        guard let newest = saves.keys.max() else { return nil }
        guard newest.isRunEpoch, let step = saves.keys.filter(\.isRunStep).max() else { return saves[newest] }
        func written(_ time: SaveTime) -> Date {
            let dates = saves[time]?.values.compactMap { file in
                try? folder.appending(path: file).resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
            }
            return dates?.max() ?? .distantPast
        }
        return saves[written(step) > written(newest) ? step : newest]
    }

    private static func parse(_ stem: String) -> (network: String, time: SaveTime)? {
        if names.contains(stem) { return (stem, .own) }
        if let own = names.first(where: { stem.hasSuffix("_" + $0) }) {
            let label = stem.dropLast(own.count + 1)
            if label.hasPrefix("epoch-"), let epoch = Int(label.dropFirst(6)) { return (own, .runEpoch(epoch)) }
            if label.hasPrefix("step-"), let step = Int(label.dropFirst(5)) { return (own, .runStep(step)) }
            return nil
        }
        let parts = stem.components(separatedBy: "_net_")
        guard parts.count == 2, let network = networkName(forReference: parts[1]) else { return nil }
        if parts[0] == "latest" { return (network, .latest) }
        if let epoch = Int(parts[0]) { return (network, .epoch(epoch)) }
        if parts[0].hasPrefix("iter_"), let iteration = Int(parts[0].dropFirst(5)) { return (network, .iteration(iteration)) }
        return nil
    }
}
