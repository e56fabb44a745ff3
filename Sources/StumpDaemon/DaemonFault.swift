// SPDX-License-Identifier: MIT
package import LibraryModel

/// A fault that ends the daemon, and the exit status that it ends with.
package protocol DaemonFault: Fault {
    /// One of ``ExitCode``; systemd does not restart the service after those that only a person can mend.
    var exitCode: Int32 { get }
}

/// The exit statuses that are promised to scripts and to the service's unit; the numbers are those of `sysexits.h`.
package enum ExitCode {
    package static let usage: Int32 = 64

    /// The database is damaged, or written by a newer version.
    package static let database: Int32 = 65

    /// Another daemon runs on this state directory.
    package static let alreadyRunning: Int32 = 69

    /// The state or the cache directory cannot be written.
    package static let notWritable: Int32 = 74
    package static let permission: Int32 = 77
    package static let configuration: Int32 = 78
}
