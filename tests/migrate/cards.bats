# vCards of P7, in P8's database at the end: what only they have of a contact, those without a
# contact, further address books; shared contacts; global contacts in groups.  On servers with two
# character sets: a latin1 one has the cards double-encoded.
# not sanitized but for --long: the servers take the time

load ../site

teardown() {
	server_stop
	rm -rf "$D"
}

installations() {
	server_start "$D/s" --character-set-server="$1"
	make_sample_p7 "$D/p7" p7
	make_blank_p8 "$D/p8" p8
	# Li has a global contact in a group: Anna, whose user comes before.
	db p7 -e "insert into wm_awm_addr_book (id_addr, id_user, type, type_id, fullname, b_email)
			values (40, 5, 1, '12', 'Anna Weber', 'anna.weber@linden.example');
		insert into wm_awm_addr_groups_contacts (id_addr, id_group) values (40, 5);
		insert into wm_adav_cards (addressbookid, uri, lastmodified, carddata) values
			(3, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C05.VCF', 1633860611, concat_ws('\n',
			'BEGIN:VCARD', 'VERSION:3.0', 'N:Соколова;Мария;Ивановна;;',
			'X-CITY:Омск Ω', 'END:VCARD', ''))"
	[ "$1" != latin1 ] || db p7 -e "
		update wm_adav_cards set carddata = convert(cast(carddata as binary) using latin1);
		update wm_adav_addressbooks set
			displayname = convert(cast(displayname as binary) using latin1)"
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8" --state "$D/state" --quiet \
		--dav-text utf8
}

# card USER BOOK URI: its bytes.
card() {
	dbq p8 "select convert(c.carddata using utf8mb4) from au_adav_cards c
		join au_adav_addressbooks b on b.id = c.addressbookid where
		b.principaluri = 'principals/$1' and b.uri = '$2' and c.uri = '$3'
		and c.size = length(c.carddata) and c.etag = md5(c.carddata)" | tr -d '\r'
}

# uuid CLASS ATTRIBUTE VALUE: of the entities that have it.
uuid() {
	dbq p8 "select e.uuid from au_eav_entities e join au_eav_attributes_string s
		on s.id_entity = e.id where e.entity_type like '%$1' and s.name = '$2'
		and s.value = '$3'"
}

# attr UUID TYPE NAME
attr() {
	dbq p8 "select a.value from au_eav_attributes_$2 a join au_eav_entities e
		on e.id = a.id_entity where e.uuid = '$1' and a.name = '$3'"
}

# link GROUP CONTACT: is there one, by UUID?
link() {
	dbq p8 "select count(*) from au_eav_attributes_string g join au_eav_attributes_string c
		on c.id_entity = g.id_entity where g.name = 'GroupUUID' and g.value = '$1'
		and c.name = 'ContactUUID' and c.value = '$2'"
}

warned() {
	jq -r --arg c "$1" 'select(.code == $c) | "\(.table) \(.id)"' "$D/state/rejects.ndjson" |
		xargs
}

