import CycleGANModels
import CycleGANTraining
import Support

/// Losses, or validation metrics, that differ only in their domain or direction, such as `cycleA` and `cycleB`.
struct LossGroup: Equatable {
    /// What the losses constrain, such as `cycle`.
    let name: String
    /// The names of the losses, in the order of the run.
    var losses: [String]

    /// Groups losses by their names without the capital letters at the end, in the order of first appearance.
    static func groups(of losses: [String]) -> [LossGroup] {
        var groups: [LossGroup] = []
        for loss in losses {
            let name = DomainNames.stem(of: loss)
            if let index = groups.firstIndex(where: { $0.name == name }) {
                groups[index].losses.append(loss)
            } else {
                groups.append(LossGroup(name: name, losses: [loss]))
            }
        }
        return groups
    }

    /// Groups validation metrics by name: the group of the metric that decides first, in each the means of both domains last.
    static func groups(ofMetrics metrics: Set<String>, first: String?) -> [LossGroup] {
        let decisive = first.map(DomainNames.stem)
        let groups = groups(of: metrics.sorted { ($0.last?.isUppercase == true ? 0 : 1, $0) < ($1.last?.isUppercase == true ? 0 : 1, $1) })
        return groups.sorted { ($0.name == decisive ? 0 : 1, $0.name) < ($1.name == decisive ? 0 : 1, $1.name) }
    }

    /// A word of at most four letters for a progress line.
    var abbreviation: String {
        switch name {
        case "adversarial", "generator": "G"
        case "discriminator": "D"
        case "cycle": "cyc"
        case "identity": "idt"
        default: String(name.prefix(4))
        }
    }

    /// A heading.
    var title: String {
        switch name {
        case "adversarial", "generator": "Generators"
        case "discriminator": "Discriminators"
        case "cycle": "Cycle consistency"
        case "ssim", "psnr", "fid", "kid", "lpips": name.uppercased()
        default: humanReadable(name)
        }
    }

    /// Which way is better, of the well-known validation metrics; empty for others.
    var betterDirection: String {
        switch name.lowercased().prefix(while: \.isLetter) {
        case "cycle", "identity", "fid", "kid", "lpips": "lower is better"
        case "ssim", "psnr": "higher is better"
        default: ""
        }
    }
}
