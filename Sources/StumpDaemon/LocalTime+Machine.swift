// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

extension LocalTime {
    /// The clocks of this machine, or those of `$TZ`, by the rules that the system has for them now.
    static func ofThisMachine() -> LocalTime {
        // Otherwise the rules would be those of the first call for ever.
        tzset()
        return LocalTime { instant in
            var second = time_t(instant.nanoseconds / 1_000_000_000)
            var reading = tm()
            // Only a year that is no `Int32` is not told of.
            return localtime_r(&second, &reading) == nil ? 0 : reading.tm_gmtoff
        }
    }
}
