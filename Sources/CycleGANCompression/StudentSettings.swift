import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Support
import TorchNN

extension TrainingConfiguration {
    /// The settings for learning from a teacher, as its file describes it: images as it was shown them, a generator with its options.
    ///
    /// - Parameters:
    ///   - student: The generator's layers.
    ///   - discriminator: What the teacher was trained against, where it is known.
    /// - Throws: `CompressionError.unfit` for a student that settings cannot describe.
    static func distillation(
        from teacher: GeneratorFile, student: GeneratorConfiguration, discriminator: DiscriminatorConfiguration?,
        _ wanted: CompressionSettings
    ) throws(CompressionError) -> TrainingConfiguration {
        var result = TrainingConfiguration.defaults(for: .distill)
        let (description, translation) = (teacher.description, teacher.translation)
        result.data.folder = wanted.data
        (result.distillation.teacher, result.distillation.from, result.distillation.to) = (
            teacher.url.path, translation.from.name, translation.to.name
        )
        result.domains.take(description.images(of: translation.from))
        if Domain.pair.contains(translation.to) {
            result.domains.take(description.images(of: translation.to), of: translation.to)
        } else if description.images(of: translation.to) != description.images(of: translation.from) {
            throw .unfit(
                file: teacher.url.path, found: "domains with images of different kinds", allowed: "domains called A and B, or alike")
        }
        if let names = description.domainNames, Domain.pair.contains(translation.from) {
            result.data.domainNames = Domain.pair.map { names[$0] }
        }
        result.takeSizes(of: description.scales?[translation.from], stride: description.configuration.stride)

        result.networks.take(student, side: min(result.data.cropSize.height, result.data.cropSize.width))
        if let discriminator { result.networks.take(discriminator) }
        if !result.hasImages(.validation) { result.data.validationFraction = wanted.validationFraction }
        (result.run.seed, result.run.threads, result.run.device) = (wanted.seed, wanted.threads, wanted.device)
        result.run.tensorboard = false
        return result
    }

    private mutating func takeSizes(of scale: TrainingScale?, stride: Int) {
        guard let scale else { return }
        func whole(_ size: ImageSize) -> ImageSize {
            ImageSize(height: max(stride, size.height / stride * stride), width: max(stride, size.width / stride * stride))
        }
        data.cropSize = whole(scale.crop ?? scale.size)
        switch scale.rule {
        case .size: domains.loadSize = PerDomain(scale.size)
        case .width:
            domains.preprocess = PerDomain(.scaleWidthAndCrop)
            domains.loadSize = PerDomain(ImageSize(height: data.cropSize.height, width: scale.size.width))
        case .own: domains.preprocess = PerDomain(.crop)
        }
    }
}

extension DomainSettings {
    fileprivate mutating func take(_ images: DomainConfiguration) {
        channels = PerDomain(images.channels)
        bitDepth = PerDomain(images.bitDepth)
        range = PerDomain(images.valueRange.map { .fixed($0) })
        (background, bands, axis) = (PerDomain(images.background), PerDomain(images.bands), PerDomain(images.axis))
    }

    fileprivate mutating func take(_ images: DomainConfiguration, of domain: Domain) {
        channels[domain] = images.channels
        bitDepth[domain] = images.bitDepth
        range[domain] = images.valueRange.map { .fixed($0) }
        background[domain] = images.background
        bands[domain] = images.bands
        axis[domain] = images.axis
    }
}

extension NetworkSettings {
    fileprivate mutating func take(_ student: GeneratorConfiguration, side: Int) {
        generator = student.architecture
        widths = student.widths?.all
        downsamplings = student.downsamplings
        upsampling = student.upsampling
        antialias = student.antialias
        normalization = student.normalization
        attention = student.attentionScales.map { side / $0 }
        dropout = false
    }

    fileprivate mutating func take(_ found: DiscriminatorConfiguration) {
        (discriminator, ndf, discriminatorLayers) = (found.architecture, found.filters, found.layerCount)
        (discriminatorNorm, spectralNorm) = (found.normalization, found.spectralNorm)
    }
}

extension GeneratorConfiguration {
    /// The generator that settings make of this one: without what tells it what to do, and with the borders and biases of the reference.
    var plain: GeneratorConfiguration {
        var plain = GeneratorConfiguration(
            architecture: architecture, inputChannels: inputChannels, outputChannels: outputChannels, filters: filters,
            normalization: normalization)
        (plain.widths, plain.downsamplings, plain.upsampling) = (widths, downsamplings, upsampling)
        (plain.antialias, plain.antialiasUpsampling) = (antialias, antialias && upsampling == .deconv)
        plain.attentionScales = attentionScales
        return plain
    }
}
