# p8-load --repair: a reject whose record was corrected comes into P8 after all.

load ../load

# correct JQ: the rejects with their records changed in $D/corrected.
correct() {
	jq -c "$1" "$D/rejects" >"$D/corrected"
	chmod 600 "$D/corrected"
}

# What a load of the stream as it should have been gives.
wanted() {
	local here=$D
	content >"$here/repaired"
	load --verify --deep >/dev/null
	load --undo --all --yes -q >/dev/null
	load --reset --yes >/dev/null
	rm -rf "$D/p8/data/files"
	load -q "$1"
	content >"$here/wanted"
	diff "$here/wanted" "$here/repaired"
}

@test "values that did not fit, corrected with jq" {
	edit 'if .kind == "CONTACT" and .string.FullName == "Eve" then
		.string.PersonalEmail = "x" * 300 | .int.BirthDay = 5000000000
		| .datetime.DateModified = "yesterday" | .text.Notes = "n" * 70000
		| .string.ViewEmail = "😀" | .bool.Auto = 7
		elif .kind == "USER" and .string.PublicId == "ann@north.test" then
		.string.Language = "y" * 300 else . end'
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	[ "$(sql "select count(*) from au_p7m_rejects where is_reject=1")" = 7 ]
	# fed as they are, nothing changes
	content >"$D/before"
	exits 1 load --repair "$D/rejects"
	[[ $output == *"0 rejects repaired, 7 left"* ]]
	content >"$D/after"
	cmp "$D/before" "$D/after"
	[ "$(sql "select count(*) from au_p7m_rejects where is_reject=1")" = 7 ]
	# each line has its field corrected; the others in its record are as bad as before
	correct 'if .kind != "REJECT" then . else .field as $f |
		{PersonalEmail: "c5@out.example", BirthDay: 7, DateModified: "2021-02-03 04:05:06",
		Notes: "short", ViewEmail: "c5@out.example", Auto: true, Language: "French"} as $good |
		.record |= map_values(if type == "object" and has($f) then .[$f] = $good[$f] else . end) end'
	exits 0 load --repair "$D/corrected"
	[[ $output == *"ann@north.test: CONTACT repaired: ViewEmail"* ]]
	[[ $output == *"ann@north.test: USER repaired: Language"* ]]
	[[ $output == *"7 rejects repaired, 0 left"* ]]
	[ -z "$(load --list rejects | grep REJECT)" ]
	# again: the same, and what was changed in P8 since stays
	sql "update au_eav_attributes_string set value='Danish' where name='Language' and value='French'
		limit 1"
	content >"$D/before"
	exits 0 load --repair "$D/corrected"
	[[ $output == *"ann@north.test: value-too-long is not a reject any more, nothing to do"* ]]
	[[ $output == *"0 rejects repaired, 0 left"* ]]
	content >"$D/after"
	cmp "$D/before" "$D/after"
	sql "update au_eav_attributes_string set value='French' where name='Language' and value='Danish'"
	edit 'if .kind == "CONTACT" and .string.FullName == "Eve" then
		.string.PersonalEmail = "c5@out.example" | .int.BirthDay = 7
		| .datetime.DateModified = "2021-02-03 04:05:06" | .text.Notes = "short"
		| .string.ViewEmail = "c5@out.example" | .bool.Auto = true
		elif .kind == "USER" and .string.PublicId == "ann@north.test" then
		.string.Language = "French" else . end'
	exits 0 load --verify --deep "$D/edited.ndjson"
	wanted "$D/edited.ndjson"
}

