import DICOM
import Foundation
import NIfTI

/// Files of medicine, which hold numbers: read, and NIfTI written, without libvips.
public enum MedicalFormat: String, Sendable, CaseIterable {
    case dicom, nifti

    /// Ends of file names, in lower case without the dot.
    public var fileExtensions: [String] {
        switch self {
        case .dicom: ["dcm", "dicom"]
        case .nifti: ["nii", "nii.gz"]
        }
    }

    /// The usual name.
    public var name: String { self == .dicom ? "DICOM" : "NIfTI" }

    /// The format that a file's name stands for, in any case.
    public init?(fileName: String) {
        let name = fileName.lowercased()
        guard let format = Self.allCases.first(where: { $0.fileExtensions.contains { name.hasSuffix("." + $0) } }) else { return nil }
        self = format
    }

    /// The format of a file's content.
    package init?(signature data: Data) {
        // What begins as a picture of another kind may be DICOM all the same: its first 128 bytes are free.
        if DICOMFile.recognizes(data) {
            self = .dicom
        } else if NIfTIVolume.recognizes(data) {
            self = .nifti
        } else {
            return nil
        }
    }

    /// The format of a file, by its name or, where that has no extension or one of digits, as scanners write them, by its content.
    public init?(at url: URL) {
        if let format = Self(fileName: url.lastPathComponent) {
            self = format
        } else if url.pathExtension.allSatisfy(\.isNumber), let file = try? FileHandle(forReadingFrom: url) {
            defer { try? file.close() }
            guard let start = try? file.read(upToCount: 132), start.count == 132, start.suffix(4).elementsEqual("DICM".utf8) else {
                return nil
            }
            self = .dicom
        } else {
            return nil
        }
    }

    /// Whether a file of a folder is a picture: by its extension one of the formats that are read, or a file of medicine.
    package static func isPicture(_ url: URL) -> Bool {
        ImageFileFormat(fileExtension: url.pathExtension) != nil || Self(at: url) != nil
    }

    /// The path of a file of the format without its extension, which may have two parts; a scanner's name of digits has none.
    package func stem(of path: String) -> String {
        let name = path.lowercased()
        let longest = fileExtensions.filter { name.hasSuffix("." + $0) }.max { $0.count < $1.count }
        return String(path.dropLast(longest.map { $0.count + 1 } ?? 0))
    }

    /// What everybody has to know who looks at results.
    public static let caution =
        "a GAN can invent structures and remove them: its pictures of patients are no diagnosis, and not for one"
}
