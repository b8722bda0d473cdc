import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings

/// Settings of the images of a field, which one word stands for. What is said otherwise wins.
public enum Preset: String, CaseIterable, Sendable {
    /// Photographs: colours, mirrored at random.
    case photo
    /// Paintings and drawings: colours, mirrored, enlarged a little, as collections are small.
    case art
    /// Computed tomography: one channel of Hounsfield units. Patients are not mirrored: the heart lies on the left.
    case ct
    /// Magnetic resonance: one channel, whose values have no unit.
    case mri
    /// Satellites and cameras of many bands: as many channels as the files have bands, seen from above, where left is as good as right.
    case multispectral

    /// Whether pictures are of patients.
    public var isMedical: Bool { self == .ct || self == .mri }

    /// The settings for a data set; what the files are is looked up in the first of each domain.
    ///
    /// - Parameters:
    ///   - data: The folder of the data set; `nil` where it is not known yet.
    ///   - domains: Those of the data set.
    public func settings(data: URL?, domains: [Domain]) -> [SettingArgument] {
        let common: [(String, String)] =
            switch self {
            case .photo: [("channels", "3"), ("bitDepth", "8"), ("flip", "true")]
            case .art: [("channels", "3"), ("bitDepth", "8"), ("flip", "true"), ("zoom", "1.2")]
            case .ct, .mri: [("channels", "1"), ("flip", "false"), ("rotation", "5"), ("zoom", "1.1"), ("emptySlices", "0.1")]
            case .multispectral: [("flip", "true")]
            }
        let own = domains.flatMap { domain in
            settings(of: data.flatMap { Self.firstImage(of: domain, in: $0) }).map { ($0.0, "\(domain.name)=\($0.1)") }
        }
        return (common + own).map { SettingArgument(key: $0.0, text: $0.1) }
    }

    /// What depends on the files of a domain. Pictures of 8 bits have been given their range by whoever wrote them.
    private func settings(of image: PixelImage?) -> [(String, String)] {
        let isShallow = image?.storedAs == .uint8
        switch self {
        case .photo, .art: return []
        case .ct: return isShallow ? [] : [("bitDepth", "16"), ("range", "-1000,1000")]
        case .mri: return isShallow ? [] : [("bitDepth", "16"), ("range", "percentile:0.5,99.5")]
        case .multispectral:
            guard let image else { return [] }
            let channels = [("channels", "\(image.hasAlpha ? image.bands - 1 : image.bands)")]
            return isShallow ? channels : channels + [("bitDepth", "16"), ("range", "percentile:1,99")]
        }
    }

    private static func firstImage(of domain: Domain, in data: URL) -> PixelImage? {
        guard let folder = try? ImageFolder(data.appending(path: Split.train.folder(of: domain))), let source = folder.sources().first
        else {
            return nil
        }
        return try? source.read()
    }

    /// What it sets, for people.
    ///
    /// - Parameter naming: How the reader calls a setting, given its key.
    public static func text(_ settings: [SettingArgument], naming: (String) -> String = { $0 }) -> String {
        settings.map { "\(naming($0.key)) \($0.text)" }.joined(separator: ", ")
    }
}

extension TrainingConfiguration {
    /// Whether the first file of a training folder is DICOM or NIfTI.
    public var holdsMedicalFiles: Bool {
        trainedDomains.contains { domain in
            let folder = URL(filePath: data.folder).appending(path: self.folder(of: domain, .train))
            return (try? ImageFolder(folder)).map { MedicalFormat(at: $0.url(0)) != nil } ?? false
        }
    }
}
