import CycleGANModels
import Support

extension TrainingDoctor {
    /// What the sample pictures say about the generators.
    func pictureSymptoms(_ pictures: SamplePictures) -> [Symptom] {
        monitoring.generators.flatMap { generator in
            let samples = samples(pictures, of: generator.translation)
            guard !samples.isEmpty else { return [Symptom]() }
            let translation = TranslationStatistics(samples: samples, targets: targets(pictures, of: generator.translation))
            return symptoms(of: translation, generator: generator, step: pictures.step)
        }
    }

    private func samples(_ pictures: SamplePictures, of translation: Translation) -> [TranslatedSample] {
        pictures.rows.compactMap { row in
            guard row.translation == translation,
                let real = row.pictures.first(where: { $0.role == .real && $0.domain == translation.from }),
                let fake = row.pictures.first(where: { $0.role == .fake })
            else { return nil }
            return TranslatedSample(
                input: real.image, output: fake.image, from: configuration.images(of: translation.from),
                to: configuration.images(of: translation.to))
        }
    }

    /// The real images of the domain that is translated to.
    private func targets(_ pictures: SamplePictures, of translation: Translation) -> [PictureStatistics] {
        let (from, to) = (configuration.images(of: translation.from), configuration.images(of: translation.to))
        return pictures.rows.flatMap(\.pictures).filter { $0.role == .real && $0.domain == translation.to }.map {
            PictureStatistics($0.image, domain: to, sharedBands: min(from.channels, to.channels))
        }
    }

    private func symptoms(of translation: TranslationStatistics, generator: Monitoring.Generator, step: Int) -> [Symptom] {
        let isWarm = step >= thresholds.warmUpSteps
        let isSettled = isWarm && step >= min(stepsPerEpoch, thresholds.settledSteps)
        let title = "generator \(configuration.domainNames.title(of: generator.translation))"
        var symptoms: [Symptom] = []
        if let correlation = translation.correlation {
            symptoms.append(
                Symptom(
                    kind: .colorInversion, subject: generator.name, title: title, value: correlation,
                    isPossible: isWarm && translation.inversionGain <= thresholds.wantedInversion,
                    evidence: "correlation of brightness \(shortNumber(correlation))"))
            if let difference = translation.difference {
                symptoms.append(
                    Symptom(
                        kind: .idleGenerator, subject: generator.name, title: title, value: difference,
                        isPossible: isSettled && correlation > thresholds.idleCorrelation,
                        evidence: "mean difference \(shortNumber(difference)) of the range"))
            }
        }
        if let diversity = translation.diversity {
            symptoms.append(
                Symptom(
                    kind: .modeCollapse, subject: generator.name, title: title, value: diversity,
                    isPossible: isWarm,
                    evidence: "its pictures differ \(shortNumber(diversity)) times as much as real ones"))
        }
        if let (excess, period) = translation.gridExcess {
            symptoms.append(
                Symptom(
                    kind: .checkerboard, subject: generator.name, title: title, value: excess,
                    isPossible: isSettled,
                    evidence: "period of \(period) pixels, \(shortNumber(excess)) dB above that of real images"))
        }
        return symptoms
    }
}
