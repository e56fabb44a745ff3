// SPDX-License-Identifier: MIT
import ArgumentParser
import ControlAPI

struct Duplicates: DaemonCommand {
    static let configuration = CommandConfiguration(
        abstract: "List books with the same content.",
        discussion: """
            Books are the same where what is packed in them is, but for ComicInfo.xml and MetronInfo.xml; whether the files \
            are equal to the last byte is known after `stumpctl scan --hashes`.
            """
    )

    @OptionGroup var options: GlobalOptions

    func run(_ session: Session) async throws {
        try await session.list(
            DuplicateSummary.self,
            ControlRequest(.duplicates),
            Table(">GROUP", "SAME", ">BOOK", "LIBRARY", ">SIZE", "PATH"),
            rows: { group in
                group.books.map { book in
                    [
                        String(group.id),
                        group.match == "hash" ? "file" : "content",
                        String(book.id),
                        book.library,
                        Quantity.bytes(book.sizeBytes),
                        book.path,
                    ]
                }
            }
        )
    }
}
