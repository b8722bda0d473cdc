@preconcurrency import CoreGraphics
import CoreML
import ImageIO
import PhotosUI
import SwiftUI
import Vision

/// Shows a photo, and what an exported model makes of it.
@main struct PhotoTranslationApp: App {
    var body: some Scene {
        WindowGroup { TranslationView() }
    }
}

/// A photo of the library and its translation.
struct TranslationView: View {
    @State private var choice: PhotosPickerItem?
    @State private var photo: CGImage?
    @State private var translation: CGImage?
    @State private var problem: String?
    private let translator = Result { try PhotoTranslator() }

    var body: some View {
        VStack(spacing: 16) {
            picture(photo, "Photo")
            picture(translation, "Translation")
            if let problem { Text(problem).foregroundStyle(.red) }
            PhotosPicker("Choose a photo", selection: $choice, matching: .images).buttonStyle(.borderedProminent)
        }
        .padding()
        .task(id: choice) { await translate() }
    }

    @ViewBuilder private func picture(_ image: CGImage?, _ title: String) -> some View {
        if let image {
            Image(decorative: image, scale: 1).resizable().scaledToFit()
        } else {
            ContentUnavailableView(title, systemImage: "photo")
        }
    }

    private func translate() async {
        guard let choice else { return }
        (photo, translation, problem) = (nil, nil, nil)
        do {
            guard let data = try await choice.loadTransferable(type: Data.self) else { return }
            let image = try PhotoTranslator.upright(data)
            photo = image
            translation = try await translator.get().translation(of: image)
        } catch {
            problem = error.localizedDescription
        }
    }
}

/// The exported model: pictures go in and come out, so that nothing is computed here.
actor PhotoTranslator {
    enum Failure: LocalizedError {
        case noModel, noPicture

        var errorDescription: String? {
            switch self {
            case .noModel: "The app has no Translation.mlpackage that takes and gives pictures."
            case .noPicture: "This is no picture that can be shown."
            }
        }
    }

    private let model: MLModel
    private let size: (width: Int, height: Int)

    /// Loads `Translation.mlpackage`, which Xcode compiles when the app is built.
    init() throws {
        guard let url = Bundle.main.url(forResource: "Translation", withExtension: "mlmodelc") else { throw Failure.noModel }
        model = try MLModel(contentsOf: url)
        guard let image = model.modelDescription.inputDescriptionsByName["image"]?.imageConstraint else { throw Failure.noModel }
        size = (image.pixelsWide, image.pixelsHigh)
    }

    /// What the model makes of a photo, in the photo's proportions.
    func translation(of photo: CGImage) throws -> CGImage {
        guard let constraint = model.modelDescription.inputDescriptionsByName["image"]?.imageConstraint else { throw Failure.noModel }
        let scaled: [MLFeatureValue.ImageOption: Any] = [.cropAndScale: VNImageCropAndScaleOption.scaleFill.rawValue]
        let input = try MLFeatureValue(
            cgImage: photo, pixelsWide: size.width, pixelsHigh: size.height, pixelFormatType: constraint.pixelFormatType, options: scaled)
        let result = try model.prediction(from: MLDictionaryFeatureProvider(dictionary: ["image": input]))
        guard let pixels = result.featureValue(for: "translation")?.imageBufferValue else { throw Failure.noModel }
        let square = CIImage(cvPixelBuffer: pixels)
        let (across, down) = (Double(photo.width) / square.extent.width, Double(photo.height) / square.extent.height)
        let factor = max(across, down)
        let whole = square.transformed(by: CGAffineTransform(scaleX: across / factor, y: down / factor))
        guard let image = CIContext().createCGImage(whole, from: whole.extent.integral) else { throw Failure.noPicture }
        return image
    }

    /// A photo as it was held, at most 1024 pixels a side.
    static func upright(_ data: Data) throws -> CGImage {
        let options: [CFString: Any] = [
            kCGImageSourceCreateThumbnailFromImageAlways: true, kCGImageSourceCreateThumbnailWithTransform: true,
            kCGImageSourceThumbnailMaxPixelSize: 1024,
        ]
        guard let source = CGImageSourceCreateWithData(data as CFData, nil),
            let image = CGImageSourceCreateThumbnailAtIndex(source, 0, options as CFDictionary)
        else { throw Failure.noPicture }
        return image
    }
}
