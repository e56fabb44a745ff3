// SPDX-License-Identifier: MIT
internal import CSystemd
internal import Glibc

/// Hands entries to journald.
///
/// `sd_journal_sendv` blocks while journald's socket is full, so this is called from a ``LogQueue`` only. Fields go
/// over with their lengths: no file name can forge one.
enum JournalSink {
    static func send(_ entry: JournalEntry) {
        let texts = entry.fields.map { Array("\($0.name)=\($0.value)".utf8) }
        var bytes = texts.flatMap(\.self)
        bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = texts.map { text in
                defer { start += text.count }
                return iovec(iov_base: buffer.baseAddress.map { $0 + start }, iov_len: text.count)
            }
            // Nobody is left to tell of a failure: the journal is where that would be told.
            _ = sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }
}
