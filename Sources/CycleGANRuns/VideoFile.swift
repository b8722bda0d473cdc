import Foundation
import Support

/// A video, read and written through `ffmpeg`.
public struct VideoFile: Sendable {
    /// The extensions of files that are taken for videos.
    public static let extensions = ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "wmv", "flv", "ogv"]
    /// Those that are written.
    public static let writableExtensions = ["mp4", "m4v", "mov", "mkv", "webm", "avi"]

    /// Where it is.
    public let url: URL
    /// Frames a second, as a ratio such as `30000/1001`.
    public let rate: String
    /// How many frames it will have, where that can be told.
    public let frameCount: Int?

    /// Whether a file is a video, by its name.
    public static func isVideo(_ url: URL) -> Bool { extensions.contains(url.pathExtension.lowercased()) }

    /// Looks into a video.
    ///
    /// - Throws: `VideoError` where `ffmpeg` is not installed or the file is no video that it reads.
    public init(_ url: URL) throws(VideoError) {
        self.url = url
        guard url.exists, !url.isFolder else { throw VideoError(url, "it does not exist; expected a video") }
        let entries = "stream=avg_frame_rate,r_frame_rate,nb_frames:format=duration"
        let arguments = ["-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "json", url.path]
        let (output, errors, status) = try Program("ffprobe").run(arguments, url)
        guard status == 0, let probe = try? JSONDecoder().decode(Probe.self, from: output), let stream = probe.streams?.first else {
            throw VideoError(url, Self.firstLine(errors) ?? "it holds no video")
        }
        let rates = [stream.average, stream.least].compactMap(\.self)
        guard let rate = rates.first(where: { Self.value(ofRate: $0) != nil }), let perSecond = Self.value(ofRate: rate) else {
            throw VideoError(url, "it says no frame rate")
        }
        self.rate = rate
        let seconds = probe.format?.duration.flatMap(Double.init)
        frameCount = stream.count.flatMap(Int.init) ?? seconds.flatMap { Int(exactly: ($0 * perSecond).rounded()) }
    }

    private struct Probe: Decodable {
        struct Stream: Decodable {
            let average, least, count: String?

            private enum CodingKeys: String, CodingKey {
                case average = "avg_frame_rate"
                case least = "r_frame_rate"
                case count = "nb_frames"
            }
        }
        struct Format: Decodable {
            let duration: String?
        }
        let streams: [Stream]?
        let format: Format?
    }

    private static func value(ofRate rate: String) -> Double? {
        let parts = rate.split(separator: "/").compactMap { Double($0) }
        guard parts.count == 2, parts[0] > 0, parts[1] > 0 else { return nil }
        return parts[0] / parts[1]
    }

    static func firstLine(_ text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { !$0.trimmingCharacters(in: .whitespaces).isEmpty }.map(String.init)
    }

    /// Starts to decode: upright frames of a constant rate as PPM files in a row. Damaged ones end it.
    func decoding() throws(VideoError) -> Program.Running {
        try Program("ffmpeg").start(
            [
                "-v", "error", "-nostdin", "-xerror", "-i", url.path, "-map", "0:v:0", "-vf", "fps=\(rate)", "-c:v", "ppm", "-pix_fmt",
                "rgb24",
                "-f", "image2pipe", "pipe:1",
            ], url)
    }

    /// Starts to encode PPM files in a row, with the sound of this video.
    ///
    /// - Parameter output: A file that is there already.
    func encoding(to output: URL) throws(VideoError) -> Program.Running {
        let codec =
            switch output.pathExtension.lowercased() {
            case "webm": ["-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1", "-c:a", "libopus"]
            case "avi": ["-c:v", "mpeg4", "-q:v", "2", "-c:a", "copy"]
            default: ["-c:v", "libx264", "-crf", "18", "-c:a", "copy"]
            }
        // Of even sides, as the codecs want it, and in the colours that players expect.
        let filter = "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv"
        let colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
        return try Program("ffmpeg").start(
            ["-v", "error", "-nostdin", "-y", "-f", "image2pipe", "-framerate", rate, "-c:v", "ppm", "-i", "pipe:0", "-i", url.path]
                + ["-map", "0:v:0", "-map", "1:a?", "-vf", filter, "-pix_fmt", "yuv420p"] + codec + colours + [output.path], url)
    }
}

/// A video that cannot be read or written.
public struct VideoError: Error, CustomStringConvertible, Equatable {
    /// The file, what is wrong, and what to do.
    public let description: String

    init(_ url: URL, _ problem: String) { description = "\(url.path): \(problem)" }
}
