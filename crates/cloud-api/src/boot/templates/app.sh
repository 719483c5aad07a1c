{# What an application server gets. #}
role() {
	# Files of the application that are not part of it any more.
	find /var/www/app -type f | while read -r file; do
		cut -d ' ' -f 4- "$work/manifest" | grep -qxF -- "$file" || rm -f -- "$file"
	done
	for folder in /etc/php/*/apache2/conf.d; do
		ln -sf /etc/schwenk/php.ini "$folder/99-schwenk.ini"
	done
	a2enmod -q ssl remoteip
	a2dissite -q 000-default default-ssl
	a2ensite -q schwenk
	a2enconf -q schwenk
	apache2ctl -t
	serve apache2.service restart /etc/apache2/ /etc/schwenk/
}
