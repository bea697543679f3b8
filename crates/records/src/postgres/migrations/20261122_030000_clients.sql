-- Programs with a token, of which only the hash is kept.
CREATE TABLE client(id TEXT COLLATE "C" PRIMARY KEY, token BYTEA NOT NULL UNIQUE, name TEXT NOT NULL, hospital TEXT COLLATE "C" NOT NULL, strict BOOLEAN NOT NULL, create_by_put BOOLEAN NOT NULL, unrestricted BOOLEAN NOT NULL, added BIGINT NOT NULL, ended BIGINT);
