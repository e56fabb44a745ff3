// SPDX-License-Identifier: MIT
import LibraryModel

/// What a header of a 7z archive says, once it is unpacked.
struct SevenZipHeader {
    struct Coder {
        var method: SevenZipMethod
        var properties: ArraySlice<UInt8>
    }

    /// Entries that are packed together, and how.
    struct Folder {
        var coders: [Coder] = []

        /// How many streams of packed bytes it is made of.
        var packCount = 1

        /// Unpacked.
        var size = 0
        var checksum: UInt32?
    }

    struct File {
        var name: [UInt8] = []
        var kind = ArchiveEntry.Kind.file
        var size = 0
        var checksum: UInt32?
        var modified: Timestamp?
        var folder: Int?
    }

    /// Whether the header says only where the true one lies.
    private(set) var isPacked = false
    private(set) var packPosition = 0
    private(set) var packSizes: [Int] = []
    private(set) var folders: [Folder] = []
    private(set) var files: [File] = []

    /// What a header that makes sense says, and is refused for.
    private(set) var problem: Finding?

    /// The unpacked streams: their sizes and checksums, and in which folder each lies.
    private var streams: [(size: Int, checksum: UInt32?, folder: Int)] = []

    init(_ bytes: ArraySlice<UInt8>) throws(HeaderBytes.Malformed) {
        var bytes = HeaderBytes(bytes)
        // An archive of nothing has no header at all.
        guard !bytes.rest.isEmpty else { return }
        switch try bytes.byte() {
        case 0x17:
            isPacked = true
            try readStreams(&bytes)
            if folders.contains(where: \.isEncrypted) { problem = RarWalk.hiddenNames }
        case 0x01: try readContents(&bytes)
        default: throw HeaderBytes.Malformed()
        }
    }

