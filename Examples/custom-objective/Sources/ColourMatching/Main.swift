import Foundation
import TrainingReports

@main struct Main {
    static func main() throws {
        let folder = CommandLine.arguments.dropFirst().first.map { URL(filePath: $0) } ?? URL(filePath: "/tmp/colour-matching")
        try Example.drawImages(in: folder.appending(path: "data"))
        let summary = try Example.train(
            data: folder.appending(path: "data"), run: folder.appending(path: "run"), steps: 100, observers: [ProgressBar()])
        print("\(summary.step) steps; the generator: \(folder.path)/run/models")
    }
}
