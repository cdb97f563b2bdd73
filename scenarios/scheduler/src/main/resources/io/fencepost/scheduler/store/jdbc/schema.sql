-- The embedded store. Instants are microseconds since 1970. Created by JdbcJobStore in a file that is empty or not there.

-- What polling and changes touch: short rows. `state` is in the indexes by which due and silent jobs are found, so that the others cost nothing there.
CREATE TABLE jobs (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    tenant      TEXT    NOT NULL,
    priority    INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    due         INTEGER NOT NULL,
    next        INTEGER NOT NULL,
    run         INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    fence       INTEGER,
    worker      TEXT,
    began       INTEGER,
    error       TEXT,
    submitted   INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    events      INTEGER NOT NULL,
    assigned_to TEXT,
    assigned_at INTEGER
) STRICT;
CREATE INDEX jobs_due ON jobs (tenant, priority, next, id) WHERE state = 'SCHEDULED';
CREATE INDEX jobs_running ON jobs (began) WHERE state = 'RUNNING';
CREATE INDEX jobs_assigned ON jobs (assigned_to, assigned_at) WHERE assigned_to IS NOT NULL;
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_tenant ON jobs (tenant, id);

-- What never changes; the payload last, so that it is not read along with the text.
CREATE TABLE specs (
    job     INTEGER PRIMARY KEY,
    spec    TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;

CREATE TABLE job_history (
    job     INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    run     INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    token   INTEGER,
    worker  TEXT,
    detail  TEXT    NOT NULL,
    PRIMARY KEY (job, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_history_at ON job_history (at);

-- How many jobs are in each state; changed together with them.
CREATE TABLE counts (
    state TEXT PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
    tenant TEXT PRIMARY KEY,
    weight INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
    worker   TEXT PRIMARY KEY,
    started  INTEGER NOT NULL,
    reported INTEGER NOT NULL,
    slots    INTEGER NOT NULL,
    running  INTEGER NOT NULL,
    draining INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: the greatest term of a leader, and how many assignments there were.
CREATE TABLE leader (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    term        INTEGER NOT NULL,
    assignments INTEGER NOT NULL
) STRICT;
INSERT INTO leader VALUES (1, 0, 0);
