import CycleGANModels
import CycleGANTraining
import Imaging
import Support
import TorchNN

extension ModelReport {
    /// The report for a terminal.
    public var text: String {
        var lines = [file]
        if let training {
            let position = training.batchesDone > 0 ? ", \(training.batchesDone) batch\(training.batchesDone == 1 ? "" : "es") into it" : ""
            lines.append("  training: step \(training.step), epoch \(training.lastEpoch)\(position)")
        }
        if let best = training?.best {
            lines.append("  best validation: \(best.metric) \(Float(best.value)) after epoch \(best.epoch)")
        }
        if training == nil {
            lines += (card?.lines ?? []).map { "  " + $0 }
        } else {
            lines += [card?.note.map { "  note: \($0)" }, card?.licence.map { "  licence: \($0)" }].compactMap { $0 }
        }
        if hasAverages { lines.append("  averages of the generators translate") }
        if let settings {
            lines.append("  data: \(settings.data)")
            let limit = settings.maxSteps.map { ", at most \(counted($0, "step"))" } ?? ""
            lines.append(
                "  settings: \(counted(settings.totalEpochs, "epoch"))\(limit), learning rate \(settings.learningRate), device \(settings.device)"
            )
        }
        lines += networks.map(line)
        if let size {
            for network in networks where layers != nil || network.layers != nil {
                let table = LayerReport(layers: layers ?? network.layers ?? []).lines
                lines +=
                    ["", "  \(network.name), for an image of \(size.dimensions), outputs as width x height x channels:"]
                    + table.map { "  " + $0 }
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ network: Network) -> String {
        var facts = [network.architecture]
        if let input = network.inputChannels, let output = network.outputChannels { facts.append("\(input) -> \(output) channels") }
        if let filters = network.filters { facts.append(counted(filters, "filter")) }
        if let normalization = network.normalization { facts.append(Normalization(rawValue: normalization)?.words ?? normalization) }
        facts += network.options
        if network.dropout == true { facts.append("dropout") }
        let names = DomainNames(domainNames ?? [:])
        let translations = network.translations ?? []
        if let all = translations.anyToAny {
            facts.append("between \(all.map { names[$0] }.sorted().joined(separator: ", "))")
        } else {
            facts += translations.map(names.title)
        }
        switch network.masking {
        case .composite: facts.append("masks (outside them the input's own pixels)")
        case .input: facts.append("masks")
        case nil: break
        }
        if let translation = network.translations?.first, let input = network.domains?[translation.from],
            let output = network.domains?[translation.to]
        {
            facts.append("\(input.bitDepth.rawValue) -> \(output.bitDepth.rawValue) bits")
            if input.valueRange != nil || output.valueRange != nil {
                facts.append("values \(input.effectiveRange) -> \(output.effectiveRange)")
            }
            if let bands = input.bands { facts.append("bands \(bands.map { "\($0)" }.joined(separator: ",")) of its files") }
        }
        if let scale = network.translations?.first.flatMap({ network.scales?[$0.from] }) {
            facts.append("trained on images \(scale.words) (width x height)")
        }
        return "  \(network.name): " + (facts + ["\(network.parameters) parameters"]).joined(separator: ", ")
    }
}

extension Normalization {
    /// Such as `batch norm`.
    fileprivate var words: String {
        switch self {
        case .instance, .batch: "\(rawValue) norm"
        case .affineInstance: "affine instance norm"
        case .none: "no norm"
        }
    }
}
