{# What a database server gets. #}
role() {
	serve mariadb.service restart /etc/mysql/
	/usr/local/sbin/schwenk-db
}
