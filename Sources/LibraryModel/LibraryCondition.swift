// SPDX-License-Identifier: MIT

/// Whether what a library's directories show can be believed.
package enum LibraryCondition: Equatable, Sendable {
    case online

    /// Something is odd, and why: what is there is read, but nothing is taken for lost.
    case suspect(String)

    /// The files are out of reach, and why: nothing is read, and nothing is taken for lost.
    case offline(String)
}
