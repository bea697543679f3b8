-- The text of every uri and of what is shown for codes, once each; and the words of resources, cut by `fhir::search::cut`.
-- A word of the narrative has weight A.
CREATE TABLE phrase(text TEXT COLLATE "C", hash BIGINT, PRIMARY KEY(text, hash));
CREATE TABLE index_words(rid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL);
CREATE INDEX index_words_of ON index_words USING GIN(words);
