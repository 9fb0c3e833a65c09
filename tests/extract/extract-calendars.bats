# Calendars, shares, objects and reminders in the stream of p7-extract: whose they are and where
# they stand.
# also on MySQL with --long

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" cal
	# 1 Anna, 2 Camille, 3 Ivan, 4 Nadia, 5 Li, 6 Fatima, 7 Giorgos, 10 Aoife, 11 Karl
	db cal <<-'SQL'
	update wm_awm_accounts set email = 'KARL.Old@linden.example' where id_acct = 11;
	insert into wm_awm_accounts (id_acct, id_user, def_acct, email) values
		(51, 51, 1, 'twin@mir.test'), (52, 52, 1, 'Twin@mir.test'), (53, 53, 1, 'märta@mir.test'),
		(54, 54, 1, 'lost@mir.test');
	insert into wm_awm_settings (id_user) values (51), (52), (53);
	insert into wm_adav_principals (id, uri) values (20, 'principals/gone@left.test'),
		(21, 'principals/Twin@mir.test'), (22, 'principals/NADIA.horak@mir.test'), (24, 'aoife.byrne@linden.example'),
		(25, 'principals/idle@left.test');
	insert into wm_adav_calendars (id, principaluri, displayname, uri) values
		(30, 'principals/karl.OLD@linden.example', 'other letters', 'k'),
		(31, 'principals/twin@mir.test', 'small', 's'), (32, 'principals/Twin@mir.test', 'great', 'g'),
		(33, 'principals/TWIN@mir.test', 'neither', 'n'), (34, 'aoife.byrne@linden.example', 'bare', 'b'),
		(35, convert(cast('principals/märta@mir.test' as binary) using latin1), 'twice', 't'),
		(36, 'principals/märta@mir.test', 'once', 'o'), (37, 'principals/lost@mir.test', 'lost', 'l'),
		(40, 'principals/gone@left.test', 'left', 'x'), (41, 'principals/Gone@left.test', 'left too', 'y'),
		(42, 'principals/', 'nobody', 'z'), (43, null, 'null', 'z'), (44, '', 'empty', 'z'),
		(29, 'principals/karl.old@linden.example', 'second', 'k2');
	insert into wm_adav_calendarobjects (id, calendarid, uri, calendardata) values
		(109, 30, 'same.ics', 'a'), (101, 30, 'same.ics', 'b'), (105, 30, 'SAME.ics', 'c'),
		(103, 29, 'same.ics', 'd'), (107, 30, '', 'e'), (104, 30, null, 'f'), (100, 40, 'x.ics', 'g'),
		(106, 41, 'x.ics', 'h'), (108, 37, 'l.ics', 'i'), (110, 42, 'z.ics', 'j'), (111, 99, 'z', 'k');
	insert into wm_adav_calendarshares (id, calendarid, member, readonly) values
		(50, 30, 22, 1), (51, 30, 9999, 1), (52, 30, 20, 0), (53, 30, 24, 1), (54, 29, 21, 0),
		(55, 41, 1, 1);
	insert into wm_adav_reminders (id, user, calendaruri, eventid) values
		(60, 'Karl.old@linden.example', 'k', 'same'), (61, 'GONE@left.test', 'x', 'x'),
		(62, 'idle@left.test', 'q', 'q'), (63, 'who@nowhere.test', 'q', 'q'), (64, '', 'q', 'q'),
		(65, 'IDLE@left.test', 'q', 'r');
	SQL
	p7-extract --p7 "$S/p7" --only calendars -o "$S/out" && false || [ $? = 1 ]
}

