import CycleGANRuns
import Foundation
import Imaging
import Support

/// Makes the pictures of a plan one by one, with progress, problems and warnings on standard error.
struct JobRunner {
    /// How many pictures were made, and how many were there already.
    typealias Counts = (done: Int, skipped: Int)

    let scaling: TranslationScaling
    let output: TranslationOutput
    /// Whether an object for each image is printed.
    let json: Bool

    /// - Parameters:
    ///   - watch: Told the size of every image.
    ///   - page: Shown every image and its picture, and written at the end into the folder of the results.
    func run(_ plan: TranslationPlan, by maker: any PictureMaker, watch: ScaleWatch, page: ComparisonPage? = nil) throws -> Counts {
        var page = page
        var (done, skipped, opaque) = (0, 0, 0)
        var watch = watch
        var values = ValueWatch()
        let status = StatusLine()
        for (index, job) in plan.jobs.enumerated() {
            let record = job.run(by: maker, scaling: scaling, output: output, watch: &watch, values: &values, wording: worded)
            if record.isSkipped == true { skipped += 1 } else if record.error == nil { done += 1 }
            if record.hasLostAlpha { opaque += 1 }
            if record.error == nil {
                do { try page?.add(job) } catch { status.report(printable("left out of \(ComparisonPage.fileName): \(worded(error))")) }
            }
            if json {
                print(try jsonLine(record))
                // Whoever reads the lines sees each at once.
                try StandardStreams.flushOutput()
            } else if let problem = record.error {
                status.report(printable(problem))
            }
            if record.isDiskFull {
                let (left, remedy) = (plan.jobs.count - index, ErrorRemedy.skipExisting.flags)
                status.report(
                    "stopped: the disk is full; \(left) of \(counted(plan.jobs.count, "image")) are left: free some space, \(remedy)")
                break
            }
            status.show("\(index + 1)/\(plan.jobs.count) \(printable(job.input.lastPathComponent))")
        }
        status.clear()
        if let page, done + skipped > 0 { _ = try page.write(to: plan.folder) }
        if opaque > 0 {
            status.report(
                "warning: \(counted(opaque, "translation")) without the transparency of the image, which the format cannot hold; "
                    + "--format png keeps it, --alpha background means it")
        }
        if let notice = watch.notice(\.flags) { status.report("warning: \(notice)") }
        for notice in values.notices(\.flags) { status.report("warning: \(notice)") }
        return (done, skipped)
    }
}
