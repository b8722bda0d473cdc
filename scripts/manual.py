#!/usr/bin/env python3
"""Writes the manual page of cyclegan from what the command says of itself: cyclegan --experimental-dump-help | manual.py > cyclegan.1"""
import json
import re
import sys


def roff(text):
    """Text as troff takes it: no backslash, no dash and no dot at the beginning of a line means anything else."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"(?m)^([.'])", r"\\&\1", text)


def paragraphs(text):
    lines = []
    for block in re.split(r"\n\s*\n", text.strip()):
        # Indented lines are examples and stay as they are.
        for line in block.split("\n"):
            lines.append((".br\n\\&\\ \\ " + roff(line.strip())) if line.startswith("  ") else roff(line))
        lines.append(".PP")
    return "\n".join(lines[:-1])


def names(argument):
    if argument["kind"] == "positional":
        return "\\fI" + roff(argument["valueName"]) + "\\fR"
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    flags = ["\\fB" + roff(dashes[name["kind"]] + name["name"]) + "\\fR" for name in argument.get("names", [])]
    value = " \\fI" + roff(argument["valueName"]) + "\\fR" if argument["kind"] == "option" else ""
    return ", ".join(flags) + value


def arguments(command):
    lines, section, last = [], None, None
    for argument in command.get("arguments", []):
        if not argument.get("shouldDisplay", True) or argument.get("valueName") == "help":
            continue
        if argument.get("sectionTitle") != section:
            section = argument.get("sectionTitle")
            lines += [".PP", "\\fB" + roff(section or "Others") + "\\fR"]
        # A switch and its opposite are one entry.
        if last and argument["kind"] == last["kind"] == "flag" and argument.get("abstract") == last.get("abstract"):
            lines[-2] += ", " + names(argument)
            continue
        last = argument
        about = [argument.get("abstract", ""), argument.get("discussion", "")]
        default = argument.get("defaultValue")
        if default and default not in ("true", "false") and "default:" not in about[0]:
            about.append(f"(default: {default})")
        lines += [".TP", names(argument), roff(" ".join(part for part in about if part).replace("\n", " ")) or "\\&"]
    return lines


def subcommands(command, path):
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
            continue
        own = path + [sub["commandName"]]
        yield own, sub
        yield from subcommands(sub, own)


def main():
    root = json.load(sys.stdin)["command"]
    version = sys.argv[1] if len(sys.argv) > 1 else ""
    out = [f'.TH CYCLEGAN 1 "" "swift\\-cyclegan {roff(version)}" "User Commands"']
    out += [".SH NAME", "cyclegan \\- " + roff(root["abstract"].rstrip(".")[0].lower() + root["abstract"].rstrip(".")[1:])]
    out += [".SH SYNOPSIS", "\\fBcyclegan\\fR \\fIcommand\\fR [\\fIarguments\\fR]", ".SH COMMANDS"]
    for path, command in subcommands(root, ["cyclegan"]):
        out += [".SS " + roff(" ".join(path)), roff(command.get("abstract", ""))]
        if command.get("discussion"):
            out += [".PP", paragraphs(command["discussion"])]
        out += arguments(command)
    out += [".SH ENVIRONMENT"]
    for name, about in [
        ("SWIFT_CYCLEGAN_CACHE", "The folder for imported weights and computed features; else swift-cyclegan in XDG_CACHE_HOME or ~/.cache."),
        ("CYCLEGAN_KERNELS", "The kernels on the CPU: auto, accurate or libtorch."),
        ("CYCLEGAN_CACHE", "The sizes of the second and the third cache that the kernels are to cut up their work for, such as 512K,32M."),
        ("http_proxy, https_proxy, no_proxy", "Through what files are fetched."),
    ]:
        out += [".TP", "\\fB" + roff(name) + "\\fR", roff(about)]
    out += [".SH EXIT STATUS", "0, or 1 where something failed, 64 for arguments that cannot be used, 128 and its number after a signal."]
    print("\n".join(out))


main()
