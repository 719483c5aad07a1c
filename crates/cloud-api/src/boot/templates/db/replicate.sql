-- Where this database copies from. Made by Schwenk; do not edit.
STOP SLAVE;
CHANGE MASTER TO
  MASTER_HOST = '{{ peer.address }}', MASTER_PORT = 3306,
  MASTER_USER = 'schwenk_replication', MASTER_PASSWORD = '{{ replication_password }}',
  MASTER_USE_GTID = slave_pos,
  MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 3,
  MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 1,
  MASTER_SSL_CA = '/etc/schwenk/ca.pem',
  MASTER_SSL_CERT = '/etc/mysql/schwenk/cert.pem',
  MASTER_SSL_KEY = '/etc/mysql/schwenk/key.pem';
START SLAVE;
