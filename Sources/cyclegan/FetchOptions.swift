import ArgumentParser
import CycleGANRuns
import Foundation

/// What all commands that fetch files have.
struct FetchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Take the file from here: another address, a file, or a folder or an address ending in / that has it under its name.",
            valueName: "address-or-file"))
    var from: String?

    func validate() throws {
        if from == "" { throw ValidationError("--from: found ''; expected an address, a file or a folder") }
    }
}

/// Shows what happens while something is fetched.
struct FetchDisplay {
    private let status = StatusLine()

    func show(_ event: FetchEvent) {
        switch event {
        case .note(let text): status.report(text)
        case .progress(let text): status.show(text)
        }
    }

    func end() {
        status.clear()
    }
}
