/// How a translation is put together with its image, in this order: colours, blend, mask.
///
/// O is the image itself in the place of its translation T: of the domain, depth and size of T. All of it needs no training.
public struct TranslationFinish: Sendable, Equatable {
    /// What a translation in colour keeps of its image, in YCbCr with the luma of ITU-R 601.
    public enum Kept: String, Sendable, CaseIterable {
        /// Cb and Cr of O, with Y of T.
        case colours
        /// Y of O, with Cb and Cr of T.
        case luma
    }

    /// What is kept; `nil` for a translation as it is.
    public var kept: Kept?
    /// How much of the translation is in the result, from 0 for O to 1.
    public var blend = 1.0
    /// How many pixels inside a mask's edge go over from O to the result; `nil` for a hard edge, and for generators that were trained with masks
    /// for what they make of these.
    public var feather: Int?

    /// Translations as they are; with a mask, O outside it.
    public init() {}

    /// Whether the image has a part in translations without masks.
    var takesImage: Bool { kept != nil || blend != 1 }
}

/// What the file of an image and that of its translation say beside the pixels, where both are put together.
public struct PictureTraits: Sendable, Equatable {
    /// Whether the result gets the opacity of the image again: then its colours count as they are stored, not over the background.
    public var keepsOpacity: Bool
    /// Whether samples of 8 and 16 bits stand for light as those of sRGB do; other values are mixed as they are.
    public var isSRGB: Bool

    /// An opaque picture of sRGB, unless told otherwise.
    public init(keepsOpacity: Bool = false, isSRGB: Bool = true) {
        self.keepsOpacity = keepsOpacity
        self.isSRGB = isSRGB
    }
}
