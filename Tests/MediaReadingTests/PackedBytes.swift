// SPDX-License-Identifier: MIT
import CArchive
import Testing

/// A way of packing bytes that libarchive knows, each with its number there.
enum Packer: CaseIterable {
    case gzip
    case bzip2
    case xz
    case lzma
    case zstandard

    private var filter: Int32 {
        switch self {
        case .gzip: ARCHIVE_FILTER_GZIP
        case .bzip2: ARCHIVE_FILTER_BZIP2
        case .xz: ARCHIVE_FILTER_XZ
        case .lzma: ARCHIVE_FILTER_LZMA
        case .zstandard: ARCHIVE_FILTER_ZSTD
        }
    }

    /// The bytes packed, as the packer's own program would write them to a file.
    func pack(_ bytes: [UInt8]) throws -> [UInt8] {
        let archive = try #require(archive_write_new())
        defer { archive_write_free(archive) }
        try #require(archive_write_set_format_raw(archive) == ARCHIVE_OK)
        try #require(archive_write_add_filter(archive, filter) == ARCHIVE_OK)
        try #require(archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK)
        var packed = [UInt8](repeating: 0, count: bytes.count + bytes.count / 2 + 4096)
        var count = 0
        try packed.withUnsafeMutableBytes { buffer in
            try #require(archive_write_open_memory(archive, buffer.baseAddress, buffer.count, &count) == ARCHIVE_OK)
            let entry = try #require(archive_entry_new())
            defer { archive_entry_free(entry) }
            archive_entry_set_pathname(entry, "e")
            archive_entry_set_filetype(entry, 0o100000)
            try #require(archive_write_header(archive, entry) == ARCHIVE_OK)
            try #require(archive_write_data(archive, bytes, bytes.count) == bytes.count)
            try #require(archive_write_close(archive) == ARCHIVE_OK)
        }
        return Array(packed[..<count])
    }

    /// The bytes as an entry of a ZIP has them, and the method's number there.
    func packForZip(_ bytes: [UInt8]) throws -> (method: UInt16, bytes: [UInt8]) {
        let packed = try pack(bytes)
        switch self {
        // Deflate without gzip's header and end.
        case .gzip: return (8, Array(packed[10..<(packed.count - 8)]))
        case .bzip2: return (12, packed)
        // Version and length of the properties, the properties, and no size.
        case .lzma: return (14, [9, 20, 5, 0] + packed[..<5] + packed[13...])
        case .zstandard: return (93, packed)
        case .xz: return (95, packed)
        }
    }
}
