// SPDX-License-Identifier: MIT

/// The tables of what is converted, and of what is left of it.
enum ConversionSchema {
    static let tables = """
        -- What somebody asked for of one book; gone when it is done, or cannot be.
        CREATE TABLE conversion_wish (
            book_id INTEGER PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
            is_undo INTEGER NOT NULL CHECK (is_undo IN (0, 1)),
            asked_at INTEGER NOT NULL
        ) STRICT;

        -- Books that are not converted by themselves until their content or the version of the converter is another;
        -- version 0 is one that somebody took back, whatever the version.
        CREATE TABLE conversion_refusal (
            book_id INTEGER PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
            fingerprint BLOB CHECK (length(fingerprint) = 16),
            version INTEGER NOT NULL
        ) STRICT;

        -- A conversion that was begun and has not come to its end: written before the first file is made, so that no end
        -- of the daemon leaves one behind that nobody knows of. Book and directory are no references, because the file is
        -- there though they may go. The stamp of the draft is there from when it was verified on: with it the conversion
        -- can be completed, without it the draft is worth nothing.
        CREATE TABLE conversion (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            book_id INTEGER NOT NULL,
            directory_id INTEGER NOT NULL,
            job_id INTEGER,
            name BLOB NOT NULL,
            format TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            born_ns INTEGER,
            size INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL,
            changed_ns INTEGER NOT NULL,
            draft BLOB NOT NULL,
            target BLOB NOT NULL,
            originals TEXT NOT NULL CHECK (originals IN ('retain', 'keep', 'remove')),
            retain_ns INTEGER NOT NULL,
            draft_device INTEGER,
            draft_inode INTEGER,
            draft_born_ns INTEGER,
            draft_size INTEGER,
            draft_modified_ns INTEGER,
            draft_changed_ns INTEGER,
            pages INTEGER,
            fingerprint BLOB,
            hash BLOB,
            koreader_hash BLOB,
            CHECK ((draft_inode IS NULL) = (draft_size IS NULL) AND (draft_inode IS NULL) = (pages IS NULL))
        ) STRICT;

        -- What a book was before it was converted, and where its file is. States: `due`, to be dealt with as `kept` says;
        -- `kept` beside the result; `retained` on the shelf; `removing`; `returning`, on its way back; `returned`, when
        -- only the result is still to go; `removed`; `lost`, no longer the file that it was.
        CREATE TABLE original (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            book_id INTEGER REFERENCES book (id) ON DELETE SET NULL,
            directory_id INTEGER NOT NULL REFERENCES directory (id) ON DELETE CASCADE,
            job_id INTEGER,
            name BLOB NOT NULL,
            format TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            born_ns INTEGER,
            size INTEGER NOT NULL,
            modified_ns INTEGER NOT NULL,
            changed_ns INTEGER NOT NULL,
            pages INTEGER NOT NULL,
            fingerprint BLOB,
            hash BLOB,
            koreader_hash BLOB,
            facts_version INTEGER NOT NULL,
            kept TEXT NOT NULL CHECK (kept IN ('retain', 'keep', 'remove')),
            state TEXT NOT NULL CHECK (state IN ('due', 'kept', 'retained', 'removing', 'returning', 'returned', 'removed',
                'lost')),
            is_on_shelf INTEGER NOT NULL DEFAULT 0 CHECK (is_on_shelf IN (0, 1)),
            -- Its name on the shelf, or the hidden one by which a file goes.
            aside BLOB,
            result BLOB NOT NULL,
            result_device INTEGER NOT NULL,
            result_inode INTEGER NOT NULL,
            result_born_ns INTEGER,
            result_size INTEGER NOT NULL,
            result_modified_ns INTEGER NOT NULL,
            result_changed_ns INTEGER NOT NULL,
            converted_at INTEGER NOT NULL,
            remove_after INTEGER
        ) STRICT;
        CREATE INDEX original_directory ON original (directory_id, name);
        CREATE INDEX original_book ON original (book_id) WHERE book_id IS NOT NULL;
        CREATE INDEX original_library ON original (library_id, state);
        CREATE INDEX original_expiry ON original (remove_after) WHERE state = 'retained';

        -- Asked for after every scan: what could be converted.
        CREATE INDEX book_convertible ON book (library_id)
            WHERE format IN ('cbr', 'rar', 'cb7', '7z', 'cbt', 'tar') AND missing_since IS NULL AND condition = 'ready';
        """
}
