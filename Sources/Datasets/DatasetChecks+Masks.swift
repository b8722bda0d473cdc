import Support

extension DatasetChecks {
    /// Whether every image of a folder with masks has one of its own size, and of its own name but for the extension.
    var masks: [Finding] {
        inspection.folders.flatMap { folder -> [Finding] in
            guard let masks = folder.masks else {
                let message = "there is no \(folder.name)_mask, in which masks needs one for each image of \(folder.name)"
                return needsMasks ? [Finding(.error, .masks, message)] : []
            }
            let maskOf = Dictionary(masks.map { (Self.stem($0), $0) }) { first, _ in first }
            // A mask of one page is for all pages of its image.
            func mask(_ image: ImageInspection) -> ImageInspection? { maskOf[Self.stem(image)] ?? maskOf[Self.fileStem(image)] }
            let names = Set(folder.images.flatMap { [Self.stem($0), Self.fileStem($0)] })
            let missing = folder.images.filter { mask($0) == nil }
            let broken = masks.compactMap { mask -> Finding.Example? in
                guard case .failure(let problem) = mask.content else { return nil }
                return Finding.Example([mask.path], detail: problem.reason)
            }
            let unlike = folder.images.compactMap { image -> Finding.Example? in
                guard let size = image.facts?.size, let mask = mask(image), let maskSize = mask.facts?.size, size != maskSize
                else { return nil }
                return Finding.Example([mask.path], detail: "\(maskSize.dimensions), but the image is \(size.dimensions)")
            }
            // Only a picture with some contrast has a hash.
            let flat = masks.filter { $0.facts != nil && $0.facts?.hash == nil }
            let unused = masks.filter { !names.contains(Self.stem($0)) }
            let total = counted(folder.images.count, "image")
            let isHopeless = needsMasks && 2 * (missing.count + broken.count + unlike.count) > folder.images.count
            let severity: DatasetReport.Severity = isHopeless ? .error : .warning
            let found: [(severity: DatasetReport.Severity, message: String, files: [Finding.Example])] = [
                (severity, "\(missing.count) of \(total) of \(folder.name) without a mask", missing.map { .init([$0.path]) }),
                (severity, "\(counted(broken.count, "mask")) of \(folder.name) cannot be decoded", broken),
                (severity, "\(counted(unlike.count, "mask")) of \(folder.name) not of the image's size", unlike),
                (
                    .warning, "\(counted(flat.count, "mask")) of \(folder.name) of one level: nothing, or everything, is inside",
                    flat.map { .init([$0.path]) }
                ),
                (.note, "\(counted(unused.count, "mask")) of \(folder.name) without an image", unused.map { .init([$0.path]) }),
            ]
            let findings = found.filter { !$0.files.isEmpty }.map { Finding($0.severity, .masks, $0.message, files: $0.files) }
            return findings.isEmpty ? [Finding(.ok, .masks, "every image of \(folder.name) has a mask")] : findings
        }
    }
}
