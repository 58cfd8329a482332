-- The registry and its audit log, version 1. Moments are seconds since 1970.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may register. Of the secret only its SHA-256 is kept.
CREATE TABLE provider_key (
    id      TEXT PRIMARY KEY,
    bin     TEXT NOT NULL,
    name    TEXT NOT NULL,
    scopes  TEXT NOT NULL,
    secret  BLOB NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;

-- 0 reserved, 1 issued, 2 superseded, 3 withdrawn. The first columns are of one length in every
-- row, and are all that a check reads before it knows that it may answer.
CREATE TABLE document (
    number      TEXT PRIMARY KEY,
    status      INTEGER NOT NULL,
    recipient_a BLOB NOT NULL,
    recipient_b BLOB NOT NULL,
    issuer      TEXT NOT NULL,
    name        TEXT NOT NULL,
    registered  INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    replaced_by TEXT,
    reason      TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX document_of_issuer ON document (issuer, status);

-- The files of a document: what was registered, and the signed octets that are attached to it.
CREATE TABLE file (
    digest BLOB PRIMARY KEY,
    number TEXT NOT NULL REFERENCES document (number),
    place  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX file_of_document ON file (number, place);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    line     TEXT NOT NULL,
    digest   BLOB NOT NULL
) STRICT;

CREATE TABLE head (
    sequence INTEGER PRIMARY KEY,
    line     TEXT NOT NULL
) STRICT;

-- Protocols of checks while their links work: the signed message, and the signed XML of the page.
CREATE TABLE protocol (
    id      TEXT PRIMARY KEY,
    expires INTEGER NOT NULL,
    message BLOB NOT NULL,
    page    BLOB NOT NULL
) STRICT;

CREATE INDEX protocol_by_end ON protocol (expires);
CREATE INDEX protocol_by_size ON protocol (length(message) + length(page));

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- After the last number, so that looking for any number finds a row (registry::check).
INSERT INTO document VALUES ('~~~~~~~~~~~~~~', 0, zeroblob(32), zeroblob(32), '000000000000', '', 0, 0, NULL, NULL);
