# shellcheck shell=bash
# What the tests of dav-schema-upgrade share.  Each test works on the database dav of a private
# server, which begins as fixtures/dav-1.8.sql; "given SQL" alters it before the upgrade.

# shellcheck source=tests/server.bash
. "${BASH_SOURCE[0]%/*}/server.bash"

dav_setup_file() {
	S=$(mktemp -d "${TMPDIR:-/tmp}/p7d.XXXXXX")
	export S
	# Nothing here outlives the server: it need not wait for the disk.  Another server that starts
	# would delete temporary files that it finds in a directory of both.
	mkdir "$S/tmp"
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync \
		--tmpdir="$S/tmp" "$@"
	# etag and size of the fixture's objects are true, though the server may have no MD5().
	db -e 'CREATE DATABASE made'
	db made <"$TESTS/fixtures/dav-1.8.sql"
	dbq made 'SELECT id, HEX(CAST(calendardata AS BINARY)) FROM calendarobjects' |
		while read -r id hex; do
			sum=$(xxd -r -p <<<"$hex" | md5sum)
			echo "UPDATE calendarobjects SET etag='${sum%% *}', size=$((${#hex} / 2)) WHERE id=$id;"
		done >"$S/etags.sql"
	db -e 'DROP DATABASE made'
}

dav_teardown_file() {
	server_stop
	rm -rf "$S"
}

given() {
	db -e 'DROP DATABASE IF EXISTS dav; CREATE DATABASE dav CHARACTER SET latin1'
	cat "$TESTS/fixtures/dav-1.8.sql" "$S/etags.sql" - <<<"${1:-}" | db dav
}

upgrade() {
	dav-schema-upgrade --socket="$SOCKET" --user=root --database=dav "$@"
}

fail() {
	echo "$*" >&2
	return 1
}

# shellcheck disable=SC2154 # status and output are bats's
# Runs upgrade with these arguments: its exit status must be $1; its output is in $output.
gives() {
	local want=$1
	shift
	run upgrade "$@"
	[ "$status" = "$want" ] || fail "$* gave $status, not $want: $output"
}

says() {
	case $output in
	*"$1"*) ;;
	*) fail "it did not say \"$1\": $output" ;;
	esac
}

# The rows of a query, tabs between columns.
is() {
	local got
	got=$(dbq dav "$1")
	[ "$got" = "$2" ] || fail "$1 is: $got"
}

# The whole way: apply ends well, verify agrees, a second apply has nothing to do.
upgraded() {
	local said
	gives 0 apply "$@"
	said=$output
	gives 0 verify
	gives 0 apply "$@"
	says 'nothing to do'
	output=$said
}

# All tables but the journal, so that two results can be compared.  The ids that the upgrade gives
# to new rows say nothing.
contents() {
	local t columns
	for t in $(dbq dav "SELECT TABLE_NAME FROM information_schema.TABLES WHERE
		TABLE_SCHEMA='dav' AND TABLE_NAME NOT LIKE '%dsu\\_journal' ORDER BY 1"); do
		case $t in
		*calendarinstances | *propertystorage)
			columns=$(dbq dav "SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION)
				FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='dav' AND
				TABLE_NAME='$t' AND COLUMN_NAME<>'id'")
			echo "SHOW CREATE TABLE $t; SELECT $columns FROM $t ORDER BY 1, 2;"
			;;
		*) echo "SHOW CREATE TABLE $t; SELECT * FROM $t ORDER BY id;" ;;
		esac
	done >"$S/contents.sql"
	db --batch --skip-column-names dav <"$S/contents.sql" | sed 's/ AUTO_INCREMENT=[0-9]*//g'
}

same_as() {
	contents >"$S/got"
	cmp -s "$1" "$S/got" || fail "$2: $(diff "$1" "$S/got" | head -20)"
}

# For tests that interrupt: something for every statement to do (a double URI, a long one, an object
# read as a whole), what the whole upgrade makes of it, and how it was before.
dav_full() {
	cat >"$S/more.sql" <<-'SQL'
		INSERT INTO calendars (id, principaluri, uri) VALUES (11, 'principals/zoë@birch.test', 'work'),
			(12, 'principals/zoë@birch.test', REPEAT('u', 250));
		INSERT INTO calendarobjects (id, calendarid, calendardata, etag, size) VALUES
			(30, 1, CONCAT('BEGIN:VEVENT\nX:', REPEAT('A', 70000), '\nUID:far\n'), '', 0);
		ALTER TABLE addressbooks MODIFY uri VARCHAR(100);
	SQL
	printf '%s\n' "${1:-}" >>"$S/more.sql"
	begin
	contents >"$S/before"
	upgraded --with-public
	contents >"$S/want"
	cp "$S/contents.sql" "$S/tables.sql"
}

begin() { given "$(cat "$S/more.sql")"; }

# contents() without asking for the tables, as many times as this is done.
converged() {
	gives 0 apply --with-public
	db --batch --skip-column-names dav <"$S/tables.sql" |
		sed 's/ AUTO_INCREMENT=[0-9]*//g' >"$S/got"
	cmp -s "$S/want" "$S/got" || fail "$1: $(diff "$S/want" "$S/got" | head -20)"
}
