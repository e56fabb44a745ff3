// SPDX-License-Identifier: MIT

/// The tables of what is found by words.
///
/// The text in them is folded by us, for no tokenizer of SQLite's folds `ø`, or divides Japanese. So triggers cannot
/// write it; what they can do is note, in the transaction that changes a row, that its words are to be made anew, and no
/// way to change one is forgotten by that. The same transaction makes them before it ends.
enum SearchSchema {
    static let tables = """
        -- Words are between spaces; every one stands in one column only. Series have rows of their own, and no book has
        -- its series' folder among its words: renaming a folder of ten thousand books writes one row here too.
        CREATE VIRTUAL TABLE book_search USING fts5 (title, series, name, people, tags, tokenize = 'ascii');
        CREATE VIRTUAL TABLE series_search USING fts5 (title, series, people, tags, tokenize = 'ascii');

        -- Words of four letters and more, for typos: a word is near another one only where they begin or end alike. What
        -- no book has any more stays, and finds nothing.
        CREATE TABLE search_word (
            word TEXT PRIMARY KEY,
            reversed TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX search_word_reversed ON search_word (reversed);

        -- Whose words are to be made anew: books, and series with their ids negative. Empty when a transaction ends, but
        -- for what a migration left to be done.
        CREATE TABLE search_due (
            id INTEGER PRIMARY KEY
        ) STRICT;
        CREATE TRIGGER search_metadata_added AFTER INSERT ON metadata
            BEGIN INSERT INTO search_due SELECT NEW.book_id WHERE NEW.book_id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_metadata_changed AFTER UPDATE ON metadata
            WHEN OLD.document IS NOT NEW.document OR OLD.book_id != NEW.book_id
            BEGIN 
                INSERT INTO search_due SELECT NEW.book_id WHERE NEW.book_id NOT IN (SELECT id FROM search_due);
                INSERT INTO search_due SELECT OLD.book_id WHERE OLD.book_id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_metadata_removed AFTER DELETE ON metadata
            BEGIN INSERT INTO search_due SELECT OLD.book_id WHERE OLD.book_id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_book_renamed AFTER UPDATE OF name ON book WHEN OLD.name != NEW.name
            BEGIN INSERT INTO search_due SELECT NEW.id WHERE NEW.id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_book_removed AFTER DELETE ON book
            BEGIN INSERT INTO search_due SELECT OLD.id WHERE OLD.id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_series_added AFTER INSERT ON series
            BEGIN INSERT INTO search_due SELECT -NEW.id WHERE -NEW.id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_series_changed AFTER UPDATE OF name, directory_id ON series
            WHEN OLD.name != NEW.name OR OLD.directory_id != NEW.directory_id
            BEGIN INSERT INTO search_due SELECT -NEW.id WHERE -NEW.id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_series_removed AFTER DELETE ON series
            BEGIN INSERT INTO search_due SELECT -OLD.id WHERE -OLD.id NOT IN (SELECT id FROM search_due); END;
        CREATE TRIGGER search_series_documented AFTER UPDATE OF series_document ON directory
            WHEN OLD.series_document IS NOT NEW.series_document
            BEGIN INSERT INTO search_due SELECT -id FROM series
                WHERE directory_id = NEW.id AND -id NOT IN (SELECT id FROM search_due); END;

        -- Written part by part when the daemon runs: of a million books it would keep the start waiting.
        INSERT INTO search_due SELECT id FROM book UNION ALL SELECT -id FROM series;
        """
}
