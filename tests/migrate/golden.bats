# The reference installation becomes what the vendor's genuine code makes of it, but for the
# documented divergences, which canon-diff only bounds and divergences*.bash assert in full; on
# MariaDB with two server character sets, and on MySQL.
# Needs P7M_SHARED; MySQL is the server that P7M_MYSQLD_MYSQL names.
# not sanitized: python and the servers take the time

load ../site
load ../divergences
load ../divergences-dav

setup() {
	need_shared
}

teardown() {
	server_stop
	rm -rf "$D"
}

install_rich() {
	make_rich_p7 "$D/p7" p7
	make_rich_p8 "$D/p8" p8
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8" --state "$D/state" --quiet \
		--dav-text utf8 "$@"
}

canon() {
	python3 "$P7M_SHARED/tools/p8-canon" --db p8 --schema --data "$D/p8/data" -- --no-defaults \
		--socket="$SOCKET" --user=root
}

# P8 is as the reference, but for what canon-diff can explain.
is_the_reference() {
	canon >"$D/ours.canon"
	python3 "$P7M_SHARED/tools/canon-diff" -n 100000 "$P7M_SHARED/golden/rich.canon" \
		"$D/ours.canon" >"$D/diff" || :
	tail -n 1 "$D/diff"
	grep ^UNEXPLAINED "$D/diff" >"$D/unexplained" || :
	head -n 40 "$D/unexplained" | cut -c1-300
	[ ! -s "$D/unexplained" ]
}

# migrated [OPTION...]: the reference has records that must be rejected, so the status is 1.
migrated() {
	run migrate "$@"
	echo "$output"
	[ "$status" -le 1 ]
}

# With one, two and five loaders, and by hand through staged tables: always the same.
every_way_is_the_reference() {
	local n
	install_rich
	for n in 1 2 5; do
		echo "--jobs $n"
		migrated --jobs "$n"
		is_the_reference
		blank_again
	done
	migrated --stop-before-dav-schema
	grep '^  dav-schema-upgrade' <<<"$output" >"$D/steps"
	[ "$(wc -l <"$D/steps")" = 4 ]
	sh -eu "$D/steps" >"$D/said"
	migrated --skip-dav-schema --jobs 2
	is_the_reference
}

blank_again() {
	db -e 'drop database p8'
	rm -rf "$D/p8" "$D/state"
	make_rich_p8 "$D/p8" p8
}

becomes_the_reference() {
	install_rich
	migrated --keep-dumps
	is_the_reference
	look p7 p7_ "$D/p7" p8 "$D/p8" "$D/state"
	MAYBE=1 every_divergence
	dav_look p7 p7_ p8 "$D/state"
	every_dav_divergence
}

@test "a server whose default is latin1" {
	need_long
	server_start "$D/s" --character-set-server=latin1
	becomes_the_reference
}

@test "a server whose default is utf8mb4" {
	server_start "$D/s" --character-set-server=utf8mb4
	becomes_the_reference
}

@test "MySQL" {
	need_long
	export P7M_MYSQLD=${P7M_MYSQLD_MYSQL:-}
	[ -x "$P7M_MYSQLD" ] || skip "there is no MySQL server (set P7M_MYSQLD_MYSQL)"
	server_start "$D/s"
	becomes_the_reference
}

@test "with --jobs 1, 2 and 5, and by hand" {
	need_long
	server_start "$D/s"
	every_way_is_the_reference
}

@test "MySQL: with --jobs 1, 2 and 5, and by hand" {
	need_long
	export P7M_MYSQLD=${P7M_MYSQLD_MYSQL:-}
	[ -x "$P7M_MYSQLD" ] || skip "there is no MySQL server (set P7M_MYSQLD_MYSQL)"
	server_start "$D/s"
	every_way_is_the_reference
}

@test "a second run changes nothing" {
	need_long
	server_start "$D/s"
	install_rich
	run migrate
	[ "$status" -le 1 ]
	bytes_of_p8 >"$D/first"
	run migrate
	echo "$output"
	[ "$status" -le 1 ]
	bytes_of_p8 >"$D/second"
	diff "$D/first" "$D/second"
}

@test "the streams of two runs differ in the header only" {
	server_start "$D/s"
	install_rich
	p8-load --p8 "$D/p8" --describe >"$D/target.json"
	for n in 1 2; do
		p7-extract --p7 "$D/p7" -o "$D/p7.$n" || [ $? = 1 ]
		p7-transform --target "$D/target.json" "$D/p7.$n" -o "$D/p8.$n" || [ $? = 1 ]
	done
	[ "$(wc -l <"$D/p7.1")" -gt 200 ]
	[ "$(head -n 1 "$D/p7.1" | jq -r .kind)" = HEADER ]
	diff <(tail -n +2 "$D/p7.1") <(tail -n +2 "$D/p7.2")
	diff <(tail -n +2 "$D/p8.1") <(tail -n +2 "$D/p8.2")
}
