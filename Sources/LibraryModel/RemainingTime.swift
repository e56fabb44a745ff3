// SPDX-License-Identifier: MIT

/// Estimates how much longer the reading of books will take, from how long those so far took.
///
/// A book costs something for itself and something for each byte. By books alone, a library whose omnibuses come last is
/// nearly done for hours; by bytes alone, one of many small books is. So the time so far is shared between the two, in
/// the way that explains it best, and what is left is reckoned at these two prices.
///
/// The past counts the less the longer ago it is, by the square root of its share of the time: prices follow a library
/// that changes in kind, slowly. A stall is not taken for the price of the one book that was read meanwhile.
///
/// Pure: it reads no clock, keeps ten numbers however long the job is, and takes each note in constant time.
package struct RemainingTime: Equatable, Sendable {
    /// The time before which nothing is said.
    package static let leastTime: Duration = .seconds(1)

    /// The number of books before which nothing is said.
    package static let leastBooks = 8

    /// The least time that is taken for one sample, in seconds: shorter ones are measured badly.
    private static let sampleTime = 0.1

    /// How many times as long as expected a sample may be; what is more was a stall, unless it is short against all.
    private static let patience = 4.0

    /// The share of the time so far that one sample may always add: so a change for the slower is noticed at all.
    private static let allowance = 0.05

    /// How many samples' weight the assumption has that books and bytes cost the same in sum.
    private static let doubt = 0.5

    /// What was done at some instant, all told.
    private struct Mark: Equatable {
        var seconds = 0.0
        var books = 0.0
        var bytes = 0.0
    }

    private var now = Mark()

    /// The end of the last sample.
    private var sampled = Mark()

    /// When a book was last finished, in seconds.
    private var advanced = 0.0

    /// The sums of all samples, faded: times, books and bytes.
    private var sum = Mark()
    private var samples = 0.0

    /// The sums of products of two of a sample's numbers, each divided by its time, because long samples vary more.
    private var bookBook = 0.0
    private var bookByte = 0.0
    private var byteByte = 0.0

    package init() {}

    /// Takes in what is done after so much time, both counted from the beginning of the job's phase.
    ///
    /// Numbers that run backwards count as no progress.
    package mutating func note(after elapsed: Duration, books: Int, bytes: Int64) {
        let mark = Mark(
            seconds: max(elapsed / .seconds(1), now.seconds),
            books: max(Double(books), now.books),
            bytes: max(Double(bytes), now.bytes)
        )
        if mark.books > now.books { advanced = mark.seconds }
        now = mark
        if now.seconds - sampled.seconds >= RemainingTime.sampleTime, now.books > sampled.books { sample() }
    }

    /// The time that is left of a job of so many books and bytes in all.
    ///
    /// `nil` before there is enough to say: a second's time and eight books.
    package func remaining(ofBooks books: Int, bytes: Int64) -> Duration? {
        guard now.seconds >= RemainingTime.leastTime / .seconds(1), now.books >= Double(RemainingTime.leastBooks),
            samples > 0
        else { return nil }
        let price = price
        let cost =
            price.book * max(Double(books) - now.books, 0) + price.byte * max(Double(bytes) - now.bytes, 0)
        guard cost > 0 else { return .zero }
        // Time goes by while a large book is read. Once half of what is left has gone by like this, the estimate was
        // too low, and goes on to fall ever more slowly.
        let waited = now.seconds - advanced
        let seconds = waited < cost / 2 ? cost - waited : cost * cost / (4 * waited)
        // A century is as good as any longer time, and can be told in every unit.
        return .milliseconds(Int64((min(seconds, 3.2e9) * 1000).rounded()))
    }

    /// Ends a sample and adds it to the sums.
    private mutating func sample() {
        let books = now.books - sampled.books
        let bytes = now.bytes - sampled.bytes
        var seconds = now.seconds - sampled.seconds
        if samples > 0 {
            let price = price
            let expected = price.book * books + price.byte * bytes
            seconds = min(seconds, max(expected * RemainingTime.patience, sum.seconds * RemainingTime.allowance))
        }
        fade(by: (sampled.seconds / now.seconds).squareRoot())
        sum.seconds += seconds
        sum.books += books
        sum.bytes += bytes
        samples += 1
        bookBook += books * books / seconds
        bookByte += books * bytes / seconds
        byteByte += bytes * bytes / seconds
        sampled = now
    }

    private mutating func fade(by factor: Double) {
        sum.seconds *= factor
        sum.books *= factor
        sum.bytes *= factor
        samples *= factor
        bookBook *= factor
        bookByte *= factor
        byteByte *= factor
    }

    /// The price of a book and of a byte in seconds, at which all samples together cost just what they took.
    private var price: (book: Double, byte: Double) {
        let book = sum.seconds / sum.books
        guard sum.bytes > 0 else { return (book, 0) }
        let byte = sum.seconds / sum.bytes
        // With x = books at the price of books alone, y = bytes at that of bytes alone, and t = time, the share s of the
        // books is that of the least squares of t - s x - (1 - s) y. As each product is divided by t, those of t with x
        // and with y sum up to the sum of x and of y, which both are that of t: their difference is none.
        let product = byte * byte * byteByte - book * byte * bookByte
        let square = book * book * bookBook - 2 * book * byte * bookByte + byte * byte * byteByte
        // Both are times: so is the weight of the assumption that either share is a half.
        let weight = RemainingTime.doubt * sum.seconds / samples
        let share = min(max((product + weight / 2) / (square + weight), 0), 1)
        return (share * book, (1 - share) * byte)
    }
}
