# Calendars in p8-load: they come in their user's transactions, shares with whoever comes last.
# also on MySQL

load ../load

A=aaaaaaaa-0000-4000-8000-00000000000
ANN=ann@north.test
BOB=bob@default.example

# calendar N URI [PUBLIC]: the records of calendar N and its owner's instance.
calendar() {
	jq -nc --arg uuid "$A$1" --arg uri "$2" --argjson n "$1" --argjson public "${3:-0}" '
		{kind: "CALENDAR", uuid: $uuid, id: $n, synctoken: 3, components: "VEVENT"},
		{kind: "CALENDAR_INSTANCE", calendar: $uuid, access: 1, principaluri: "principals/x",
			displayname: "Büro \($n)", uri: $uri, description: "d", calendarorder: 2,
			calendarcolor: "#112233", timezone: null, transparent: 0, public: $public}'
}

# object N URI [DATA]: an event of calendar N.
object() {
	jq -nc --arg cal "$A$1" --arg uri "$2" --arg data "${3:-BEGIN:VCALENDAR $2}" '
		{kind: "CALENDAR_OBJECT", id: 1, calendar: $cal, uri: $uri, lastmodified: 5,
			calendardata: $data, etag: "0123456789abcdef0123456789abcdef",
			size: ($data | utf8bytelength), componenttype: "VEVENT", firstoccurence: 1,
			lastoccurence: null, uid: "u"}'
}

# large N URI BYTES: one as large as that.
large() {
	head -c "$3" /dev/zero | tr '\0' x >"$D/large"
	object "$1" "$2" DATA | jq -c --rawfile data "$D/large" '.calendardata = $data'
}

# share N SHAREE ACCESS [COLOR]: calendar N is shared.
share() {
	jq -nc --arg cal "$A$1" --arg who "$2" --argjson access "$3" --arg color "${4:-#445566}" '
		{kind: "CALENDAR_INSTANCE", id: 70, calendar: $cal, access: $access,
			principaluri: $who, displayname: "x", uri: "shared-\($cal)-\($who)",
			description: null, calendarorder: 0, calendarcolor: $color, timezone: null,
			transparent: 1, share_href: $who}'
}

# reminder USER URI EVENT
reminder() {
	jq -nc --arg user "$1" --arg uri "$2" --arg event "$3" '{kind: "REMINDER", id: 9,
		user: $user, calendaruri: $uri, eventid: $event, time: 7, starttime: 8, allday: 0}'
}

# give EMAIL: the records of standard input into the block of that user of the small stream.
give() {
	cat >"$D/records"
	awk -v email="\"email\":\"$1\"" -v records="$D/records" '
		index($0, "{\"kind\":\"USER_BEGIN\"") == 1 && index($0, email) { mine = 1 }
		mine && (index($0, "{\"kind\":\"FILE\"") == 1 || index($0, "{\"kind\":\"USER_END\"") == 1) {
			while ((getline line < records) > 0) print line
			mine = 0
		}
		{ print }' "$D/small.ndjson" >"$D/given"
	install -m 600 "$D/given" "$D/small.ndjson"
}

# of_ann: two calendars, one of them public and shared with bob and everybody.
of_ann() {
	{
		calendar 1 work 1
		share 1 "principals/$BOB" 3
		share 1 @everyone 2
		object 1 a.ics
		object 1 b.ics
		calendar 2 home
		object 2 c.ics
		reminder "$ANN" work a
	} | give "$ANN"
}

# only EMAIL: the small stream with no other user, in $D/one.ndjson; it is a selection.
only() {
	awk -v email="\"email\":\"$1\"" '
		index($0, "{\"kind\":\"USER_BEGIN\"") == 1 { out = !index($0, email) }
		!out { print }
		index($0, "{\"kind\":\"USER_END\"") == 1 { out = 0 }' "$D/small.ndjson" |
		sed '1s/"users":"all"/"users":"list"/' >"$D/one.ndjson"
	chmod 600 "$D/one.ndjson"
}

