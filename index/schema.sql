-- The catalog's tables. A change here is a new FORMAT_VERSION in catalog.py; but a table that only a sync looks into
-- may come IF NOT EXISTS: the next sync makes it.
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT, author TEXT, publisher TEXT, published TEXT,
    text TEXT NOT NULL, page_starts TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, document_id TEXT, reason TEXT, size INTEGER, modified_ns INTEGER, changed_ns INTEGER);
CREATE INDEX files_document ON files (document_id);
CREATE TABLE blocks (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    kind TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, speaker TEXT, role TEXT, via TEXT NOT NULL,
    date TEXT, parent INTEGER, hint TEXT, PRIMARY KEY (document_id, number)) WITHOUT ROWID;
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, kind TEXT NOT NULL, speaker TEXT, date TEXT, page INTEGER,
    word_pieces INTEGER NOT NULL, vector TEXT NOT NULL);
CREATE INDEX passages_document ON passages (document_id);
CREATE TABLE sentences (
    passage_number INTEGER NOT NULL REFERENCES passages (number) ON DELETE CASCADE,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, vector TEXT NOT NULL);
CREATE INDEX sentences_passage ON sentences (passage_number);
CREATE VIRTUAL TABLE passages_text USING fts5 (text, heading, tokenize = "porter unicode61 remove_diacritics 2");
CREATE TABLE vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
-- What a sync remembers of a document's lines (index/boilerplate.py): a sketch of all, as bytes; those that were repeated
-- when its passages were made (NULL: it has none yet); and the blocks that became furniture by that, as they were read.
CREATE TABLE IF NOT EXISTS lines (
    document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    sketch BLOB NOT NULL, repeated BLOB, as_read TEXT NOT NULL) WITHOUT ROWID;
