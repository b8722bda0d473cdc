import Foundation
import Imaging
import Support

/// Judges what was found in a data set; a function of the facts alone.
struct DatasetChecks {
    typealias Finding = DatasetReport.Finding

    let inspection: DatasetInspection
    let preparations: [DomainPreparation]
    /// Whether training needs a mask for every image.
    var needsMasks = false
    /// How the reader calls a setting, given its key.
    var naming: (_ key: String) -> String = { $0 }

    /// How many training images a domain should have: the reference's data sets have about a thousand.
    static let recommendedCount = 1000
    /// How many pairs training should have: the facades of the pix2pix paper, arXiv 1611.07004, are 400.
    static let recommendedPairs = 400
    /// Up to this many images of one domain for one of the other, both are seen often enough.
    static let balancedRatio = 3.0
    /// The factor by which height and width may be scaled unlike before shapes count as distorted.
    static let tolerableDistortion = 2.0

    var findings: [Finding] {
        let facts = layout + counts + files + pairs + sizes
        return facts + preparations.map(\.domain).flatMap { channels($0) + values($0) } + masks + duplicates
    }

    func preparation(of domain: Domain) -> DomainPreparation {
        guard let preparation = preparations.first(where: { $0.domain == domain }) else {
            preconditionFailure("no preparation of domain \(domain) was given")
        }
        return preparation
    }

    /// How the images of a folder are prepared: those of its domain or, of pictures with the images of both, those of each.
    private func preparations(of folder: DatasetInspection.Folder) -> [DomainPreparation] {
        folder.domain.map { [preparation(of: $0)] } ?? preparations
    }

    /// How the images of a folder are scaled and cropped, for which those of a pair are prepared alike.
    private func transform(of folder: DatasetInspection.Folder) -> ImageTransform { preparations(of: folder)[0].transform }

    /// The images of a folder that the training's reader would replace by others, with reasons.
    func unusable(_ folder: DatasetInspection.Folder) -> [Finding.Example] {
        folder.images.compactMap { image in
            switch image.content {
            case .failure(let problem): Finding.Example([image.path], detail: problem.reason)
            case .success(let facts):
                preparations(of: folder).lazy.compactMap { Self.problem(facts, path: image.path, preparation: $0) }.first
                    .map { Finding.Example([image.path], detail: $0) }
            }
        }
    }

    private static func problem(_ facts: ImageInspection.Facts, path: String, preparation: DomainPreparation) -> String? {
        let domain = preparation.images
        if let missing = domain.bands?.first(where: { $0 > facts.mode.channels }) {
            return problemText(.missingBand(path: path, band: missing, found: facts.mode.channels), path)
        }
        let mode = facts.mode.picking(domain.bands)
        guard domain.accepts(channels: mode.channels, hasAlpha: mode.hasAlpha) else {
            return "\(mode) cannot become the domain's \(counted(domain.channels, "channel"))"
        }
        if let problem = valueProblem(facts, path: path, domain: domain) { return problem }
        do throws(DatasetError) {
            _ = try preparation.transform.geometry(of: facts.size, name: path)
            return nil
        } catch {
            return error.description.replacing("\(path): ", with: "")
        }
    }

    private static func problemText(_ error: ImageError, _ path: String) -> String { error.description.replacing("\(path): ", with: "") }

    /// Why the values of an image cannot become the domain's, as `PixelImage.converted(to:name:)` says it.
    private static func valueProblem(_ facts: ImageInspection.Facts, path: String, domain: DomainConfiguration) -> String? {
        let type = facts.mode.type
        if let range = domain.valueRange?.hull {
            return type.canHold(range) ? nil : problemText(.rangeOutOfReach(path: path, type: type, range: range), path)
        }
        guard let values = facts.values, let range = values.range else { return nil }
        let beyond = values.samples.count { $0 < -0.01 || $0 > 1.01 }
        guard type.white == nil || (type.isFloat && 100 * beyond > values.samples.count) else { return nil }
        return problemText(
            .numbersWithoutRange(path: path, type: type, least: Double(range.lowerBound), greatest: Double(range.upperBound)), path)
    }

    /// The images of a folder that training cannot use, or not with their partners.
    func unusableCount(_ folder: DatasetInspection.Folder) -> Int {
        let paths = Set((unusable(folder) + pairs.flatMap(\.files)).flatMap(\.files))
        return folder.images.count { paths.contains($0.path) }
    }

    private var layout: [Finding] {
        var findings = inspection.problems.map { Finding($0.split == .train ? .error : .warning, .layout, $0.error.description) }
        let names = inspection.folders.map(\.name)
        if !names.isEmpty { findings.append(Finding(.ok, .layout, "found \(names.joined(separator: ", "))")) }
        for split in [Split.test, .validation] {
            let wanted = preparations.map { split.folder(of: $0.domain) }
            let (present, missing) = (wanted.filter(names.contains), wanted.filter { !names.contains($0) })
            if !present.isEmpty, !missing.isEmpty {
                let verb = present.count == 1 ? "is" : "are"
                findings.append(
                    Finding(
                        .warning, .layout,
                        "\(present.joined(separator: ", ")) \(verb) not used without \(missing.joined(separator: ", "))"))
            }
        }
        if inspection.folders.allSatisfy({ $0.split == .train }), !names.isEmpty {
            findings.append(Finding(.note, .layout, "no test or validation images: the sample pictures will show training images"))
        }
        for folder in inspection.folders where !folder.otherFiles.isEmpty {
            let message = "\(folder.name): \(ImageFolder.leftOut(folder.otherFiles) ?? "")"
            findings.append(Finding(.note, .layout, message, files: folder.otherFiles.map { .init([$0]) }))
        }
        return findings
    }

