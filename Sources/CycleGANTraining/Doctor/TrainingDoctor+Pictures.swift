import Imaging
import Pages

extension TrainingDoctor {
    /// What the sample pictures say about both generators.
    func pictureSymptoms(_ pictures: SamplePictures) -> [Symptom] {
        let (domainA, domainB) = (configuration.domainA, configuration.domainB)
        let samplesAB = samples(pictures, "realA", "fakeB", from: domainA, to: domainB)
        let samplesBA = samples(pictures, "realB", "fakeA", from: domainB, to: domainA)
        return [("generatorAB", samplesAB, samplesBA), ("generatorBA", samplesBA, samplesAB)].flatMap { generator, samples, others in
            guard !samples.isEmpty else { return [Symptom]() }
            let translation = TranslationStatistics(samples: samples, targets: others.map(\.input))
            return symptoms(of: translation, generator: generator, step: pictures.step)
        }
    }

    private func samples(
        _ pictures: SamplePictures, _ input: String, _ output: String, from: DomainConfiguration, to: DomainConfiguration
    ) -> [TranslatedSample] {
        pictures.rows.compactMap { row in
            guard let real = row.first(where: { $0.label == input }), let fake = row.first(where: { $0.label == output }) else {
                return nil
            }
            return TranslatedSample(input: real.image, output: fake.image, from: from, to: to)
        }
    }

    private func symptoms(of translation: TranslationStatistics, generator: String, step: Int) -> [Symptom] {
        let isWarm = step >= thresholds.warmUpSteps
        let isPastFirstEpoch = isWarm && step >= stepsPerEpoch
        var symptoms: [Symptom] = []
        if let correlation = translation.correlation {
            symptoms.append(
                Symptom(
                    kind: .colorInversion, subject: generator, value: correlation,
                    isPossible: isWarm && translation.inversionGain <= thresholds.wantedInversion,
                    evidence: "correlation of brightness \(shortNumber(correlation))"))
            if let difference = translation.difference {
                symptoms.append(
                    Symptom(
                        kind: .idleGenerator, subject: generator, value: difference,
                        isPossible: isPastFirstEpoch && correlation > thresholds.idleCorrelation,
                        evidence: "mean difference \(shortNumber(difference)) of the range"))
            }
        }
        if let diversity = translation.diversity {
            symptoms.append(
                Symptom(
                    kind: .modeCollapse, subject: generator, value: diversity, isPossible: isWarm,
                    evidence: "its pictures differ \(shortNumber(diversity)) times as much as real ones"))
        }
        if let (excess, period) = translation.gridExcess {
            symptoms.append(
                Symptom(
                    kind: .checkerboard, subject: generator, value: excess, isPossible: isPastFirstEpoch,
                    evidence: "period of \(period) pixels, \(shortNumber(excess)) dB above that of real images"))
        }
        return symptoms
    }
}
