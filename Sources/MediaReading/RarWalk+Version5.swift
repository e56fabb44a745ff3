// SPDX-License-Identifier: MIT
import LibraryModel

/// The headers of RAR 5, as its technical note describes them: a CRC, a size, a type and flags, nearly all of them
/// numbers of variable length.
extension RarWalk {
    static let mark5: [UInt8] = Array("Rar!\u{1A}\u{7}\u{1}\u{0}".utf8)

    /// The longest header there may be, by the note.
    private static let headerLimit = 2 << 20

    /// libarchive remembers no more while it unpacks.
    private static let dictionaryLimit = 64 << 20

    private enum Part {
        case main(isSolid: Bool, volume: Int?)
        case file(RarDirectory.Record)
        case password
        case end(isLast: Bool)

        /// What the archive says of itself, for recovery or for programs to come; `isSplit` between volumes.
        case service(isSplit: Bool)
    }

    mutating func readVersion5() throws(Finding) {
        var offset = Self.mark5.count
        var volume: Int?
        while true {
            guard offset < source.size else { throw cut() }
            let header = try header(at: offset)
            let part: (value: Part, dataSize: Int)
            do throws(HeaderBytes.Malformed) {
                part = try Self.part(of: header, at: offset)
            } catch {
                throw try broken(at: offset)
            }
            guard part.dataSize <= source.size - offset - header.count else { throw cut() }
            offset += header.count + part.dataSize
            switch part.value {
            case .main(let isSolid, let number): (self.isSolid, volume) = (isSolid, number)
            case .file(let record):
                if record.isSplit || (volume ?? 1) > 1 { throw Self.volume(volume) }
                try add(record)
            case .password: throw Self.hiddenNames
            case .service(let isSplit): if isSplit { throw Self.volume(volume) }
            case .end(let isLast):
                if !isLast || (volume ?? 1) > 1 { throw Self.volume(volume) }
                return
            }
        }
    }

    /// The whole header at an offset, its checksum compared.
    private func header(at offset: Int) throws(Finding) -> ArraySlice<UInt8> {
        let start = try glance(at: offset)
        var bytes = HeaderBytes(start)
        guard let checksum = try? bytes.number(width: 4), let size = try? bytes.variableNumber() else {
            throw start.count < 7 ? cut() : try broken(at: offset)
        }
        let length = start.count - bytes.rest.count + size
        guard size > 0, size <= Self.headerLimit else { throw try broken(at: offset) }
        guard length <= source.size - offset else { throw cut() }
        let header = length <= start.count ? start.prefix(length) : try glance(at: offset, length)
        guard CRC32.value(of: header.dropFirst(4)) == UInt32(checksum) else { throw try broken(at: offset) }
        return header
    }

    private static func part(
        of header: ArraySlice<UInt8>,
        at offset: Int
    ) throws(HeaderBytes.Malformed) -> (Part, dataSize: Int) {
        var bytes = HeaderBytes(header.dropFirst(4))
        _ = try bytes.variableNumber()
        let type = try bytes.variableNumber()
        let flags = try bytes.variableNumber()
        let extraSize = flags & 1 != 0 ? try bytes.variableNumber() : 0
        let dataSize = flags & 2 != 0 ? try bytes.variableNumber() : 0
        let isSplit = flags & 0x18 != 0
        switch type {
        case 1:
            let archive = try bytes.variableNumber()
            let number = archive & 2 != 0 ? try bytes.variableNumber() + 1 : 1
            return (.main(isSolid: archive & 4 != 0, volume: archive & 1 != 0 ? number : nil), dataSize)
        case 2:
            var record = try record(bytes, extraSize)
            record.headerOffset = offset
            record.data = (offset + header.count)..<(offset + header.count + min(dataSize, .max >> 8))
            record.isSplit = isSplit
            return (.file(record), dataSize)
        case 4: return (.password, dataSize)
        case 5: return (.end(isLast: try bytes.variableNumber() & 1 == 0), dataSize)
        default: return (.service(isSplit: isSplit), dataSize)
        }
    }

    private static func record(
        _ bytes: HeaderBytes,
        _ extraSize: Int
    ) throws(HeaderBytes.Malformed) -> RarDirectory.Record {
        var bytes = bytes
        var record = RarDirectory.Record()
        let flags = try bytes.variableNumber()
        record.size = try bytes.variableNumber()
        let attributes = try bytes.variableNumber()
        if flags & 2 != 0 { record.modified = Timestamp(nearestSecond: Int64(try bytes.number(width: 4))) }
        if flags & 4 != 0 { record.checksum = UInt32(try bytes.number(width: 4)) }
        record.compression = try bytes.variableNumber()
        let system = try bytes.variableNumber()
        record.name = Array(try bytes.bytes(try bytes.variableNumber()))
        record.nameIsUnicode = true
        record.isSolid = record.compression & 0x40 != 0
        record.isStored = record.compression >> 7 & 7 == 0
        record.hindrance = flags & 8 != 0 ? "a program that did not know its size" : hindrance(record.compression)
        if flags & 1 != 0 {
            record.kind = .directory
        } else if system == 1, attributes & 0xF000 != 0, attributes & 0xF000 != 0x8000 {
            record.kind = .other
        }
        guard extraSize <= bytes.rest.count else { throw HeaderBytes.Malformed() }
        try note(HeaderBytes(bytes.rest.suffix(extraSize)), in: &record)
        return record
    }

    /// Why libarchive does not undo a way of packing.
    private static func hindrance(_ compression: Int) -> String? {
        guard compression & 0x3F == 0 else { return "RAR 7" }
        // Stored bytes need no memory.
        guard compression >> 7 & 7 != 0 else { return nil }
        let dictionary = (128 << 10) << (compression >> 10 & 0xF)
        return dictionary > dictionaryLimit ? "RAR 5 with a dictionary of \(dictionary >> 20) MiB" : nil
    }

    /// The records of the extra area that matter: of a password, of a hash, of times, of a link.
    private static func note(
        _ extra: HeaderBytes,
        in record: inout RarDirectory.Record
    ) throws(HeaderBytes.Malformed) {
        var extra = extra
        while !extra.rest.isEmpty {
            let size = try extra.variableNumber()
            let whole = try extra.bytes(size)
            var bytes = HeaderBytes(whole)
            switch try bytes.variableNumber() {
            case 1: record.isEncrypted = true
            case 2: record.hash = Array(whole)
            case 3: record.modified = modified(bytes) ?? record.modified
            case 5: record.kind = .other
            default: break
            }
        }
    }

    /// The time of the last change, where the record has one: of Unix or of Windows.
    ///
    /// No book is refused for its times.
    private static func modified(_ bytes: HeaderBytes) -> Timestamp? {
        var bytes = bytes
        guard let flags = try? bytes.variableNumber(), flags & 2 != 0 else { return nil }
        if flags & 1 == 0 { return (try? bytes.bytes(8)).map { Timestamp(windowsTime: $0.number(at: 0, width: 8)) } }
        return (try? bytes.number(width: 4)).map { Timestamp(nearestSecond: Int64($0)) }
    }
}
