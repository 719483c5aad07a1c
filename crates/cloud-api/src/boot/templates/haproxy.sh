{# What an HAProxy server gets. #}
role() {
	haproxy -c -q -f /etc/haproxy/haproxy.cfg
	serve haproxy.service reload /etc/haproxy/ /etc/schwenk/
{% if acme %}
	serve schwenk-acme.timer restart /etc/systemd/system/schwenk-acme.timer
{% endif %}
}