    private var counts: [Finding] {
        let training = inspection.folders.filter { $0.split == .train }
        let recommended = inspection.arePairs ? Self.recommendedPairs : Self.recommendedCount
        var findings = training.map { folder in
            let count = counted(folder.images.count, "image")
            return folder.images.count < recommended
                ? Finding(.warning, .counts, "\(folder.name) has \(count); \(recommended) or more are recommended")
                : Finding(.ok, .counts, "\(folder.name) has \(count)")
        }
        guard training.count == 2 else { return findings }
        let (a, b) = (Double(training[0].images.count), Double(training[1].images.count))
        let ratio = a > b ? String(format: "%.1f : 1", a / b) : String(format: "1 : %.1f", b / a)
        let names = (preparations[0].domain, preparations[1].domain)
        let small = (a > b ? training[1] : training[0]).name
        findings.append(
            max(a, b) > Self.balancedRatio * min(a, b)
                ? Finding(
                    .warning, .counts,
                    "\(names.0) : \(names.1) is \(ratio): the images of \(small) repeat often; add images there, or leave out others")
                : Finding(.ok, .counts, "\(names.0) : \(names.1) is \(ratio)"))
        return findings
    }

    private var files: [Finding] {
        var findings: [Finding] = []
        for folder in inspection.folders {
            let bad = unusable(folder)
            if !bad.isEmpty {
                let isUseless = 2 * bad.count > folder.images.count
                findings.append(
                    Finding(
                        isUseless && folder.split == .train ? .error : .warning, .files,
                        "\(bad.count) of \(counted(folder.images.count, "image")) of \(folder.name) cannot be used"
                            + (isUseless ? ", which is more than half" : "; others take their places") + ": replace or remove them",
                        files: bad))
            }
        }
        if findings.isEmpty, !inspection.folders.isEmpty { findings = [Finding(.ok, .files, "every image can be used")] }
        for folder in inspection.folders {
            let turned = folder.images.filter { ($0.facts?.orientation ?? 1) != 1 }
            if !turned.isEmpty {
                let message = "\(counted(turned.count, "image")) of \(folder.name) will be turned upright as EXIF says"
                findings.append(Finding(.note, .files, message, files: turned.map { .init([$0.path]) }))
            }
        }
        return findings
    }

    private var sizes: [Finding] {
        let findings = [smallImages, distortedImages].compactMap { $0 }
        if !findings.isEmpty || inspection.folders.isEmpty { return findings }
        return [Finding(.ok, .sizes, "no image is scaled up to the crop or badly distorted")]
    }

    private var smallImages: Finding? {
        let crop = preparations[0].transform.cropSize
        let small = inspection.folders.map { folder in
            folder.images.filter { image in
                guard let size = image.facts?.size, transform(of: folder).preprocess != .none else { return false }
                return size.height < crop.height || size.width < crop.width
            }
        }
        if small.allSatisfy(\.isEmpty) { return nil }
        let message =
            "smaller than the crop of \(crop.dimensions), which scaling up will blur: \(shares(small)); "
            + "use larger images or a smaller \(naming("cropSize")) and \(naming("loadSize"))"
        return Finding(.warning, .sizes, message, files: small.joined().map { .init([$0.path], detail: $0.facts?.size.dimensions) })
    }

    private var distortedImages: Finding? {
        func distortion(_ image: ImageInspection, _ folder: DatasetInspection.Folder) -> Double {
            let transform = transform(of: folder)
            guard transform.preprocess == .resizeAndCrop, let size = image.facts?.size else { return 1 }
            let load = transform.loadSize
            let factor = Double(size.width * load.height) / Double(size.height * load.width)
            return max(factor, 1 / factor)
        }
        let remedy =
            "\(naming("preprocess")) scale-width-and-crop keeps proportions, and so does a \(naming("loadSize")) HxW of the images' shape"
        let bad = inspection.folders.map { folder in folder.images.filter { distortion($0, folder) > Self.tolerableDistortion } }
        if !bad.allSatisfy(\.isEmpty) {
            let message = "distorted by more than \(Int(Self.tolerableDistortion)) : 1: \(shares(bad)); \(remedy)"
            return Finding(.warning, .sizes, message, files: bad.joined().map { .init([$0.path], detail: $0.facts?.size.dimensions) })
        }
        let typical = inspection.folders.map { folder in
            (folder.name, folder.images.map { distortion($0, folder) }.sorted()[folder.images.count / 2])
        }.filter { $0.1 > 1.2 }
        if typical.isEmpty { return nil }
        let found = typical.map { "\($0) by \(String(format: "%.2f", $1)) : 1" }.joined(separator: ", ")
        return Finding(.note, .sizes, "most images are distorted, \(found); \(remedy)")
    }

    /// Such as `all 10 of trainA, 3 of 20 of trainB`, from the images of every folder that are meant.
    private func shares(_ images: [[ImageInspection]]) -> String {
        zip(inspection.folders, images).filter { !$1.isEmpty }.map { folder, images in
            let total = folder.images.count
            return images.count == total ? "all \(total) of \(folder.name)" : "\(images.count) of \(total) of \(folder.name)"
        }.joined(separator: ", ")
    }
}
