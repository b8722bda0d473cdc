import Imaging

/// The random changes of the training images of one domain.
///
/// Whatever is changed here, the discriminator learns to expect and the generator to make: a domain whose colours carry the meaning should
/// keep them.
public struct Augmentation: Sendable, Equatable, Codable {
    /// Whether to mirror left to right with probability 0.5.
    public var flip: Bool
    /// The random changes of colour; `nil` for none.
    public var colorJitter: ColorJitter?
    /// Images turn about their centre by an angle drawn from -rotation...rotation, in degrees.
    public var rotation: Double
    /// Images are enlarged about their centre by a factor drawn from 1...zoom.
    public var zoom: Double

    /// The largest angles that are possible, in degrees.
    public static let possibleRotations = 0.0...45.0
    /// The largest factors that are possible.
    public static let possibleZooms = 1.0...4.0

    /// Only mirroring, unless told otherwise.
    public init(flip: Bool = true, colorJitter: ColorJitter? = nil, rotation: Double = 0, zoom: Double = 1) {
        self.flip = flip
        self.colorJitter = colorJitter
        self.rotation = rotation
        self.zoom = zoom
    }

    /// Checks that the values are possible and fit the images.
    ///
    /// - Parameter channels: Those of the domain.
    /// - Throws: `DatasetError.invalidAugmentation` naming the key, the value and what is allowed.
    public func validate(channels: Int = 3) throws(DatasetError) {
        guard Self.possibleRotations.contains(rotation) else {
            throw .invalidAugmentation(key: "rotation", value: "\(rotation)", allowed: "degrees from 0 to 45")
        }
        guard Self.possibleZooms.contains(zoom) else {
            throw .invalidAugmentation(key: "zoom", value: "\(zoom)", allowed: "a factor from 1 to 4")
        }
        if let colorJitter, channels != 1 && channels != 3, colorJitter.saturation > 0 || colorJitter.hue > 0 {
            throw .invalidAugmentation(
                key: "colorJitter", value: "\(colorJitter)",
                allowed: "a saturation and a hue of 0 in a domain of \(channels) channels; only images of 3 have them")
        }
    }
}
