import ArgumentParser
import CycleGANRuns

/// How `translate` shows what a translation did to its image.
struct InspectionOptions: ParsableArguments {
    /// How images and translations are set against each other.
    enum Comparison: String, CaseIterable, ExpressibleByArgument {
        case sideBySide = "side-by-side"
        case html
    }

    @Flag(
        help: """
            Write beside each result how far the image is from what comes back when it is translated back: NAME.confidence.png, a heat map, and \
            NAME.confidence.json. For models of both ways.
            """)
    var confidence = false
    @Option(
        help: """
            side-by-side writes the image and its translation in one picture, in place of the result; html also writes a page with a slider over \
            each pair, \(ComparisonPage.fileName), into the folder of the results.
            """)
    var compare: Comparison?
}
