import CycleGANModels
import Imaging
import Torch

/// What a picture shows of its domain.
public enum PictureRole: String, CaseIterable, Codable, Sendable {
    /// An image of the data set.
    case real
    /// The region of interest of an image: white inside and black outside.
    case mask
    /// An image as pre-training shows it to a network: with holes.
    case altered
    /// A translation of strength 0.25, 0.5 or 0.75 into the domain.
    case quarter, half, threeQuarters
    /// A translation into the domain.
    case fake
    /// An image that was translated there and back.
    case reconstructed
    /// What the generator that translates into the domain makes of an image that is of it already.
    case identity
    /// What the generator that is learnt from makes of the same image.
    case teacher

    /// How strong a translation it is.
    package var strength: Double {
        switch self {
        case .quarter: 0.25
        case .half: 0.5
        case .threeQuarters: 0.75
        default: 1
        }
    }

    /// In captions, before the name of the domain.
    var title: String { strength == 1 ? rawValue.prefix(1).uppercased() + rawValue.dropFirst() : "\(strength)" }
}

/// What the networks make of a batch.
public struct TranslatedBatch {
    /// Images of one kind.
    public struct Picture {
        /// What they show.
        public let role: PictureRole
        /// Whose channels and values they have.
        public let domain: Domain
        /// Shape [N, C, H, W], values in -1...1.
        public let images: Tensor

        /// Names images.
        public init(_ role: PictureRole, _ domain: Domain, _ images: Tensor) {
            self.role = role
            self.domain = domain
            self.images = images
        }
    }

    /// What belongs to one translation.
    public struct Row {
        /// What is shown.
        public let translation: Translation
        /// From the input to what is made of it.
        public var pictures: [Picture]

        /// Names the pictures of a translation.
        public init(_ translation: Translation, _ pictures: [Picture]) {
            self.translation = translation
            self.pictures = pictures
        }

        /// The domain whose image a picture was made of.
        public func source(of picture: Picture) -> Domain {
            switch picture.role {
            case .real, .mask, .altered, .reconstructed, .identity: picture.domain
            case .quarter, .half, .threeQuarters, .fake, .teacher: translation.from
            }
        }
    }

    /// One row for each translation.
    public var rows: [Row]

    /// Takes the rows in the order in which they are shown.
    public init(rows: [Row]) {
        self.rows = rows
    }

    /// The images of a role and domain.
    public subscript(role: PictureRole, domain: Domain) -> Tensor? {
        rows.lazy.flatMap(\.pictures).first { $0.role == role && $0.domain == domain }?.images
    }

    /// What other pictures of a domain are measured by: what a teacher makes, else the domain's own images.
    package func truth(of domain: Domain) -> Tensor? { self[.teacher, domain] ?? self[.real, domain] }
}

/// The networks' pictures of fixed sample images.
public struct SamplePictures: Sendable {
    /// A picture and what it shows.
    public struct Picture: Sendable {
        /// What the picture shows.
        public var role: PictureRole
        /// Whose channels and depth it has.
        public var domain: Domain
        /// The picture.
        public var image: PixelImage

        package init(role: PictureRole, domain: Domain, image: PixelImage) {
            self.role = role
            self.domain = domain
            self.image = image
        }

        /// For people: `Fake monet`.
        package func title(_ names: DomainNames) -> String {
            "\(role.title) \(names[domain])"
        }
    }

    /// The pictures of one sample and translation.
    public struct Row: Sendable {
        /// What is shown.
        public var translation: Translation
        /// From the input to what is made of it.
        public var pictures: [Picture]

        package init(translation: Translation, pictures: [Picture]) {
            self.translation = translation
            self.pictures = pictures
        }
    }

    /// The epoch in which they were made, from 1.
    public var epoch: Int
    /// Optimiser steps taken before them.
    public var step: Int
    /// One row per sample and translation.
    public var rows: [Row]

    package init(epoch: Int, step: Int, rows: [Row]) {
        self.epoch = epoch
        self.step = step
        self.rows = rows
    }
}
