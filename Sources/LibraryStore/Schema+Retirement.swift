// SPDX-License-Identifier: MIT

extension Schema {
    static let retirement = """
        -- Since when a library is not in the configuration; and what the configuration said of it last, for then nobody
        -- else knows.
        ALTER TABLE library ADD COLUMN retired_at INTEGER;
        ALTER TABLE library ADD COLUMN root BLOB;
        ALTER TABLE library ADD COLUMN pattern TEXT;
        -- Missing books are few, and are looked for among all.
        CREATE INDEX book_missing ON book (library_id) WHERE missing_since IS NOT NULL;
        """
}
