import ArgumentParser
import CycleGANModels
import CycleGANRuns
import Foundation

/// `cyclegan models`.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Get generators that others have trained.", subcommands: [FetchCommand.self, ListCommand.self])

    struct FetchCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fetch",
            abstract: "Download a generator that was published with the papers.",
            discussion: """
                The address comes first, and a transfer that broke off is gone on with by the same command. The file that is written says what it \
                translates and, of pix2pix, how: `cyclegan translate photos --model horse2zebra.safetensors --output translated` needs no more. \
                Nobody has published checksums of these files; the SHA-256 of what came is printed. Offline, or where the server has gone, give \
                the published .pth file with --from.

                Names: \(PublishedModel.all.map(\.name).joined(separator: ", ")).
                """)

        @Argument(help: "The model, such as horse2zebra.", completion: .list(PublishedModel.all.map(\.name))) var name: String
        @Option(help: "The .safetensors file to make; by default that name in the current folder.") var output: String?
        @OptionGroup var fetch: FetchOptions

        func validate() throws {
            if let output, !output.hasSuffix(".safetensors") {
                throw ValidationError("--output: found '\(output)'; expected a file that ends in .safetensors")
            }
        }

        func run() throws {
            let model = try PublishedModel.named(name)
            let (file, display) = (url(output ?? model.fileName), FetchDisplay())
            try ModelFetch(model, to: file, from: fetch.from).run(report: display.show)
            display.end()
            print("Model: \(file.path) (\(model.domainNames.title(of: .aToB)))")
            print("Use it with: cyclegan translate PHOTOS --model \(file.path) --output translated")
        }
    }

    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Name the published generators, what they translate, and where they are.")

        func run() throws {
            for model in PublishedModel.all {
                let columns = [(model.name, 28), (model.domainNames.title(of: .aToB), 22)]
                print(columns.map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined() + model.file.addresses[0])
            }
        }
    }
}
