// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@Suite("Events are chosen by type and by kind")
struct EventSelectionTests {
    @Test func `a type stands for itself`() throws {
        let selection = try EventSelection(["book.added"])
        #expect(EventType.allCases.filter(selection.contains) == [.bookAdded])
    }

    @Test func `a kind stands for all its types, and words add up`() throws {
        let selection = try EventSelection(["library", "job.started"])
        let wanted: [EventType] = [.jobStarted, .libraryOnline, .libraryOffline, .librarySuspect]
        #expect(EventType.allCases.filter(selection.contains) == wanted)
    }

    @Test(arguments: ["", "boo", "book.", "book.eaten", "BOOK", "job.startedx", "."])
    func `a word that is neither is refused`(word: String) {
        #expect(throws: EventSelection.UnknownWord(word: word)) { try EventSelection(["job", word]) }
    }
}
