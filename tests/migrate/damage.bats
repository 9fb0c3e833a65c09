# Damaged rows of P7: each is migrated, repaired or rejected, and never in silence.

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/server" --character-set-server=latin1
	variant_p7 "$S/p7" p7 path=7.7.7 charset=utf8mb4
	{
		printf "set @low = '"
		for ((i = 2; i < 128; i++)); do printf %02x $((i ^ 1)); done
		printf "', @high = '"
		for ((i = 129; i < 256; i++)); do printf %02x $((i ^ 128)); done
		printf "';\n"
		cat "$TESTS/fixtures/damage.sql"
	} | db p7
	variant_migrate "$S/p7" "$S/p8" p8 >"$S/out" 2>&1 || echo $? >"$S/status"
}

# The reports of a code: user and row number, sorted, on one line.
reports() {
	jq -r --arg k "$1" --arg c "$2" 'select(.kind == $k and .code == $c) |
		"\(.user // .table):\(.id // "")"' "$S/p8.state/rejects.ndjson" | LC_ALL=C sort | xargs
}

# An attribute of the user PublicId $1, or of entities that belong to him.
of_user() {
	dbq p8 "select v.value from au_eav_entities e join au_eav_attributes_$3 v
		on v.id_entity = e.id and v.name = '$4'
		left join au_eav_attributes_int u on u.id_entity = e.id and u.name = 'IdUser'
		where e.entity_type like '%$2' and coalesce(u.value, e.id) = (select id_entity from
		au_eav_attributes_string where name = 'PublicId' and value = '$1') order by 1"
}

@test "the run goes on to its end, and says what is missing" {
	cat "$S/out"
	[ "$(cat "$S/status")" = 1 ]
	grep -q '^Not all in P8: 14 of 21 users of P7' "$S/out"
	grep -q 'verified' "$S/out"
}

@test "rejected: users without settings, domain, e-mail" {
	[ "$(reports REJECT user-without-settings)" = nosettings@moor.test:10 ]
	[ "$(reports REJECT user-without-domain)" = "minus@moor.test:23 nodomain@moor.test:11" ]
	[ "$(reports REJECT user-without-email)" = :22 ]
}

@test "rejected: accounts of nobody, and of a deleted domain" {
	[ "$(reports REJECT account-without-user)" = "linked2@moor.test:24 linked@moor.test:15" ]
	[ "$(reports REJECT account-without-domain)" = hans@moor.test:25 ]
	[ "$(of_user hans@moor.test Mail%Account string Email | xargs)" = \
		"hans@moor.test hans@second.test" ]
}

@test "repaired: the second default account is a linked one; mailing lists are no users" {
	[ "$(reports WARN several-default-accounts)" = twice@moor.test:13 ]
	[ "$(of_user twice@moor.test Mail%Account bool UseToAuthorize | xargs)" = "0 1" ]
	! grep -q list@moor.test "$S/p8.state/migrated-users" "$S/p8.state/rejects.ndjson"
}

@test "rejected: e-mails that differ by letter case, accent or trailing blank" {
	[ "$(reports REJECT user-duplicate)" = "HANS@moor.test:16 olga@heide.test :18 éva@moor.test:17" ]
	for u in HANS@moor.test éva@moor.test 'olga@heide.test '; do
		grep -q "^$u	" "$S/p8.state/not-migrated-users"
	done
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string where name = 'PublicId' and
		value in ('hans@moor.test', 'eva@moor.test', 'olga@heide.test')")" = 3 ]
}

@test "migrated: NULL wherever it can be" {
	[ "$(of_user nulls@moor.test Mail%Account string Email)" = nulls@moor.test ]
	[ "$(of_user nulls@moor.test Contacts%Contact string Storage | xargs)" = "personal team" ]
	[ "$(of_user nulls@moor.test Contacts%Group string Name)" = 'Group 190' ]
	[ "$(of_user nulls@moor.test Mail%Identity string FriendlyName)" = '' ]
	[ "$(of_user nulls@moor.test OAuth%Account string Type)" = '' ]
	[ "$(of_user nulls@moor.test Core%User int Calendar::WorkdayStarts)" = 9 ]
	[ "$(dbq p8 "select calendardata is null, size from au_adav_calendarobjects o join
		au_adav_calendarinstances i using (calendarid) where i.uri = 'n'")" = '1	0' ]
	[ "$(reports WARN uri-changed)" = nulls@moor.test:190 ]
}