# A block's records in a line each: kind and id.
block() {
	jq -r --arg name "$1" 'if .kind | test("_BEGIN$") then
			(.email // .principal) as $n | if $n == $name then "begin" else "other" end
		elif .kind | test("_END$") then "end" else "\(.kind) \(.id)" end' "${2:-$S/out}" |
		sed -n '/^begin$/,/^end$/p' | grep -v 'begin\|end' | xargs
}

extracts() {
	local want=$1
	shift
	exits "$want" p7-extract --p7 "$S/p7" "$@" -o "$D/out"
}

@test "a calendar, its shares, its objects by number; behind all calendars the reminders" {
	# a principal in other letters than the account
	[ "$(block KARL.Old@linden.example)" = "CALENDAR 29 CALENDAR_SHARE 54 CALENDAR_OBJECT 103 \
CALENDAR 30 CALENDAR_SHARE 50 CALENDAR_SHARE 51 CALENDAR_SHARE 52 CALENDAR_SHARE 53 \
CALENDAR_OBJECT 101 CALENDAR_OBJECT 104 CALENDAR_OBJECT 105 CALENDAR_OBJECT 107 \
CALENDAR_OBJECT 109 REMINDER 60" ]
	# the records are P7's rows
	[ "$(jq -c 'select(.kind == "CALENDAR" and .id == 30) | del(.kind)' "$S/out" | jq -r 'keys_unsorted | join(" ")')" = \
		"id principaluri displayname uri ctag description calendarorder calendarcolor timezone components transparent" ]
	[ "$(jq -r 'select(.kind == "CALENDAR_OBJECT" and .id == 103) | keys_unsorted | join(" ")' "$S/out")" = \
		"kind id calendarid uri calendardata lastmodified etag size componenttype firstoccurence lastoccurence" ]
	[ "$(jq -r 'select(.kind == "CALENDAR_SHARE" and .id == 54) | keys_unsorted | join(" ")' "$S/out")" = \
		"kind id calendarid member status readonly summary displayname color principaluri member_uri member_email" ]
	[ "$(jq -r 'select(.kind == "REMINDER" and .id == 60) | keys_unsorted | join(" ")' "$S/out")" = \
		"kind id user calendaruri eventid time starttime allday" ]
}

@test "a principal belongs to one user: byte for byte, then by collation, the lowest number" {
	[ "$(block twin@mir.test)" = "CALENDAR 31 CALENDAR 33" ]
	[ "$(block Twin@mir.test)" = "CALENDAR 32" ]
	[ "$(block aoife.byrne@linden.example)" = "CALENDAR 34" ]
	[ "$(block märta@mir.test)" = "CALENDAR 35 CALENDAR 36" ]
}

@test "shares name the principal and the user as the account is spelled" {
	[ "$(jq -c 'select(.kind == "CALENDAR_SHARE" and .id >= 50) | [.id, .member_uri, .member_email]' "$S/out" |
		sort | xargs -d '\n')" = '[50,"principals/NADIA.horak@mir.test","nadia.horak@mir.test"] [51,null,null] '\
'[52,"principals/gone@left.test",null] [53,"aoife.byrne@linden.example","aoife.byrne@linden.example"] '\
'[54,"principals/Twin@mir.test","Twin@mir.test"] '\
'[55,"principals/anna.weber@linden.example","anna.weber@linden.example"]' ]
	# the tenant is a sharee as any other
	[ "$(jq -c 'select(.kind == "CALENDAR_SHARE" and .id == 3) | [.member_uri, .member_email]' "$S/out")" = \
		'["principals/default_dav_tenant_user@localhost",null]' ]
	# the public principal's share is a mark, on that calendar alone
	[ "$(jq 'select(.public) | .id' "$S/out")" = 2 ]
	[ "$(jq -c 'select(.kind == "CALENDAR" and .public) | .public' "$S/out")" = true ]
	[ -z "$(jq 'select(.kind == "CALENDAR_SHARE" and .id == 4)' "$S/out")" ]
	lacks caldav_public_user "$S/out"
}

@test "objects of a calendar that have one URI are marked, byte for byte" {
	[ "$(jq 'select(.uri_shared) | .id' "$S/out" | sort | xargs)" = "101 104 107 109" ]
}

@test "principals that are no user have blocks behind those of users" {
	[ "$(jq -r 'select(.kind == "PRINCIPAL_BEGIN") | .principal' "$S/out" | xargs)" = \
		"principals/gone@left.test principals/idle@left.test" ]
	[ "$(block principals/gone@left.test)" = "CALENDAR 40 CALENDAR_OBJECT 100 CALENDAR 41 \
CALENDAR_SHARE 55 CALENDAR_OBJECT 106 REMINDER 61" ]
	[ "$(block principals/idle@left.test)" = "REMINDER 62 REMINDER 65" ]
	[ "$(jq -r .kind "$S/out" | grep 'USER_BEGIN\|PRINCIPAL_BEGIN' | uniq | xargs)" = "USER_BEGIN PRINCIPAL_BEGIN" ]
	[ "$(jq -c 'select(.kind == "PRINCIPAL_END") | [.principal, .counts]' "$S/out" | head -n 1)" = \
		'["principals/gone@left.test",{"CALENDAR":2,"CALENDAR_OBJECT":2,"CALENDAR_SHARE":1,"REMINDER":1}]' ]
}

@test "principals come with all users, also less some, and in one shard; not with selected users" {
	local part
	blocks() {
		jq -r 'select(.kind == "PRINCIPAL_BEGIN") | .principal' "$D/out"
	}
	p7-extract --p7 "$S/p7" --list-users --ids >"$D/ids"
	extracts 0 --only calendars --except "$D/ids"
	[ "$(jq -r 'select(.kind == "USER_BEGIN") | .email' "$D/out")" = "" ]
	[ "$(blocks | wc -l)" = 2 ]
	# their calendars are nobody's because of that
	[ "$(jq 'select(.kind == "CALENDAR") | .id' "$D/out" | xargs)" = "40 41" ]
	for part in 1 2 3; do
		p7-extract --p7 "$S/p7" --only calendars --shard "$part/3" -o "$D/out" || [ $? = 1 ]
		jq -c 'select(.kind | test("END$|HEADER|WARN|REJECT") | not)' "$D/out" >>"$D/parts"
	done
	diff <(jq -c 'select(.kind | test("END$|HEADER|WARN|REJECT") | not)' "$S/out" | sort) <(sort "$D/parts")
	extracts 0 --user anna.weber@linden.example --user twin@mir.test
	[ "$(blocks)" = "" ]
	# both twins: names are P7's to compare
	[ "$(jq 'select(.kind == "CALENDAR") | .id' "$D/out" | xargs)" = "1 2 31 33 32" ]
	[ "$(jq 'select(.kind == "CALENDAR_SHARE") | .id' "$D/out" | xargs)" = "1 2 3" ]
	diff <(block twin@mir.test) <(block twin@mir.test "$D/out" | grep -o 'CALENDAR.*')
}

@test "a user who cannot be brought: one REJECT counts the calendars" {
	[ "$(jq -c 'select(.kind == "REJECT") | [.code, .user, .reason]' "$S/out" | tail -n 1)" = \
'["calendars-of-rejected-user","lost@mir.test","1 calendar with 1 object of a user who cannot be brought"]' ]
	[ "$(jq 'select(.kind == "REJECT") | .code' "$S/out" | wc -l)" = 2 ]
	lacks '"displayname":"lost"' "$S/out"
	extracts 1 --without calendars
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/out")" = user-without-settings ]
	extracts 1 --user lost@mir.test --user nobody@mir.test
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/out" | xargs)" = \
		"user-unknown user-without-settings calendars-of-rejected-user" ]
}

