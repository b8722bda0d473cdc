import Foundation
import TestSupport
import Testing

@testable import CycleGANTraining

struct RunLockTests {
    @Test func aRunIsLockedUntilTheLockIsReleased() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder.appending(path: "deep/run"))
            var lock: RunLock? = try RunLock(run)
            // Reading the file and closing it again must not end the lock.
            _ = try Data(contentsOf: run.url.appending(path: ".lock"))
            let error = #expect(throws: RunError.self) { try RunLock(run) }
            #expect(error?.description.contains("is in use by another training process") == true)
            withExtendedLifetime(lock) {}
            lock = nil
            #expect(throws: Never.self) { try RunLock(run) }
        }
    }

    @Test func aFileInTheWayIsNamed() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data().write(to: file)
            do {
                _ = try RunLock(RunFolder(file))
                Issue.record("a file is no run folder")
            } catch {
                #expect("\(error)".hasPrefix("\(file.path): cannot make the folder: File exists"))
            }
        }
    }
}
