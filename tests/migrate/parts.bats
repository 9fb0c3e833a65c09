# Parts of users that were left out, and that follow.
# not sanitized: the library that ends programs (fault.c) has to come first.

# shellcheck disable=SC2218 # bats has one, too
load ../site

setup_file() {
	FAULTS=$S/fault.so
	export FAULTS
	# shellcheck disable=SC2046 # flags
	cc -D_GNU_SOURCE -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags libmariadb) \
		-o "$FAULTS" "$TESTS/fault.c" -ldl
	# Nothing here outlives the server: it need not wait for the disk.
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync \
		--innodb-lock-wait-timeout=5
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
	p8-load --p8 "$S/p8" --describe -o "$S/target.json"
	stream >"$S/all.ndjson"
	stream --without contacts >"$S/base.ndjson"
	stream --only contacts >"$S/contacts.ndjson"
	chmod 600 "$S"/*.ndjson
	# what a load in one go gives
	p8-load --p8 "$S/p8" -q "$S/all.ndjson" || [ "$?" = 1 ]
	contacts_of_p8 >"$S/want"
	[ -s "$S/want" ]
}

setup() {
	fresh_p8
}

# stream [OPTION...]: P8's records of the sample.
stream() {
	p7-extract --p7 "$S/p7" "$@" | p7-transform --target "$S/target.json" |
		dav-schema-upgrade records || [ "$?" = 1 ]
}

load() {
	p8-load --p8 "$D/p8" "$@"
}

sql() {
	dbq p8 "$1"
}

# Contacts, groups and cards with all that they have, by names that two databases share; dates that
# P7 does not know are those of the stream.
contacts_of_p8() {
	local t
	for t in string text bool datetime mediumblob bigint double; do
		sql "select e.uuid, '$t', a.name, hex(a.value) from au_eav_attributes_$t a join au_eav_entities e
			on e.id = a.id_entity where e.module_name like '%Contacts'
			and a.name <> 'DateModified' order by 1, 3"
	done
	sql "select e.uuid, a.name, coalesce(r.uuid, a.value) from au_eav_attributes_int a join
		au_eav_entities e on e.id = a.id_entity left join au_eav_entities r on r.id = a.value and
		a.name in ('IdUser', 'IdTenant', 'UserId') where e.module_name like '%Contacts'
		and a.name <> 'CTag' order by 1, 2"
	sql "select b.principaluri, b.uri, hex(b.displayname), c.uri, c.etag, c.size, c.lastmodified,
		sha2(c.carddata, 256) from au_adav_addressbooks b join au_adav_cards c
		on c.addressbookid = b.id order by 1, 2, 4"
}

as_in_one_go() {
	contacts_of_p8 >"$D/is"
	diff "$S/want" "$D/is"
}

# states COLUMN: how many users have which state of a part.
states() {
	sql "select $1, count(*) from au_p7m_users where state = 'done' group by 1 order by 1" |
		tr '\t' ' ' | xargs
}

# goes [OPTION...]: a load that ends with 0, or 1 for what the sample has rejected.
goes() {
	run load "$@"
	echo "$output"
	[ "$status" -le 1 ]
}

@test "A03: contacts that were left out follow in a later load, once" {
	goes "$S/base.ndjson"
	[[ $output == *"left out: contacts of 11 users (a stream that has them, or p7-migrate without that --without, brings them)"* ]]
	[ "$(states contacts)" = '0 11' ]
	lacks contacts <<<"$(load --list loaded)"
	[ "$(load --list left-out | cut -f 2 | sort -u)" = contacts ]
	exits 0 load --verify
	exits 0 load --verify "$S/all.ndjson"
	[[ $output == *"not compared: contacts of"* ]]
	goes -v "$S/all.ndjson"
	[[ $output == *": contacts loaded"* ]]
	[[ $output != *"left out: contacts"* ]]
	[[ $output != *"changed in P7"* ]]
	as_in_one_go
	exits 0 load --verify --deep
	exits 0 load --verify "$S/all.ndjson"
	[[ $output != *"not compared"* ]]
	[ -z "$(load --list left-out)" ]
	bytes_of_p8 >"$D/1"
	goes -v "$S/all.ndjson"
	[[ $output != *"contacts loaded"* ]]
	bytes_of_p8 | cmp "$D/1" -
}

@test "A03: a stream of contacts alone brings them, to users who are there" {
	need_long
	exits 1 load --rejects "$D/rejects" "$S/contacts.ndjson"
	jq -e 'select(.kind == "REJECT") | .code == "user-without-record" and
		(.remedy | test("bring the user first"))' "$D/rejects"
	goes -q "$S/base.ndjson"
	goes -v "$S/contacts.ndjson"
	[[ $output == *": contacts loaded"* ]]
	[[ $output != *"changed in P7"* ]]
	as_in_one_go
	exits 0 load --verify
	exits 0 load --verify "$S/contacts.ndjson"
	exits 0 load --undo --all --yes
	[ -z "$(contacts_of_p8)" ]
}

@test "A03: contacts of more than one unit are one transaction" {
	need_long
	goes -q "$S/base.ndjson"
	goes --transaction-rows 20 "$S/all.ndjson"
	as_in_one_go
	exits 0 load --verify
}

@test "A03: a dry run says what would follow and writes nothing" {
	goes -q "$S/base.ndjson"
	bytes_of_p8 >"$D/1"
	goes --dry-run "$S/all.ndjson"
	grep -q '^+ CONTACT ' <<<"$output"
	bytes_of_p8 | cmp "$D/1" -
	[ "$(states contacts)" = '0 11' ]
	goes --itemize "$S/all.ndjson"
	grep -q '^+ CONTACT ' <<<"$output"
	[ "$(states contacts)" != '0 11' ]
}

# at N FAULT COMMAND...: the status is that of the command, 137 when it was killed.
at() {
	local n=$1 fault=$2
	shift 2
	# A shell of its own says "Killed", which nobody needs to see.
	(
		FAULT_AT=$n FAULT=$fault FAULT_COUNT=$D/count LD_PRELOAD=$FAULTS "$@" >"$D/out" 2>&1 &
		wait $!
	) 2>/dev/null
}

# What the user of the next test has at any time: nothing of contacts, or all that the ledger knows.
whole() {
	local n
	n=$(sql "select count(*) from au_eav_entities where entity_type like '%Contacts%Contact'")
	[ "$n" = 1 ] || [ "$(sql "select contacts from au_p7m_users")" = 1 ] || return 1
	load --verify -q >"$D/verified" || { cat "$D/verified" && return 1; }
}

@test "A03: ended or cut off at any statement of the parts that follow, the user is whole" {
	need_long
	local fault n rc steps=41 first=5
	[ -z "${P7M_LONG:-}" ] || steps=1
	stream --user anna.weber@linden.example --without contacts,collected,groups,files >"$D/1.ndjson"
	stream --user anna.weber@linden.example >"$D/2.ndjson"
	chmod 600 "$D"/*.ndjson
	goes -q "$D/1.ndjson"
	goes -q "$D/2.ndjson"
	contacts_of_p8 >"$D/want"
	for fault in kill killed cut lost; do
		for ((n = first; ; n += steps)); do
			exits 0 load -q --undo --all --yes
			rm -rf "$D/p8/data/files"
			goes -q "$D/1.ndjson"
			rc=0
			at "$n" "$fault" p8-load --p8 "$D/p8" -q --transaction-rows 60 "$D/2.ndjson" || rc=$?
			echo "$fault at $n: $rc $(tail -n 1 "$D/out")"
			[[ " 0 1 69 75 137 " == *" $rc "* ]]
			[ "$rc" -gt 1 ] || [ "$n" -lt "$(cat "$D/count")" ] || break
			whole
			goes -q --transaction-rows 60 "$D/2.ndjson"
			contacts_of_p8 | diff "$D/want" -
			exits 0 load --verify --deep -q
			[ "$(sql "select contacts, files, state from au_p7m_users")" = '1	1	done' ]
		done
		[ "$n" -gt 25 ]
		first=$((first + steps / 4))
	done
}

@test "A03: P8 is in use: its address book and change tag are used, its clients are told" {
	local id
	goes -q "$S/base.ndjson"
	id=$(sql "select entity from au_p7m_users where email='anna.weber@linden.example'")
	sql "insert into au_adav_addressbooks (principaluri, displayname, uri, synctoken) values
		('principals/anna.weber@linden.example', 'Mine', 'AddressBook', 7);
		insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name) values
		(uuid(), '', 'Aurora\\\\Modules\\\\Contacts\\\\Classes\\\\CTag', 'Contacts');
		set @c = last_insert_id();
		insert into au_eav_attributes_int (id_entity, name, value) values (@c, 'UserId', $id),
		(@c, 'CTag', 5); insert into au_eav_attributes_string (id_entity, name, value) values
		(@c, 'Storage', 'personal')"
	goes -q "$S/all.ndjson"
	[ "$(sql "select b.synctoken, count(*), count(distinct h.uri), min(h.operation) from
		au_adav_addressbooks b join au_adav_addressbookchanges h on h.addressbookid = b.id and
		h.synctoken = 7 join au_adav_cards c on c.addressbookid = b.id and c.uri = h.uri
		where b.displayname = 'Mine'")" = "$(sql "select 8, count(*), count(*), 1 from au_adav_cards c
		join au_adav_addressbooks b on b.id = c.addressbookid where b.displayname = 'Mine'")" ]
	[ "$(sql "select group_concat(c.value) from au_eav_attributes_int u join au_eav_attributes_int c
		on c.id_entity = u.id_entity and c.name = 'CTag' join au_eav_attributes_string s
		on s.id_entity = u.id_entity and s.value = 'personal'
		where u.name = 'UserId' and u.value = $id")" = 6 ]
	exits 0 load --verify
	exits 0 load --verify "$S/all.ndjson"
	# nothing of it is a change by P8's user, and all of it goes
	exits 0 load --undo anna.weber@linden.example
	[ "$(sql "select count(*) from au_adav_addressbooks b left join au_adav_cards c on
		c.addressbookid = b.id where principaluri like '%anna.weber@linden.example'")" = 0 ]
	[ "$(sql "select count(*) from au_adav_cards c left join au_adav_addressbooks b
		on b.id = c.addressbookid where b.id is null")" = 0 ]
}

@test "A03: a user who was removed from P8 is not given contacts" {
	goes -q "$S/base.ndjson"
	sql "delete from au_eav_entities where id=(select entity from au_p7m_users
		where email='anna.weber@linden.example')"
	exits 1 load --rejects "$D/rejects" "$S/all.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | [.user, .code] | join(" ")' "$D/rejects")" = \
		'anna.weber@linden.example user-gone' ]
	[ "$(sql "select count(*) from au_adav_addressbooks where principaluri like '%anna.weber%'")" = 0 ]
}

@test "A03: collected addresses or groups alone do not follow, and that is said" {
	stream --without collected >"$D/1.ndjson"
	stream --without groups >"$D/2.ndjson"
	chmod 600 "$D"/*.ndjson
	goes "$D/1.ndjson"
	grep -q 'left out: collected addresses of [0-9]* users (p7-migrate with --redo EMAIL, or p8-load --p8 DIR --undo EMAIL and a new load, brings them)' <<<"$output"
	goes -q "$S/all.ndjson"
	load --list left-out | grep -q '^anna.weber@linden.example	collected$'
	exits 0 load --undo anna.weber@linden.example
	goes -q "$S/all.ndjson"
	lacks '^anna.weber@linden.example	' <<<"$(load --list left-out)"
	exits 0 load --undo --all --yes
	goes "$D/2.ndjson"
	grep -q 'left out: groups of [0-9]* users (p7-migrate with --redo EMAIL, or p8-load --p8 DIR --undo EMAIL and a new load, brings them)' <<<"$output"
	# who has no contacts besides lacks nothing for ever
	goes -q "$S/all.ndjson"
	[ "$(sql "select count(*) from au_p7m_users where contacts & 40 = 40")" = 0 ]
}

@test "A03: an edited stream: what was taken out as a whole follows, what its header hides, too" {
	need_long
	only() {
		jq -c "$1" "$S/all.ndjson" >"$D/edited.ndjson" && chmod 600 "$D/edited.ndjson"
	}
	only 'select(.kind | IN("CONTACT", "CARD", "ADDRESSBOOK", "GROUP", "MEMBERSHIP", "CTAG") | not)'
	goes --edited "$D/edited.ndjson"
	# the other blocks are as they were: those users have none
	[[ $output == *"left out: contacts of 7 users"* ]]
	goes -q "$S/all.ndjson"
	as_in_one_go
	exits 0 load --undo --all --yes
	# taken out before p7-transform, which makes a whole stream of it
	before() {
		p7-extract --p7 "$S/p7" | jq -c "$1" |
			p7-transform --edited --target "$S/target.json" | dav-schema-upgrade records >"$D/edited.ndjson" || [ "$?" = 1 ]
	}
	before 'select(.kind | IN("CONTACT", "CARD", "GROUP") | not)'
	goes "$D/edited.ndjson"
	[[ $output == *"left out: contacts of 10 users"*"left out: some contacts of 1 user "* ]]
	exits 0 load --undo --all --yes
	before 'select(.kind | IN("CONTACT", "CARD", "GROUP", "ADDRESSBOOK") | not)'
	goes "$D/edited.ndjson"
	[[ $output == *"left out: contacts of 11 users"* ]]
	goes -q "$S/all.ndjson"
	as_in_one_go
	exits 0 load --undo --all --yes
	# a header that promises what the stream does not have
	sed '1s/"without":\[[^]]*\]/"without":[]/' "$S/base.ndjson" >"$D/edited.ndjson"
	goes -q --edited "$D/edited.ndjson"
	goes -q "$S/all.ndjson"
	as_in_one_go
	exits 0 load --undo --all --yes
	# a header that hides what it has
	sed '1s/"without":\[[^]]*\]/"without":["contacts","collected","groups"]/' "$S/all.ndjson" >"$D/edited.ndjson"
	goes --edited "$D/edited.ndjson"
	[[ $output == *"left out: collected addresses"*"left out: groups"*"left out: some contacts"* ]]
	as_in_one_go
	# a kind of them was taken out
	exits 0 load --undo --all --yes
	only 'select(.kind | IN("GROUP", "MEMBERSHIP") | not)'
	goes --edited "$D/edited.ndjson"
	[[ $output == *"left out: groups of"* ]]
}

@test "C09: a part of a user is no change" {
	stream --without files >"$D/1.ndjson"
	stream --only files --files-by-reference >"$D/2.ndjson"
	stream --files-by-reference >"$D/3.ndjson"
	chmod 600 "$D"/*.ndjson
	goes "$D/1.ndjson"
	[[ $output == *"left out: files of 11 users"* ]]
	goes -v --files-from "$S/p7/data" "$D/2.ndjson"
	[[ $output == *": files loaded"* ]]
	[[ $output != *"left out: files"* ]]
	[[ $output != *"changed"* ]]
	for i in "$S/contacts.ndjson" "$S/base.ndjson" "$D/1.ndjson" "$D/3.ndjson" "$S/all.ndjson"; do
		goes --files-from "$S/p7/data" --itemize "$i"
		[[ $output != *"changed"* && $output != *"~ USER"* ]]
		exits 0 load --changed "$i"
		[[ $output == "p8-load: 0 users changed"* ]]
	done
	exits 0 load --verify --deep
}

@test "C09: files and contacts in several streams, each once" {
	need_long
	stream --only users,settings >"$D/1.ndjson"
	stream --only files,contacts >"$D/2.ndjson"
	chmod 600 "$D"/*.ndjson
	goes -q "$D/1.ndjson"
	[ "$(states 'concat(contacts, files)')" = '00 11' ]
	goes -v "$D/2.ndjson"
	[[ $output == *": contacts and files loaded"* ]]
	[[ $output != *"changed"* ]]
	as_in_one_go
	exits 0 load --verify --deep
	goes "$S/all.ndjson"
	[[ $output != *"changed"* ]]
	[ "$(sql "select count(*) from au_p7m_users where contacts = 0 or files = 0")" = 0 ]
}

@test "A03: contacts that the server refuses in their last unit stay out as a whole" {
	local last
	exits 0 load -q "$S/base.ndjson"
	last=$(jq -rs 'map(select(.kind == "USER_BEGIN" or .kind == "CARD")) |
		(map(.email == "ivan.petrov@mir.test") | index(true)) as $at | .[:$at] | last | .uri' \
		"$S/all.ndjson")
	db p8 --delimiter='|' -e "create trigger refuse before insert on au_adav_cards for each row
		if new.uri = '$last' then signal sqlstate '45000' set message_text = 'Not now'; end if|"
	exits 1 load -q --transaction-rows 1 "$S/all.ndjson"
	load --list rejects | grep -q '"code":"part-refused"'
	[ "$(sql "select count(*) from au_p7m_own o join au_p7m_users u on u.id = o.user_id
		where u.contacts = 0 and o.kind in ('CONTACT', 'CARD', 'GROUP', 'ADDRESSBOOK')")" = 0 ]
	exits 0 load --verify --deep
	db p8 -e 'drop trigger refuse'
	run load -q "$S/all.ndjson"
	as_in_one_go
	exits 0 load --verify --deep
	exits 0 load -q --undo --all --yes
}

@test "A03: migrate says what is left out, brings it later, and claims no more" {
	need_long
	exits 0 migrate --without contacts
	grep -q '^In P8, but for what was left out: 11 users of P7, 0 contacts' <<<"$output"
	grep -q '^Left out: contacts of 11 users; run again without --without contacts to bring them\.$' <<<"$output"
	lacks '^All in P8' <<<"$output"
	[ "$(jq -c .left_out "$D/state/migration")" = '{"contacts":11}' ]
	[ "$(wc -l <"$D/state/left-out-users")" = 11 ]
	exits 0 migrate --check
	grep -q '^P7  files  *0, 0 bytes to be brought$' <<<"$output"
	grep -q '^P7  contacts  *17$' <<<"$output"
	exits 0 migrate --without contacts,files
	grep -q '^Left out: contacts of 11 users; ' <<<"$output"
	grep -q '^Users: 11, in P8 already 11$' <<<"$output"
	exits 0 migrate
	grep -q '^Users: 11, in P8 already 11, 11 of them without a part that this run brings$' \
		<<<"$output"
	grep -q '^All in P8: 11 users of P7, 17 contacts,' <<<"$output"
	lacks 'Left out' <<<"$output"
	as_in_one_go
	[ ! -s "$D/state/left-out-users" ]
	exits 0 migrate --update
	grep -q '^Users: 11, in P8 already 11$' <<<"$output"
	grep -q '^All in P8: 11 users of P7, 17 contacts,' <<<"$output"
	[ ! -s "$D/state/changed-users" ]
}

@test "A03: migrate: several parts, some users, collected addresses" {
	need_long
	exits 0 migrate --user anna.weber@linden.example --without calendars,contacts --without files
	grep -q '^Left out: calendars of 1 user, contacts of 1 user, files of 1 user; ' <<<"$output"
	exits 0 migrate --user camille.dubois@linden.example
	grep -q '^All in P8: 1 selected user' <<<"$output"
	lacks 'Left out' <<<"$output"
	exits 0 migrate --without files
	grep -q '^Users: 11, in P8 already 2, 1 of them without a part that this run' <<<"$output"
	grep -q '^Left out: files of 10 users; ' <<<"$output"
	exits 0 migrate --check
	grep -q '^P7  users  *11, all of them; in P8 already: 11, 10 of them without' <<<"$output"
	exits 0 migrate
	grep -q '^All in P8: 11 users of P7, 17 contacts, .* 6 calendars with 8 events' <<<"$output"
	as_in_one_go
	exits 0 migrate --redo anna.weber@linden.example --without collected
	grep -q '^Left out: collected addresses of 1 user; --redo EMAIL brings them' <<<"$output"
	# a run that did not mean to leave them out does not end as if all were there
	exits 1 migrate
	grep -q '^In P8, but for what was left out: 11 users' <<<"$output"
	grep -q '^Left out: collected addresses of 1 user; --redo EMAIL' <<<"$output"
	exits 0 migrate --redo anna.weber@linden.example
	grep -q '^All in P8: 1 selected user' <<<"$output"
	exits 0 migrate --no-verify
	grep -q '^All in P8: 11 users of P7, 17 contacts, ' <<<"$output"
	as_in_one_go
}
