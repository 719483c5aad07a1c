#!/bin/sh
# {{ host }}: {{ role }} in {{ location }}. Made by Schwenk. It holds secrets.
#
# Called by the cloud or by hand, it installs itself as schwenk-boot.service, which does the work now,
# tries again until all is done, and looks again at every boot. Only what differs is changed. What it
# says is in the journal (journalctl -u schwenk-boot), on the console and in /var/log/schwenk-boot.log.
set -eu
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
DEBIAN_FRONTEND=noninteractive
export LC_ALL PATH DEBIAN_FRONTEND
state=/var/lib/schwenk-boot
log=/var/log/schwenk-boot.log

say() {
	echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"
}

fail() {
	say "failed: $*"
	exit 1
}

# Becomes a unit, so that a run that was interrupted, or a mirror that was away, is made up for.
install_itself() {
	[ -r "$0" ] || fail "this script must be a file to be installed"
	mkdir -p "$state"
	cp -- "$0" "$state/script.new"
	chmod 0700 "$state/script.new"
	mv -f "$state/script.new" "$state/script"
	cat >/etc/systemd/system/schwenk-boot.service <<'UNIT'
[Unit]
Description=What this server is (Schwenk)
Wants=network-online.target
After=network-online.target cloud-final.service
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/var/lib/schwenk-boot/script apply
Restart=on-failure
RestartSec=30
StandardOutput=journal+console
StandardError=journal+console

[Install]
WantedBy=multi-user.target
UNIT
	chmod 0644 /etc/systemd/system/schwenk-boot.service
	systemctl daemon-reload
	systemctl enable --quiet schwenk-boot.service
	systemctl start --no-block schwenk-boot.service
}

payload() {
	base64 -d <<'PAYLOAD_'
{{ payload }}PAYLOAD_
}

# Installs what is missing. The lists' lock is not waited for by apt itself.
packages() {
	missing=
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "installs$missing"
	tries=0
	# shellcheck disable=SC2086
	until apt-get -q -o Acquire::Retries=5 update &&
		apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 \
			-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
			--no-install-recommends install $missing; do
		tries=$((tries + 1))
		[ "$tries" -lt 10 ] || fail "these packages cannot be installed:$missing"
		sleep 15
		dpkg --configure -a || true
	done
}

# Debian starts services when it installs them; these start when they are configured.
hold() {
	[ -e /usr/sbin/policy-rc.d ] && return
	printf '#!/bin/sh\n# Schwenk: a boot script is at work.\nexit 101\n' >/usr/sbin/policy-rc.d
	chmod 0755 /usr/sbin/policy-rc.d
}

release() {
	grep -qs 'Schwenk: a boot script' /usr/sbin/policy-rc.d || return 0
	rm -f /usr/sbin/policy-rc.d
}

# Puts one file in its place if it differs, in one step, and remembers that it did.
place() { # MODE OWNER KEEP PATH
	[ "$3" = always ] || [ ! -e "$4" ] || return 0
	if cmp -s "$work/files$4" "$4"; then
		chown "$2" "$4"
		chmod "$1" "$4"
		return
	fi
	(umask 022 && mkdir -p "${4%/*}")
	install -m "$1" -o "${2%:*}" -g "${2#*:}" "$work/files$4" "$4.schwenk-new"
	# Noted first: what is noted in vain costs a reload, what is forgotten is never loaded.
	echo "$4" >>"$state/changed"
	mv -f "$4.schwenk-new" "$4"
	say "wrote $4"
}

# Makes a service run, with its files as they are now.
serve() { # UNIT VERB PATH...
	unit=$1
	verb=$2
	shift 2
	systemctl enable --quiet "$unit"
	for path in "$@"; do
		if grep -q "^$path" "$state/changed" && systemctl is-active --quiet "$unit"; then
			systemctl "$verb" "$unit"
			return
		fi
	done
	systemctl start "$unit"
}

{% include "base.sh" %}

{% include role ~ ".sh" %}

apply() {
	say "begins"
	work=$(mktemp -d "$state/work.XXXXXX")
	trap 'rm -rf "$work"; release' EXIT
	payload | tar -x -z -f - -C "$work"
	# Kept until the end of a run that succeeds.
	touch "$state/changed"
	hold
	packages {{ packages | join(" ") }}
	while read -r mode owner keep path; do
		place "$mode" "$owner" "$keep" "$path"
	done <"$work/manifest"
	release
	systemctl daemon-reload
	base
	role
	rm -f "$state/changed"
	sha256sum <"$0" | cut -d ' ' -f 1 >"$state/done"
	say "done"
}

if [ "${1:-}" != apply ]; then
	install_itself
	exit 0
fi
exec 9>/run/lock/schwenk-boot
flock 9
before=$(sha256sum <"$0")
touch "$log"
chmod 0600 "$log"
# In a pipe the status of the work would be lost.
status="$state/status"
rm -f "$status"
{
	set +e
	(
		set -e
		apply
	)
	echo "$?" >"$status"
} 2>&1 | tee -a "$log"
[ "$(cat "$status")" = 0 ] || fail "it is tried again in half a minute"
# It was replaced while it was at work.
[ "$before" = "$(sha256sum <"$0")" ] || exec "$0" apply
