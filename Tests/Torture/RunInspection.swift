import Foundation

/// Looks for torn files in the folder of a run: whatever has its final name must be whole.
struct RunInspection {
    /// What is wrong, one line each.
    private(set) var problems: [String] = []
    /// Files that were looked at.
    private(set) var fileCount = 0
    /// Files that were being written when their process ended.
    private(set) var leftovers: [String] = []

    init(of run: URL) {
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: run.path)) ?? []
        for file in files.sorted() {
            let url = run.appending(path: file)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
            if url.lastPathComponent.hasPrefix(".writing-") {
                leftovers.append(file)
                continue
            }
            fileCount += 1
            if let problem = Self.problem(of: url) { problems.append("\(file): \(problem)") }
        }
    }

    /// What is wrong with a file of a run; `nil` when it is whole.
    static func problem(of url: URL) -> String? {
        guard let data = try? Data(contentsOf: url) else { return "cannot be read" }
        switch url.lastPathComponent {
        case "images.txt": return data.last == UInt8(ascii: "\n") ? nil : "is torn"
        case ".lock": return data.isEmpty ? nil : "is not empty"
        case "config.yaml": return data.starts(with: Data("# Data\ndata: ".utf8)) && data.last == UInt8(ascii: "\n") ? nil : "is torn"
        case "report.html":
            let text = String(decoding: data, as: UTF8.self)
            return text.hasPrefix("<!") && text.trimmingCharacters(in: .whitespacesAndNewlines).hasSuffix("</html>") ? nil : "is torn"
        case "layout.json": return (try? JSONSerialization.jsonObject(with: data)) == nil ? "is not JSON" : nil
        case "metrics.jsonl": return problem(ofLines: data)
        case let name where name.hasSuffix(".safetensors"): return problem(ofSafetensors: data)
        case let name where name.hasSuffix(".png"): return problem(ofPNG: data)
        case let name where name.hasSuffix(".jpg"): return problem(ofJPEG: data)
        case let name where name.hasPrefix("events.out.tfevents."): return EventFile(data).problem
        default: return "is none of a run's files"
        }
    }

    /// The file must begin and end with JPEG's marks.
    private static func problem(ofJPEG data: Data) -> String? {
        data.starts(with: [0xFF, 0xD8, 0xFF]) && data.suffix(2) == Data([0xFF, 0xD9]) ? nil : "is no whole JPEG file"
    }

    /// Every line but the last must be JSON.
    private static func problem(ofLines data: Data) -> String? {
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.dropLast().enumerated() where (try? JSONSerialization.jsonObject(with: line)) as? [String: Any] == nil {
            return "line \(index + 1) of \(lines.count) is not JSON"
        }
        return nil
    }

    /// The header's length, its JSON and the places of the tensors must add up to the length of the file.
    private static func problem(ofSafetensors data: Data) -> String? {
        let bytes = [UInt8](data)
        guard bytes.count >= 8 else { return "has \(bytes.count) bytes" }
        let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(bytes.count - 8) else { return "has a header of \(length) bytes in \(bytes.count)" }
        let start = 8 + Int(length)
        guard let header = (try? JSONSerialization.jsonObject(with: data[8..<start])) as? [String: Any] else {
            return "its header is no JSON"
        }
        let sizes = ["F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "U8": 1, "BOOL": 1]
        var places: [(from: Int, to: Int)] = []
        for (name, entry) in header where name != "__metadata__" {
            guard let entry = entry as? [String: Any], let place = entry["data_offsets"] as? [Int], place.count == 2,
                let shape = entry["shape"] as? [Int], let size = (entry["dtype"] as? String).flatMap({ sizes[$0] })
            else { return "tensor \(name) is not described" }
            guard place[1] - place[0] == shape.reduce(size, *) else { return "tensor \(name) has another size than its shape" }
            places.append((place[0], place[1]))
        }
        var end = 0
        for place in places.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            guard place.from == end else { return "there is a gap at \(end)" }
            end = place.to
        }
        return start + end == bytes.count ? nil : "has \(bytes.count - start) bytes of data, its header says \(end)"
    }

    /// Every chunk must have the right check value, the first must be the header and the last the end.
    private static func problem(ofPNG data: Data) -> String? {
        let bytes = [UInt8](data)
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return "is no PNG file" }
        func number(at offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        var (offset, kinds): (Int, [String]) = (8, [])
        while offset < bytes.count {
            guard bytes.count - offset >= 12, number(at: offset) <= bytes.count - offset - 12 else { return "is cut off in a chunk" }
            let end = offset + 8 + number(at: offset)
            guard Int(Containers.crc32(bytes[offset + 4..<end])) == number(at: end) else { return "a chunk has a wrong check value" }
            kinds.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
            offset = end + 4
        }
        return kinds.first == "IHDR" && kinds.contains("IDAT") && kinds.last == "IEND" ? nil : "has the chunks \(kinds)"
    }
}
