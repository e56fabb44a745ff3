// SPDX-License-Identifier: MIT
import LibraryModel
import Testing

@testable import LibraryStore

@Suite("One slow listener costs the others nothing")
struct EventFeedTests {
    private let feed = EventFeed()

    private func event(_ id: Int64) -> CatalogEvent {
        let instant = Timestamp(nanoseconds: id)
        return CatalogEvent(id: id, at: instant, type: .daemonReady, library: nil, job: nil, data: "{}")
    }

    @Test func `the slow one has the first events, a reset and the end; the quick one has every event`() async {
        let slow = feed.listen()
        var quick = feed.listen().makeAsyncIterator()
        let total = Int64(EventFeed.backlog + 500)
        for id in 1...total {
            feed.publish([event(id)])
            #expect(await quick.next() == .event(event(id)))
        }
        var items: [EventFeed.Item] = []
        for await item in slow { items.append(item) }
        #expect(items == (1...Int64(EventFeed.backlog)).map { .event(event($0)) } + [.reset])
        feed.publish([event(total + 1)])
        #expect(await quick.next() == .event(event(total + 1)))
    }

    @Test func `a single batch that is too large cuts off as well`() async {
        let slow = feed.listen()
        feed.publish((1...10_000).map(event))
        feed.publish([event(10_001)])
        var items: [EventFeed.Item] = []
        for await item in slow { items.append(item) }
        #expect(items.count == EventFeed.backlog + 1)
        #expect(items.last == .reset)
    }

    @Test func `who listens after the feed was closed hears its end at once`() async {
        feed.close()
        var late = feed.listen().makeAsyncIterator()
        #expect(await late.next() == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `listeners that go away at the very moment of an event stop nobody`() async {
        for id in 1...Int64(20_000) {
            let listener = Task { [feed] in
                for await _ in feed.listen() {}
            }
            async let published: Void = feed.publish([event(id)])
            listener.cancel()
            await published
            await listener.value
        }
    }
}
