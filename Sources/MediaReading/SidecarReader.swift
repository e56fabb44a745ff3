// SPDX-License-Identifier: MIT
package import LibraryModel

/// Reads what a file beside books says of them.
///
/// Nothing is thrown: what is wrong is in the findings, and what could be read is kept.
package struct SidecarReader {
    /// The longest file that is read, in bytes.
    package static let limit = 4 << 20

    private let kind: Sidecar.Kind

    package init(_ kind: Sidecar.Kind) {
        self.kind = kind
    }

    package func facts(behind descriptor: Int32) -> SidecarFacts {
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            guard source.size <= Self.limit else {
                throw Finding(
                    .metadataInvalid,
                    "\(kind.shown) has \(source.size) bytes, more than the \(Self.limit) read"
                )
            }
            return facts(in: Array(try source.bytes(at: 0, count: source.size)))
        } catch {
            return SidecarFacts(error)
        }
    }

    package func facts(in bytes: [UInt8]) -> SidecarFacts {
        var facts = SidecarFacts()
        do throws(Finding) {
            switch kind {
            case .opf:
                let document = try PackageMetadata(sidecar: bytes)
                facts.book = document.metadata
                facts.findings = document.findings
            case .seriesJSON:
                let document = try SeriesDocument(bytes)
                facts.book = document.book
                facts.series = document.series
                facts.findings = document.findings
            }
        } catch {
            facts.findings.append(error)
        }
        return facts
    }
}

extension SidecarFacts {
    fileprivate init(_ finding: Finding) {
        self.init()
        findings = [finding]
    }
}

extension Sidecar.Kind {
    fileprivate var shown: String {
        switch self {
        case .opf: "the package document beside it"
        case .seriesJSON: "series.json"
        }
    }
}
