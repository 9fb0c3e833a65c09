# WebMail Lite 8 as the target: neither calendars nor cards, with or without their tables.
# not sanitized
# also on MySQL with --long: it cannot name a temporary table twice in a statement

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
}

no_modules() {
	rm -rf "$D"/p8/modules/{Dav,DavContacts,Calendar,CalendarMeetingsPlugin,TeamContacts}
}

lite() {
	local table
	no_modules
	for table in $(dbq p8 "show tables like 'au\\_adav\\_%'"); do
		dbq p8 "drop table $table"
	done
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" --quiet "$@"
}

rejected() {
	jq -s "[.[] | select(.kind == \"REJECT\" and .code == \"no-module\")] | $1" \
		"$D/state/rejects.ndjson"
}

@test "E06: Lite gets what it has; calendars and cards are one REJECT a user and kind, with their count" {
	lite
	exits 0 migrate --check
	head -n 1 <<<"$output"
	[[ ${lines[0]} == "P8  calendars "*"--without calendars"* ]]
	[[ ${lines[1]} == "P8  cards "*"--without cards"* ]]
	exits 1 migrate --dry-run
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
	exits 1 migrate
	jq -c . "$D/state/rejects.ndjson"
	[ "$(users_in_p8)" = 11 ]
	grep -q verified <<<"$output"
	[ "$(rejected 'map(select(.table == "adav_calendars") | .count // 1) | add')" = \
		"$(dbq p7 'select count(*) from wm_adav_calendars')" ]
	[ "$(rejected 'map(select(.table == "adav_calendarobjects") | .count // 1) | add')" = \
		"$(dbq p7 'select count(*) from wm_adav_calendarobjects')" ]
	[ "$(rejected 'map(select(.user != null and .table == "adav_cards") | .count) | add > 0')" = true ]
	[ "$(rejected 'map(select(.user != null) | .user + .table) | length == (unique | length)')" = true ]
	[ -z "$(dbq p8 "show tables like 'au\\_adav\\_%'")" ]
	# what is advised can be done
	[ "$(rejected 'map(.remedy) | unique | map(scan("p7-extract --only [a-z]+")) | unique | join(" ")')" = \
		'"p7-extract --only calendars p7-extract --only contacts"' ]
	[ "$(p7-extract --p7 "$S/p7" --only calendars | grep -c BEGIN:VCALENDAR)" -ge 8 ]
	[ "$(p7-extract --p7 "$S/p7" --only contacts | grep -c BEGIN:VCARD)" -gt 0 ]
	# again: the same rejects, nothing else
	cp "$D/state/rejects.ndjson" "$D/first"
	exits 1 migrate --update
	diff <(grep no-module "$D/first" | sort) <(grep no-module "$D/state/rejects.ndjson" | sort)
	exits 1 migrate --redo anna.weber@linden.example
	[ "$(users_in_p8)" = 11 ]
	exits 0 p8-load --p8 "$D/p8" --undo --all --yes
	[ "$(users_in_p8)" = 0 ]
}

@test "E06: --without calendars and --without cards is the way to exit 0" {
	need_long
	lite
	exits 0 migrate --without calendars,cards
	[ "$(users_in_p8)" = 11 ]
	[ "$(rejected length)" = 0 ]
	# contacts come, those of cards, too
	[ "$(dbq p8 "select count(*) from au_eav_entities where entity_type like '%Contact'")" -gt 0 ]
	exits 0 migrate --without calendars --without cards
}

@test "E06: tables without modules: loaded, and said that nothing shows them" {
	need_long
	no_modules
	exits 0 migrate --check
	grep -q '^P8  calendars .*nothing shows them' <<<"$output"
	grep -q '^P8  cards .*nothing shows them' <<<"$output"
	grep -q '^P8  team contacts .*nothing shows them' <<<"$output"
	exits 0 migrate
	[ "$(dbq p8 'select count(*) from au_adav_calendars')" -gt 0 ]
}

@test "E06: a whole P8 is spoken of as before, and --without cards is refused" {
	need_long
	exits 0 migrate --check
	lacks 'nothing shows\|are rejected' <<<"$output"
	exits 64 migrate --without cards
	grep -q 'WebMail Lite' <<<"$output"
	[ "$(jq .dav "$D/state/target.json")" = true ]
	# some of the tables, or the module without them: something is broken
	dbq p8 'drop table au_adav_cards'
	exits 78 migrate --check
	lite
	mkdir "$D/p8/modules/Dav"
	exits 78 migrate --check
}
