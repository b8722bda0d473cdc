import CycleGANModels
import Imaging

/// What became of one image that was to be translated, for programs; its error, where there is one, stands in place of the sizes.
public struct TranslationRecord: Encodable, Sendable {
    /// The path of the image.
    public let input: String
    /// The path of its translation.
    public let output: String
    /// Such as `AtoB`; `nil` for a baseline.
    public var direction: String?
    /// What the domains are called, by domain; `nil` for a baseline.
    public var domainNames: [Domain: String]?
    /// The baseline that made it, such as `reinhard`; `nil` for a generator.
    public var method: String?
    /// The size of the image.
    public var inputSize: PictureSize?
    /// The size at which the generator got it.
    public var networkSize: PictureSize?
    /// The size of its translation.
    public var outputSize: PictureSize?
    /// How many pictures both files hold, where they hold several; the sizes are those of the first.
    public var pages: Int?
    /// The mean of its cycle error in 0...1, where that was asked for.
    public var cycleError: Double?
    /// For reading, translating and writing it.
    public var seconds = 0.0
    /// Whether the translation was there already and is left as it was.
    public var isSkipped: Bool?
    /// Why there is no translation.
    public var error: String?
    /// Whether there is none because the disk is full, so that there will be no other either.
    public var isDiskFull = false
    /// Whether the transparency of the image was dropped, because the format of its translation cannot hold it.
    public var hasLostAlpha = false

    private enum CodingKeys: String, CodingKey {
        case input, output, direction, domainNames, method, inputSize, networkSize, outputSize, pages, cycleError, seconds, error
        case isSkipped = "skipped"
    }
}
