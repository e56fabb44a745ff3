// SPDX-License-Identifier: MIT
import ControlAPI
import Hummingbird
import LibraryModel
import LibraryScan
import LibraryStore
import NIOCore
import SystemPackage

/// A book's thumbnail; its file's name, which names content and settings, is its ETag.
struct ThumbnailRoute {
    /// The largest thumbnail that is sent, in bytes.
    private static let limit = 64 << 20

    let state: DaemonState

    func register(on router: Router<ControlServer.Context>) {
        router.on(.thumbnail) { request, context in
            let id = try context.id("book")
            guard let book = try await state.store.book(id) else {
                throw RequestFault.unknown(kind: "book", id: "\(id)")
            }
            guard let name = book.thumbnail else { throw RequestFault.noThumbnail(id) }
            let tag = "\"\(name.dropLast(".webp".count))\""
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: [.eTag: tag]) }
            guard let bytes = read(name) else {
                try await makeAnew(book)
                throw RequestFault.noThumbnail(id)
            }
            return Response(
                status: .ok,
                headers: [.contentType: "image/webp", .eTag: tag, .cacheControl: "private, max-age=86400"],
                body: ResponseBody(byteBuffer: bytes)
            )
        }
    }

    /// `nil` where the file is gone or empty, as after a power cut.
    private func read(_ name: String) -> ByteBuffer? {
        guard let file = try? FileDescriptor.open(state.thumbnails.path(of: name), .readOnly, options: .closeOnExec),
            let size = try? file.seek(offset: 0, from: .end), size > 0, size <= ThumbnailRoute.limit
        else { return nil }
        defer { try? file.close() }
        var buffer = ByteBuffer()
        let count = try? buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Int(size)) { space in
            try file.read(fromAbsoluteOffset: 0, into: space)
        }
        return count.map(Int64.init) == size ? buffer : nil
    }

    /// The cache may be deleted at any time; what is asked for then is made again.
    private func makeAnew(_ book: BookEntry) async throws {
        // A book of a library that is not watched any more is not opened.
        guard state.configuration.libraries.contains(where: { $0.name == book.library }) else { return }
        try await state.store.commit(for: book.library, job: nil) { try $0.askForThumbnail(of: book.id) }
        _ = try await state.store.requestThumbnails(of: book.library, causedBy: nil)
    }
}
