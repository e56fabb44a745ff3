// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// One event as inotify reports it.
struct KernelEvent: Equatable {
    let watch: Inotify.Watch
    let mask: UInt32

    /// The same for both halves of a rename; 0 for everything else.
    var cookie: UInt32 = 0

    /// The entry of the watched directory that it is about; `nil` when it is about the directory itself.
    let name: FileName?

    /// Whether the kernel has dropped events since the one before.
    var isOverflow: Bool { mask & UInt32(IN_Q_OVERFLOW) != 0 }

    var isDirectory: Bool { mask & UInt32(IN_ISDIR) != 0 }

    /// Whether any of `bits` is set, which are `IN_` constants.
    func isAny(of bits: Int32) -> Bool {
        mask & UInt32(bits) != 0
    }

    /// Takes apart what one `read` has put into a buffer: each a header of 16 bytes, then a name padded with NULs.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> [KernelEvent] {
        var events: [KernelEvent] = []
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= bytes.count {
            let header = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let start = offset + MemoryLayout<inotify_event>.size
            offset = start + Int(header.len)
            let name = bytes[start..<offset].prefix { $0 != 0 }
            events.append(
                KernelEvent(
                    watch: Inotify.Watch(number: header.wd),
                    mask: header.mask,
                    cookie: header.cookie,
                    name: name.isEmpty ? nil : FileName(bytes: Array(name))
                )
            )
        }
        return events
    }
}
