import CycleGANModels
import Datasets
import Imaging
import Settings
import TorchNN

extension TrainingConfiguration {
    /// Checks that every value is possible and that all fit together.
    ///
    /// - Throws: `ConfigurationError` naming the key, the value and the allowed ones.
    public func validate() throws(ConfigurationError) {
        try checkValues()
        try validateDomains()
        try validateObjective()
        try validatePretraining()
        try validateRun()
        try validateGenerators()
        try validateAttention()
        try validateSizes()
        try validateAdversaries()
        try validateMasks()
    }

    /// The weight without which no loss tells progress, and what those losses are called.
    private var progressWeight: String { objective.kind == .pix2pix ? "l1Weight" : "cycleWeight" }
    private var progressName: String { objective.kind == .pix2pix ? "the l1 losses" : "the cycle losses" }

    private func validateObjective() throws(ConfigurationError) {
        if objective.kind.hasManyDomains { return try validateManyDomains() }
        if objective.kind == .distill { try validateDistillation() }
        if ![0, 2].contains(data.domainNames.count) { throw refuse("domainNames", data.domainNames, "two names, of A and B") }
        if objective.kind != .cycleGAN, data.masks {
            throw refuse("masks", true, "false with objective \(objective.kind.rawValue); masks are for cyclegan")
        }
        if objective.kind == .cycleGAN, let pairs = cycleGAN.pairs {
            if data.masks { throw refuse("pairs", pairs, "nothing with masks, which pairs do not have") }
            if extraPairs > 0 {
                throw refuse("pairs", pairs, "nothing with a discriminatorBatch above batchSize, whose extra images are unpaired")
            }
        }
        if objective.kind == .pix2pix, objective.diffAugment {
            throw refuse(
                "diffAugment", true,
                "false with objective pix2pix, whose discriminator sees two images at once: their colours would mix")
        }
        if objective.kind == .pix2pix, let judged = objective.discriminatorBatch, judged > optimization.batchSize {
            throw refuse(
                "discriminatorBatch", judged, "batchSize with objective pix2pix, whose extra images would have to be pairs")
        }
        if objective.kind == .cycleGAN, objective.strength { try validateStrength() }
        guard objective.kind.isContrastive else { return }
        try validateContrast(for: "objective \(objective.kind.rawValue)")
        if !hasEqualChannels {
            throw ConfigurationError(
                key: "channels", value: "different numbers of channels",
                allowed: "as many in each domain with objective \(objective.kind.rawValue): translations go through the generator again")
        }
    }

    /// - Parameter use: What compares patches, as an error names it.
    func validateContrast(for use: String) throws(ConfigurationError) {
        guard networks.generator.residualBlocks != nil else {
            throw refuse("generator", networks.generator, "a ResNet with \(use), such as resnet9")
        }
        if let layer = contrastiveLayers.last, layer > lastContrastiveLayer {
            throw refuse(
                "nceLayers", contrastiveLayers,
                "layers up to \(lastContrastiveLayer), the last residual block of \(networks.generator.rawValue)")
        }
    }

    private func validateDomains() throws(ConfigurationError) {
        for domain in trainedDomains {
            func refuse(_ key: String, _ value: some SettingValue, _ allowed: String) -> ConfigurationError {
                ConfigurationError(key: "domains.\(domain).\(key)", value: value.form.text, allowed: allowed)
            }
            do throws(ImageError) { try images(of: domain).validate() } catch {
                guard case .invalidDomain(let key, let value, let allowed) = error else { continue }
                throw ConfigurationError(key: "domains.\(domain).\(key)", value: value, allowed: allowed)
            }
            do throws(DatasetError) { try augmentation(of: domain).validate(channels: domains.channels[domain]) } catch {
                guard case .invalidAugmentation(let key, let value, let allowed) = error else { continue }
                throw ConfigurationError(key: "domains.\(domain).\(key)", value: value, allowed: allowed)
            }
            let (preprocess, loadSize) = (domains.preprocess[domain], domains.loadSize[domain])
            if preprocess == .resizeAndCrop, loadSize.height < data.cropSize.height || loadSize.width < data.cropSize.width {
                throw refuse("loadSize", loadSize, "at least cropSize (\(data.cropSize))")
            }
            if preprocess == .scaleWidth, loadSize.width < smallestSide { throw refuse("loadSize", loadSize, enoughPixels) }
        }
    }

    private func validateRun() throws(ConfigurationError) {
        guard totalEpochs > 0 else {
            throw refuse("epochs", optimization.epochs, "epochs and decayEpochs of which one is at least 1")
        }
        let isProgressKnown = !monitoring.progressLosses.isEmpty
        if optimization.learningRatePolicy == .plateau, !isProgressKnown {
            throw refuse(
                "learningRatePolicy", optimization.learningRatePolicy,
                "another policy while \(progressWeight) is 0: plateau follows \(progressName)")
        }
        if !validation.doctor, validation.onFailure == .stop {
            throw refuse("onFailure", validation.onFailure, "warn or rollback without doctor: nobody would see a failure")
        }
        if let metric = validation.earlyStoppingMetric, validation.earlyStopping == nil {
            throw refuse("earlyStoppingMetric", metric, "a metric beside earlyStopping only, which says after how many epochs")
        }
    }

