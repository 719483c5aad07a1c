-- The diary's tables. Run it as often as you like, at one database of a replicating pair or at both.
--
-- Two primaries apply each other's changes late and in no common order. So that no change of one can ever collide with
-- a change of the other,
--   * a row is written by one server and is afterwards changed and deleted by that server only: `id MOD increment`
--     tells who made it, `home` is that remainder written down;
--   * a newer version is a new row with a higher revision, and what counts is the highest one (at the same revision
--     the highest id): both servers come to the same answer whatever came first;
--   * there is no unique key but the primary one, and no foreign key.

CREATE TABLE IF NOT EXISTS account (
  id       BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  name     VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  revision INT UNSIGNED NOT NULL,
  hash     VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of password_hash; empty: closed',
  written  DATETIME(3) NOT NULL COMMENT 'UTC',
  KEY newest (name, revision)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS entry (
  id       BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  owner    VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  entry    CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the same in all versions; random',
  revision INT UNSIGNED NOT NULL,
  gone     BOOLEAN NOT NULL DEFAULT FALSE,
  body     MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  made     DATETIME(3) NOT NULL COMMENT 'UTC, of the first version',
  written  DATETIME(3) NOT NULL COMMENT 'UTC, of this version',
  KEY newest (owner, entry, revision)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS session (
  id       CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256 of what the cookie holds',
  home     INT UNSIGNED NOT NULL COMMENT 'the server that writes this row',
  revision INT UNSIGNED NOT NULL,
  data     VARBINARY(2000) NOT NULL COMMENT 'empty: ended',
  used     DATETIME(3) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id, home),
  KEY oldest (home, used)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS attempt (
  id       BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
  name     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256: people type passwords there',
  client   VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  made     DATETIME(3) NOT NULL COMMENT 'UTC',
  KEY oldest (made)
) ENGINE=InnoDB;

CREATE TABLE IF NOT EXISTS beat (
  home     INT UNSIGNED NOT NULL PRIMARY KEY,
  made     DATETIME(3) NOT NULL COMMENT 'UTC, when this server was last seen to be writable'
) ENGINE=InnoDB;