    private mutating func readContents(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x02: try skipProperties(&bytes)
            case 0x04: try readStreams(&bytes)
            case 0x05: try readFiles(&bytes)
            default: throw HeaderBytes.Malformed()
            }
            if problem != nil { return }
        }
    }

    private func skipProperties(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        while try bytes.byte() != 0 { _ = try bytes.bytes(try bytes.prefixedNumber()) }
    }

    // MARK: Streams

    private mutating func readStreams(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        var hasSubstreams = false
        loop: while true {
            switch try bytes.byte() {
            case 0x00: break loop
            case 0x06: try readPacks(&bytes)
            case 0x07: try readFolders(&bytes)
            case 0x08:
                try readSubstreams(&bytes)
                hasSubstreams = true
            default: throw HeaderBytes.Malformed()
            }
        }
        if !hasSubstreams { streams = folders.enumerated().map { ($1.size, $1.checksum, $0) } }
    }

    private mutating func readPacks(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        packPosition = try bytes.prefixedNumber()
        guard packPosition < 1 << 56 else { throw HeaderBytes.Malformed() }
        let count = try Self.count(&bytes)
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x09: for _ in 0..<count { packSizes.append(try bytes.prefixedNumber()) }
            case 0x0A: _ = try Self.checksums(&bytes, count)
            default: throw HeaderBytes.Malformed()
            }
        }
    }

    private mutating func readFolders(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        guard try bytes.byte() == 0x0B else { throw HeaderBytes.Malformed() }
        let count = try Self.count(&bytes)
        guard try bytes.byte() == 0 else { throw HeaderBytes.Malformed() }
        var outputs: [(count: Int, main: Int)] = []
        for _ in 0..<count {
            let (folder, output) = try Self.folder(&bytes)
            folders.append(folder)
            outputs.append(output)
        }
        while true {
            switch try bytes.byte() {
            case 0x00: return
            case 0x0C:
                for index in folders.indices {
                    for output in 0..<outputs[index].count {
                        let size = try bytes.prefixedNumber()
                        if output == outputs[index].main { folders[index].size = size }
                    }
                }
            case 0x0A:
                for (index, checksum) in try Self.checksums(&bytes, count).enumerated() {
                    folders[index].checksum = checksum
                }
            default: throw HeaderBytes.Malformed()
            }
        }
    }

    /// A folder, how many streams its coders put out, and which of them is the folder's own.
    private static func folder(
        _ bytes: inout HeaderBytes
    ) throws(HeaderBytes.Malformed) -> (Folder, (count: Int, main: Int)) {
        var folder = Folder()
        var (inputs, outputs) = (0, 0)
        for _ in 0..<(try few(&bytes)) {
            let flags = try bytes.byte()
            let identifier = try bytes.bytes(Int(flags & 0x0F))
            guard identifier.count <= 8 else { throw HeaderBytes.Malformed() }
            let method = SevenZipMethod(rawValue: identifier.reduce(0) { $0 << 8 | UInt64($1) })
            inputs += flags & 0x10 != 0 ? try few(&bytes) : 1
            outputs += flags & 0x10 != 0 ? try few(&bytes) : 1
            let properties = flags & 0x20 != 0 ? try bytes.bytes(try bytes.prefixedNumber()) : []
            folder.coders.append(Coder(method: method, properties: properties))
        }
        guard outputs > 0, inputs >= outputs - 1 else { throw HeaderBytes.Malformed() }
        var bound: Set<Int> = []
        for _ in 1..<outputs {
            _ = try bytes.prefixedNumber()
            bound.insert(try bytes.prefixedNumber())
        }
        folder.packCount = inputs - (outputs - 1)
        if folder.packCount > 1 { for _ in 0..<folder.packCount { _ = try bytes.prefixedNumber() } }
        guard let main = (0..<outputs).first(where: { !bound.contains($0) }) else { throw HeaderBytes.Malformed() }
        return (folder, (outputs, main))
    }

    private mutating func readSubstreams(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        var counts = [Int](repeating: 1, count: folders.count)
        var type = try bytes.byte()
        if type == 0x0D {
            for index in folders.indices { counts[index] = try Self.count(&bytes) }
            type = try bytes.byte()
        }
        guard counts.reduce(0, +) <= ArchiveLimits.entries else { return refuse(counts.reduce(0, +)) }
        for (index, count) in counts.enumerated() where count > 0 {
            var rest = folders[index].size
            for _ in 1..<count where type == 0x09 {
                let size = try bytes.prefixedNumber()
                guard size <= rest else { throw HeaderBytes.Malformed() }
                rest -= size
                streams.append((size, nil, index))
            }
            streams.append((rest, count == 1 ? folders[index].checksum : nil, index))
        }
        if type == 0x09 { type = try bytes.byte() }
        while type != 0 {
            guard type == 0x0A else { throw HeaderBytes.Malformed() }
            let unknown = streams.indices.filter { streams[$0].checksum == nil }
            for (index, checksum) in zip(unknown, try Self.checksums(&bytes, unknown.count)) {
                streams[index].checksum = checksum
            }
            type = try bytes.byte()
        }
    }

    // MARK: Files

    private mutating func readFiles(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        let count = try bytes.prefixedNumber()
        guard count <= ArchiveLimits.entries else { return refuse(count) }
        files = [File](repeating: File(), count: count)
        var isEmpty = [Bool](repeating: false, count: count)
        var isEmptyFile: [Bool] = []
        while true {
            let type = try bytes.prefixedNumber()
            if type == 0 { break }
            var property = HeaderBytes(try bytes.bytes(try bytes.prefixedNumber()))
            switch type {
            case 0x0E: isEmpty = try Self.bits(&property, count)
            case 0x0F: isEmptyFile = try Self.bits(&property, isEmpty.count { $0 })
            case 0x11: try readNames(&property)
            // No book is refused for its times.
            case 0x14: try? readTimes(&property)
            case 0x15: try readAttributes(&property)
            default: break
            }
        }
        var (stream, empty) = (0, 0)
        for index in files.indices {
            if isEmpty[index] {
                if empty >= isEmptyFile.count || !isEmptyFile[empty] { files[index].kind = .directory }
                empty += 1
            } else {
                guard stream < streams.count else { throw HeaderBytes.Malformed() }
                files[index].size = streams[stream].size
                files[index].checksum = streams[stream].checksum
                files[index].folder = streams[stream].folder
                stream += 1
            }
        }
    }

    private mutating func readNames(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        guard try bytes.byte() == 0 else { throw HeaderBytes.Malformed() }
        var rest = bytes.rest
        for index in files.indices {
            var units: [UInt16] = []
            while true {
                guard rest.count >= 2 else { throw HeaderBytes.Malformed() }
                let unit = UInt16(rest.number(at: 0, width: 2))
                rest = rest.dropFirst(2)
                if unit == 0 { break }
                units.append(unit)
            }
            files[index].name = Array(String(decoding: units, as: UTF16.self).utf8)
        }
    }

    private mutating func readTimes(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        let isDefined = try Self.defined(&bytes, files.count)
        guard try bytes.byte() == 0 else { throw HeaderBytes.Malformed() }
        for index in files.indices where isDefined[index] {
            files[index].modified = Timestamp(windowsTime: try bytes.bytes(8).number(at: 0, width: 8))
        }
    }

    private mutating func readAttributes(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) {
        let isDefined = try Self.defined(&bytes, files.count)
        guard try bytes.byte() == 0 else { throw HeaderBytes.Malformed() }
        for index in files.indices where isDefined[index] {
            let attributes = try bytes.number(width: 4)
            // The high half is a mode of Unix where this bit says so.
            guard attributes & 0x8000 != 0 else { continue }
            let type = attributes >> 16 & 0xF000
            if type != 0, type != 0x8000, type != 0x4000 { files[index].kind = .other }
        }
    }

    private mutating func refuse(_ count: Int) {
        problem = Finding(
            .tooLarge,
            "the archive has \(count) entries, more than the \(ArchiveLimits.entries) that are read"
        )
    }

    // MARK: Numbers

    /// A number of things that are there one by one.
    private static func count(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) -> Int {
        let count = try bytes.prefixedNumber()
        guard count <= ArchiveLimits.entries else { throw HeaderBytes.Malformed() }
        return count
    }

    /// A number of coders or of their streams.
    private static func few(_ bytes: inout HeaderBytes) throws(HeaderBytes.Malformed) -> Int {
        let count = try bytes.prefixedNumber()
        guard (1...32).contains(count) else { throw HeaderBytes.Malformed() }
        return count
    }

    private static func bits(_ bytes: inout HeaderBytes, _ count: Int) throws(HeaderBytes.Malformed) -> [Bool] {
        let packed = try bytes.bytes((count + 7) / 8)
        return (0..<count).map { packed[packed.startIndex + $0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
    }

    /// Bits behind a byte that may say that all are set.
    private static func defined(_ bytes: inout HeaderBytes, _ count: Int) throws(HeaderBytes.Malformed) -> [Bool] {
        try bytes.byte() != 0 ? [Bool](repeating: true, count: count) : try bits(&bytes, count)
    }

    private static func checksums(
        _ bytes: inout HeaderBytes,
        _ count: Int
    ) throws(HeaderBytes.Malformed) -> [UInt32?] {
        var checksums: [UInt32?] = []
        for isDefined in try defined(&bytes, count) {
            checksums.append(isDefined ? UInt32(try bytes.number(width: 4)) : nil)
        }
        return checksums
    }
}

extension SevenZipHeader.Folder {
    var isEncrypted: Bool { coders.contains { $0.method == .aes } }

    /// Bytes of memory that unpacking it takes at least.
    private var dictionary: Int {
        coders.map { coder in
            let properties = coder.properties
            switch coder.method {
            case .lzma, .ppmd: return properties.count >= 5 ? Int(properties.number(at: 1, width: 4)) : 0
            case .lzma2:
                let code = Int(properties.first ?? 0) & 0x3F
                return code >= 40 ? 4 << 30 : (2 | code & 1) << (code / 2 + 11)
            default: return 0
            }
        }.max() ?? 0
    }

    /// Why an entry in it cannot be unpacked.
    func obstacle(to name: String) -> Finding? {
        if isEncrypted { return .locked(name) }
        if let coder = coders.first(where: { !$0.method.isUnpacked }) {
            return .unsupported(name, packedBy: coder.method.name)
        }
        guard dictionary > ArchiveLimits.dictionary else { return nil }
        return Finding(.tooLarge, "\(name) is packed with a dictionary of \(dictionary >> 20) MiB")
    }
}
