// SPDX-License-Identifier: MIT
import ControlAPI

extension JobLogLine {
    /// The message without the path that it may begin with, for where the path is shown beside it.
    var remark: String {
        guard let path, message.hasPrefix("\(path): ") else { return message }
        return String(message.dropFirst(path.count + 2))
    }
}
