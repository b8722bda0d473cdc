import ArgumentParser
import Foundation

/// `cyclegan manual`, for `scripts/install`: the manual page, from what every command says of itself.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page as man reads it.", shouldDisplay: false)

    func run() throws {
        let description = try JSONDecoder().decode(ManualPage.self, from: Data(CycleGANCommand._dumpHelp().utf8))
        print(description.text(version: CycleGANCommand.configuration.version))
    }
}

/// What the argument parser says of the commands, and the page of it.
struct ManualPage: Decodable {
    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let discussion: String?
        let shouldDisplay: Bool?
        let arguments: [Argument]?
        let subcommands: [Command]?
    }

    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }

        struct Name: Decodable {
            enum Kind: String, Decodable { case long, short, longWithSingleDash }

            let kind: Kind
            let name: String
        }

        let kind: Kind
        let shouldDisplay: Bool?
        let sectionTitle: String?
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let discussion: String?
        let defaultValue: String?
    }

    let command: Command

    private static let environment = [
        (
            "SWIFT_CYCLEGAN_CACHE",
            "The folder for imported weights and computed features; else swift-cyclegan in XDG_CACHE_HOME or ~/.cache."
        ),
        ("CYCLEGAN_KERNELS", "The kernels on the CPU: auto, accurate or libtorch."),
        ("CYCLEGAN_CACHE", "The sizes of the second and the third cache that the kernels are to cut up their work for, such as 512K,32M."),
        ("http_proxy, https_proxy, no_proxy", "Through what files are fetched."),
    ]

    func text(version: String) -> String {
        var abstract = command.abstract ?? ""
        if abstract.hasSuffix(".") { abstract.removeLast() }
        let head = [
            ".TH CYCLEGAN 1 \"\" \"swift\\-cyclegan \(Self.roff(version))\" \"User Commands\"", ".SH NAME",
            "cyclegan \\- " + Self.roff(abstract.prefix(1).lowercased() + abstract.dropFirst()), ".SH SYNOPSIS",
            "\\fBcyclegan\\fR \\fIcommand\\fR [\\fIarguments\\fR]", ".SH COMMANDS",
        ]
        let tail =
            [".SH ENVIRONMENT"] + Self.environment.flatMap { [".TP", "\\fB\(Self.roff($0.0))\\fR", Self.roff($0.1)] }
            + [
                ".SH EXIT STATUS",
                "0, or 1 where something failed, 64 for arguments that cannot be used, 128 and its number after a signal.",
            ]
        return (head + Self.sections(below: command, path: [command.commandName]) + tail).joined(separator: "\n")
    }

    private static func sections(below command: Command, path: [String]) -> [String] {
        (command.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }.flatMap { sub -> [String] in
            let own = path + [sub.commandName]
            let discussion = sub.discussion.map { [".PP"] + paragraphs($0) } ?? []
            return [".SS " + roff(own.joined(separator: " ")), roff(sub.abstract ?? "")] + discussion + arguments(of: sub)
                + sections(below: sub, path: own)
        }
    }

    private static func arguments(of command: Command) -> [String] {
        var lines: [String] = []
        var (section, last): (String?, Argument?) = (nil, nil)
        for argument in command.arguments ?? [] where argument.shouldDisplay != false && argument.valueName != "help" {
            if argument.sectionTitle != section {
                section = argument.sectionTitle
                lines += [".PP", "\\fB\(roff(section ?? "Others"))\\fR"]
            }
            // A switch and its opposite are one entry.
            if let last, last.kind == .flag, argument.kind == .flag, argument.abstract == last.abstract {
                lines[lines.count - 2] += ", " + names(of: argument)
                continue
            }
            last = argument
            var about = [argument.abstract, argument.discussion].compactMap { $0 }
            if let value = argument.defaultValue, !["", "true", "false"].contains(value), about.first?.contains("default:") != true {
                about.append("(default: \(value))")
            }
            let text = roff(about.joined(separator: " ").replacing("\n", with: " "))
            lines += [".TP", names(of: argument), text.isEmpty ? "\\&" : text]
        }
        return lines
    }

    private static func names(of argument: Argument) -> String {
        let value = "\\fI\(roff(argument.valueName ?? ""))\\fR"
        if argument.kind == .positional { return value }
        let flags = (argument.names ?? []).map { "\\fB\(roff(($0.kind == .long ? "--" : "-") + $0.name))\\fR" }.joined(separator: ", ")
        return argument.kind == .option ? "\(flags) \(value)" : flags
    }

    /// Indented lines are examples and stay as they are.
    private static func paragraphs(_ text: String) -> [String] {
        let blocks = text.split(separator: "\n\n").map { block in
            block.split(separator: "\n").map { line in
                line.hasPrefix("  ") ? ".br\n\\&\\ \\ " + roff(line.trimmingCharacters(in: .whitespaces)) : roff(String(line))
            }
        }
        return Array(blocks.joined(separator: [".PP"]))
    }

    /// Text as troff takes it: no backslash, dash or dot at the beginning of a line means anything else.
    private static func roff(_ text: String) -> String {
        text.replacing("\\", with: "\\e").replacing("-", with: "\\-").split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(".") || $0.hasPrefix("'") ? "\\&" + $0 : String($0) }.joined(separator: "\n")
    }
}