@test "repaired: dates that are none become the time of the snapshot; negative numbers stay" {
	[ "$(of_user zero@moor.test Core%User datetime DateCreated | cut -c1-2)" = 20 ]
	[ "$(of_user zero@moor.test Contacts%Contact datetime DateModified | grep -c '^00\|-00')" = 0 ]
	[ "$(of_user zero@moor.test Core%User int MailWebclient::MailsPerPage)" = -5 ]
	[ "$(of_user zero@moor.test Core%User int Calendar::DefaultTab)" = -2 ]
	[ "$(of_user zero@moor.test Contacts%Contact int Frequency | xargs)" = "-1 0" ]
	[ "$(of_user zero@moor.test Contacts%Contact int BirthYear)" = -32768 ]
}

@test "serialized garbage is carried as it is, rejected when it is too long" {
	[ "$(of_user php@moor.test Core%User string CustomFields)" = 'a:1:{s:3:"x";' ]
	[ "$(reports REJECT value-too-long | tr ' ' '\n' | grep twice)" = twice@moor.test:5 ]
	[ "$(of_user twice@moor.test Core%User string CustomFields)" = '' ]
}

@test "passwords: every byte, at and over P8's length, not in P7's encoding" {
	for u in low high nul fits; do
		[ "$(of_user $u@moor.test Mail%Account string IncomingPassword | wc -c)" -gt 8 ]
	done
	# 127 bytes, with login and colon 129, in blocks, in base64
	[ "$(of_user low@moor.test Mail%Account string IncomingPassword | tr -d '\n' | wc -c)" = 182 ]
	[ "$(of_user over@moor.test Mail%Account string IncomingPassword)" = '' ]
	[ "$(reports REJECT value-too-long | tr ' ' '\n' | grep -v twice)" = over@moor.test:34 ]
	[ "$(reports WARN password-implausible)" = "odd@moor.test:36 plain@moor.test:35" ]
	! grep -q 'geheim' "$S/p8.state/rejects.ndjson"
}

@test "groups without a name, of another user, missing; memberships twice" {
	[ "$(reports WARN group-without-name)" = \
		"hans@moor.test:50 hans@moor.test:51 nulls@moor.test:190" ]
	[ "$(of_user hans@moor.test Contacts%Group string Name | xargs)" = "Freunde Group 50 Group 51" ]
	[ "$(reports WARN group-of-another-user)" = hans@moor.test:1 ]
	[ "$(reports WARN group-missing)" = hans@moor.test:1 ]
	[ "$(dbq p8 "select count(*) from au_eav_entities where entity_type like '%GroupContact'")" = 2 ]
}

@test "rows of nobody are counted, table by table" {
	[ "$(reports WARN orphan-rows)" = "$(printf '%s: ' acal_users_data adav_calendarobjects \
		adav_calendars adav_calendarshares adav_cards adav_reminders awm_addr_book awm_addr_groups \
		awm_addr_groups_contacts awm_folders_order awm_identities awm_settings awm_social \
		awm_system_folders | sed 's/ $//')" ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarobjects where uri = 'orphan.ics'")" = 0 ]
}

@test "shares of and with nobody, with the owner; calendars of a principal without account" {
	[ "$(reports WARN sharee-missing)" = hans@moor.test:61 ]
	[ "$(reports WARN shared-with-owner)" = hans@moor.test:62 ]
	[ "$(reports WARN principal-without-user)" = "gone@left.test: 😀@left.test:" ]
	[ "$(dbq p8 "select displayname from au_adav_calendarinstances
		where principaluri = 'principals/gone@left.test'")" = Left ]
}

