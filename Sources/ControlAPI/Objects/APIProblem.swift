// SPDX-License-Identifier: MIT

/// An error as the API tells it (RFC 9457, `application/problem+json`).
package struct APIProblem: Codable, Equatable, Sendable {
    /// The code of a daemon that is there and cannot answer yet.
    package static let starting = "starting"

    /// The code of an address that no route has.
    package static let noSuchRoute = "no_such_route"

    package var type: String
    package var title: String
    package var status: Int
    package var detail: String
    /// A stable word for scripts, such as `root_offline`.
    package var code: String
    /// What to type or change.
    @Nullable package var hint: String?

    package init(
        type: String = "about:blank",
        title: String,
        status: Int,
        detail: String,
        code: String,
        hint: String? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.code = code
        self.hint = hint
    }
}
