// SPDX-License-Identifier: MIT

/// An error that a person or a script can act on.
///
/// Every error that leaves a room is one of these, so that the journal, the API and the terminal say the same.
package protocol Fault: Error, Sendable {
    /// A stable word for scripts, such as `root_offline`.
    var code: String { get }

    /// One sentence that names the thing and what is wrong with it.
    var summary: String { get }

    /// What to type or change; `nil` where nothing but waiting helps.
    var remedy: String? { get }
}
