// SPDX-License-Identifier: MIT
import GRDB

/// The tables, and the steps that lead to them.
///
/// Forward only: a step that was released is never edited.
///
/// Times are nanoseconds since 1970 UTC. The guarding is done here, by constraints and partial indexes, so that no
/// mistake in the code above can run two scans of one library or leave a finished job without its end.
enum Schema {
    /// "stmp", so that `file` and a wrong `--state` can tell whose database it is.
    static let applicationID = 0x7374_6d70

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 catalog") { try $0.execute(sql: catalog) }
        migrator.registerMigration("1 queue") { try $0.execute(sql: queue) }
        migrator.registerMigration("2 watching") { try $0.execute(sql: watching) }
        migrator.registerMigration("3 jobs") { try $0.execute(sql: jobs) }
        migrator.registerMigration("3 thumbnails") { try $0.execute(sql: thumbnails) }
        migrator.registerMigration("4 ignored books") { try $0.execute(sql: ignoredBooks) }
        migrator.registerMigration("5 sidecars") { try $0.execute(sql: sidecars) }
        migrator.registerMigration("6 identity") { try $0.execute(sql: identity) }
        migrator.registerMigration("6 conversion") { try $0.execute(sql: ConversionSchema.tables) }
        migrator.registerMigration("6 retirement") { try $0.execute(sql: retirement) }
        migrator.registerMigration("6 former files") { try $0.execute(sql: formerFiles) }
        migrator.registerMigration("7 search") { try $0.execute(sql: SearchSchema.tables) }
        migrator.registerMigration("7 totals") { try $0.execute(sql: TotalsSchema.tables) }
        migrator.registerMigration("7 counts") { try $0.execute(sql: CountsSchema.tables) }
        return migrator
    }

    private static let catalog = """
        CREATE TABLE library (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
            last_scan_job INTEGER,
            last_scan_at INTEGER,
            last_scan_state TEXT,
            held_losses INTEGER NOT NULL DEFAULT 0 CHECK (held_losses >= 0)
        ) STRICT;

        -- A directory is a row below its parent's: renaming one with ten thousand books writes this row alone.
        CREATE TABLE directory (
            id INTEGER PRIMARY KEY,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            parent_id INTEGER REFERENCES directory (id) ON DELETE CASCADE,
            name BLOB NOT NULL,
            device INTEGER,
            inode INTEGER,
            modified_ns INTEGER,
            changed_ns INTEGER,
            missing_since INTEGER,
            CHECK ((parent_id IS NULL) = (length(name) = 0))
        ) STRICT;
        CREATE UNIQUE INDEX directory_root ON directory (library_id) WHERE parent_id IS NULL;
        CREATE UNIQUE INDEX directory_name ON directory (parent_id, name);

        CREATE TABLE series (
            id INTEGER PRIMARY KEY,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            directory_id INTEGER NOT NULL UNIQUE REFERENCES directory (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            added_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            missing_since INTEGER
        ) STRICT;
        CREATE INDEX series_library ON series (library_id);

        -- `condition` is what reading found; a missing book keeps it, and has it again when it returns.
        CREATE TABLE book (
            id INTEGER PRIMARY KEY,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            directory_id INTEGER NOT NULL REFERENCES directory (id) ON DELETE CASCADE,
            series_id INTEGER NOT NULL REFERENCES series (id),
            name BLOB NOT NULL CHECK (length(name) > 0),
            format TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            born_ns INTEGER,
            size INTEGER NOT NULL CHECK (size >= 0),
            modified_ns INTEGER NOT NULL,
            changed_ns INTEGER NOT NULL,
            condition TEXT NOT NULL CHECK (condition IN ('ready', 'error', 'unsupported')),
            missing_since INTEGER,
            pages INTEGER NOT NULL DEFAULT 0 CHECK (pages >= 0),
            fingerprint BLOB CHECK (length(fingerprint) = 16),
            facts_version INTEGER NOT NULL,
            thumbnail TEXT,
            thumbnail_due INTEGER NOT NULL DEFAULT 0 CHECK (thumbnail_due IN (0, 1)),
            added_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (directory_id, name)
        ) STRICT;
        CREATE INDEX book_series ON book (series_id);
        CREATE INDEX book_library ON book (library_id);
        CREATE INDEX book_thumbnail_due ON book (library_id) WHERE thumbnail_due = 1 AND missing_since IS NULL;
        CREATE INDEX book_thumbnail ON book (thumbnail) WHERE thumbnail IS NOT NULL;

        CREATE TABLE metadata (
            book_id INTEGER PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
            title TEXT,
            series TEXT,
            number TEXT,
            number_sort REAL,
            document TEXT NOT NULL
        ) STRICT;

        -- Of a book, or of a path that is no book: a directory that cannot be read.
        CREATE TABLE problem (
            id INTEGER PRIMARY KEY,
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            book_id INTEGER REFERENCES book (id) ON DELETE CASCADE,
            path BLOB,
            class TEXT NOT NULL,
            severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
            detail TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL,
            occurrences INTEGER NOT NULL DEFAULT 1,
            job_id INTEGER,
            CHECK ((book_id IS NULL) != (path IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX problem_book ON problem (book_id, class) WHERE book_id IS NOT NULL;
        CREATE UNIQUE INDEX problem_path ON problem (library_id, path, class) WHERE path IS NOT NULL;
        """

    private static let queue = """
        CREATE TABLE job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('library_scan', 'series_scan', 'thumbnail_generation')),
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'completed', 'cancelled', 'failed')),
            "trigger" TEXT NOT NULL,
            priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 5),
            options TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            attempt INTEGER NOT NULL DEFAULT 0,
            merged INTEGER NOT NULL DEFAULT 0,
            cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
            progress TEXT,
            report TEXT,
            error_code TEXT,
            error_detail TEXT,
            follow_up INTEGER,
            CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'cancelled', 'failed'))),
            CHECK (state != 'running' OR started_at IS NOT NULL),
            CHECK ((state = 'failed') = (error_code IS NOT NULL))
        ) STRICT;
        -- Waiting means queued and never started: what a crash sent back to the queue does not count.
        CREATE UNIQUE INDEX job_one_waiting_scan ON job (library_id)
            WHERE state = 'queued' AND started_at IS NULL AND kind != 'thumbnail_generation';
        CREATE UNIQUE INDEX job_one_running_scan ON job (library_id)
            WHERE state = 'running' AND kind != 'thumbnail_generation';
        CREATE UNIQUE INDEX job_one_waiting_thumbnails ON job (library_id)
            WHERE state = 'queued' AND started_at IS NULL AND kind = 'thumbnail_generation';
        CREATE UNIQUE INDEX job_one_running_thumbnails ON job (library_id)
            WHERE state = 'running' AND kind = 'thumbnail_generation';
        CREATE INDEX job_claim ON job (priority, id) WHERE state = 'queued';

        CREATE TABLE job_directory (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            path BLOB NOT NULL,
            is_deep INTEGER NOT NULL CHECK (is_deep IN (0, 1)),
            is_witnessed INTEGER NOT NULL CHECK (is_witnessed IN (0, 1)),
            PRIMARY KEY (job_id, path)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE job_log (
            id INTEGER PRIMARY KEY,
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            level TEXT NOT NULL,
            message TEXT NOT NULL,
            path BLOB,
            class TEXT
        ) STRICT;
        CREATE INDEX job_log_job ON job_log (job_id, class);

        CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            type TEXT NOT NULL,
            library TEXT,
            job_id INTEGER,
            data TEXT NOT NULL
        ) STRICT;
        """

    private static let watching = """
        -- From now on a directory's times and digests are there only while all that its listing showed is in the
        -- catalog. What the first version noted was noted before the books were read, and is not believed.
        -- Device, inode and birth are an identity and stay: an inode without a birth is none.
        UPDATE directory SET device = NULL, inode = NULL, modified_ns = NULL, changed_ns = NULL;
        ALTER TABLE directory ADD COLUMN born_ns INTEGER;
        ALTER TABLE directory ADD COLUMN names_digest INTEGER;
        ALTER TABLE directory ADD COLUMN files_digest INTEGER CHECK (
            (modified_ns IS NULL) = (changed_ns IS NULL)
            AND (names_digest IS NULL) = (changed_ns IS NULL)
            AND (files_digest IS NULL) = (changed_ns IS NULL)
            AND (changed_ns IS NULL OR (device IS NOT NULL AND inode IS NOT NULL AND missing_since IS NULL))
        );
        -- Asked for every directory that is new at its place: is it one that was moved there?
        CREATE INDEX directory_identity ON directory (inode, born_ns) WHERE born_ns IS NOT NULL;
        -- Counts what is present, and finds the next present book after an id, without a look at the missing ones.
        CREATE INDEX book_present ON book (library_id) WHERE missing_since IS NULL;

        -- A deletion that was seen without being counted witnesses nothing any more.
        ALTER TABLE job_directory DROP COLUMN is_witnessed;
        ALTER TABLE job_directory ADD COLUMN removed_files INTEGER NOT NULL DEFAULT 0 CHECK (removed_files >= 0);
        ALTER TABLE job_directory ADD COLUMN removed_directories INTEGER NOT NULL DEFAULT 0
            CHECK (removed_directories >= 0);

        -- The file systems that a library lay on when they were last believed; `sighting` is a JSON object.
        CREATE TABLE volume (
            library_id INTEGER NOT NULL REFERENCES library (id) ON DELETE CASCADE,
            path BLOB NOT NULL,
            sighting TEXT NOT NULL,
            PRIMARY KEY (library_id, path)
        ) STRICT, WITHOUT ROWID;
        """

    private static let jobs = """
        CREATE TABLE new_job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            lane TEXT NOT NULL,
            library_id INTEGER REFERENCES library (id) ON DELETE CASCADE,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'completed', 'cancelled', 'failed')),
            "trigger" TEXT NOT NULL CHECK ("trigger" IN ('watch', 'user', 'schedule', 'start', 'retry')),
            priority INTEGER NOT NULL CHECK (priority BETWEEN 1 AND 5),
            options TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            running_since INTEGER,
            ran_ns INTEGER NOT NULL DEFAULT 0 CHECK (ran_ns >= 0),
            finished_at INTEGER,
            not_before INTEGER,
            -- Whether requests may still join it: it waits, has never been started and was never paused.
            is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
            attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
            failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
            -- Attempts in a row that ended with the daemon and had done nothing.
            stalls INTEGER NOT NULL DEFAULT 0 CHECK (stalls >= 0),
            -- Batches that were committed, and how many there were when the present attempt began.
            commits INTEGER NOT NULL DEFAULT 0,
            commits_before INTEGER NOT NULL DEFAULT 0 CHECK (commits_before BETWEEN 0 AND commits),
            merged INTEGER NOT NULL DEFAULT 0 CHECK (merged >= 0),
            cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
            pause_requested INTEGER NOT NULL DEFAULT 0 CHECK (pause_requested IN (0, 1)),
            reason TEXT,
            progress TEXT,
            report TEXT,
            error_code TEXT,
            error_detail TEXT,
            follow_up INTEGER,
            retry_of INTEGER,
            CHECK (CASE kind
                WHEN 'library_scan' THEN lane IN ('scan', 'dry_run')
                WHEN 'series_scan' THEN lane IN ('scan', 'dry_run')
                WHEN 'thumbnail_generation' THEN lane = 'thumbnails'
                WHEN 'analyze_media' THEN lane = 'analysis'
                ELSE kind IN ('conversion', 'backup', 'maintenance') AND lane = kind END),
            CHECK ((library_id IS NULL) = (kind IN ('backup', 'maintenance'))),
            CHECK ((finished_at IS NOT NULL) = (state IN ('completed', 'cancelled', 'failed'))),
            CHECK (started_at IS NOT NULL OR state NOT IN ('running', 'completed', 'failed')),
            CHECK (started_at IS NOT NULL OR attempt + failures + stalls + commits = 0),
            CHECK ((running_since IS NOT NULL) = (state = 'running')),
            CHECK (is_open = 0 OR (state = 'queued' AND started_at IS NULL)),
            CHECK (not_before IS NULL OR state = 'queued'),
            CHECK (reason IS NULL OR state IN ('queued', 'paused')),
            -- Only a running job is asked; any other does at once as it is told.
            CHECK (state = 'running' OR (cancel_requested = 0 AND pause_requested = 0)),
            CHECK ((state = 'failed') = (error_code IS NOT NULL)),
            CHECK ((error_code IS NULL) = (error_detail IS NULL))
        ) STRICT;
        INSERT INTO new_job (id, kind, lane, library_id, state, "trigger", priority, options, created_at, started_at,
            running_since, ran_ns, finished_at, is_open, attempt, merged, cancel_requested, progress, report, error_code,
            error_detail, follow_up)
        SELECT id, kind, iif(kind = 'thumbnail_generation', 'thumbnails', 'scan'), library_id, state, "trigger", priority,
            options, created_at, iif(state IN ('completed', 'failed'), coalesce(started_at, created_at), started_at),
            iif(state = 'running', coalesce(started_at, created_at), NULL),
            max(0, coalesce(finished_at - started_at, 0)), finished_at, state = 'queued' AND started_at IS NULL, iif(started_at IS NULL, 0, max(attempt, 1)), merged,
            iif(state = 'running', cancel_requested, 0), progress, report, error_code,
            iif(state = 'failed', coalesce(error_detail, ''), NULL), follow_up
        FROM job;
        -- An id is never given twice, though the job that had it was forgotten.
        INSERT INTO sqlite_sequence (name, seq) SELECT 'new_job', 0
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'new_job');
        UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'job'), 0))
            WHERE name = 'new_job';
        DROP TABLE job;
        ALTER TABLE new_job RENAME TO job;

        -- A job of no library has its lane to itself.
        CREATE UNIQUE INDEX job_one_waiting ON job (coalesce(library_id, 0), lane)
            WHERE is_open = 1 AND lane != 'dry_run';
        CREATE UNIQUE INDEX job_one_running ON job (coalesce(library_id, 0), lane)
            WHERE state = 'running' AND lane != 'dry_run';
        -- As small as the queue, however long the history. With OR, because then SQLite sees that a query for one of the
        -- states is answered by it.
        CREATE INDEX job_open ON job (state) WHERE state = 'queued' OR state = 'running' OR state = 'paused';
        -- For what is forgotten when it is old.
        CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;
        CREATE INDEX event_job ON event (job_id, type) WHERE job_id IS NOT NULL;
        CREATE INDEX event_at ON event (at);

        ALTER TABLE library ADD COLUMN paused_at INTEGER;

        -- What a person told the daemon, and has to be as true after a restart.
        CREATE TABLE setting (
            key TEXT PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- When something that is to happen by itself happened last, and when it will next.
        CREATE TABLE schedule (
            key TEXT PRIMARY KEY,
            spec TEXT NOT NULL,
            last_run_at INTEGER,
            next_run_at INTEGER
        ) STRICT, WITHOUT ROWID;

        ALTER TABLE book ADD COLUMN hash BLOB CHECK (length(hash) = 32);
        ALTER TABLE book ADD COLUMN koreader_hash BLOB CHECK (length(koreader_hash) = 16);

        -- What decoding every page of a book came to; without pages, where it could never be opened. The job is the last
        -- that looked at it, which may have seen nothing.
        CREATE TABLE analysis (
            book_id INTEGER PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            job_id INTEGER,
            pages INTEGER NOT NULL,
            decoded INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            damaged INTEGER NOT NULL,
            width INTEGER,
            height INTEGER
        ) STRICT;
        """

    private static let thumbnails = """
        -- Files in the cache that may be no book's: those that are about to be written, and those whose book has another
        -- now or is gone. Noted by triggers, so that no way to lose a thumbnail is forgotten, and in the transaction that
        -- loses it, so that a kill before the file is removed leaves nothing behind.
        CREATE TABLE loose_thumbnail (
            file TEXT PRIMARY KEY
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER book_thumbnail_replaced AFTER UPDATE OF thumbnail ON book
            WHEN OLD.thumbnail IS NOT NULL AND OLD.thumbnail IS NOT NEW.thumbnail
            BEGIN INSERT OR IGNORE INTO loose_thumbnail VALUES (OLD.thumbnail); END;
        CREATE TRIGGER book_thumbnail_removed AFTER DELETE ON book WHEN OLD.thumbnail IS NOT NULL
            BEGIN INSERT OR IGNORE INTO loose_thumbnail VALUES (OLD.thumbnail); END;
        """

    private static let ignoredBooks = """
        -- An ignored book is missing from the index by a library's own rules, and so by no loss.
        ALTER TABLE book ADD COLUMN is_ignored INTEGER NOT NULL DEFAULT 0 CHECK (
            is_ignored IN (0, 1) AND (is_ignored = 0 OR missing_since IS NOT NULL)
        );
        """

    private static let sidecars = """
        -- Digests of the files beside a book, and of the document about a series, that were read last; 0 for none.
        ALTER TABLE book ADD COLUMN sidecars INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE directory ADD COLUMN series_document_digest INTEGER NOT NULL DEFAULT 0;
        -- What it says, as `metadata.document` has it; here, for the series' row comes with its first book.
        ALTER TABLE directory ADD COLUMN series_document TEXT;
        -- Which books have the same content.
        CREATE INDEX book_fingerprint ON book (fingerprint) WHERE fingerprint IS NOT NULL;
        """

    private static let identity = """
        -- Asked for every file that is new at its place: is it one that was moved there?
        CREATE INDEX book_identity ON book (inode, born_ns) WHERE born_ns IS NOT NULL;

        -- An id is never given twice, though the book or the series that had it is forgotten: the highest of those.
        CREATE TABLE spent_id (
            kind TEXT PRIMARY KEY,
            last INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO spent_id VALUES ('book', 0), ('series', 0);
        CREATE TRIGGER book_forgotten AFTER DELETE ON book
            BEGIN UPDATE spent_id SET last = OLD.id WHERE kind = 'book' AND last < OLD.id; END;
        CREATE TRIGGER series_forgotten AFTER DELETE ON series
            BEGIN UPDATE spent_id SET last = OLD.id WHERE kind = 'series' AND last < OLD.id; END;
        """
}
