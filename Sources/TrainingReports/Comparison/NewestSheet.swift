import CycleGANTraining
import Foundation
import Imaging

/// The newest contact sheet of a run.
struct NewestSheet {
    let step: Int
    let image: PixelImage
    /// The pictures on it by row, where their places are known.
    let rows: [[SamplePictures.Picture]]?

    /// - Parameter folder: The sample pictures of a run; a sheet that cannot be read is passed over for an earlier one.
    init?(in folder: URL) {
        for (step, url) in SampleSheets.sheets(in: folder).reversed() {
            guard let image = try? PixelImage(contentsOf: url), image.bands == 3, image.format == .uint8 else { continue }
            self.step = step
            self.image = image
            rows = SheetLayout(in: folder)?.pictures(in: image)
            return
        }
        return nil
    }
}
