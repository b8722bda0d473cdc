import Foundation

/// A line chart of the losses of one kind: the single values faintly, as dots or as a band where there are many, and their smoothed
/// course as a line.
///
/// The drawing is stretched to its place, the text around it is not, so that it is readable at any width.
struct LossChart {
    let title: String
    /// The losses in the order of the legend.
    let curves: [(name: String, curve: Curve)]

    // More than a wide screen has room for; a page of a long run stays small.
    static let pointLimit = 600
    static let spanLimit = 300
    // The coordinates of the drawing.
    private static let side = 1000.0

    /// The chart as a `figure` of well-formed XHTML.
    var html: String {
        let drawn = curves.filter { !$0.curve.points.isEmpty }
        guard !drawn.isEmpty else { return "" }
        let raw = drawn.map { $0.curve.spans(limit: Self.spanLimit) }
        let smooth = drawn.map { $0.curve.smoothed(limit: Self.pointLimit) }
        let horizontal = Self.stepAxis(drawn.map(\.curve))
        let vertical = Self.valueAxis(raw: raw, smooth: smooth)

        var svg = vertical.ticks.map { tick in
            "<path class=\"grid\" d=\"M0 \(Self.coordinate(1 - vertical.position(tick)))H1000\"/>"
        }.joined()
        for index in drawn.indices {
            let spans = raw[index].map { Self.mark($0, horizontal, vertical) }.joined()
            svg += "<path class=\"single c\(index % 6)\" d=\"\(spans)\"/>"
        }
        for index in drawn.indices where smooth[index].count > 1 {
            let line = smooth[index].map { Self.place($0, horizontal, vertical) }.joined(separator: "L")
            svg += "<path class=\"line c\(index % 6)\" d=\"M\(line)\"/>"
        }
        return """
            <figure class="chart">
            <figcaption><h3>\(escaped(title))</h3><ul class="legend">\(legend(drawn.map(\.name), smooth))</ul></figcaption>
            <div class="plot">
            <div class="y">\(labels(vertical, edge: "bottom"))</div>
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label="\(escaped(description(smooth)))">\(svg)</svg>
            <div class="x">\(labels(horizontal, edge: "left"))</div>
            \(note(raw: raw, vertical))</div>
            </figure>
            """
    }

    private func legend(_ names: [String], _ smooth: [[Curve.Point]]) -> String {
        zip(names, smooth).enumerated().map { index, item in
            "<li><i class=\"c\(index % 6)\"></i>\(escaped(item.0)) <b>\(item.1.last.map { shortNumber($0.value) } ?? "")</b></li>"
        }.joined()
    }

    private func description(_ smooth: [[Curve.Point]]) -> String {
        let values = zip(curves.map(\.name), smooth).map { "\($0) is now \($1.last.map { shortNumber($0.value) } ?? "not known")" }
        return "\(title) over the steps: \(values.joined(separator: ", "))"
    }

    private func labels(_ axis: Axis, edge: String) -> String {
        axis.ticks.map { tick in
            "<span style=\"\(edge):\(String(format: "%.2f", axis.position(tick) * 100))%\">\(axis.label(tick))</span>"
        }.joined()
    }

    /// Tells of values that lie above the chart.
    private func note(raw: [[Curve.Span]], _ axis: Axis) -> String {
        guard let highest = raw.joined().map(\.high).max(), highest > axis.range.upperBound else { return "" }
        return "<p class=\"note\">single values up to \(shortNumber(highest))</p>\n"
    }

    private static func stepAxis(_ curves: [Curve]) -> Axis {
        Axis(from: 0, to: curves.compactMap { $0.points.last?.step }.max() ?? 1, count: 5)
    }

    /// From 0, unless there are negative values, to a little above the curves and nearly all points: a few outliers at the beginning
    /// must not press everything else to the ground.
    private static func valueAxis(raw: [[Curve.Span]], smooth: [[Curve.Point]]) -> Axis {
        let values = raw.joined().flatMap { [$0.low, $0.high] }.sorted()
        let typical = values[min(values.count - 1, values.count * 97 / 100)]
        let usual = max(typical, smooth.joined().map(\.value).max() ?? typical)
        let low = min(0, values[0])
        let highest = values[values.count - 1]
        let high = highest - low > 1.5 * (usual - low) ? usual : highest
        return Axis(from: low, to: high + (high - low) * 0.04, count: 5)
    }

    private static func place(_ point: Curve.Point, _ horizontal: Axis, _ vertical: Axis) -> String {
        "\(coordinate(horizontal.position(point.step))) \(coordinate(1 - vertical.position(point.value)))"
    }

    private static func mark(_ span: Curve.Span, _ horizontal: Axis, _ vertical: Axis) -> String {
        let low = Curve.Point(step: span.step, value: span.low)
        // A line without length, with round ends, is a dot.
        return "M\(place(low, horizontal, vertical))V\(coordinate(1 - vertical.position(span.high)))"
    }

    /// A coordinate in tenths: finer ones would not be seen.
    private static func coordinate(_ position: Double) -> String {
        let tenths = Int((position * side * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

/// The text as it stands in HTML and XML, in content and in quoted attributes.
func escaped(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        // Not characters of XML.
        case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
