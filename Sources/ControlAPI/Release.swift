// SPDX-License-Identifier: MIT

/// What was released together.
package enum Release {
    package static let version = "0.1.0"

    /// The header in which every answer says of which release the daemon is.
    package static let header = "stump-version"
}
