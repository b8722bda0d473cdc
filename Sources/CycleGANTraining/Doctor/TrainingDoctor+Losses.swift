import Foundation
import Support

extension GANMode {
    /// A discriminator's loss when it gives all images the score between real and generated; `nil` for objectives without such a score.
    var guessingLoss: Double? {
        switch self {
        case .lsgan: 0.25
        case .vanilla: log(2)
        case .hinge: 1
        case .wganGP: nil
        }
    }

    /// The generator's loss, unweighted, from which on the discriminator is sure of what is generated: scores of 0.05 on the scale from
    /// generated 0 to real 1 for `lsgan` and `vanilla`, nine tenths of the margin for `hinge`.
    var beatenLoss: Double {
        switch self {
        case .lsgan: 0.9
        case .vanilla: -log(0.05)
        case .hinge, .wganGP: 0.9
        }
    }
}

extension TrainingDoctor {
    /// A discriminator whose loss is many times that of guessing, from the first step on.
    func scoreSymptoms(_ record: StepRecord) -> [Symptom] {
        monitoring.games.compactMap { game in
            let name = game.discriminatorLoss
            guard let guessing = game.mode.guessingLoss else { return nil }
            return record.losses[name].map { loss in
                Symptom(
                    kind: .explodingScores, subject: name, title: title(ofLoss: name), value: loss / guessing,
                    evidence: "loss \(shortNumber(loss)), guessing costs \(shortNumber(guessing))")
            }
        }
    }

    /// A discriminator that has won or lost.
    ///
    /// With the mean loss m over the last logged steps, its mean absolute deviation d and the loss of guessing g: won when m / g is small and
    /// the mean adversarial loss of the generator it judges is that of a beaten one; lost when d / g is small around m = g. The loss alone
    /// does not tell: it is g also at the optimum, but there it still varies with the batch.
    mutating func discriminatorSymptoms(_ record: StepRecord) -> [Symptom] {
        monitoring.games.flatMap { game -> [Symptom] in
            let (name, window) = (game.discriminatorLoss, thresholds.discriminatorWindow)
            guard let guessing = game.mode.guessingLoss else { return [] }
            let averages = (average(name, of: record, window: window), average(game.adversarialLoss, of: record, window: window))
            guard case (let loss?, let adversarial?) = averages else { return [] }
            let (mean, deviation) = (loss.mean / guessing, loss.deviation / guessing)
            let isBeaten = game.weight > 0 && adversarial.mean / game.weight >= game.mode.beatenLoss
            return [
                Symptom(
                    kind: .discriminatorWon, subject: name, title: title(ofLoss: name), value: mean, isPossible: isBeaten,
                    evidence: "mean loss \(shortNumber(loss.mean)), guessing costs \(shortNumber(guessing)), "
                        + "mean adversarial loss \(shortNumber(adversarial.mean))"),
                Symptom(
                    kind: .discriminatorLost, subject: name, title: title(ofLoss: name), value: deviation,
                    isPossible: thresholds.guessing.contains(mean),
                    evidence: "loss \(shortNumber(loss.mean)) ± \(shortNumber(loss.deviation)), guessing costs \(shortNumber(guessing))"),
            ]
        }
    }

    /// A cycle loss whose recent mean is a multiple of the best one that it had.
    mutating func cycleSymptoms(_ record: StepRecord) -> [Symptom] {
        monitoring.reconstructions.compactMap { reconstruction in
            let (name, weight) = (reconstruction.loss, reconstruction.weight)
            guard weight > 0, let recent = average(name, of: record, window: thresholds.cycleWindow) else { return nil }
            let best = min(recent.mean, state.bestCycleLosses[name] ?? .infinity)
            state.bestCycleLosses[name] = best
            return Symptom(
                kind: .explodingCycleLoss, subject: name, title: title(ofLoss: name), value: best > 0 ? recent.mean / best : 1,
                isPossible: recent.mean / weight > thresholds.poorReconstruction,
                evidence: "mean \(shortNumber(recent.mean)), at best it was \(shortNumber(best))")
        }
    }

    /// A loss for people, where domains have names.
    private func title(ofLoss name: String) -> String? {
        let legend = configuration.domainNames.legend(of: name)
        return legend == name ? nil : legend
    }

    /// The mean of a loss with this record's value; `nil` while it covers less than its window, and for a loss that the record lacks.
    private mutating func average(_ name: String, of record: StepRecord, window: Int) -> RunningAverage? {
        guard let loss = record.losses[name], loss.isFinite else { return nil }
        state.averages[name, default: RunningAverage()].add(loss, window: window)
        return state.averages[name].flatMap { $0.count >= window ? $0 : nil }
    }
}
