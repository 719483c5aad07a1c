{# What a DNS server gets. #}
role() {
	knotc conf-check
	serve knot.service restart /etc/knot/ /etc/sysctl.d/
}
