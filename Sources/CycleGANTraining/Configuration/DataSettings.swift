import Datasets
import Imaging
import NIfTI
import Settings

/// Where images come from.
public struct DataSettings: Equatable, Sendable {
    /// The folder with `trainA`, `trainB` and perhaps `testA`, `testB`, `valA`, `valB`.
    public var folder = ""
    /// What the domains are called on pages and in messages, in order; A and B by default.
    public var domainNames: [String] = []
    /// The size of the random crop; both sides are multiples of the generator's stride.
    public var cropSize = ImageSize(256)
    /// Which image of B goes with an image of A.
    public var pairing = Pairing.random
    /// Samples of an epoch; as many as the larger folder has by default.
    public var epochSize: Int?
    /// The files whose translations are shown while training; some, evenly spread, by default.
    public var sampleImages: [String] = []
    /// The share of the training images that is held out for validation, where there are no `valA` and `valB`.
    public var validationFraction = 0.0
    /// Whether `trainA_mask`, `trainB_mask` and so on say which region of each image to change.
    public var masks = false
    /// Whether the generators put their input's own pixels back outside the mask.
    public var composite = false
    /// Whether the discriminators see the masks too.
    public var maskDiscriminator = false
}

/// What the images of each domain are, and how they are prepared.
public struct DomainSettings: Equatable, Sendable {
    /// Samples per pixel.
    public var channels = PerDomain(3)
    /// The depth that images are held and written in.
    public var bitDepth = PerDomain(BitDepth.eight)
    /// The bands of the files that are the channels, from 1; all by default.
    public var bands = PerDomain<[Int]?>(nil)
    /// The values that become -1...1; the full range of the depth by default.
    public var range = PerDomain<RangeChoice?>(nil)
    /// Along which axis of the patient volumes are cut into images.
    public var axis = PerDomain<SliceAxis?>(nil)
    /// The share of the empty slices of volumes that training takes.
    public var emptySlices = PerDomain(1.0)
    /// What shows through transparent pixels.
    public var background = PerDomain([255.0])
    /// How images are brought to the size of training.
    public var preprocess = PerDomain(Preprocess.resizeAndCrop)
    /// The size that images are scaled to before the crop.
    public var loadSize = PerDomain(ImageSize(286))
    /// Whether training images are mirrored at random.
    public var flip = PerDomain(true)
    /// Random changes of the colours of training images; none by default.
    public var colorJitter = PerDomain<ColorJitter?>(nil)
    /// The largest angle in degrees by which training images are turned.
    public var rotation = PerDomain(0.0)
    /// The largest factor by which training images are enlarged about their centre.
    public var zoom = PerDomain(1.0)
}
