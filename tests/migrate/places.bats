# P7 and P8 in other places: on two servers with other character sets, on a server that ignores the
# case of names, in one database.
# not sanitized but for --long: the servers take the time

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/latin1" --character-set-server=latin1
	export LATIN1=$SOCKET LATIN1_PID=$SERVER_PID
	server_start "$S/utf8" --character-set-server=utf8mb4 --lower-case-table-names=1
	export UTF8=$SOCKET UTF8_PID=$SERVER_PID
}

teardown_file() {
	SERVER_PID=$LATIN1_PID server_stop
	SERVER_PID=$UTF8_PID server_stop
}

# A test's own server; those of the file stay.
teardown() {
	[ "${SERVER_DIR##*/}" != compact ] || server_stop || :
}

# on SERVER COMMAND...: everything of server.bash and variants.bash uses that server.
on() {
	SOCKET=$1
	shift
	"$@"
}

# Names of calendars of P8 as a connection with CHARSET sees them.
names() {
	db --default-character-set="$2" -N "$1" \
		-e 'select displayname from au_adav_calendarinstances where access = 1 order by 1' |
		xargs
}

@test "P7 on a server with latin1, texts encoded twice; P8 on one with utf8mb4" {
	on "$LATIN1" variant_p7 "$S/a7" a7 path=7.7.7 dav=latin1
	SOCKET=$UTF8
	make_blank_p8 "$S/a8" a8
	exits 0 "$REPO/scripts/migrate" --p7 "$S/a7" --p8 "$S/a8" --state "$S/a8.state"
	[ "$(names a8 utf8mb4)" = 'Büro Home Работа' ]
	diff -u <(variant_wanted 7.7.7) <(variant_holds a8)
}

@test "P7 on a server with utf8mb4, P8 on one with latin1: P8 reads the names rightly" {
	need_long
	on "$UTF8" variant_p7 "$S/b7" b7 path=7.7.7 charset=utf8mb4
	# as long as P7 takes it: P8's connection counts each byte as a character
	on "$UTF8" db b7 -e "insert into adav_calendars (id, principaluri, displayname, uri, description)
		values (9, 'principals/eva@moor.test', repeat('Ж', 100), 'long', repeat('Ж', 30000));
		insert into adav_reminders (user, calendaruri, eventid) values
			('eva@moor.test', 'long', repeat('ж', 128)), ('eva@moor.test', 'long', repeat('ж', 127))"
	SOCKET=$LATIN1
	make_blank_p8 "$S/b8" b8
	exits 1 "$REPO/scripts/migrate" --p7 "$S/b7" --p8 "$S/b8" --state "$S/b8.state"
	[ "$(db --default-character-set=latin1 -N b8 -e "select displayname = repeat('Ж', 50),
		left(description, 1000) = repeat('Ж', 500) from au_adav_calendarinstances where uri = 'long'")" = \
		'1	1' ]
	[ "$(jq -r 'select(.code != "not-carried" and .code != "calendar-object-recomputed") |
		[.code, .field] | join(" ")' "$S/b8.state/rejects.ndjson" | sort | xargs)" = \
		"reminder-unfit eventid text-fitted description text-fitted displayname" ]
	db b8 -e "delete from au_adav_calendarinstances where uri = 'long';
		delete from au_adav_reminders where calendaruri = 'long'"
	[ "$(names b8 latin1)" = 'Büro Home Работа' ]
	# all other texts are the same, whatever the server
	diff -u <(variant_wanted 7.7.7 | grep -v ^calendar) <(variant_holds b8 | grep -v ^calendar)
}

@test "a server that ignores the case of names: prefixes in mixed case on either side" {
	need_long
	SOCKET=$UTF8
	variant_p7 "$S/c7" c7 path=7.2.1 prefix=AfterLogic
	[ "$(dbq c7 "show tables like 'afterlogicawm\\_accounts'")" = afterlogicawm_accounts ]
	make_blank_p8 "$S/c8" c8
	sed -i 's/"au_"/"Au_"/' "$S/c8/data/settings/config.json"
	exits 0 "$REPO/scripts/migrate" --p7 "$S/c7" --p8 "$S/c8" --state "$S/c8.state" \
		--dav-text utf8
	diff -u <(variant_wanted 7.2.1) <(variant_holds c8)
	exits 0 "$REPO/scripts/migrate" --p7 "$S/c7" --p8 "$S/c8" --state "$S/c8.state" \
		--dav-text utf8
	p8-load --p8 "$S/c8" --dav-text utf8 --undo --all --yes
	[ "$(dbq c8 "select count(*) from au_eav_entities where entity_type like '%User'")" = 0 ]
}

@test "prefixes that differ by case only, on a server that minds it" {
	need_long
	SOCKET=$LATIN1
	variant_p7 "$S/d7" d7 path=7.7.7 prefix=Mail_
	variant_p7 "$S/e7" d7 path=7.7.7 prefix=mail_
	db d7 -e "update Mail_awm_accounts set email = concat('big-', email)"
	[ "$(p7-extract --p7 "$S/d7" --list-users | cut -d- -f1 | sort -u)" = big ]
	[ "$(p7-extract --p7 "$S/e7" --list-users | grep -c big-)" = 0 ]
	make_blank_p8 "$S/d8" d8
	sed -i 's/"au_"/"AU_"/' "$S/d8/data/settings/config.json"
	exits 78 p8-load --p8 "$S/d8" --check
	grep -q 'AU_' <<<"$output"
}

@test "both in one database: refused before anything is written, and said what to do" {
	SOCKET=$LATIN1
	make_blank_p8 "$S/f8" f8
	variant_p7 "$S/f7" f8 path=7.7.7 prefix=wm_
	before=$(dbq f8 'show tables' | md5sum)
	exits 78 "$REPO/scripts/migrate" --p7 "$S/f7" --p8 "$S/f8" --state "$S/f8.state"
	grep -q 'database f8 holds tables of P7 (wm_awm_accounts' <<<"$output"
	grep -q 'move P8.s tables' <<<"$output"
	[ "$(dbq f8 'show tables' | md5sum)" = "$before" ]
}

@test "a server that makes rows in the old format, where keys are short" {
	need_long
	SERVER_DIR='' SERVER_PID=''
	server_start "$S/compact" --innodb-default-row-format=compact --character-set-server=utf8mb4
	variant_p7 "$S/g7" g7 path=7.7.7 engine=MyISAM
	make_blank_p8 "$S/g8" g8
	dbq g8 "select concat('alter table ', table_name, ' row_format=dynamic, convert to character set
		utf8mb4;') from information_schema.tables where table_schema = 'g8' and
		table_name like '%eav%'" | db g8
	run "$REPO/scripts/migrate" --p7 "$S/g7" --p8 "$S/g8" --state "$S/g8.state"
	echo "$output"
	got=$(variant_holds g8)
	server_stop
	[ "$status" = 0 ]
	diff -u <(variant_wanted 7.7.7) <(printf '%s\n' "$got")
}
