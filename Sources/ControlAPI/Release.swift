// SPDX-License-Identifier: MIT

/// What was released together.
package enum Release {
    package static let version = "0.1.0"
}