@test "things that were left out, from the ledger's list of rejects" {
	edit 'if .kind == "GROUP" then .uuid = "none" elif .kind == "IDENTITY" then .entity = ""
		elif .kind == "CARD" and (.data | test("Eve")) then del(.data)
		elif .kind == "SYSTEM_FOLDER" and .string.FolderFullName == "Sent" then
		.ref.IdAccount = "12345678-0000-4000-8000-000000000000" else . end'
	exits 1 load "$D/edited.ndjson"
	load --list rejects -o "$D/rejects"
	# what it should have been stands in the stream as it was
	jq -c --slurpfile good "$D/small.ndjson" '
		if .kind != "REJECT" then . else . as $r |
		.record = first($good[] | select(.kind == $r.record.kind and
			(if .kind == "CARD" then .uri == $r.record.uri
			elif .kind == "GROUP" then true
			else .uuid == $r.record.uuid end))) end' "$D/rejects" >"$D/corrected"
	chmod 600 "$D/corrected"
	exits 0 load --repair "$D/corrected"
	[[ $output == *" 0 left"* ]]
	[ -z "$(load --list rejects | grep REJECT)" ]
	# nothing comes twice
	exits 0 load --repair "$D/corrected"
	[[ $output == *"bad-card is not a reject any more"* ]]
	[[ $output == *"0 rejects repaired, 0 left"* ]]
	wanted "$D/small.ndjson"
}

@test "a file that was missing" {
	local from=$D/p7data/files/private/ann@north.test
	mkdir -p "$from/Büro"
	printf 'hello, world\n' >"$from/hello.txt"
	: >"$from/Büro/empty.bin"
	jq -c 'select(.kind != "FILE_CHUNK") | del(.sha256)' "$D/small.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D/edited.ndjson"
	exits 1 load --rejects "$D/rejects" --files-from "$D/p7data" "$D/edited.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT").code' "$D/rejects")" = file-missing ]
	exits 1 load --repair "$D/rejects"
	[[ $output == *"use --files-from"* ]]
	exits 1 load --repair --files-from "$D/p7data" "$D/rejects"
	load --verify --deep
	printf 'a plan of many words' >"$from/Büro/plan.txt"
	exits 0 load --repair --files-from "$D/p7data" "$D/rejects"
	[ "$(cat "$D/p8/data/files/private/"*/Büro/plan.txt)" = "a plan of many words" ]
	[ -z "$(find "$D/p8/data/files" -name '.p7m*')" ]
	[ "$(sql "select value from au_eav_attributes_bigint where name like '%UsedSpace'
		order by value desc limit 1")" = 33 ]
	load --verify --deep
	[ -z "$(load --list rejects | grep REJECT)" ]
	exits 0 load --undo --all --yes
	[ -z "$(find "$D/p8/data/files" -type f)" ]
}

@test "what cannot be repaired is said; bad input is refused" {
	load -q "$D/small.ndjson"
	{
		echo '{"kind":"WARN","stage":"p7-transform","code":"x"}'
		echo '{"kind":"REJECT","stage":"p7-transform","code":"token-too-long","user":"ann@north.test","record":{}}'
		echo '{"kind":"REJECT","stage":"p8-load","code":"user-exists","user":"ann@north.test","remedy":"rename it"}'
		echo '{"kind":"REJECT","stage":"p7-extract","code":"file-unreadable","user":"ann@north.test","remedy":"look"}'
		echo '{"kind":"REJECT","stage":"p8-load","code":"value-too-long","record":{"kind":"SERVER"}}'
		echo '{"kind":"REJECT","stage":"p8-load","code":"bad-card","user":"no@one.test","record":{}}'
	} >"$D/rejects"
	chmod 600 "$D/rejects"
	exits 1 load --repair "$D/rejects"
	[[ $output == *"ann@north.test token-too-long: it is of an earlier stage"* ]]
	[[ $output == *"ann@north.test user-exists: the whole user was rejected: rename it"* ]]
	[[ $output == *"file-unreadable: it has no record that could be corrected: look"* ]]
	[[ $output == *"- value-too-long: it belongs to no user"* ]]
	[[ $output == *"no@one.test bad-card: the user is not in P8"* ]]
	[[ $output == *"0 rejects repaired, 5 left"* ]]
	exits 65 load --repair "$D/small.ndjson"
	[[ $output == *"line 1 is a HEADER record; --repair needs a file of rejects"* ]]
	exits 64 load --repair --dry-run "$D/rejects"
	load --verify --deep
}