    private func validateGenerators() throws(ConfigurationError) {
        do throws(NetworkConfigurationError) { try networks.generator.validate() } catch {
            throw refuse("generator", networks.generator, GeneratorArchitecture.kind.words)
        }
        try validateWidths()
        if networks.checkpointActivations, networks.normalization == .batch {
            throw refuse("checkpointActivations", true, "false with norm batch, whose statistics would count every image twice")
        }
        if networks.checkpointActivations, case .unet = networks.generator {
            throw refuse("checkpointActivations", true, "false with \(networks.generator.rawValue), which has no residual blocks")
        }
    }

    private func validateWidths() throws(ConfigurationError) {
        guard let widths = networks.widths else { return }
        guard let blocks = networks.generator.residualBlocks else {
            throw refuse("widths", widths, "nothing with \(networks.generator.rawValue), only with a ResNet such as mobile9")
        }
        let (count, halvings) = (GeneratorWidths.count(downsamplings: networks.downsamplings, blocks: blocks), networks.downsamplings)
        guard widths.count == count else {
            throw refuse(
                "widths", widths,
                "\(count) numbers with \(networks.generator.rawValue) and downsamplings \(halvings): behind the first convolution, behind each "
                    + "halving, inside each block, behind each doubling")
        }
        if networks.ngf != NetworkSettings().ngf, networks.ngf != widths[0] {
            throw refuse("ngf", networks.ngf, "nothing beside widths, whose first number it is")
        }
    }

    private func validateAttention() throws(ConfigurationError) {
        let (sides, crop) = (networks.attention, data.cropSize)
        if !sides.isEmpty, let domain = trainedDomains.first(where: { !domains.preprocess[$0].crops }) {
            throw refuse(
                "attention", sides, "nothing with preprocess \(domains.preprocess[domain].rawValue), whose images have no one size")
        }
        if case .unet = networks.generator, !sides.isEmpty {
            throw refuse("attention", sides, "nothing with \(networks.generator.rawValue), only with a ResNet")
        }
        let side = min(crop.height, crop.width)
        let possible = (0...networks.downsamplings).map { side >> $0 }
        if let impossible = sides.first(where: { !possible.contains($0) || $0 * (side / max(1, $0)) != side }) {
            throw refuse(
                "attention", impossible,
                "the sides of the generator's maps with cropSize \(crop) and downsamplings \(networks.downsamplings): "
                    + possible.map { "\($0)" }.joined(separator: ", "))
        }
        if let tooLarge = sides.first(where: { $0 * max(crop.height, crop.width) * $0 / max(1, side) > NetworkLimits.attentionPositions }) {
            throw refuse(
                "attention", tooLarge,
                "sides of maps with at most \(NetworkLimits.attentionPositions) positions with cropSize \(crop), "
                    + "because the time of attention grows with their square")
        }
        if Set(sides).count < sides.count { throw refuse("attention", sides, "each side once") }
        do throws(NetworkConfigurationError) {
            try generatorConfiguration.validate()
            try generatorConfiguration.checkImageSize(height: crop.height, width: crop.width)
        } catch {
            throw ConfigurationError(
                key: error.name.contains("attention") ? "attention" : error.name, value: error.found, allowed: error.allowed)
        }
    }

    private func validateSizes() throws(ConfigurationError) {
        guard crops else {
            let mode = trainedDomains.map { domains.preprocess[$0] }.first { !$0.crops } ?? .none
            if optimization.batchSize > 1 {
                throw refuse(
                    "batchSize", optimization.batchSize,
                    "1 with preprocess \(mode.rawValue), which gives images of different sizes; more with preprocess "
                        + Preprocess.allCases.filter(\.crops).map(\.rawValue).joined(separator: ", "))
            }
            return
        }
        let (stride, crop) = (generatorConfiguration.stride, data.cropSize)
        if !crop.height.isMultiple(of: stride) || !crop.width.isMultiple(of: stride) {
            func nearest(_ side: Int) -> Int { max(stride, (side + stride / 2) / stride * stride) }
            throw refuse(
                "cropSize", crop,
                "multiples of \(stride) for generator \(networks.generator.rawValue), such as "
                    + "\(ImageSize(height: nearest(crop.height), width: nearest(crop.width)))")
        }
        if min(crop.height, crop.width) < smallestSide { throw refuse("cropSize", crop, enoughPixels) }
    }