# What only the cards have is in the cards, and nothing else has changed.
only_the_card_has_more() {
	cat >"$D/want" <<-'END'
	BEGIN:VCARD
	VERSION:3.0
	PRODID:-//Sabre//Sabre VObject 4.2.2//EN
	UID:7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c01
	FN:Jürgen Groß
	N:Groß;Jürgen;Karl-Heinz;Dr.;
	X-OFFICE:Raum 4
	X-USE-FRIENDLY-NAME:1
	TITLE:Geschäftsführer
	NICKNAME:Jogi
	NOTE:Erste Zeile\nZweite Zeile
	ORG:Groß & Söhne;Leitung
	CATEGORIES:Familie,Kunden
	ADR;TYPE=HOME:;;Schloßstraße 5\nHinterhaus;Köln;NRW;50667;Deutschland
	ADR;TYPE=WORK:;;Werkstraße 1;Düren;NRW;52349;Deutschland
	item1.EMAIL;TYPE=HOME,PREF:juergen@gross.test
	EMAIL;TYPE=WORK:j.gross@werk.example
	EMAIL;TYPE=OTHER:jg@sonst.test
	URL;TYPE=HOME;VALUE=URI:https://gross.test
	URL;TYPE=WORK;VALUE=URI:https://werk.example
	TEL;TYPE=VOICE,HOME:+49 221 5550100
	TEL;TYPE=VOICE,WORK:+49 2421 5550103
	TEL;TYPE=VOICE,CELL:+49 170 5550102
	TEL;TYPE=FAX,HOME:+49 221 5550101
	TEL;TYPE=FAX,WORK:+49 2421 5550104
	BDAY:1972-02-29
	item1.X-ABLABEL:Ferienhaus
	EMAIL;TYPE=INTERNET:jogi@boot.test
	TEL;TYPE=CAR:+49 171 5550199
	CATEGORIES:Segeln
	PHOTO;TYPE=PNG;ENCODING=b:iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAAH
	 UlEQVR42j3GsQ0AAAzDIP5/Ol0qM2GPoiiKotgBWkIj3XbHwf0AAAAASUVORK5CYII=
	X-ANNIVERSARY:1999-09-09
	END:VCARD
	END
	card anna.weber@linden.example AddressBook 7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c01.vcf >"$D/got"
	sed -i '$d' "$D/got"
	diff "$D/want" "$D/got"
	# two cards of one contact; letter case of their names does not count
	card ivan.petrov@mir.test AddressBook 7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c05.vcf >"$D/got"
	grep -qx 'N:Соколова;Мария;Ивановна;;' "$D/got"
	grep -qx 'X-CITY:Омск Ω' "$D/got"
	# nothing only in cards: as P8 writes it
	run card anna.weber@linden.example AddressBook 7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c02.vcf
	[ "$(wc -l <<<"$output")" = 15 ]
}

# A card that no contact names is a contact, or stays a card.
cards_without_contacts() {
	local c v anna=anna.weber@linden.example
	c=$(uuid Contact FullName 'Jürte Möwes')
	[ "$(for v in FirstName LastName PersonalEmail ViewEmail PersonalPhone Storage; do
		attr "$c" string $v
	done | xargs)" = "Jürte Möwes juerte@nachbarin.test juerte@nachbarin.test +49 30 5550177 personal" ]
	[ "$(attr "$c" int BirthYear)$(attr "$c" int BirthMonth)$(attr "$c" int BirthDay)" = 196123 ]
	[ "$(attr "$c" bool Auto)" = 0 ]
	[ "$(attr "$c" datetime DateModified)" = '2020-09-13 12:26:40' ]
	[ "$(link "$(uuid Group Name Familie)" "$c")" = 1 ]
	run card $anna AddressBook "$c.vcf"
	echo "$output"
	[ "$(grep -c '^TEL;TYPE=VOICE,HOME:+49 30 5550177$' <<<"$output")" = 1 ]
	[ "$(grep -c '^TEL;TYPE=HOME,VOICE:+49 30 5550178$' <<<"$output")" = 1 ]
	[ "$(grep -c '^CATEGORIES:Familie$' <<<"$output")" = 1 ]
	[ "$(grep -c '^TEL' <<<"$output")$(grep -c '^EMAIL' <<<"$output")" = 21 ]
	c=$(uuid Contact FullName Versand)
	[ "$(attr "$c" bool Auto)" = 1 ]
	card $anna Collected "$c.vcf" | grep -q '^EMAIL.*:versand@laden.test$'
	card $anna AddressBook liste.vcf | grep -q '^X-ADDRESSBOOKSERVER-KIND:group$'
	[ "$(card $anna AddressBook rest.vcf)" = 'Übertragung abgebrochen' ]
	[ "$(warned card-without-contact)" = 'adav_cards 4 adav_cards 5' ]
	[ "$(warned card-kept)" = 'adav_cards 6 adav_cards 7' ]
}

further_address_books() {
	[ "$(dbq p8 "select displayname, description, synctoken from au_adav_addressbooks
		where uri = 'kleingarten'")" = $'Kleingärtner\tVerein\t1' ]
	card anna.weber@linden.example kleingarten beet-1.vcf >"$D/got"
	printf '%s\n' BEGIN:VCARD VERSION:4.0 'FN:Günter Grün' \
		'TEL;VALUE=uri;TYPE="voice,home":tel:+49-30-5550188' END:VCARD '' |
		diff - "$D/got"
	[ "$(dbq p8 "select group_concat(c.uri, c.lastmodified order by c.id) from au_adav_cards c
		join au_adav_addressbooks b on b.id = c.addressbookid where b.uri = 'kleingarten'")" = \
		beet-1.vcf1600000004,beet-2.vcf1600000005 ]
	[ -z "$(uuid Contact FullName 'Günter Grün')" ]
	[ "$(warned further-addressbook)" = 'adav_addressbooks 4' ]
}