@test "a reference to what could not be repaired" {
	edit 'if .kind == "ACCOUNT" and .string.Email == "ann@north.test" then
			.string.FriendlyName = "x" * 300
		elif .kind == "SYSTEM_FOLDER" then .ref.IdAccount = "12345678-0000-4000-8000-000000000000"
		else . end'
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	# the account's line first, as bad as before, then the folder's
	jq -sc --slurpfile good "$D/small.ndjson" '
		map(select(.kind == "REJECT" and .user == "ann@north.test")) | sort_by(.field) | .[] |
		. as $r | if .record.kind == "ACCOUNT" then . else
		.record = first($good[] | select(.uuid? == $r.record.uuid)) end' "$D/rejects" \
		>"$D/corrected"
	chmod 600 "$D/corrected"
	[ "$(jq -r .field "$D/corrected" | xargs)" = "FriendlyName IdAccount" ]
	exits 1 load --repair "$D/corrected"
	[[ $output == *"1 reject repaired, 1 left"* ]]
	[ "$(sql "select a.value = (select id from au_eav_entities
			where uuid='c689f343-fb1e-56fa-9f7e-0d1bd065dc64') from au_eav_attributes_int a
		join au_eav_entities e on e.id=a.id_entity
		where e.uuid='2611ec02-777f-5c1a-9ac9-fd4a0bee51d4' and a.name='IdAccount'")" = 1 ]
}

@test "a public link, and what a user is known by" {
	local link='{"kind":"PUBLIC_LINK","hash_id":"0123456789abcdef0123456789abcdef",
		"hash":"HASH","data":"{}"}'
	jq -c --argjson l "$link" 'if .kind == "GROUP" then $l, . else . end
		| if .kind == "PUBLIC_LINK" then .hash = "x" * 30 else . end
		| if .kind == "USER" and .string.PublicId == "ann@north.test" then
			.string.Language = "y" * 300 else . end' "$D/small.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D/edited.ndjson"
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	correct 'if .record.kind == "PUBLIC_LINK" then .record.hash = "HASH"
		elif .field == "Language" then .field = "PublicId" else . end'
	exits 1 load --repair "$D/corrected"
	[[ $output == *"ann@north.test: PUBLIC_LINK repaired"* ]]
	[[ $output == *"P8 knows the user by it"* ]]
	[ "$(sql "select hash from au_min_hashes")" = HASH ]
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = 3 ]
	load --verify
	load --undo --all --yes
	[ "$(sql "select count(*) from au_min_hashes")" = 0 ]
}

@test "files of somebody who has none, and one whose name is taken in P8" {
	local from=$D/p7data/files/private/ann@north.test ann
	mkdir -p "$from/Büro"
	jq -c 'select(.kind != "FILE_CHUNK" and .directory != true) | del(.sha256)' \
		"$D/small.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D/edited.ndjson"
	exits 1 load --rejects "$D/rejects" --files-from "$D/p7data" "$D/edited.ndjson"
	ann=$D/p8/data/files/private/$(sql "select uuid from au_p7m_users where email='ann@north.test'")
	printf 'hello, world\n' >"$from/hello.txt"
	: >"$from/Büro/empty.bin"
	printf 'a plan of many words' >"$from/Büro/plan.txt"
	find "$from" -type f -exec touch -d '@1600000000.123456789' {} +
	mkdir -p "$ann"
	echo mine >"$ann/hello.txt"
	jq -sc 'sort_by(.record.path) | .[]' "$D/rejects" >"$D/sorted"
	chmod 600 "$D/sorted"
	[ "$(jq -r .record.path "$D/sorted" | tail -n 1)" = hello.txt ]
	run load --repair --files-from "$D/p7data" --rejects "$D/left" "$D/sorted"
	echo "$output"
	[ "$(cat "$ann/hello.txt")" = mine ]
	[ "$(cat "$ann/Büro/plan.txt")" = "a plan of many words" ]
	[ "$(jq -r .code "$D/left")" = file-exists ]
	[ "$(sql "select count(*) from au_p7m_rejects where code='file-exists'")" = 1 ]
	[ "$(sql "select count(*) from au_eav_attributes_bigint a join au_p7m_users u on
		u.entity=a.id_entity where a.name='PersonalFiles::UsedSpace' and u.email='ann@north.test'
		and a.value >= 20")" = 1 ]
}