@test "characters outside the BMP become U+FFFD; an unreadable order of folders is empty" {
	[ "$(reports WARN character-outside-bmp)" = "hans@moor.test:60 hans@moor.test:60" ]
	[ "$(of_user hans@moor.test Contacts%Contact string FullName | grep Smile)" = 'Smile �' ]
	[ "$(reports WARN folders-order-unreadable)" = hans@moor.test:1 ]
}

@test "emoji: kept in names and bytes of calendars, U+FFFD in texts, no reminders with them" {
	[ "$(dbq p8 "select convert(uri using utf8mb4), displayname, description from
		au_adav_calendarinstances where uri = x'f09f8e89'")" = '🎉	Fest �	mit �' ]
	[ "$(reports WARN text-fitted)" = "hans@moor.test:70 hans@moor.test:70" ]
	[ "$(dbq p8 "select convert(uri using utf8mb4), convert(uid using utf8mb4), length(calendardata)
		from au_adav_calendarobjects where uri like '%.ics' and uid = x'f09f8e89'")" = \
		'🎉.ics	🎉	94' ]
	[ "$(dbq p8 "select convert(principaluri using utf8mb4) from au_adav_calendarinstances
		where uri = 'emoji'")" = principals/😀@left.test ]
	[ "$(reports REJECT reminder-unfit)" = hans@moor.test:193 ]
	[ "$(reports REJECT reminders-of-unfit-user)" = 😀@left.test: ]
	[ "$(dbq p8 "select count(*) from au_adav_reminders where time = 5")" = 0 ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances where uri = 'nobody'")" = 0 ]
}

@test "numbers that no column holds, bytes that are no UTF-8" {
	[ "$(dbq p8 "select displayname, calendarorder from au_adav_calendarinstances
		where uri = 'latin1'")" = 'Caf�	4294967295' ]
	[ "$(reports WARN not-utf8)" = eva@moor.test:73 ]
	[ "$(dbq p8 "select lastmodified from au_adav_calendarobjects where uid = x'f09f8e89'")" = \
		2147483647 ]
	[ "$(reports WARN number-out-of-range)" = "hans@moor.test:63 hans@moor.test:70" ]
}

@test "text encoded twice beside clean text, and cut in the middle of a character" {
	[ "$(reports WARN text-repaired)" = \
		"hans@moor.test:63 hans@moor.test:80 hans@moor.test:83" ]
	[ "$(dbq p8 "select displayname from au_adav_calendarinstances where uri in
		('clean', 'cut', 'double') order by uri" | xargs -d '\n')" = "Clean Ü CafÃ Été" ]
}

@test "objects encoded twice beside clean ones: proved by the etag, else by the text" {
	[ "$(dbq p8 "select substring_index(substring_index(convert(calendardata using utf8mb4),
		'SUMMARY:', -1), '\r', 1) from au_adav_calendarobjects where length(uri) = 1 order by uri" |
		paste -sd,)" = 'Grüße,GrÃ¼ÃŸe,Grüße,Grüße,GrÃ¼ÃŸe и Привет,Grüße' ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarobjects where length(uri) = 1 and
		etag = md5(calendardata) and uid = 't'")" = 6 ]
}

@test "events that P7 cut, and wrong numbers in them" {
	[ "$(reports WARN calendar-object-cut)" = hans@moor.test:60 ]
	[ "$(dbq p8 "select uid, size, length(calendardata), etag = '$(db -BN p7 -e \
		"select calendardata from adav_calendarobjects where id = 60" --raw | head -c 65535 |
		md5sum | cut -d' ' -f1)' from au_adav_calendarobjects where uri = 'big.ics'")" = \
		'big	65535	65535	1' ]
	[ "$(dbq p8 "select componenttype, firstoccurence, lastoccurence, lastmodified from
		au_adav_calendarobjects where uri = 'minus.ics'")" = 'VEVENT	1577959200	1577962800	0' ]
}
