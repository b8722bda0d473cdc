import ArgumentParser
import Foundation

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Say what a run, a checkpoint or a network file holds.")

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one network.") var model: String
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let report = try ModelReport(url(model))
        if json {
            try printJSON(report)
        } else {
            print(report.text)
        }
    }
}
