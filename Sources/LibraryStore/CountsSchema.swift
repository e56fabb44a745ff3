// SPDX-License-Identifier: MIT

/// What each library holds, counted as its rows come and go: who asks how it is must not wait for a million to be counted.
enum CountsSchema {
    static let tables = """
        -- `gone` are the books that are missing and those that are ignored; `size` is that of the others, in bytes.
        CREATE TABLE library_count (
            library_id INTEGER PRIMARY KEY,
            books INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0,
            ignored INTEGER NOT NULL DEFAULT 0,
            size INTEGER NOT NULL DEFAULT 0,
            series INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TRIGGER library_begins AFTER INSERT ON library
            BEGIN INSERT INTO library_count (library_id) VALUES (NEW.id); END;
        CREATE TRIGGER library_ends AFTER DELETE ON library
            BEGIN DELETE FROM library_count WHERE library_id = OLD.id; END;
        CREATE TRIGGER book_comes AFTER INSERT ON book BEGIN \(count(1, of: "NEW")); END;
        CREATE TRIGGER book_goes AFTER DELETE ON book BEGIN \(count(-1, of: "OLD")); END;
        CREATE TRIGGER book_changes AFTER UPDATE OF library_id, missing_since, is_ignored, size ON book
            WHEN OLD.library_id != NEW.library_id OR OLD.size != NEW.size OR OLD.is_ignored != NEW.is_ignored
                OR (OLD.missing_since IS NULL) != (NEW.missing_since IS NULL)
            BEGIN \(count(-1, of: "OLD")); \(count(1, of: "NEW")); END;
        CREATE TRIGGER series_comes AFTER INSERT ON series BEGIN \(countSeries(1, of: "NEW")); END;
        CREATE TRIGGER series_goes AFTER DELETE ON series BEGIN \(countSeries(-1, of: "OLD")); END;
        CREATE TRIGGER series_changes AFTER UPDATE OF library_id ON series WHEN OLD.library_id != NEW.library_id
            BEGIN \(countSeries(-1, of: "OLD")); \(countSeries(1, of: "NEW")); END;
        INSERT INTO library_count
            SELECT library.id, count(book.id), count(missing_since), coalesce(sum(is_ignored), 0),
                coalesce(sum(iif(missing_since IS NULL, size, 0)), 0),
                (SELECT count(*) FROM series WHERE library_id = library.id)
            FROM library LEFT JOIN book ON library_id = library.id GROUP BY library.id;
        """

    private static func count(_ sign: Int, of row: String) -> String {
        """
        UPDATE library_count SET books = books + \(sign), gone = gone + \(sign) * (\(row).missing_since IS NOT NULL),
            ignored = ignored + \(sign) * \(row).is_ignored,
            size = size + \(sign) * iif(\(row).missing_since IS NULL, \(row).size, 0) WHERE library_id = \(row).library_id
        """
    }

    private static func countSeries(_ sign: Int, of row: String) -> String {
        "UPDATE library_count SET series = series + \(sign) WHERE library_id = \(row).library_id"
    }
}
