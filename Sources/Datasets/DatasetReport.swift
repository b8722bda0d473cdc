import Imaging

/// What a data set is and what is good and bad about it for one configuration.
public struct DatasetReport: Sendable, Codable, Equatable {
    /// How much a finding matters.
    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// As it should be.
        case ok
        /// Worth knowing.
        case note
        /// Training works, but perhaps not as meant.
        case warning
        /// Training is refused or cannot be of use.
        case error
    }

    /// What a finding is about, in the order of the report.
    public enum Topic: String, Sendable, Codable, CaseIterable {
        case layout, counts, files, pairs, sizes, channels, values, masks, duplicates, estimate
    }

    /// One thing that was found.
    public struct Finding: Sendable, Codable, Equatable {
        /// One file, or files that belong together, with what is to be said about them alone.
        public struct Example: Sendable, Codable, Equatable {
            /// Paths from the data set's folder, such as `trainA/1.png`.
            public let files: [String]
            /// Such as why the file cannot be decoded.
            public var detail: String?

            init(_ files: [String], detail: String? = nil) {
                self.files = files
                self.detail = detail
            }
        }

        /// How much it matters.
        public let severity: Severity
        /// What it is about.
        public let topic: Topic
        /// What was found and, unless all is well, what to do; one or two sentences.
        public let message: String
        /// All the files it is about, where it is about single files.
        public let files: [Example]

        /// A finding about no single files unless some are given.
        public init(_ severity: Severity, _ topic: Topic, _ message: String, files: [Example] = []) {
            self.severity = severity
            self.topic = topic
            self.message = message
            self.files = files
        }
    }

    /// One folder in numbers. Sizes are texts, width x height.
    public struct FolderSummary: Sendable, Codable, Equatable {
        /// Such as `trainA`, or `train` for pictures of two images side by side, whose sizes are those of a half.
        public let name: String
        /// Image files, and those of them that training cannot use.
        public let images, unusable: Int
        /// By number of pixels; `nil` where no image can be decoded.
        public let smallest, median, largest: String?
        /// How many images there are of every size, the most frequent first.
        public let sizes: [SizeCount]
        /// How many images there are of every kind, the most frequent first.
        public let modes: [ModeCount]
        /// Images that their EXIF orientation turns or mirrors.
        public let turned: Int
        /// Images that are nearly of one colour.
        public let flat: Int
        /// Of 16-bit and float images.
        public let values: ValueSummary?

        /// Images of one size.
        public struct SizeCount: Sendable, Codable, Equatable {
            /// Width x height.
            public let size: String
            /// How many.
            public let images: Int
        }

        /// Images of one kind.
        public struct ModeCount: Sendable, Codable, Equatable {
            /// Channels and depth.
            public let mode: ImageMode
            /// How many.
            public let images: Int
        }
    }

    /// The folders that hold images.
    public let folders: [FolderSummary]
    /// Everything that was found, topic by topic.
    public private(set) var findings: [Finding]

    /// Judges a data set for the way in which the images of its domains are prepared.
    ///
    /// - Parameter naming: How the reader calls a setting, given its key.
    public init(
        _ inspection: DatasetInspection, preparations: [DomainPreparation], needsMasks: Bool = false,
        naming: @escaping (_ key: String) -> String = { $0 }
    ) {
        let checks = DatasetChecks(inspection: inspection, preparations: preparations, needsMasks: needsMasks, naming: naming)
        folders = inspection.folders.map { FolderSummary($0, unusable: checks.unusableCount($0)) }
        findings = checks.findings
    }

    /// Adds what was found by other means, such as an estimate of the time.
    public mutating func add(_ more: [Finding]) {
        findings += more
    }

    /// The number of findings of a severity.
    public func count(_ severity: Severity) -> Int {
        findings.count { $0.severity == severity }
    }
}

extension DatasetReport.FolderSummary {
    init(_ folder: DatasetInspection.Folder, unusable: Int) {
        let facts = folder.images.compactMap(\.facts)
        let bySize = facts.map(\.size).sorted { ($0.height * $0.width, $0.height) < ($1.height * $1.width, $1.height) }
        name = folder.name
        images = folder.images.count
        self.unusable = unusable
        smallest = bySize.first?.dimensions
        median = bySize.isEmpty ? nil : bySize[bySize.count / 2].dimensions
        largest = bySize.last?.dimensions
        sizes = frequencies(bySize.map(\.dimensions)).map { SizeCount(size: $0, images: $1) }
        modes = frequencies(facts.map(\.mode)).map { ModeCount(mode: $0, images: $1) }
        turned = facts.count { $0.orientation != 1 }
        flat = facts.count { $0.hash == nil }
        values = ValueSample.summary(facts.flatMap { [$0.values, $0.rightValues].compactMap { $0 } })
    }
}

/// How often each value occurs, the most frequent first and in the order of their texts among equals.
func frequencies<Value: Hashable & CustomStringConvertible>(_ values: [Value]) -> [(value: Value, count: Int)] {
    Dictionary(grouping: values) { $0 }.map { ($0.key, $0.value.count) }
        .sorted { ($1.1, $0.0.description) < ($0.1, $1.0.description) }
}
