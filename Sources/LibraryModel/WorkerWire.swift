// SPDX-License-Identifier: MIT

// What requests and reports are in a packet: their fields in order, each enumeration behind a byte that tells the case.

extension WorkRequest {
    func write(to writer: inout WireWriter) {
        writer.write(id)
        writer.write(promised.rawValue)
        switch task {
        case .facts(let readsMetadata, let checksParts, let hashes):
            writer.write(UInt8(0))
            writer.write(UInt8(readsMetadata ? 1 : 0))
            writer.write(UInt8(checksParts ? 1 : 0))
            writer.write(hashes.rawValue)
        case .thumbnail(let settings):
            writer.write(UInt8(1))
            switch settings.size {
            case .fit(let width, let height):
                writer.write(UInt8(0))
                writer.write(Int64(width))
                writer.write(Int64(height))
            case .scale(let factor):
                writer.write(UInt8(1))
                writer.write(factor)
            }
            writer.write(Int64(settings.quality))
            writer.write(Int64(settings.effort))
        case .pages: writer.write(UInt8(2))
        case .sidecar(let kind):
            writer.write(UInt8(3))
            writer.write(kind.rawValue)
        case .conversion(let room):
            writer.write(UInt8(4))
            writer.write(room)
        case .comparison: writer.write(UInt8(5))
        }
    }

    init(from reader: inout WireReader) throws(WireFault) {
        id = try reader.word()
        guard let format = MediaFormat(rawValue: try reader.text()) else { throw .malformed }
        promised = format
        switch try reader.byte() {
        case 0:
            let (readsMetadata, checksParts) = (try reader.byte() == 1, try reader.byte() == 1)
            let hashes = HashWishes(rawValue: try reader.byte())
            task = .facts(readsMetadata: readsMetadata, checksParts: checksParts, hashes: hashes)
        case 1:
            let size: ThumbnailSettings.Size =
                switch try reader.byte() {
                case 0: .fit(width: Int(try reader.integer()), height: Int(try reader.integer()))
                case 1: .scale(try reader.decimal())
                default: throw .malformed
                }
            let quality = Int(try reader.integer())
            task = .thumbnail(ThumbnailSettings(size: size, quality: quality, effort: Int(try reader.integer())))
        case 2: task = .pages
        case 3:
            guard let kind = Sidecar.Kind(rawValue: try reader.text()) else { throw .malformed }
            task = .sidecar(kind)
        case 4: task = .conversion(room: try reader.integer())
        case 5: task = .comparison
        default: throw .malformed
        }
    }
}

extension WorkReport {
    func write(to writer: inout WireWriter) {
        writer.write(id)
        switch outcome {
        case .facts(let facts):
            writer.write(UInt8(0))
            facts.write(to: &writer)
        case .thumbnail(let width, let height, let findings):
            writer.write(UInt8(1))
            writer.write(Int64(width))
            writer.write(Int64(height))
            writer.write(findings)
        case .noThumbnail(let findings):
            writer.write(UInt8(2))
            writer.write(findings)
        case .pages(let analysis):
            writer.write(UInt8(3))
            analysis.write(to: &writer)
        case .sidecar(let facts):
            writer.write(UInt8(4))
            writer.write(facts.book)
            writer.write(facts.series)
            writer.write(facts.findings)
        case .elsewhere(let profile):
            writer.write(UInt8(5))
            writer.write(profile.rawValue)
        case .converted(let figures):
            writer.write(UInt8(6))
            writer.write(figures)
        case .compared(let figures):
            writer.write(UInt8(7))
            writer.write(figures)
        case .notConverted(let findings):
            writer.write(UInt8(8))
            writer.write(findings)
        case .notWritten(let finding):
            writer.write(UInt8(9))
            writer.write([finding])
        }
    }

    init(from reader: inout WireReader) throws(WireFault) {
        id = try reader.word()
        switch try reader.byte() {
        case 0: outcome = .facts(try BookFacts(from: &reader))
        case 1:
            let width = try reader.count()
            let height = try reader.count()
            outcome = .thumbnail(width: width, height: height, findings: try reader.findings())
        case 2: outcome = .noThumbnail(try reader.findings())
        case 3: outcome = .pages(try PageAnalysis(from: &reader))
        case 4:
            var facts = SidecarFacts()
            facts.book = try reader.metadata()
            facts.series = try reader.metadata()
            facts.findings = try reader.findings()
            outcome = .sidecar(facts)
        case 5:
            guard let profile = WorkerProfile(rawValue: try reader.text()) else { throw .malformed }
            outcome = .elsewhere(profile)
        case 6: outcome = .converted(try reader.conversionFigures())
        case 7: outcome = .compared(try reader.conversionFigures())
        case 8: outcome = .notConverted(try reader.findings())
        case 9:
            guard let finding = try reader.findings().first else { throw .malformed }
            outcome = .notWritten(finding)
        default: throw .malformed
        }
    }
}

