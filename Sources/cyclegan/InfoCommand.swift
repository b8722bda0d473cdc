import ArgumentParser
import Foundation

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describe a run, a checkpoint or a network file, or the processor that networks run on.")

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one network.") var model: String?
    @Flag(help: "Say what this machine offers and which kernels are in use.") var hardware = false
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if (model == nil) != hardware { throw ValidationError("give either a model or --hardware") }
    }

    func run() throws {
        guard let model else {
            let report = HardwareReport()
            return json ? try printJSON(report) : print(report.text)
        }
        let report = try ModelReport(url(model))
        if json {
            try printJSON(report)
        } else {
            print(report.text)
        }
    }
}