# Before or after the account's user, the group has that account's team contact.
global_contacts_in_groups() {
	local camille anna
	camille=$(dbq p8 "select e.uuid from au_eav_entities e join au_eav_attributes_string s
		on s.id_entity = e.id and s.name = 'Storage' and s.value = 'team'
		join au_eav_attributes_string v on v.id_entity = e.id and v.name = 'ViewEmail'
		where v.value = 'camille.dubois@linden.example'")
	anna=$(dbq p8 "select e.uuid from au_eav_entities e join au_eav_attributes_string s
		on s.id_entity = e.id and s.name = 'Storage' and s.value = 'team'
		join au_eav_attributes_string v on v.id_entity = e.id and v.name = 'ViewEmail'
		where v.value = 'anna.weber@linden.example'")
	[ "$(link "$(uuid Group Name Kunden)" "$camille")" = 1 ]
	[ "$(link a1c1f1d0-0005-4001-8001-000000000005 "$anna")" = 1 ]
	# D15: the team contact is Anna's own entry
	[ "$(attr "$anna" string BusinessJobTitle)" = Einkäuferin ]
	[ "$(attr "$anna" string PersonalMobile)" = '+49 170 5550107' ]
}

all_of_it() {
	installations "$1"
	exits 0 migrate
	only_the_card_has_more
	cards_without_contacts
	further_address_books
	global_contacts_in_groups
	[ "$(attr "$(uuid Contact FullName Versteckt)" string Storage)" = personal ]
	[ "$(warned shared-contact)" = 'awm_addr_book 10' ]
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string where name = 'Storage'
		and value = 'shared'")" = 0 ]
	[ "$(warned text-repaired | grep -o 'adav_\(cards\|addressbooks\) [0-9]*' | xargs)" = "$2" ]
}

@test "a server whose default is utf8mb4" {
	need_long
	all_of_it utf8mb4 ''
}

@test "a server whose default is latin1: cards are double-encoded" {
	need_long
	all_of_it latin1 \
		'adav_addressbooks 4 adav_cards 1 adav_cards 7 adav_cards 8 adav_cards 10'
}

@test "a contact's entities are the same with and without its card" {
	need_long
	installations utf8mb4
	migrate
	values() {
		local t
		for t in string int bool text datetime mediumblob; do
			dbq "$1" "select e.uuid, e.entity_type, a.name, hex(a.value)
				from au_eav_attributes_$t a join au_eav_entities e on e.id = a.id_entity
				where e.entity_type like '%Contact' and a.name <> 'IdUser'
				and not (a.name = 'DateModified' and a.value > '2025')
				order by 1, 3" | grep -v "$2" || [ $? = 1 ]
		done
	}
	values p8 "^$(uuid Contact FullName 'Jürte Möwes')\|^$(uuid Contact FullName Versand)" >"$D/with"
	db p7 -e 'delete from wm_adav_cards; delete from wm_adav_addressbooks'
	make_blank_p8 "$D/p8b" p8b
	"$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8b" --state "$D/b" --quiet --dav-text utf8
	values p8b '^nothing' | grep -v "GroupContact.*ContactUUID.*$(uuid Contact FullName 'Jürte Möwes' |
		tr -d '\n' | od -An -tx1 | tr -d ' \n')" >"$D/without"
	[ "$(wc -l <"$D/without")" -gt 300 ]
	# the membership of the card's contact is the only other thing
	[ "$(diff "$D/without" "$D/with" | grep -c '^<')" = 0 ]
	[ "$(diff "$D/without" "$D/with" | grep '^>' | grep -vc GroupContact)" = 0 ]
	[ "$(diff "$D/without" "$D/with" | grep -c '^>')" = 2 ]
}

