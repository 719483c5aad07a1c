-- What a database has before it has data. Nothing of it is replicated.
SET SESSION sql_log_bin = 0;
CREATE DATABASE IF NOT EXISTS schwenk;
-- How far this server has come: no row, 'joining', 'ready'.
CREATE TABLE IF NOT EXISTS schwenk.member (
  one TINYINT NOT NULL PRIMARY KEY DEFAULT 1 CHECK (one = 1),
  state VARCHAR(16) NOT NULL
) ENGINE = InnoDB;
{% for peer in db.far %}
-- Lets the other location's database ask how far this one is, and copy it.
CREATE OR REPLACE USER 'schwenk_join'@'{{ peer.source }}' IDENTIFIED BY '{{ join_password }}'
  REQUIRE ISSUER '/CN={{ authority }}' AND SUBJECT '/CN={{ peer.name }}';
GRANT RELOAD, BINLOG MONITOR, SLAVE MONITOR ON *.* TO 'schwenk_join'@'{{ peer.source }}';
GRANT SELECT ON schwenk.member TO 'schwenk_join'@'{{ peer.source }}';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON `{{ database }}`.* TO 'schwenk_join'@'{{ peer.source }}';
{% endfor %}
