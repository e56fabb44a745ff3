// SPDX-License-Identifier: MIT
import LibraryModel

/// What an archive may cost, whoever made it; each limit with the class of the problem that it becomes.
///
/// No honest book comes near one. All but the last are judged by what an archive says of itself, before a byte of it
/// is unpacked; while unpacking, an entry that goes on beyond the size it states is refused where it does.
///
/// | limit | class |
/// |---|---|
/// | ``entries``, ``directorySize``, ``nameLength``, ``unpackedSize``, ``dictionary``, the sizes of one entry | `too_large` |
/// | ``ratio`` beyond ``freeSize``; entries of a ZIP that lie on each other | `bomb` |
/// | processor time of a request (``WorkerLoop``), and the daemon's patience on the wall clock | `worker_timeout` |
///
/// An archive within an archive is a file like others: it is never opened. A name is only a name: absolute, with `..`,
/// of a link or of a device, it is never followed, and nothing is ever written.
enum ArchiveLimits {
    /// Entries, folders among them.
    static let entries = 100_000

    /// Bytes of the directory of an archive that has one, unpacked.
    static let directorySize = 64 << 20

    /// Bytes of one entry's name; Linux itself ends a path at as many.
    static let nameLength = 4_096

    /// The longest XML document that is read, in bytes.
    static let documentSize = 16 << 20

    /// The largest picture that is read, in bytes.
    static let pictureSize = 256 << 20

    /// Bytes of all entries together, unpacked.
    static let unpackedSize = 64 << 30

    /// How many bytes may become of one.
    static let ratio = 250

    /// Unpacked bytes below which no ``ratio`` is asked for: a white page packs well, and no harm is done.
    static let freeSize = 1 << 30

    /// Bytes of what an unpacker remembers while it unpacks; the worker's address space is twice this.
    static let dictionary = 1 << 30

    /// Throws what an archive of so many bytes breaks.
    static func check(_ entries: [ArchiveEntry], of size: Int) throws(Finding) {
        try check(count: entries.count)
        var total = 0
        for entry in entries {
            guard entry.storedName.count <= nameLength else {
                let length = entry.storedName.count
                throw Finding(.tooLarge, "a name in the archive has \(length) bytes, more than \(nameLength)")
            }
            let (sum, isOver) = total.addingReportingOverflow(max(0, entry.size))
            total = isOver ? .max : sum
        }
        try check(unpacked: total, of: size)
    }

    static func check(count: Int) throws(Finding) {
        guard count <= entries else {
            throw Finding(.tooLarge, "the archive has \(count) entries, more than the \(entries) that are read")
        }
    }

    /// Also for an archive that is packed as a whole, and says only while it is unpacked how much there is.
    static func check(unpacked total: Int, of size: Int) throws(Finding) {
        if total > freeSize, total / ratio > size {
            throw Finding(.bomb, "the archive's \(size) bytes unpack to \(total), more than \(ratio) of each")
        }
        guard total <= unpackedSize else {
            throw Finding(.tooLarge, "the archive unpacks to \(total) bytes, more than the \(unpackedSize) allowed")
        }
    }
}
