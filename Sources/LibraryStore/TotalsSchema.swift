// SPDX-License-Identifier: MIT

/// What is counted for ever, however much of the history is forgotten.
enum TotalsSchema {
    static let tables = """
        -- Jobs that have ended, by how, and how long they ran together. Counted by a trigger, so that no way for a job to
        -- end is left out, and in the transaction in which it does, so that a crash neither loses nor doubles one.
        CREATE TABLE job_total (
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            jobs INTEGER NOT NULL,
            ran_ns INTEGER NOT NULL,
            PRIMARY KEY (kind, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER job_ended AFTER UPDATE OF finished_at ON job
            WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
            BEGIN INSERT INTO job_total VALUES (NEW.kind, NEW.state, 1, NEW.ran_ns)
                ON CONFLICT (kind, state) DO UPDATE SET jobs = jobs + 1, ran_ns = ran_ns + excluded.ran_ns; END;
        INSERT INTO job_total SELECT kind, state, count(*), sum(ran_ns) FROM job
            WHERE finished_at IS NOT NULL GROUP BY kind, state;
        """
}