extension BookFacts {
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(format?.rawValue ?? "")
        writer.write(Int64(pages))
        writer.write(fingerprint?.bytes ?? [])
        writer.write(hash ?? [])
        writer.write(koreaderHash ?? [])
        writer.write(UInt8(endIsPresent ? 1 : 0))
        writer.write(findings)
        writer.write(metadata)
    }

    fileprivate init(from reader: inout WireReader) throws(WireFault) {
        format = MediaFormat(rawValue: try reader.text())
        pages = try reader.count()
        fingerprint = Fingerprint(bytes: try reader.bytes())
        hash = try reader.bytes(BookFacts.hashLength)
        koreaderHash = try reader.bytes(BookFacts.koreaderHashLength)
        endIsPresent = try reader.byte() == 1
        findings = try reader.findings()
        metadata = try reader.metadata()
    }
}

extension WireWriter {
    fileprivate mutating func write(_ figures: ConversionFigures) {
        write(Int64(figures.entries))
        write(Int64(figures.pages))
        write(figures.bytes)
        write(figures.hash)
        write(Int64(figures.damagedPages))
    }
}

extension WireReader {
    fileprivate mutating func conversionFigures() throws(WireFault) -> ConversionFigures {
        let (entries, pages, bytes) = (try count(), try count(), try count())
        guard let hash = try self.bytes(BookFacts.hashLength) else { throw .malformed }
        return ConversionFigures(
            entries: entries,
            pages: pages,
            bytes: Int64(bytes),
            hash: hash,
            damagedPages: try count()
        )
    }
}

extension WireWriter {
    fileprivate mutating func write(_ metadata: BookMetadata) {
        write(UInt8(metadata.facts.count))
        for (field, fact) in metadata.facts {
            write(field.rawValue)
            write(fact.source.rawValue)
            switch fact.value {
            case .text(let text): write(text)
            case .list(let list):
                write(UInt32(list.count))
                for item in list { write(item) }
            case .integer(let integer): write(Int64(integer))
            case .decimal(let decimal): write(decimal)
            }
        }
    }
}

extension WireReader {
    fileprivate mutating func metadata() throws(WireFault) -> BookMetadata {
        var metadata = BookMetadata()
        for _ in 0..<(try byte()) {
            guard let field = MetadataField(rawValue: try text()),
                let source = MetadataSource(rawValue: try text())
            else { throw .malformed }
            metadata.note(field, try value(of: field.shape), from: source)
        }
        return metadata
    }
}

extension PageAnalysis {
    fileprivate func write(to writer: inout WireWriter) {
        for count in [pages, decoded, skipped, damaged] { writer.write(Int64(count)) }
        writer.write(Int64(typical?.width ?? 0))
        writer.write(Int64(typical?.height ?? 0))
        writer.write(findings)
    }

    fileprivate init(from reader: inout WireReader) throws(WireFault) {
        pages = try reader.count()
        decoded = try reader.count()
        skipped = try reader.count()
        damaged = try reader.count()
        typical = try reader.size()
        findings = try reader.findings()
    }
}

extension WireWriter {
    fileprivate mutating func write(_ findings: [Finding]) {
        write(UInt32(findings.count))
        for finding in findings {
            write(finding.problem.rawValue)
            write(finding.detail)
        }
    }
}

extension WireReader {
    fileprivate mutating func count() throws(WireFault) -> Int {
        let count = Int(try integer())
        guard count >= 0 else { throw .malformed }
        return count
    }

    /// Bytes of which there are so many, or none.
    fileprivate mutating func bytes(_ count: Int) throws(WireFault) -> [UInt8]? {
        let bytes = try bytes()
        guard bytes.isEmpty || bytes.count == count else { throw .malformed }
        return bytes.isEmpty ? nil : bytes
    }

    /// A page's size; none where a side is 0.
    fileprivate mutating func size() throws(WireFault) -> PageAnalysis.Size? {
        let (width, height) = (try count(), try count())
        return width > 0 && height > 0 ? PageAnalysis.Size(width: width, height: height) : nil
    }

    fileprivate mutating func findings() throws(WireFault) -> [Finding] {
        var findings: [Finding] = []
        for _ in 0..<(try word()) {
            guard let problem = ProblemClass(rawValue: try text()) else { throw .malformed }
            findings.append(Finding(problem, try text()))
        }
        return findings
    }

    fileprivate mutating func value(of shape: MetadataField.Shape) throws(WireFault) -> BookMetadata.Value {
        switch shape {
        case .text: return .text(try text())
        case .list:
            var list: [String] = []
            for _ in 0..<(try word()) { list.append(try text()) }
            return .list(list)
        case .integer: return .integer(Int(try integer()))
        case .decimal: return .decimal(try decimal())
        }
    }
}
