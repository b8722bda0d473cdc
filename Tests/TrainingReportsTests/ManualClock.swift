/// A clock that tests set.
final class ManualClock {
    var seconds = 0.0
}
