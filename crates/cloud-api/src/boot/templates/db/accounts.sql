-- Who may use a database that has its data: by address, over TLS, with no more rights than needed.
SET SESSION sql_log_bin = 0;
{% set apps = app.near | map(attribute="source") | unique | list %}
{% set watchers = (watcher.near + watcher.far) | map(attribute="source") | unique | list %}
{% set peers = db.far | map(attribute="source") | list %}
-- Accounts of servers that are gone go, too.
SET @gone = (
  SELECT GROUP_CONCAT(QUOTE(user), '@', QUOTE(host)) FROM mysql.user
  WHERE (user = '{{ database_user }}' AND host NOT IN (''{% for it in apps %}, '{{ it }}'{% endfor %}))
    OR (user IN ('schwenk_join', 'schwenk_replication') AND host NOT IN (''{% for it in peers %}, '{{ it }}'{% endfor %}))
    OR (user = 'schwenk_monitor' AND host NOT IN (''{% for it in watchers %}, '{{ it }}'{% endfor %}))
);
EXECUTE IMMEDIATE IF(@gone IS NULL, 'DO 0', CONCAT('DROP USER ', @gone));
{% for address in apps %}
CREATE OR REPLACE USER '{{ database_user }}'@'{{ address }}' IDENTIFIED BY '{{ application_password }}' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `{{ database }}`.* TO '{{ database_user }}'@'{{ address }}';
GRANT SLAVE MONITOR ON *.* TO '{{ database_user }}'@'{{ address }}';
{% endfor %}
{% for peer in db.far %}
CREATE OR REPLACE USER 'schwenk_replication'@'{{ peer.source }}' IDENTIFIED BY '{{ replication_password }}'
  REQUIRE ISSUER '/CN={{ authority }}' AND SUBJECT '/CN={{ peer.name }}';
GRANT REPLICATION SLAVE ON *.* TO 'schwenk_replication'@'{{ peer.source }}';
{% endfor %}
{% for address in watchers %}
CREATE OR REPLACE USER 'schwenk_monitor'@'{{ address }}' IDENTIFIED BY '{{ monitor_password }}' REQUIRE SSL;
GRANT SLAVE MONITOR, BINLOG MONITOR ON *.* TO 'schwenk_monitor'@'{{ address }}';
{% endfor %}
