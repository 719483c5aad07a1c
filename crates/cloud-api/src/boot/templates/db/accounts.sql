-- Who may use a database that has its data: by address, over TLS, with no more rights than needed.
SET SESSION sql_log_bin = 0;
{% for address in app.near | map(attribute="source") | unique %}
CREATE OR REPLACE USER '{{ database_user }}'@'{{ address }}' IDENTIFIED BY '{{ application_password }}' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE ON `{{ database }}`.* TO '{{ database_user }}'@'{{ address }}';
GRANT SLAVE MONITOR ON *.* TO '{{ database_user }}'@'{{ address }}';
{% endfor %}
{% for peer in db.far %}
CREATE OR REPLACE USER 'schwenk_replication'@'{{ peer.source }}' IDENTIFIED BY '{{ replication_password }}'
  REQUIRE ISSUER '/CN={{ authority }}' AND SUBJECT '/CN={{ peer.name }}';
GRANT REPLICATION SLAVE ON *.* TO 'schwenk_replication'@'{{ peer.source }}';
{% endfor %}
{% for address in (watcher.near + watcher.far) | map(attribute="source") | unique %}
CREATE OR REPLACE USER 'schwenk_monitor'@'{{ address }}' IDENTIFIED BY '{{ monitor_password }}' REQUIRE SSL;
GRANT SLAVE MONITOR, BINLOG MONITOR ON *.* TO 'schwenk_monitor'@'{{ address }}';
{% endfor %}
