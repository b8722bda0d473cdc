import Foundation

/// A folder of weight files, one per network.
///
/// Understood are this library's names (`generatorAB.safetensors`) and the reference implementation's: `latest_net_G_A.pth`,
/// `100_net_G_A.pth` of an epoch, `iter_5000_net_G_A.pth` of an iteration, and `latest_net_G.pth` of a published single generator.
/// Every name may end in `.safetensors`, `.pth` or `.pt`, preferred in this order.
public enum NetworkFolder {
    private static let extensions = ["safetensors", "pth", "pt"]

    /// Finds networks that were saved together: under this library's names, else the latest, else those of the highest epoch or iteration.
    ///
    /// - Parameter required: The networks that have to be there; others saved with them are given too.
    /// - Throws: `CheckpointError.missingNetworks` with what was looked for and what is there, `.unreadable` for the folder.
    public static func networks(
        in folder: URL, required: Set<CycleGANNetwork> = Set(CycleGANNetwork.allCases)
    ) throws(CheckpointError) -> [CycleGANNetwork: URL] {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw .unreadable(file: folder.path, reason: error.localizedDescription)
        }
        var sets: [SaveTime: [CycleGANNetwork: String]] = [:]
        // Preferred extensions come last, so that they win.
        for suffix in extensions.reversed() {
            for file in files.sorted() where (file as NSString).pathExtension.lowercased() == suffix {
                guard let (network, time) = parse((file as NSString).deletingPathExtension) else { continue }
                sets[time, default: [:]][network] = file
            }
        }
        let complete = sets.filter { required.isSubset(of: $0.value.keys) }
        guard let newest = complete.max(by: { $0.key < $1.key }), !newest.value.isEmpty else {
            throw .missingNetworks(
                folder: folder.path, lookedFor: lookedFor(required),
                available: files.filter { extensions.contains(($0 as NSString).pathExtension.lowercased()) }.sorted())
        }
        return newest.value.mapValues { folder.appendingPathComponent($0) }
    }

    /// When weights were saved, as their file names tell; the preferred ones compare as greater.
    private enum SaveTime: Hashable, Comparable {
        case iteration(Int)
        case epoch(Int)
        case latest
        case own
    }

    private static func parse(_ stem: String) -> (CycleGANNetwork, SaveTime)? {
        if let network = CycleGANNetwork(rawValue: stem) { return (network, .own) }
        let parts = stem.components(separatedBy: "_net_")
        // Published weights of one direction are a lone `G`, which maps the folder's first domain to its second.
        guard parts.count == 2, let network = parts[1] == "G" ? .generatorAB : CycleGANNetwork(referenceName: parts[1]) else { return nil }
        if parts[0] == "latest" { return (network, .latest) }
        if let epoch = Int(parts[0]) { return (network, .epoch(epoch)) }
        if parts[0].hasPrefix("iter_"), let iteration = Int(parts[0].dropFirst(5)) { return (network, .iteration(iteration)) }
        return nil
    }

    private static func lookedFor(_ required: Set<CycleGANNetwork>) -> [String] {
        let networks = CycleGANNetwork.allCases.filter { required.isEmpty || required.contains($0) }
        return networks.map { "\($0.rawValue).safetensors or \($0.referenceFileName())" }
    }
}