@test "events, cards and reminders that were left out: with the facts of the bytes that they have now" {
	jq -c -f "$TESTS/fixtures/load-calendars.jq" "$D/small.ndjson" >"$D/good.ndjson"
	# one without its bytes, one that the server refuses, two reminders of names that P8 cannot hold
	jq -c 'if .kind == "CALENDAR_OBJECT" and .id == 2 then del(.calendardata)
		elif .kind == "CALENDAR_OBJECT" and .id == 5 then .uri = ""
		elif .kind == "REMINDER" and .id != 2 then .eventid = "e" * 300
		elif .kind == "CARD" and (.data | test("Eve")) then del(.data) else . end' \
		"$D/good.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D/edited.ndjson" "$D/good.ndjson"
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	load --verify
	jq -c --slurpfile good "$D/good.ndjson" '
		if .kind != "REJECT" or .code == "sharee-not-in-p8" then empty else . as $r |
		.record = first($good[] | select(.kind == $r.record.kind and
			(if .kind == "CARD" then .uri == $r.record.uri else .id == $r.record.id end))) |
		# what was known of the bytes is known no more
		.record |= (if .kind == "CALENDAR_OBJECT" then .etag = "wrong" | .size = 1 | del(.uid)
			| .firstoccurence = 5 | .componenttype = "VTODO" elif .kind == "CARD" then
			.etag = "wrong" | .size = 7 else . end) end' "$D/rejects" >"$D/corrected"
	chmod 600 "$D/corrected"
	[ "$(wc -l <"$D/corrected")" = 5 ]
	exits 0 load --repair "$D/corrected"
	[[ $output == *"5 rejects repaired, 0 left"* ]]
	[[ $output == *"room@north.test: CALENDAR_OBJECT repaired"* ]]
	[[ $output == *"bob@default.example: REMINDER repaired"* ]]
	exits 0 load --verify
	# the stream with the facts of these bytes, too
	jq -c 'if .kind == "CALENDAR_OBJECT" and (.id == 2 or .id == 5) then del(.etag, .size,
		.componenttype, .firstoccurence, .lastoccurence, .uid) else . end' "$D/good.ndjson" |
		dav-schema-upgrade records --edited -o "$D/facts.ndjson"
	exits 0 load --verify "$D/facts.ndjson"
	[ "$(sql "select count(*) from au_adav_calendarobjects where etag=md5(calendardata)
		and size=length(calendardata) and uri in ('e2.ics', 'e5.ics') and uid=left(uri, 2)
		and componenttype='VEVENT' and firstoccurence=1704164645 and lastoccurence=1704168245")" = 2 ]
	[ "$(sql "select count(*) from au_adav_cards where etag<>md5(carddata) or size<>length(carddata)")" = 0 ]
	# clients of the calendar learn of it
	[ "$(sql "select group_concat(uri, operation order by id) from au_adav_calendarchanges")" = "e2.ics1,e5.ics1" ]
	[ "$(sql "select count(*) from au_adav_reminders")" = 3 ]
	# once more: nothing
	exits 0 load --repair "$D/corrected"
	[[ $output == *"0 rejects repaired, 0 left"* ]]
	# what P8 has already is left
	sql "insert into au_p7m_rejects (id, is_reject, email) select '$(jq -r 'select(.record.kind == "CALENDAR_OBJECT") |
		.key' "$D/corrected" | head -n 1)', 1, 'ann@north.test'"
	exits 1 load --repair "$D/corrected"
	[[ $output == *"P8 has an object of that URI already"* ]]
	exits 0 load --undo --all --yes -q
	no_orphans
}
