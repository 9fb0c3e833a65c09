# Installations of a size that takes minutes.
# not sanitized: they take minutes already

load ../site

setup() {
	need_long
	server_start "$D/s" --innodb-flush-log-at-trx-commit=2
	make_sample_p7 "$D/p7" p7
	rm -rf "$D/p7/data/files"
	db -e 'drop database p7; create database p7'
	db p7 <"$TESTS/sample/p7-schema.sql"
	make_blank_p8 "$D/p8" p8
	p8-load --p8 "$D/p8" --describe >"$D/target.json"
}

teardown() {
	server_stop
	rm -rf "$D"
}

# The largest memory of a stage, in KiB, goes to $D/NAME.kb.
stage() {
	local name=$1
	shift
	/usr/bin/time -f %M -o "$D/$name.kb" "$@"
}

# More than 32 MiB is too much, whatever the size.
small() {
	local name
	for name in "$@"; do
		echo "$name: $(cat "$D/$name.kb") KiB"
		[ "$(cat "$D/$name.kb")" -le 32768 ]
	done
}

@test "one user with 200,000 contacts, in constant memory" {
	"$REPO/scripts/sample-generate" 1 200000 0 | db p7
	stage extract p7-extract --p7 "$D/p7" |
		stage transform p7-transform --target "$D/target.json" |
		stage records dav-schema-upgrade records | stage load p8-load --p8 "$D/p8" --quiet
	stage verify p8-load --p8 "$D/p8" --verify --quiet
	small extract transform records load verify
	[ "$(dbq p8 "select count(*) from au_eav_entities where entity_type like '%Contacts%Contact'
		and entity_type not like '%Group%'")" = 220001 ]
}

@test "200,000 events, in constant memory" {
	"$REPO/scripts/sample-generate" 4 0 50000 | db p7
	stage extract p7-extract --p7 "$D/p7" | stage transform p7-transform --target "$D/target.json" |
		stage records dav-schema-upgrade records | stage load p8-load --p8 "$D/p8" --quiet
	stage verify p8-load --p8 "$D/p8" --verify --quiet
	small extract transform records load verify
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 200000 ]
}