instances() {
	sql "select principaluri, access, public, uri from au_adav_calendarinstances
		order by calendarid, access desc, principaluri"
}

visible() {
	sql "select (select count(*) from au_adav_calendarinstances where principaluri is not null or
		public<>0), (select count(*) from au_eav_attributes_string where name='PublicId' and
		value='$ANN')"
}

kinds() {
	sql "select kind, things from au_p7m_kinds k join au_p7m_users u on u.id=k.user_id where
		u.email='$1' and (kind like 'CALENDAR%' or kind='REMINDER') order by kind"
}

ANNS="principals/$ANN	1	1	work
principals/1_dav_tenant_user@localhost	2	0	shared-${A}1-@everyone
principals/$BOB	3	0	shared-${A}1-principals/$BOB
principals/$ANN	1	0	home"

# The tenant's number is P8's.
without_tenant() {
	sed 's,principals/[0-9]*_dav,principals/1_dav,' | sort
}

@test "a user's calendars, objects, shares and reminders come with the user" {
	of_ann
	load -q --dav-text utf8 "$D/small.ndjson"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
	[ "$(sql 'select calendarcolor from au_adav_calendarinstances order by 1' | sort -u)" = \
		$'#112233\n#445566' ]
	[ "$(sql 'select distinct displayname from au_adav_calendarinstances where access>1')" = "Büro 1" ]
	[ "$(sql 'select synctoken, components from au_adav_calendars')" = $'3\tVEVENT\n3\tVEVENT' ]
	[ "$(sql 'select uri, etag, size, componenttype, firstoccurence, lastoccurence, uid,
		lastmodified from au_adav_calendarobjects where uri="c.ics"')" = \
		$'c.ics\t0123456789abcdef0123456789abcdef\t21\tVEVENT\t1\tNULL\tu\t5' ]
	[ "$(sql 'select user, calendaruri, eventid, time, starttime from au_adav_reminders')" = \
		$'ann@north.test\twork\ta\t7\t8' ]
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
	[ "$(sql "select state, count(*), count(instance) from au_p7m_shares group by 1")" = $'made\t2\t2' ]
	# and once more: nothing is done twice
	load -q "$D/small.ndjson"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
}

@test "several transactions: nothing is seen before the last one, and the result is the same" {
	of_ann
	load -q "$D/small.ndjson"
	content >"$D/one"
	fresh_p8
	start -q --transaction-rows 1
	sed '/"c.ics"/q' "$D/small.ndjson" >&4
	until_sql "select count(*) from au_adav_calendarobjects" 3
	[ "$(visible)" = $'0\t0' ]
	kill -9 "$PID"
	exec 4>&-
	until_gone
	[ "$(visible)" = $'0\t0' ]
	load -q --transaction-rows 1 "$D/small.ndjson"
	content >"$D/several"
	diff "$D/one" "$D/several"
	[ "$(sql "select count(*) from au_adav_calendars")" = 2 ]
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
}

@test "a dry run says what the load does, and writes nothing" {
	of_ann
	give "$BOB" < <(calendar 3 own; share 3 principals/nobody@north.test 2)
	exits 1 load --dry-run --rejects "$D/dry.rejects" "$D/small.ndjson"
	sed -n '/^[+=-]/p' <<<"$output" >"$D/dry"
	[ -z "$(sql "show tables like 'au\_p7m%'")" ]
	[ "$(sql 'select count(*) from au_adav_calendars')" = 0 ]
	exits 1 load --itemize --rejects "$D/real.rejects" "$D/small.ndjson"
	sed -n '/^[+=-]/p' <<<"$output" >"$D/real"
	diff "$D/dry" "$D/real"
	diff "$D/dry.rejects" "$D/real.rejects"
	grep -qx '+ CALENDAR ann@north.test work' "$D/real"
	grep -qx '+ CALENDAR_OBJECT ann@north.test a.ics' "$D/real"
	grep -qx '+ SHARE ann@north.test bob@default.example' "$D/real"
	grep -qx '+ REMINDER ann@north.test a' "$D/real"
}

@test "a share waits for its sharee, and is made when they come" {
	of_ann
	only "$ANN"
	load "$D/one.ndjson" 2>"$D/err"
	grep -q 'waiting: 1 share of calendars' "$D/err"
	[ "$(sql "select sharee, state from au_p7m_shares order by 1")" = \
		$'@everyone\tmade\nbob@default.example\twaiting' ]
	[ "$(sql 'select count(*) from au_adav_calendarinstances where access>1')" = 1 ]
	[ -z "$(sql "select code from au_p7m_rejects where code='sharee-not-in-p8'")" ]
	only "$BOB"
	load "$D/one.ndjson" 2>"$D/err"
	lacks waiting "$D/err"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
	[ "$(sql "select distinct state from au_p7m_shares")" = made ]
}

@test "all users came, and a sharee is not among them: exit 1, with names; of some users: exit 0" {
	{ calendar 1 work; share 1 principals/gone@north.test 2; } | give "$ANN"
	only "$ANN"
	load -q "$D/one.ndjson"
	exits 1 load -q "$D/small.ndjson"
	[ "$(sql "select email, reason from au_p7m_rejects where code='sharee-not-in-p8'")" = \
		"$ANN	the calendar is shared with gone@north.test, who is not a user of P8" ]
	exits 1 load -q "$D/small.ndjson"
	[ "$(sql "select count(*) from au_p7m_rejects where code='sharee-not-in-p8'")" = 1 ]
	# nobody is missed any more
	sql "update au_p7m_shares set state='revoked'"
	load -q "$D/small.ndjson"
	[ "$(sql "select count(*) from au_p7m_rejects where code='sharee-not-in-p8'")" = 0 ]
}

@test "two loads that do not see each other's users: the sweep makes the share" {
	of_ann
	load -q "$D/small.ndjson"
	sql "delete from au_adav_calendarinstances where access=3"
	sql "update au_p7m_shares set state='waiting', instance=null where sharee='$BOB'"
	only Cléo@north.test
	load -q "$D/one.ndjson"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
	[ "$(sql "select s.state, i.principaluri from au_p7m_shares s join au_adav_calendarinstances i
		on i.id=s.instance where s.sharee='$BOB'")" = "made	principals/$BOB" ]
}

@test "--jobs: the same calendars and shares, whoever is first" {
	of_ann
	{ calendar 3 own; share 3 "principals/$ANN" 2; } | give "$BOB"
	load -q "$D/small.ndjson"
	content >"$D/one"
	fresh_p8
	load -q --jobs 3 "$D/small.ndjson"
	content >"$D/three"
	diff "$D/one" "$D/three"
	[ "$(sql "select distinct state from au_p7m_shares")" = made ]
}

@test "a share that was revoked is not made again" {
	of_ann
	load -q "$D/small.ndjson"
	sql "delete from au_adav_calendarinstances where access=3"
	sql "update au_p7m_shares set state='revoked', instance=null where sharee='$BOB'"
	sql "update au_p7m_users set state='loading', owner=null where email='$ANN'"
	load -q "$D/small.ndjson"
	[ "$(sql "select state from au_p7m_shares where sharee='$BOB'")" = revoked ]
	[ "$(sql "select count(*) from au_adav_calendarinstances where access=3")" = 0 ]
	[ "$(sql "select count(*) from au_adav_calendarinstances where access=2")" = 1 ]
}

@test "calendars that were left out follow, once" {
	of_ann
	sed '/"kind":"CALENDAR/d; /"kind":"REMINDER/d; 1s/"without":\[\]/"without":["calendars"]/' \
		"$D/small.ndjson" >"$D/less.ndjson"
	chmod 600 "$D/less.ndjson"
	load "$D/less.ndjson" 2>"$D/err"
	grep -q 'left out: calendars of 3 users' "$D/err"
	[ "$(sql 'select count(*) from au_adav_calendars')" = 0 ]
	[ "$(sql 'select distinct calendars from au_p7m_users')" = 0 ]
	load --transaction-rows 2 "$D/small.ndjson" 2>"$D/err"
	lacks 'left out: calendars of 3' "$D/err"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
	[ "$(sql "select calendars from au_p7m_users where email='$ANN'")" = 1 ]
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
	load -q "$D/small.ndjson"
	[ "$(sql 'select count(*) from au_adav_calendarobjects')" = 3 ]
}

@test "who is killed while calendars follow has none, or all of them" {
	of_ann
	sed '/"kind":"CALENDAR/d; /"kind":"REMINDER/d; 1s/"without":\[\]/"without":["calendars"]/' \
		"$D/small.ndjson" >"$D/less.ndjson"
	chmod 600 "$D/less.ndjson"
	load -q "$D/less.ndjson"
	start -q --transaction-rows 1
	sed '/"c.ics"/q' "$D/small.ndjson" >&4
	until_taken_up "$ANN"
	kill -9 "$PID"
	exec 4>&-
	until_gone
	[ "$(sql 'select count(*) from au_adav_calendars')" = 0 ]
	load -q "$D/small.ndjson"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
}

@test "a record below sabre/dav 3.2 is refused; users before it stay" {
	local what
	of_ann
	for what in 'select(.kind == "CALENDAR") |= del(.synctoken)' \
		'select(.kind == "CALENDAR") |= (.uri = "work")' \
		'select(.kind == "CALENDAR_OBJECT") |= del(.uid)' \
		'select(.kind == "CALENDAR_OBJECT") |= del(.etag)' \
		'select(.kind == "CARD") |= del(.etag)' \
		'select(.kind == "ADDRESSBOOK") |= del(.synctoken)' \
		'(select(.kind == "CALENDAR_INSTANCE") | .kind) = "CALENDAR_SHARE"'; do
		edit "$what"
		exits 65 load -q "$D/edited.ndjson"
		[[ "$output" == *"is not at sabre/dav 3.2; run it through dav-schema-upgrade records"* ]]
	done
	[ "$(sql 'select count(*) from au_adav_calendars')" = 0 ]
	# what has no such record needs no such filter
	jq -c 'select(.kind | test("^(CALENDAR|CARD|ADDRESSBOOK|REMINDER)") | not)' "$D/small.ndjson" \
		>"$D/edited.ndjson"
	load -q "$D/edited.ndjson"
}

@test "a principal without user has its calendars, until a user of that name comes" {
	local principal=bbbbbbbb-0000-4000-8000-000000000001
	{
		echo '{"kind":"PRINCIPAL_BEGIN","principal":"principals/bob@default.example","uuid":"'$principal'"}'
		calendar 5 old
		share 5 "principals/$ANN" 2
		object 5 o.ics
		reminder "$BOB" old o
		echo '{"kind":"PRINCIPAL_END","principal":"principals/bob@default.example","counts":{},"hash":"0000000000000000"}'
	} >"$D/block"
	only "$ANN"
	sed -i "/\"kind\":\"END\"/{
		r $D/block
		N
	}" "$D/one.ndjson"
	# the block stands before END
	{ grep -v '"kind":"END"' "$D/one.ndjson"; tail -n 1 "$D/small.ndjson"; } >"$D/p.ndjson"
	chmod 600 "$D/p.ndjson"
	load "$D/p.ndjson" 2>"$D/err"
	grep -q 'without user: calendars of 1 principal' "$D/err"
	grep -q '1 user read: 1 loaded' "$D/err"
	load -q "$D/p.ndjson"
	[ "$(sql "select email, code from au_p7m_rejects where code like 'principal%'")" = \
		"$BOB	principal-without-user" ]
	[ "$(sql "select principal, email, public_id, entity, state from au_p7m_users where
		uuid='$principal'")" = "1	principal:principals/$BOB	NULL	NULL	done" ]
	[ "$(instances)" = "principals/$ANN	2	0	shared-${A}5-principals/$ANN
principals/$BOB	1	0	old" ]
	# bob comes, with the same calendar and another one
	{
		calendar 5 old
		share 5 "principals/$ANN" 2
		object 5 o.ics
		calendar 6 new
		reminder "$BOB" old o
	} | give "$BOB"
	only "$BOB"
	load -q "$D/one.ndjson"
	[ "$(sql "select count(*) from au_p7m_users where principal=1")" = 0 ]
	[ "$(kinds "$BOB")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t1\nCALENDAR_SHARE\t1\nREMINDER\t1' ]
	[ "$(sql "select uri from au_adav_calendarinstances where principaluri='principals/$BOB'
		order by 1")" = $'new\nold' ]
	[ "$(sql "select count(*) from au_adav_calendarobjects")" = 1 ]
	[ "$(sql "select count(*) from au_adav_reminders")" = 1 ]
	[ "$(sql "select count(*) from au_p7m_own o join au_p7m_users u on u.id=o.user_id where
		u.email='$BOB' and what in ('k', 'r')")" = 2 ]
	[ "$(sql "select count(*) from au_p7m_calendars k join au_p7m_users u on u.id=k.user_id where
		u.email='$BOB'")" = 2 ]
}

# principal NAME: what standard input has as the block of a principal, before END of one.ndjson.
principal() {
	{
		grep -v '"kind":"END"' "$D/one.ndjson"
		printf '{"kind":"PRINCIPAL_BEGIN","principal":"principals/%s","uuid":"bbbbbbbb-0000-4000-8000-000000000001"}\n' "$1"
		cat
		printf '{"kind":"PRINCIPAL_END","principal":"principals/%s","counts":{},"hash":"0000000000000000"}\n' "$1"
		tail -n 1 "$D/small.ndjson"
	} >"$D/p.ndjson"
	chmod 600 "$D/p.ndjson"
}

# bob_later [OPTION...]: bob's principal came, and now he does, with what P7 has got since.
bob_later() {
	only "$ANN"
	{ calendar 5 old; object 5 o.ics; reminder "$BOB" old o; } | principal "$BOB"
	load -q "$D/p.ndjson"
	${CHANGE:+sql "$CHANGE"}
	{
		calendar 5 old
		object 5 o.ics
		object 5 new.ics
		calendar 6 new
		reminder "$BOB" old o
		reminder "$BOB" old new
		reminder "$BOB" new x
	} | give "$BOB"
	only "$BOB"
	load "$@" "$D/one.ndjson" 2>"$D/err" >"$D/out"
}

@test "a user who comes after the principal of that name: what P7 has got since comes, too" {
	bob_later -q
	[ "$(kinds "$BOB")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t2\nREMINDER\t3' ]
	[ "$(sql "select uri from au_adav_calendarobjects order by 1")" = $'new.ics\no.ics' ]
	[ "$(sql "select calendaruri, eventid from au_adav_reminders order by 1, 2")" = \
		$'new\tx\nold\tnew\nold\to' ]
	[ "$(sql "select count(*) from au_p7m_rejects where email='$BOB'")" = 0 ]
	exits 0 p8-load --p8 "$D/p8" --verify
}

@test "a user who comes after the principal of that name, in several transactions" {
	bob_later -q --transaction-rows 1
	[ "$(kinds "$BOB")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t2\nREMINDER\t3' ]
	[ "$(sql "select principaluri, uri from au_adav_calendarinstances order by 2")" = \
		"principals/$BOB	new
principals/$BOB	old" ]
	exits 0 p8-load --p8 "$D/p8" --verify
}

@test "a user who comes after the principal of that name: what P8 has changed stays, and is said" {
	CHANGE="update au_adav_calendarinstances set displayname='mine' where uri='old'"
	status=0
	bob_later || status=$?
	[ "$status" = 1 ]
	[ "$(sql "select code from au_p7m_rejects where email='$BOB'")" = calendars-kept ]
	[ "$(sql "select displayname from au_adav_calendarinstances where uri='old'")" = mine ]
	[ "$(sql "select calendaruri, eventid from au_adav_reminders order by 1, 2")" = \
		$'new\tx\nold\to' ]
	[ "$(kinds "$BOB")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t1\nREMINDER\t2' ]
}

@test "a principal that P8 only takes for a user is not the user's: he comes again whole" {
	of_ann
	only "$ANN"
	{ calendar 5 old; object 5 o.ics; reminder "$ANN " old o; } | principal "$ANN "
	load -q "$D/p.ndjson"
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
	load -q --undo "$ANN"
	load -q "$D/one.ndjson"
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
	[ "$(sql "select count(*) from au_adav_reminders where calendaruri='work'")" = 1 ]
	[ "$(sql "select count(*) from au_adav_calendarobjects")" = 4 ]
}

@test "NUL bytes in names: nothing lands with who is called like their beginning" {
	{
		calendar 1 work
		share 1 "principals/$BOB" 3 | jq -c '.principaluri += "\u0000zz"'
		object 1 a.ics
		object 1 b.ics | jq -c '.uri = "a.ics\u0000b"'
		reminder "$ANN" work a | jq -c '.user += "\u0000zz"'
	} | give "$ANN"
	only "$ANN"
	{ calendar 5 old; object 5 o.ics; } | principal "$ANN"
	sed -i "s,\"principal\":\"principals/$ANN,&\\\\u0000zz," "$D/p.ndjson"
	exits 1 load "$D/p.ndjson"
	[ "$(sql "select code from au_p7m_rejects where is_reject=1 order by 1" | xargs)" = \
		"bad-calendar-object bad-reminder bad-share principal-with-nul" ]
	[ "$(instances)" = "principals/$ANN	1	0	work" ]
	[ "$(sql "select count(*) from au_adav_reminders")" = 0 ]
}

@test "edited streams: what belongs to a calendar that is left out is named, each" {
	{
		calendar 1 work
		calendar 2 home | grep -v INSTANCE
		object 2 c.ics
		share 2 "principals/$BOB" 2
		calendar 3 twice | grep -v INSTANCE
		calendar 3 twice
		object 3 d.ics
		calendar 4 shared
		share 4 "principals/$BOB" 1
		share 4 "principals/$BOB" 5
		reminder "$BOB" work a
	} | give "$ANN"
	exits 1 load "$D/small.ndjson"
	[ "$(sql "select code from au_p7m_rejects where is_reject=1 and email='$ANN' order by 1" |
		xargs)" = "bad-calendar bad-calendar bad-calendar bad-calendar-object\
 bad-calendar-object bad-reminder bad-share bad-share bad-share" ]
	[ "$(sql "select count(*) from au_p7m_rejects where code='bad-share' and
		reason like '%\"access\" 2 (to read) or 3 (to write)'")" = 2 ]
}

@test "reminders are not in P8 before their user is" {
	{
		calendar 1 work
		reminder "$ANN" work a
		for i in {1..30}; do reminder "$ANN" work "e$i"; done
	} | give "$ANN"
	install -m 600 "$D/small.ndjson" "$D/all.ndjson"
	# the stream breaks off behind ann's reminders, in her block
	start --transaction-rows 1
	sed '/"kind":"REMINDER".*"e30"/q' "$D/all.ndjson" >&4
	until_sql "select count(*) from au_adav_calendarinstances where principaluri is null" 1
	[ "$(sql "select count(*) from au_adav_reminders")" = 0 ]
	exec 4>&-
	wait "$PID" || :
	PID=
	load -q --transaction-rows 1 "$D/all.ndjson"
	[ "$(sql "select count(*) from au_adav_reminders")" = 31 ]
	[[ $(kinds "$ANN") == *$'REMINDER\t31' ]]
	exits 0 p8-load --p8 "$D/p8" --verify
}

@test "a principal that is P8's own user is not given calendars" {
	load -q "$D/small.ndjson"
	sql "delete from au_p7m_users where email='$BOB'"
	only nobody
	{
		grep -v '"kind":"END"' "$D/one.ndjson"
		echo '{"kind":"PRINCIPAL_BEGIN","principal":"principals/bob@default.example","uuid":"bbbbbbbb-0000-4000-8000-000000000001"}'
		calendar 5 old
		object 5 o.ics
		echo '{"kind":"PRINCIPAL_END","principal":"principals/bob@default.example","counts":{},"hash":"0000000000000000"}'
		tail -n 1 "$D/small.ndjson"
	} >"$D/p.ndjson"
	chmod 600 "$D/p.ndjson"
	exits 1 load -q --rejects "$D/rejects" "$D/p.ndjson"
	[ "$(jq -r .code "$D/rejects")" = calendars-of-foreign-user ]
	[ "$(sql 'select count(*) from au_adav_calendars')" = 0 ]
}

@test "an object that the server takes in no message is a REJECT, and so is one that it refuses" {
	{
		calendar 1 work
		object 1 a.ics
		object 1 twice.ics
		object 1 twice.ics other
		object 1 b.ics
	} | give "$ANN"
	db -e 'set global max_allowed_packet=1048576'
	large 1 big.ics 1100000 >"$D/big"
	sed -i "/\"a.ics\"/r $D/big" "$D/small.ndjson"
	exits 1 load -q --rejects "$D/rejects" "$D/small.ndjson"
	db -e 'set global max_allowed_packet=default'
	[ "$(jq -r "select(.kind == \"REJECT\") | .code" "$D/rejects" | sort)" = $'row-refused\nvalue-too-large' ]
	[ "$(jq -r 'select(.code == "row-refused") | .record.uri' "$D/rejects")" = twice.ics ]
	[ "$(sql 'select uri from au_adav_calendarobjects order by 1')" = $'a.ics\nb.ics\ntwice.ics' ]
	[ "$(kinds "$ANN")" = $'CALENDAR\t1\nCALENDAR_OBJECT\t3' ]
}

@test "what P8's columns cannot hold is altered and said" {
	{
		calendar 1 taken | jq -c '.displayname |= (. + "😀" * 1) | .calendarcolor |= (. // "" | . + "00000000") |
			if .kind == "CALENDAR" then {kind, uuid, id, synctoken: -1, components: "VEVENT,VTODO,VJOURNAL,X"}
			else .calendarorder = -3 end'
		calendar 2 home
		share 2 "principals/$(printf 'x%.0s' {1..95})@a.example" 2
		reminder "$ANN" taken e
		reminder "$ANN" taken "😀"
	} | give "$ANN"
	sql "insert into au_adav_calendarinstances (calendarid, principaluri, uri) values
		(99, 'principals/$ANN', 'taken')"
	exits 1 load -q --dav-text utf8 --rejects "$D/rejects" "$D/small.ndjson"
	[ "$(jq -r .code "$D/rejects" | grep -v text-cut | sort | tr '\n' ' ')" = "number-out-of-range\
 number-out-of-range principal-too-long reminder-unfit text-fitted uri-changed value-dropped\
 value-dropped " ]
	[ "$(sql "select i.uri, i.calendarorder, i.calendarcolor, c.synctoken, c.components from
		au_adav_calendarinstances i join au_adav_calendars c on c.id=i.calendarid where
		displayname like 'Büro 1%'")" = $'taken-2\t0\tNULL\t1\tVEVENT,VTODO,VJOURNAL' ]
	[ "$(sql 'select calendaruri from au_adav_reminders')" = taken-2 ]
}

@test "a calendar's UUID in capitals is the same calendar: instance, share, object, verify FILE" {
	of_ann
	jq -c --arg a "$A" 'def up: if . != null and startswith($a) then ascii_upcase else . end;
		.uuid |= up | .calendar |= up' "$D/small.ndjson" >"$D/upper"
	install -m 600 "$D/upper" "$D/small.ndjson"
	exits 0 load -q --dav-text utf8 "$D/small.ndjson"
	[ "$(instances | without_tenant)" = "$(sort <<<"$ANNS")" ]
	[ "$(kinds "$ANN")" = $'CALENDAR\t2\nCALENDAR_OBJECT\t3\nCALENDAR_SHARE\t2\nREMINDER\t1' ]
	exits 0 load --dav-text utf8 --verify "$D/small.ndjson"
}
