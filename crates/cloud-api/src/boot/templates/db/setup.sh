#!/bin/sh
# Gives this database its accounts, its data and its other half. Made by Schwenk; do not edit.
#
# It can be run at any time. Data is only put into a database that says that it has none:
#   - the first database of the layout begins with the schema, once the other one has said that it
#     has no data either;
#   - everything else copies the other one, be it new or rebuilt after a loss.
# When the other one does not answer, this waits and, in the end, fails: it never guesses. Whoever
# knows that the other one has nothing, orders the beginning with: schwenk-db found
set -eu
umask 077
here=${SCHWENK_DB_FOLDER:-/etc/schwenk/db}
patience=${SCHWENK_DB_PATIENCE:-600}
order=${1:-}
database={{ database | sh }}
number={{ number }}

sql() {
	mariadb --no-defaults --user=root ${SCHWENK_DB_SOCKET:+--socket="$SCHWENK_DB_SOCKET"} --batch --skip-column-names "$@"
}

peer() {
	mariadb --defaults-file="$here/peer.cnf" --batch --skip-column-names "$@"
}

say() {
	echo "schwenk-db: $*" >&2
}

# Runs a command until it succeeds, as long as there is patience.
await() {
	what=$1
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$patience" -gt 0 ] || {
			say "$what: given up for now"
			exit 75
		}
		patience=$((patience - 1))
		sleep 1
	done
}

state() {
	sql --execute 'SELECT state FROM schwenk.member'
}

# Notes how far this server has come; not replicated.
note() {
	sql --execute "SET SESSION sql_log_bin = 0; REPLACE INTO schwenk.member (state) VALUES ('$1')"
}

peer_state() {
	peer --execute 'SELECT state FROM schwenk.member' >"$scratch/peer"
}

peer_ready() {
	peer_state && [ "$(cat "$scratch/peer")" = ready ]
}

has_data() {
	found=$(sql --execute "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '$database'")
	[ "$found" != 0 ]
}

begin() {
	say "begins with the schema"
	note joining
	sql --execute "DROP DATABASE IF EXISTS \`$database\`; CREATE DATABASE \`$database\`"
	sql "$database" <"$here/schema.sql"
	note ready
}

# Whether the other database has worked off all that it received from this one before a loss: what it
# still has to do would be missing in the copy, and never be sent.
settled() {
	mariadb --defaults-file="$here/peer.cnf" --vertical --execute 'SHOW SLAVE STATUS' >"$scratch/status"
	awk '$1 == "Master_Log_File:" || $1 == "Read_Master_Log_Pos:" { read = read $2 " " }
		$1 == "Relay_Master_Log_File:" || $1 == "Exec_Master_Log_Pos:" { done = done $2 " " }
		END { exit read != done }' "$scratch/status"
}

# Copies the other database and goes on with the numbers of this one: after a loss the other one knows
# transactions of this server, and they must never be counted anew.
copy() {
	note joining
	await "the other database is not done with what was written here" settled
	say "copies the other database"
	mariadb-dump --defaults-file="$here/peer.cnf" --single-transaction --gtid --master-data=2 \
		--routines --triggers --events --add-drop-database --databases "$database" >"$scratch/dump"
	tail -n 1 "$scratch/dump" | grep -q '^-- Dump completed' || {
		say "the copy is not complete"
		exit 75
	}
	theirs=$(sed -n "s/^-- SET GLOBAL gtid_slave_pos='\([0-9,-]*\)';.*/\1/p" "$scratch/dump" | head -n 1)
	ours=$(peer --execute 'SELECT @@global.gtid_slave_pos' | tr , '\n' | grep "^$number-" || true)
	{
		echo 'SET SESSION sql_log_bin = 0;'
		cat "$scratch/dump"
	} | sql
	sql --execute "STOP SLAVE; RESET MASTER; SET GLOBAL gtid_slave_pos = '$theirs'; SET GLOBAL gtid_binlog_state = '$ours'"
	note ready
}

scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/schwenk-db.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
await "the database does not answer" sql --execute 'SELECT 1'
sql <"$here/first.sql"

if [ "$(state)" != ready ]; then
	if [ -z "$(state)" ] && has_data; then
		say "there is a database $database that was not made here: nothing is done."
		say "If its data is right, say so with: SET sql_log_bin = 0; REPLACE INTO schwenk.member (state) VALUES ('ready');"
		exit 1
	fi
	if [ ! -f "$here/peer.cnf" ] || [ "$order" = found ]; then
		begin
	else
		await "the other database does not answer" peer_state
		if [ "$number" = 1 ] && [ "$(cat "$scratch/peer")" != ready ]; then
			begin
		else
			await "the other database has no data yet" peer_ready
			copy
		fi
	fi
fi

sql <"$here/accounts.sql"
if [ -f "$here/replicate.sql" ]; then
	sql <"$here/replicate.sql"
fi
