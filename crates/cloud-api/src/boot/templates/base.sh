{# What every server gets. #}
base() {
	systemctl restart systemd-sysctl.service
{% for admin in admins %}
	admin {{ admin | sh }}
{% endfor %}
	sshd_test
	serve ssh.service reload /etc/ssh/
	nft -c -f /etc/nftables.conf
	serve nftables.service reload /etc/nftables.conf
	serve fail2ban.service restart /etc/fail2ban/
	systemctl enable --quiet --now unattended-upgrades.service apt-daily.timer apt-daily-upgrade.timer
}

# Makes a user who may become root and logs in by key only.
admin() {
	id "$1" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$1"
	usermod --append --groups sudo "$1"
}

sshd_test() {
	mkdir -p /run/sshd
	chmod 0755 /run/sshd
	sshd -t
}