@test "rows that are nobody's are counted" {
	[ "$(jq -r 'select(.code == "orphan-rows" and (.table | test("calend|remind"))) |
		"\(.table) \(.reason)"' "$S/out" | sed 's/rows that name//' | tr -s ' ')" = \
"adav_calendars principals that are not there: 3
adav_calendarobjects calendars that are not there: 2
adav_reminders users that are not there: 2" ]
	[ "$(dbq cal 'select count(*) from wm_adav_calendarobjects')" = \
		"$(($(grep -c '"CALENDAR_OBJECT","id"' "$S/out") + 2 + 1))" ]
}

@test "--without and --only; the header says what there is" {
	extracts 1 --without calendars
	lacks '"kind":"\(CALENDAR\|CALENDAR_SHARE\|CALENDAR_OBJECT\|REMINDER\|PRINCIPAL_BEGIN\)"' "$D/out"
	lacks '"table":"adav_\(calend\|remind\)' "$D/out"
	[ "$(head -n 1 "$D/out" | jq -c '[.stream, .version, .dav, .selection.without]')" = \
		'["p7",2,"1.8",["calendars"]]' ]
	[ "$(head -n 1 "$S/out" | jq -c '[.stream, .version, .dav, .selection.only, .selection.without, .source.consistent]')" = \
		'["p7",2,"1.8",["calendars"],[],true]' ]
	[ "$(jq -r 'select(.kind | test("^(HEADER|USER_|PRINC|CALENDAR|REMIN|WARN|REJ|END)") | not) | .kind' "$S/out")" = "" ]
	# calendars are in whole blocks as they are alone
	extracts 1
	diff <(grep '"kind":"\(CALENDAR\|CALENDAR_SHARE\|CALENDAR_OBJECT\|REMINDER\)"' "$S/out") \
		<(grep '"kind":"\(CALENDAR\|CALENDAR_SHARE\|CALENDAR_OBJECT\|REMINDER\)"' "$D/out")
	extracts 1 --only contacts
	lacks '"CALENDAR' "$D/out"
	exits 64 p7-extract --p7 "$S/p7" --dav
	grep -q 'unknown option --dav' <<<"$output"
}

@test "one snapshot of all: a MyISAM table of calendars alone makes it none" {
	db cal -e 'alter table wm_adav_calendarobjects engine=MyISAM'
	exits 1 p7-extract --p7 "$S/p7" --only calendars -o "$D/out"
	grep -q 'no consistent snapshot .*(wm_adav_calendarobjects)' <<<"$output"
	[ "$(head -n 1 "$D/out" | jq .source.consistent)" = false ]
	diff <(tail -n +2 "$S/out") <(tail -n +2 "$D/out")
	exits 1 p7-extract --p7 "$S/p7" --without calendars -o "$D/out"
	lacks snapshot <<<"$output"
	[ "$(head -n 1 "$D/out" | jq .source.consistent)" = true ]
	db cal -e 'alter table wm_adav_calendarobjects engine=InnoDB'
}

@test "the same in any order of the primary key, without it, and with an index that P7 has not" {
	p7() {
		run p7-extract --p7 "$S/p7" --only calendars -o "$D/$1"
		[ "$status" = 1 ]
	}
	# 400 events of three users by turns, and 300 of one
	db cal -e "create table n (n int); insert into n values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);
		insert into wm_adav_calendarobjects (calendarid, uri, calendardata)
			select elt(1 + (a.n + b.n + c.n) % 3, 30, 3, 1), concat(a.n, b.n, c.n), repeat(a.n, 9)
			from n a, n b, n c where a.n < 4 order by a.n, b.n, c.n;
		insert into wm_adav_calendarobjects (calendarid, uri, calendardata)
			select 4, concat(a.n, b.n, c.n), a.n from n a, n b, n c where a.n < 3"
	p7 one
	[ "$(grep -c '"CALENDAR_OBJECT","id"' "$D/one")" = "$(($(grep -c '"CALENDAR_OBJECT","id"' "$S/out") + 700))" ]
	p7 two
	db cal -e 'create index i on wm_adav_calendarobjects (calendarid); analyze table wm_adav_calendarobjects'
	p7 three
	db cal -e 'alter table wm_adav_calendarobjects modify id int unsigned not null, drop primary key, drop index i'
	p7 four
	for f in two three four; do
		cmp <(tail -n +2 "$D/one") <(tail -n +2 "$D/$f")
	done
	db cal -e 'alter table wm_adav_calendarobjects add primary key (id), modify id int unsigned not null auto_increment;
		delete from wm_adav_calendarobjects where id > 111; drop table n'
}
