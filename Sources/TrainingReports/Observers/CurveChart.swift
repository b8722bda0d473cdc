import CycleGANTraining
import Foundation
import Pages
import Support

/// A line chart of quantities of one kind over the steps.
///
/// The drawing is stretched to its place, the text around it is not, so that it is readable at any width.
struct CurveChart {
    /// What the lines are.
    enum Line {
        /// The smoothed course; the single values are pale, as dots or as a band where there are many.
        case trend
        /// From value to value, each a dot.
        case values
    }

    /// A step that stands out: a rule, and a dot on one of the curves.
    struct Mark {
        var step: Int
        var text: String
        /// The curve with the dot, if it is in the chart.
        var curve: String?
    }

    let title: String
    var subtitle = ""
    /// The curves in the order of the legend and of the colours; those without values are left out.
    let curves: [(name: String, curve: Curve)]
    var line = Line.trend
    /// Where the axis of steps ends, by default at the last value.
    var lastStep: Int?
    var mark: Mark?
    /// A sentence about the curves.
    var remark = ""

    // More than a wide screen has room for; a page of a long run stays small.
    static let pointLimit = 600
    static let spanLimit = 300
    // More dots than these touch each other.
    static let dotLimit = 60
    // The coordinates of the drawing.
    private static let side = 1000.0

    /// A curve and what is drawn of it.
    private struct Drawing {
        let name: String
        let color: String
        let curve: Curve
        let spans: [Curve.Span]
        let line: [Curve.Point]

        var lastValue: String { line.last.map { shortNumber($0.value) } ?? "" }
    }

    private var drawings: [Drawing] {
        curves.enumerated().filter { !$0.element.curve.points.isEmpty }.map { index, item in
            let points = item.curve.points
            let isExact = line == .values && points.count <= Self.pointLimit
            return Drawing(
                name: item.name, color: Self.color(index), curve: item.curve, spans: item.curve.spans(limit: Self.spanLimit),
                line: isExact ? points : item.curve.smoothed(limit: Self.pointLimit))
        }
    }

    /// The classes of the colour of a curve: after the six colours come dashed lines.
    static func color(_ index: Int) -> String { "c\(index % 6)" + (index / 6 % 2 == 1 ? " dashed" : "") }

    /// The chart as a `figure` of well-formed XHTML; empty when no curve has values.
    var html: String {
        let drawings = drawings
        guard !drawings.isEmpty else { return "" }
        let horizontal = stepAxis(drawings)
        let vertical = valueAxis(drawings)

        var svg = vertical.ticks.map { tick in
            "<path class=\"grid\" d=\"M0 \(Self.coordinate(1 - vertical.position(tick)))H1000\"/>"
        }.joined()
        if let mark { svg += "<path class=\"mark\" d=\"M\(Self.coordinate(horizontal.position(Double(mark.step)))) 0V1000\"/>" }
        for drawing in drawings {
            let spans = drawing.spans.map { Self.stroke($0, horizontal, vertical) }.joined()
            // A trend tells more than its values; a value that stands for itself is to be seen.
            let kind = drawing.curve.points.count <= (line == .values ? Self.dotLimit : 1) ? "point" : "single"
            svg += "<path class=\"\(kind) \(drawing.color)\" d=\"\(spans)\"/>"
        }
        for drawing in drawings where drawing.line.count > 1 {
            let line = drawing.line.map { Self.place($0, horizontal, vertical) }.joined(separator: "L")
            svg += "<path class=\"line \(drawing.color)\" d=\"M\(line)\"/>"
        }
        if let mark, let drawing = drawings.first(where: { $0.name == mark.curve }),
            let point = drawing.curve.points.first(where: { $0.step == Double(mark.step) })
        {
            svg += "<path class=\"dot \(drawing.color)\" d=\"M\(Self.place(point, horizontal, vertical))h0\"/>"
        }
        let subtitle = subtitle.isEmpty ? "" : " <small>\(escaped(subtitle))</small>"
        let remark = remark.isEmpty ? "" : "<p class=\"remark\">\(escaped(remark))</p>\n"
        return """
            <figure class="chart">
            <figcaption><h3>\(escaped(title))\(subtitle)</h3><ul class="legend">\(drawings.map(Self.legend).joined())</ul></figcaption>
            \(remark)<div class="plot">
            <div class="y">\(labels(vertical, edge: "bottom"))</div>
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label="\(escaped(description(drawings)))">\(svg)</svg>
            <div class="x">\(labels(horizontal, edge: "left"))</div>
            \(markLabel(horizontal))\(note(drawings, vertical))</div>
            </figure>
            """
    }

