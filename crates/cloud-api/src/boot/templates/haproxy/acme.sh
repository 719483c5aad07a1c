#!/bin/sh
# Gets the certificate for visitors, or renews it when it has less than 30 days left, and gives it to
# HAProxy. Made by Schwenk; do not edit.
set -eu
umask 077
host={{ service | sh }}
directory={{ acme_directory | sh }}
contact={{ acme_contact | sh }}
state=/var/lib/schwenk-acme

# The account's key is shared by all HAProxy servers. lego looks for it where it would have put its
# own, in the older of the two forms.
server=${directory#https://}
server=${server%%/*}
keys="$state/accounts/$(printf %s "$server" | tr : _)/$contact/keys"
mkdir -p "$keys" /run/schwenk-acme
[ -f "$keys/$contact.key" ] || {
	openssl pkey -traditional -in /etc/schwenk/acme.key -out "$keys/$contact.key.new"
	mv -f "$keys/$contact.key.new" "$keys/$contact.key"
}

if [ -f "$state/certificates/$host.crt" ]; then
	what="renew --days 30"
else
	what=run
fi
# HAProxy answers the challenges by itself; lego leaves its answers where nobody looks.
# shellcheck disable=SC2086
lego --accept-tos --path "$state" --server "$directory" --email "$contact" --domains "$host" \
	--key-type ec256 --http --http.webroot /run/schwenk-acme $what

cat "$state/certificates/$host.crt" "$state/certificates/$host.key" >"$state/service.pem"
if ! cmp -s "$state/service.pem" /etc/haproxy/certs/service.pem; then
	cp "$state/service.pem" /etc/haproxy/certs/service.pem.new
	mv -f /etc/haproxy/certs/service.pem.new /etc/haproxy/certs/service.pem
	haproxy -c -q -f /etc/haproxy/haproxy.cfg
	systemctl reload haproxy.service
fi