@test "shared contacts where P8 has SharedContacts: no card, and that is told" {
	need_long
	installations utf8mb4
	mkdir -p "$D/p8/modules/SharedContacts"
	db p7 -e "update wm_awm_addr_book set str_id = 'team-x.vcf' where id_addr = 10;
		insert into wm_adav_cards (addressbookid, uri, carddata) values (3, 'TEAM-X', concat_ws(
			'\n', 'BEGIN:VCARD', 'FN:x', 'PHOTO;ENCODING=b:AAAA', 'END:VCARD', ''))"
	exits 1 migrate
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string where name = 'Storage'
		and value = 'shared'")" = 1 ]
	[ -z "$(warned shared-contact)" ]
	[ "$(jq -r 'select(.code == "card-not-kept") | .kind' "$D/state/rejects.ndjson")" = REJECT ]
}

@test "global contacts in groups, users migrated one after the other" {
	need_long
	local user
	installations utf8mb4
	for user in li.wei@hafen.example anna.weber@linden.example camille.dubois@linden.example; do
		"$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8" --state "$D/$user" --quiet \
			--user "$user"
	done
	global_contacts_in_groups
	[ "$(dbq p8 "select group_concat(distinct principaluri order by 1)
		from au_adav_addressbooks")" = \
		'principals/anna.weber@linden.example,principals/camille.dubois@linden.example,principals/li.wei@hafen.example' ]
}

@test "verified, seen by a dry run, undone; a second run changes nothing" {
	need_long
	installations utf8mb4
	exits 0 "$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8" --state "$D/dry" --dry-run
	grep -q '^+ ADDRESSBOOK anna.weber@linden.example kleingarten$' <<<"$output"
	grep -q '^+ CARD anna.weber@linden.example kleingarten/beet-2.vcf$' <<<"$output"
	migrate
	cards() {
		dbq p8 'select * from au_adav_cards order by id; select * from au_adav_addressbooks'
	}
	cards >"$D/one"
	migrate
	cards | cmp "$D/one"
	p8-load --p8 "$D/p8" --verify
	db p8 -e "update au_adav_addressbooks set description = 'other' where uri = 'kleingarten'"
	exits 1 p8-load --p8 "$D/p8" --verify
	grep -q ADDRESSBOOK <<<"$output"
	db p8 -e "update au_adav_addressbooks set description = 'Verein' where uri = 'kleingarten'"
	p8-load --p8 "$D/p8" --undo --all --yes
	[ -z "$(cards)" ]
}

@test "only the selected user's cards; kinds that are not wanted" {
	need_long
	installations utf8mb4
	kinds() {
		p7-extract --p7 "$D/p7" -o "$D/out" "$@" || [ $? = 1 ]
		jq -r 'select(.kind == "CARD" or .kind == "ADDRESSBOOK") | "\(.kind) \(.id)"' "$D/out" |
			xargs
	}
	[ "$(kinds --user ivan.petrov@mir.test)" = 'CARD 3 CARD 10' ]
	[ "$(kinds --user camille.dubois@linden.example)" = '' ]
	[ "$(kinds --without contacts,collected)" = '' ]
	[ "$(kinds --without contacts)" = '' ]
	[ "$(kinds --without contacts,groups)" = 'CARD 5' ]
	[ "$(kinds --without collected --user anna.weber@linden.example)" = \
		'CARD 1 CARD 2 CARD 4 CARD 6 CARD 7 ADDRESSBOOK 4 CARD 8 CARD 9' ]
	# without the index the same
	kinds
	mv "$D/out" "$D/with"
	db p7 -e 'alter table wm_adav_cards drop index WM_ADAV_CARDS_ADDRESSBOOKID_INDEX'
	kinds
	diff <(tail -n +2 "$D/with") <(tail -n +2 "$D/out")
}