    private func validateAdversaries() throws(ConfigurationError) {
        if networks.spectralNorm, networks.discriminatorNorm == nil, !objective.kind.hasManyDomains {
            throw ConfigurationError(
                key: "discriminatorNorm", value: "nothing beside spectralNorm",
                allowed: "one of \(Normalization.kind.words): say whether the discriminators keep another norm (instance) or not (none)")
        }
        let (penalty, batch) = (effectiveGradientPenalty, optimization.batchSize)
        let uncropped = trainedDomains.map { domains.preprocess[$0] }.first { !$0.crops }
        if objective.ganMode == .wganGP, penalty == .none {
            throw refuse("gradientPenalty", penalty, "wgan-gp, zero-centered or r1 with ganMode wgan-gp, which is unbounded without")
        }
        if penalty != .none, effectiveDiscriminatorNorm == .batch {
            throw refuse(
                "gradientPenalty", penalty,
                "none with batch norm in the discriminators, which makes the gradient of one image depend on the others; "
                    + "or discriminatorNorm instance or none")
        }
        if penalty == .wganGP || penalty == .zeroCentered, let uncropped {
            throw refuse(
                "gradientPenalty", penalty,
                "none or r1 with preprocess \(uncropped.rawValue), whose images differ in size: the others mix real and generated ones")
        }
        if penalty == .none, let weight = objective.gradientPenaltyWeight {
            throw refuse("gradientPenaltyWeight", weight, "a weight beside a gradientPenalty only")
        }
        if penalty == .none, objective.penaltyInterval > 1 {
            throw refuse("penaltyInterval", objective.penaltyInterval, "1 without a gradientPenalty")
        }
        if networks.emaWarmup, networks.ema == nil { throw refuse("emaWarmup", true, "false without ema, the decay that it warms up to") }
        if cycleGAN.cycleFeatures > 0, networks.discriminator == .pixel {
            throw refuse("cycleFeatures", cycleGAN.cycleFeatures, "0 with discriminator pixel, which sees nothing but colours")
        }
        guard let judged = objective.discriminatorBatch else { return }
        guard judged.isMultiple(of: batch) else { throw refuse("discriminatorBatch", judged, "a multiple of batchSize (\(batch))") }
        if judged > batch, objective.poolSize == 0 {
            throw refuse("poolSize", 0, "at least 1 with a discriminatorBatch above batchSize, which takes earlier images from the pool")
        }
        if judged > batch, let uncropped {
            throw refuse(
                "discriminatorBatch", judged, "batchSize with preprocess \(uncropped.rawValue), which gives images of different sizes")
        }
    }

    private func validateMasks() throws(ConfigurationError) {
        for (key, isOn) in [
            ("composite", data.composite), ("maskDiscriminator", data.maskDiscriminator), ("maskCycle", cycleGAN.maskCycle),
        ] where isOn && !data.masks {
            throw refuse(key, true, "false without masks")
        }
        if data.masks, cycleGAN.cycleFeatures > 0 {
            throw refuse("cycleFeatures", cycleGAN.cycleFeatures, "0 with masks: features reach beyond their edges")
        }
        let channels = trainedDomains.map { domains.channels[$0] }
        if data.composite, Set(channels).count > 1 {
            let found = zip(trainedDomains, channels).map { "\($0) has \($1)" }.joined(separator: ", ")
            throw refuse("composite", true, "false for domains of different channels (\(found))")
        }
        if data.maskDiscriminator, objective.diffAugment {
            throw refuse("maskDiscriminator", true, "false with diffAugment, whose colours are made for images")
        }
        if data.maskDiscriminator, extraPairs > 0 {
            throw refuse("maskDiscriminator", true, "false with a discriminatorBatch above batchSize, whose images have no masks")
        }
    }

    func refuse(_ key: String, _ value: some SettingValue, _ allowed: String) -> ConfigurationError {
        ConfigurationError(key: key, value: value.form.text, allowed: allowed)
    }

    private var enoughPixels: String {
        guard objective.kind != .pretrain else { return "at least \(smallestSide) for generator \(networks.generator.rawValue)" }
        return
            "at least \(smallestSide) for generator \(networks.generator.rawValue) and a \(networks.discriminator.rawValue) discriminator"
            + (networks.discriminator == .patch ? " with discriminatorLayers \(networks.discriminatorLayers)" : "")
    }

    /// The smallest side that reflection padding, norms and the discriminator's last convolutions can work on.
    var smallestSide: Int {
        let network = generatorConfiguration
        let judged = objective.kind == .distill ? [trainedDomains[1]] : trainedDomains
        let discriminators = objective.kind == .pretrain ? [] : judged.map { discriminatorConfiguration(of: $0).smallestSide }
        let side = max(network.smallestSide, discriminators.max() ?? 1)
        return (side + network.stride - 1) / network.stride * network.stride
    }
}
