# Calendars by hand: staged and left to an administrator, who brings their tables to sabre/dav 3.2 (or
# runs the stock scripts), and the run that goes on from there.
# also on MySQL with --long
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	db p7 -e "insert into wm_adav_calendars (id, principaluri, uri, displayname) values
		(50, 'anna.weber@linden.example', 'bare', 'Without principals/')"
	D=$S
	fresh_p8
	migrate --quiet
	calendars >"$S/want"
}

setup() {
	rm -rf "$D/state"
	fresh_p8
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" --dav-text utf8 "$@"
}

# All that P8 has of calendars; ids are given as they come.
calendars() {
	dbq p8 "select o.principaluri, o.uri, i.principaluri, i.access, i.displayname, i.calendarcolor,
		i.timezone, i.public, c.components from au_adav_calendarinstances i
		join au_adav_calendarinstances o on o.calendarid = i.calendarid and o.access = 1
		join au_adav_calendars c on c.id = i.calendarid order by 1, 2, 3;
		select i.principaluri, i.uri, o.uri, o.etag, o.size, o.uid, o.firstoccurence,
		o.lastoccurence, hex(o.calendardata) from au_adav_calendarobjects o
		join au_adav_calendarinstances i on i.calendarid = o.calendarid and i.access = 1
		order by 1, 2, 3; select user, calendaruri, eventid, starttime from au_adav_reminders
		order by 1, 2, 3, 4" | sed 's/\r//g'
}

as_by_itself() {
	calendars >"$D/got"
	diff "$S/want" "$D/got"
	[ -z "$(dbq p8 "show tables" | grep -E '^(au_p7dav_|other_)|^(calendar|card|addressbook)')" ]
	[ -z "$(dbq p8 "show tables like '%dsu%'")" ]
}

# What was printed to go on with, as a person would copy it.
printed() {
	grep -A 3 '^Then go on with' "$D/out" | sed -n 3p
}

stop() {
	exits 0 migrate --stop-before-dav-schema "$@"
	echo "$output" >"$D/out"
}

run_steps() {
	grep '^  dav-schema-upgrade' "$D/out" >"$D/steps"
	sh -eu "$D/steps" >"$D/said"
}

@test "four commands, one by one, then the one that goes on, as they are printed" {
	stop
	grep '^  dav-schema-upgrade' "$D/out" >"$D/steps"
	[ "$(wc -l <"$D/steps")" = 4 ]
	# what comes next is said once, not in the words of another way, too
	lacks '^next:' "$D/out"
	while read -r step; do
		eval "$step" >>"$D/said"
	done <"$D/steps"
	eval "$(printed) --jobs 2" >"$D/last"
	grep '^All in P8: 11 users' "$D/last"
	as_by_itself
}

@test "every stage by hand, as the guide has it" {
	need_long
	cat >"$D/.my.cnf" <<-C
	[client]
	user=root
	socket=$SOCKET
	C
	cd "$D"
	for part in 'Two machines:Calendars' 'Calendars by hand:WHAT'; do
		fresh_p8
		p8-load --p8 "$D/p8" --describe >target.json
		sed -n "/^\.S[sh] ${part%:*}/,/^\.S[sh] ${part#*:}/p" "$REPO/man/p7-migration.7" |
			sed -n '/^\.Bd/,/^\.Ed/{//!p;}' | sed "s|/var/www/p7|$S/p7|g
				s|/var/www/p8|$D/p8|g; s|p8-load .*/p8|& --dav-text utf8|" |
			grep -v '^p7-migrate' >"$D/commands"
		[ "$(wc -l <"$D/commands")" -ge 5 ]
		(umask 077 && HOME=$D sh -eux ./commands)
		as_by_itself
	done
}

@test "bare names" {
	need_long
	stop --dav-stage-prefix ''
	[ "$(dbq p8 "show tables like 'calendars'")" = calendars ]
	run_steps
	eval "$(printed)" >"$D/last"
	as_by_itself
}

@test "bare names that somebody has are left alone" {
	need_long
	db p8 -e 'create table principals (id int primary key); insert into principals values (7)'
	exits 78 migrate --stop-before-dav-schema --dav-stage-prefix ''
	grep -q 'the table principals is in database p8 already, and was not made by stage' <<<"$output"
	[ "$(dbq p8 'select id from principals')" = 7 ]
	[ -z "$(dbq p8 "show tables like 'calendars'")" ]
	migrate --quiet
	as_by_itself
	[ "$(dbq p8 'select id from principals')" = 7 ]
}

# What the stock scripts make of the bare tables: random names of indexes, no time zones, the old
# calendars put aside, no column public.
stock() {
	{
		cat <<-'SQL'
		drop table addressbooks;
		create table addressbooks (id int unsigned not null auto_increment primary key,
			principaluri varchar(255), displayname varchar(255), uri varchar(200), description text,
			synctoken int unsigned not null default 1, unique (principaluri, uri));
		SQL
		cat "$TESTS/fixtures/stock-scripts.sql"
	} | sed 's/@P@//g' | db p8
}