    private static func legend(_ drawing: Drawing) -> String {
        "<li><i class=\"\(drawing.color)\"></i>\(escaped(drawing.name)) <b>\(drawing.lastValue)</b></li>"
    }

    private func description(_ drawings: [Drawing]) -> String {
        "\(title) over the steps: \(drawings.map { "\($0.name) is now \($0.lastValue)" }.joined(separator: ", "))"
    }

    private func labels(_ axis: Axis, edge: String) -> String {
        axis.ticks.map { tick in
            "<span style=\"\(edge):\(Self.percent(axis.position(tick)))\">\(axis.label(tick))</span>"
        }.joined()
    }

    /// The text of the mark, on the side of its rule where there is more room.
    private func markLabel(_ axis: Axis) -> String {
        guard let mark else { return "" }
        let position = axis.position(Double(mark.step))
        let place = position < 0.5 ? "left:\(Self.percent(position))" : "right:\(Self.percent(1 - position))"
        return "<div class=\"top\"><span style=\"\(place)\">\(escaped(mark.text))</span></div>\n"
    }

    private static func percent(_ position: Double) -> String { String(format: "%.2f%%", position * 100) }

    /// Tells of values that lie above the chart.
    private func note(_ drawings: [Drawing], _ axis: Axis) -> String {
        guard let highest = drawings.flatMap(\.spans).map(\.high).max(), highest > axis.range.upperBound else { return "" }
        return "<p class=\"note\">single values up to \(shortNumber(highest))</p>\n"
    }

    private func stepAxis(_ drawings: [Drawing]) -> Axis {
        Axis(from: 0, to: lastStep.map(Double.init) ?? drawings.compactMap { $0.curve.points.last?.step }.max() ?? 1, count: 5)
    }

    /// From 0, unless there are negative values, to a little above the curves and nearly all points: a few outliers at the beginning
    /// must not press everything else to the ground. Exact values that are all far from 0 take up the whole height instead.
    private func valueAxis(_ drawings: [Drawing]) -> Axis {
        let values = drawings.flatMap(\.spans).flatMap { [$0.low, $0.high] }.sorted()
        let (lowest, highest) = (values[0], values[values.count - 1])
        // The text of the mark stands above the curves.
        let headroom = mark == nil ? 0.04 : 0.14
        if line == .values, lowest > highest / 2 {
            return Axis(from: lowest - (highest - lowest) * 0.08, to: highest + (highest - lowest) * (0.04 + headroom), count: 5)
        }
        let typical = values[min(values.count - 1, values.count * 97 / 100)]
        let usual = max(typical, drawings.flatMap(\.line).map(\.value).max() ?? typical)
        let low = min(0, lowest)
        let high = highest - low > 1.5 * (usual - low) ? usual : highest
        return Axis(from: low, to: high + (high - low) * headroom, count: 5)
    }

    private static func place(_ point: Curve.Point, _ horizontal: Axis, _ vertical: Axis) -> String {
        "\(coordinate(horizontal.position(point.step))) \(coordinate(1 - vertical.position(point.value)))"
    }

    private static func stroke(_ span: Curve.Span, _ horizontal: Axis, _ vertical: Axis) -> String {
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
