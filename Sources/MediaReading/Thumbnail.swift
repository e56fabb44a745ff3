// SPDX-License-Identifier: MIT
import Glibc
import LibraryModel

/// Makes the thumbnail of a book: the first of its pictures that decodes, reduced, as WebP.
struct Thumbnail {
    let settings: ThumbnailSettings
    let archive: any Archive
    private var findings: [Finding] = []

    /// How many pictures are tried before the book goes without.
    private static let tries = 20

    init(settings: ThumbnailSettings, archive: any Archive) {
        self.settings = settings
        self.archive = archive
    }

    /// Tries the pictures in order; each that fails is a finding which names it.
    ///
    /// Of those that cannot be unpacked, however whole they are, the first stands for all.
    mutating func make(of pictures: [ArchiveEntry], writingTo output: Int32) -> WorkReport.Outcome {
        findings = pictures.lazy.compactMap(\.obstacle).prefix(1).map(\.self)
        for picture in pictures.lazy.filter({ $0.obstacle == nil }).prefix(Self.tries) {
            let reduced: (webp: [UInt8], width: Int, height: Int)
            do throws(Finding) {
                reduced = try reduce(picture)
            } catch {
                findings.append(error)
                continue
            }
            do throws(Finding) {
                try Self.write(reduced.webp, to: output)
                return .thumbnail(width: reduced.width, height: reduced.height, findings: findings)
            } catch {
                return .noThumbnail(findings + [error])
            }
        }
        return .noThumbnail(findings)
    }

    private func reduce(_ entry: ArchiveEntry) throws(Finding) -> (webp: [UInt8], width: Int, height: Int) {
        let bytes = try archive.contents(of: entry, limit: ArchiveLimits.pictureSize)
        do throws(Finding) {
            let picture = try EncodedPicture(bytes)
            let size = settings.target(width: picture.width, height: picture.height)
            return (try picture.reduced(to: size).encoded(settings), size.width, size.height)
        } catch {
            // A decoder does not know the picture's name.
            throw Finding(error.problem, "\(entry.shown) \(error.detail)")
        }
    }

    /// Writes a thumbnail to the file it is for.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Finding) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw Finding(.unreadable, "the thumbnail cannot be written: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }
}