@test "what the stock scripts made, with what they lose put back by dav-schema-upgrade" {
	need_long
	stop --dav-stage-prefix ''
	stock
	grep '^  dav-schema-upgrade apply --to 3.2' "$D/out" >"$D/steps"
	sh -eu "$D/steps" >"$D/said"
	eval "$(printed)" >"$D/last"
	as_by_itself
}

@test "what the stock scripts made, as it is: 3.2 without public" {
	need_long
	stop --dav-stage-prefix ''
	stock
	eval "$(printed)" >"$D/last"
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances where public = 1")" = 1 ]
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 8 ]
	[ -z "$(dbq p8 "show tables like 'calendars%'")" ]
}

@test "3.2 with public and without it" {
	need_long
	for public in '' --with-public; do
		stop
		dav-schema-upgrade apply $public --defaults-file "$D/state/p8.cnf" --database p8 \
			--prefix au_p7dav_ >"$D/said"
		[ "$(dbq p8 "select count(*) from information_schema.COLUMNS where table_schema = 'p8' and
			table_name = 'au_p7dav_calendarinstances' and column_name = 'public'")" = \
			"$([ -z "$public" ] && echo 0 || echo 1)" ]
		exits 0 migrate --skip-dav-schema
		as_by_itself
		setup
	done
}

@test "whatever steps they have had, --skip-dav-schema does the rest" {
	need_long
	stop
	exits 0 migrate --skip-dav-schema
	as_by_itself
	setup
	stop
	dav-schema-upgrade apply --to 2.1 --defaults-file "$D/state/p8.cnf" --database p8 \
		--prefix au_p7dav_ >"$D/said"
	exits 0 migrate --skip-dav-schema
	as_by_itself
	[ ! -e "$D/state/p8.cnf" ]
	# nothing is staged any more
	exits 78 migrate --skip-dav-schema
	[[ $output == *'no calendars are staged from '*'--stop-before-dav-schema'* ]]
}

@test "a staged table that is gone: what to run is said, and nobody is brought" {
	need_long
	stop
	run_steps
	for table in calendars calendarinstances; do
		db p8 -e "rename table au_p7dav_$table to elsewhere"
		run migrate --skip-dav-schema
		echo "$output"
		[ "$status" = 78 ]
		grep -q 'run: dav-schema-upgrade .*au_p7dav_' <<<"$output"
		[ "$(dbq p8 "select count(*) from au_eav_entities where entity_type like '%Core%User'")" = 0 ]
		# apply may have made an empty one
		db p8 -e "drop table if exists au_p7dav_$table; rename table elsewhere to au_p7dav_$table"
	done
	exits 0 migrate --skip-dav-schema
	as_by_itself
}

@test "without staged tables nobody comes without their calendars" {
	need_long
	exits 78 migrate --skip-dav-schema
	stop
	dav-schema-upgrade unstage --defaults-file "$D/state/p8.cnf" --database p8 --prefix au_p7dav_
	exits 78 migrate --skip-dav-schema
	[ "$(dbq p8 "select count(*) from au_eav_entities where entity_type like '%Core%User'")" = 0 ]
	exits 0 migrate
	as_by_itself
}

@test "thrown away, staged again under another name, changed and staged again" {
	need_long
	stop
	stop --dav-stage-prefix other_
	[ -z "$(dbq p8 "show tables like 'au\\_p7dav%'")" ]
	[ -n "$(dbq p8 "show tables like 'other\\_calendars'")" ]
	db p8 -e 'delete from other_calendarobjects; drop table other_calendars'
	exits 0 migrate
	as_by_itself
}

@test "only the selected users' calendars are staged, and only they are brought" {
	stop --user ivan.petrov@mir.test
	[ "$(dbq p8 'select distinct principaluri from au_p7dav_calendars')" = principals/ivan.petrov@mir.test ]
	[ "$(dbq p8 'select count(*) from au_p7dav_calendarobjects o left join au_p7dav_calendars c
		on c.id = o.calendarid where c.id is null')" = 0 ]
	[ "$(dbq p8 'select count(*) > 0 from au_p7dav_calendarobjects')" = 1 ]
	exits 0 migrate --skip-dav-schema --user ivan.petrov@mir.test
	[ "$(dbq p8 "select email from au_p7m_users where state = 'done'")" = ivan.petrov@mir.test ]
	exits 0 migrate
	as_by_itself
}

@test "an owner or a sharee who is brought again has all that they had" {
	need_long
	migrate --quiet
	for user in anna.weber@linden.example camille.dubois@linden.example; do
		exits 0 migrate --redo "$user"
		as_by_itself
	done
}
