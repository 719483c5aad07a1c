{# What a watcher gets. #}
role() {
	case $(dpkg --print-architecture) in
{% for binary in binaries %}
	{{ binary.debian }}) download {{ binary.url | sh }} {{ binary.sha256 | sh }} /usr/local/bin/schwenk ;;
{% endfor %}
	*) fail "there is no program for $(dpkg --print-architecture): give its URL" ;;
	esac
	serve schwenk.service restart /etc/schwenk/ /etc/systemd/system/schwenk.service /usr/local/bin/schwenk
}

# Fetches a program unless it is there already; what has another sum is not run.
download() { # URL SHA256 PATH
	if echo "$2  $3" | sha256sum --check --status 2>/dev/null; then
		return
	fi
	curl --fail --silent --show-error --location --proto =https --retry 10 --retry-all-errors \
		--output "$3.new" "$1"
	echo "$2  $3.new" | sha256sum --check --status || {
		rm -f "$3.new"
		fail "what $1 gives has not the sum $2"
	}
	chmod 0755 "$3.new"
	mv -f "$3.new" "$3"
	echo "$3" >>"$state/changed"
}
