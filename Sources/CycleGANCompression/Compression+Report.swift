import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Pages
import Support
import Torch
import TorchNN

extension Compression {
    // Of the picture sheet, and of what likeness is measured on.
    private static let (shownCount, measuredCount) = (6, 64)

    /// Measures both generators and writes the report, the picture sheet and exports of the student.
    func report(on chosen: CompressionState.Candidate) throws -> CompressionReport {
        let student = try GeneratorFile(folder.appending(path: "student.safetensors"), translation: teacher.translation)
        let images = try unseenImages()
        let (likeness, sheet) = try compare(student, on: images)
        let trials = state.candidates.map { candidate in
            CompressionReport.Trial(
                pattern: candidate.pattern, widths: candidate.configuration.effectiveWidths?.all ?? [],
                multiplyAdds: candidate.multiplyAdds,
                difference: candidate.difference, isChosen: candidate.pattern == chosen.pattern)
        }
        let report = CompressionReport(
            title: teacher.description.names.title(of: teacher.translation),
            teacher: try .init(measuring: teacher, scratch: folder),
            student: try .init(measuring: student, scratch: folder, kept: (folder, "student")), likeness: likeness, trials: trials,
            seconds: secondsSpent, processor: processorName())
        try sheet.write(to: folder.appending(path: "sheet.png"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(encoder.encode(report), to: folder.appending(path: "report.json"))
        try AtomicFile.write(Data(report.html(sheet: sheet, date: .now).utf8), to: folder.appending(path: "report.html"))
        return report
    }

    /// Images of the input domain that the student was not trained on, each [1, C, H, W].
    private func unseenImages() throws -> [Tensor] {
        let settings = try RunFolder(folder.appending(path: "run")).readConfiguration().deterministic
        let dataset = try settings.dataset(settings.hasImages(.test) ? .test : .validation)
        let count = min(Self.measuredCount, dataset.count)
        return try (0..<count).map { index in
            try ImageBatch([dataset.sample(epoch: 1, position: index * dataset.count / count)], of: dataset)[dataset.domains[0]].images
        }
    }

    private func compare(_ student: GeneratorFile, on images: [Tensor]) throws -> (CompressionReport.Likeness, sheet: PixelImage) {
        let domain = teacher.translation.to
        let metrics = PictureMetrics(PictureMetrics.Comparison.pairs, domains: [domain])
        var rows: [[PixelImage]] = []
        let (input, output) = (teacher.description.images(of: teacher.translation.from), teacher.description.images(of: domain))
        for image in images {
            let (large, small) = try withTorchErrors {
                withoutGradients {
                    (
                        teacher.description.translate(
                            image, mask: nil, condition: teacher.description.condition(of: teacher.translation), with: teacher.generator),
                        student.description.translate(image, mask: nil, with: student.generator)
                    )
                }
            }
            metrics.update(
                TranslatedBatch(rows: [.init(teacher.translation, [.init(.fake, domain, small), .init(.teacher, domain, large)])]))
            guard rows.count < Self.shownCount else { continue }
            rows.append([
                PixelImage(tensor: image, domain: input).displayed(range: input.valueRange),
                PixelImage(tensor: large, domain: output).displayed(range: output.valueRange),
                PixelImage(tensor: small, domain: output).displayed(range: output.valueRange),
            ])
        }
        let values = metrics.compute()
        let likeness = CompressionReport.Likeness(
            images: images.count, l1: values["l1"] ?? .nan, ssim: values["ssim"] ?? .nan, psnr: values["psnr"] ?? .nan)
        return (likeness, ContactSheet(sizes: rows.map { $0.map(\.size) }).drawn(rows))
    }
}