@test "damage: cards of nobody, twice, cut, huge, of deleted contacts; odd address books" {
	need_long
	installations utf8mb4
	db p7 -e "set session sql_mode = '';
		insert into wm_adav_addressbooks (id, principaluri, displayname, uri) values
			(20, 'principals/nobody@gone.test', 'x', 'AddressBook'),
			(21, 'principals/ANNA.weber@linden.example', '', 'kleingarten'),
			(22, 'principals/anna.weber@linden.example', null, 'addressbook'),
			(23, 'principals/anna.weber@linden.example', repeat('ü', 255), repeat('x', 200)),
			(24, 'principals/anna.weber@linden.example', 'y', concat(repeat('x', 199), 'y')),
			(25, null, null, null);
		update wm_awm_addr_book set deleted = 1 where id_addr = 2;
		insert into wm_adav_cards (id, addressbookid, uri, carddata) values
			(30, 99, 'a', 'BEGIN:VCARD'), (31, 20, 'b', 'BEGIN:VCARD'),
			(32, 1, 'rest.vcf', 'x'), (33, 1, null, 'y'), (34, 1, repeat('z', 255), 'z'),
			(35, 1, 'null.vcf', null), (36, 21, 'd.vcf', 'p'), (37, 21, 'd.vcf', 'q'),
			(38, 1, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C01', 'no card at all'),
			(39, 1, 'big.vcf', concat_ws('\n', 'BEGIN:VCARD', 'VERSION:3.0', 'FN:Big',
				concat('PHOTO;ENCODING=b:', repeat('A', 12000000)), 'END:VCARD', '')),
			(41, 2, 'known.vcf', 'BEGIN:VCARD\nFN:B\nEMAIL:Bestellung@laden.test\nEND:VCARD\n'),
			(42, 2, 'more.vcf',
				'BEGIN:VCARD\nTEL:1\nEMAIL:bestellung@laden.test\nEND:VCARD\n'),
			(40, 1, 'cut.vcf', concat_ws('\n', 'BEGIN:VCARD', 'VERSION:3.0', 'FN:Cut',
				'TEL:1', 'TEL:2', concat('PHOTO;ENCODING=b:', repeat('A', 60000))))"
	exits 0 migrate
	[ "$(warned card-unreadable)" = 'adav_cards 38' ]
	[ "$(warned card-cut)" = 'adav_cards 40' ]
	# a collected address with no more than the row has is no second one
	[ "$(warned card-without-contact)" = \
		'adav_cards 39 adav_cards 4 adav_cards 40 adav_cards 42 adav_cards 5' ]
	[ "$(warned uri-changed)" = \
		'adav_addressbooks 21 adav_addressbooks 23 adav_addressbooks 24 adav_cards 32 adav_cards 33 adav_cards 37' ]
	jq -c 'select(.code == "orphan-rows") | [.table, .reason]' "$D/state/rejects.ndjson"
	[ "$(jq -r 'select(.code == "orphan-rows") | .table' "$D/state/rejects.ndjson" | sort | uniq -c |
		xargs)" = '1 adav_addressbooks 1 adav_cards 1 awm_addr_groups_contacts' ]
	[ "$(dbq p8 "select count(*) from au_adav_cards where length(carddata) > 12000000")" = 1 ]
	[ "$(dbq p8 "select count(*) from au_adav_cards where uri in ('7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c02.vcf')")" = 0 ]
	p8-load --p8 "$D/p8" --verify
}

# How many rows the server touches while ARGS run.
rows_read() {
	local before after sum="select sum(variable_value) from information_schema.global_status
		where variable_name like 'Handler_read%'"
	before=$(dbq p7 "$sum")
	"$@" >/dev/null
	after=$(dbq p7 "$sum")
	echo $((after - before))
}

@test "the work grows with the cards, not with their square, with an index and without" {
	need_long
	installations utf8mb4
	db p7 -e "create table ten (x int); insert into ten values (0), (1), (2), (3), (4), (5), (6),
			(7), (8), (9);
		insert into wm_awm_addr_book (id_user, fullname, str_id) select 1, 'n',
			concat_ws('-', 'u', a.x, b.x, c.x, d.x) from ten a, ten b, ten c, ten d
			where a.x < 3;
		insert into wm_adav_cards (addressbookid, uri, carddata) select 1,
			concat(str_id, '.vcf'), 'BEGIN:VCARD\nTEL:1\nEND:VCARD\n'
			from wm_awm_addr_book where str_id like 'u-%'"
	with=$(rows_read p7-extract --p7 "$D/p7" -o "$D/with")
	db p7 -e 'alter table wm_adav_cards drop index WM_ADAV_CARDS_ADDRESSBOOKID_INDEX'
	without=$(rows_read p7-extract --p7 "$D/p7" -o "$D/without")
	echo "$with $without"
	[ "$(grep -c '"kind":"CARD".*"id_addr"' "$D/with")" = 3004 ]
	diff <(tail -n +2 "$D/with") <(tail -n +2 "$D/without")
	[ "$with" -lt 200000 ]
	[ "$without" -lt 200000 ]
}
