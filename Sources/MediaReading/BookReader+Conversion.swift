// SPDX-License-Identifier: MIT
import CLinux
package import LibraryModel

/// Makes a ZIP of a book in another archive, and proves that it is one.
extension BookReader {
    /// Writes all that the archive holds into a ZIP of at most `room` bytes, as ``Conversion`` tells.
    ///
    /// `pace` is called before each entry and within long ones, so that each may be given its time.
    package func convert(room: Int64, writingTo output: Int32, pace: () -> Void = {}) -> WorkReport.Outcome {
        var zip: ZipOutput?
        do throws(Finding) {
            let (book, pages, plan) = try openConvertible()
            guard plan.size <= room else {
                let words = "needs \(plan.size) bytes, and \(max(0, room)) are free"
                return .notWritten(Finding(.conversionFailed, words))
            }
            let made = try ZipOutput(descriptor: output)
            zip = made
            try Conversion(archive: book.archive, plan: plan).run(writingTo: made, pace: pace)
            let hash = try made.close()
            return .converted(
                ConversionFigures(entries: plan.items.count, pages: pages.count, bytes: made.written, hash: hash)
            )
        } catch {
            return zip?.failure.map { .notWritten($0) } ?? .notConverted([error])
        }
    }

    /// Proves that a ZIP holds all that the archive does, as ``ConversionCheck`` tells.
    package func compare(with result: Int32, pace: () -> Void = {}) -> WorkReport.Outcome {
        do throws(Finding) {
            let (book, pages, plan) = try openConvertible()
            return compare(book.archive, pages, plan, with: result, pace: pace)
        } catch {
            return .notConverted([error])
        }
    }

    private func compare(
        _ original: any Archive,
        _ pages: [ArchiveEntry],
        _ plan: ConversionPlan,
        with result: Int32,
        pace: () -> Void
    ) -> WorkReport.Outcome {
        do throws(Finding) {
            let (source, zip) = try openResult(result)
            var check = ConversionCheck(original: original, pages: pages, result: zip, plan: plan)
            let damaged = try check.run(source, pace: pace)
            let hash: [UInt8]
            do throws(Finding) { hash = try FileHash.whole(of: source, pace: pace) } catch { throw error.ofResult }
            return .compared(
                ConversionFigures(
                    entries: zip.entries.count,
                    pages: pages.count,
                    bytes: Int64(source.size),
                    hash: hash,
                    damagedPages: damaged
                )
            )
        } catch {
            return .notConverted([error])
        }
    }

    /// The ZIP that was made; what is wrong with it is a conversion that failed.
    private func openResult(_ descriptor: Int32) throws(Finding) -> (ByteSource, EntryReader) {
        do throws(Finding) {
            let source = try ByteSource(descriptor: descriptor)
            return (source, try EntryReader(source, checksParts: true))
        } catch {
            throw error.ofResult
        }
    }

    /// The book, whole and of a kind that can be converted, its pages, and what a ZIP of it is to hold.
    private func openConvertible() throws(Finding) -> (OpenBook, [ArchiveEntry], ConversionPlan) {
        let source = try ByteSource(descriptor: descriptor)
        switch ContainerKind(head: try head(of: source)) {
        case .zip: throw ConversionPlan.refusal("the file is a ZIP archive already")
        case .pdf: throw ConversionPlan.refusal("the file is a PDF document, which is no archive")
        case .rar, .sevenZip, .tar, .gzip, .bzip2, .xz, .zstandard, nil: break
        }
        let book = try open(source, checksParts: true)
        guard case .comic(let pages, _) = book.contents else {
            throw ConversionPlan.refusal("the file is an EPUB")
        }
        guard !pages.isEmpty else { throw PageOrder.absence(in: book.archive.entries) }
        var seconds: Int64 = 0
        let code = clinux_modified(descriptor, &seconds)
        guard code == 0 else { throw ByteSource.unreadable(code) }
        return (book, pages, try ConversionPlan(book.archive.entries, fileTime: seconds))
    }
}
