# shellcheck disable=SC2016,SC2089,SC2090
# p7-transform: what the vendor's script drops, on the small stream of transform.bats.

load ../transform

@test "the second factor is encrypted as P8 does it" {
	sed '/"kind":"USER_CONTACT"/a{"kind":"TWO_FACTOR","id":5,"account_id":100,"auth_type":"google",\
"data_type":1,"data_value":"4a08191d13790e1a0f021a01791a121a"}' "$S/p7" >"$D/p7"
	sed -i '/"auth_type"/{N;s/\n//}' "$D/p7"
	becomes "$D/p7"
	# made by another program: JBSWY3DPEHPK3PXP
	is "$user | [.string[\"TwoFactorAuth::Secret\"],
		.bool[\"TwoFactorAuth::IsEncryptedSecret\"]]" '["RqZRz0SBqeUZVTEl_SXb4dNiyKk",true]'
	is "$ben | .string[\"TwoFactorAuth::Secret\"]" null
}

@test "public links: old types of storage, data that nobody can read" {
	changed 'if .kind == "USER_END" and .email == "ann@one.test" then
		({kind: "PUBLIC_LINK", hash_id: "h", hash: "H1", data: ({Account: 100, Type: 1,
			Path: "/A b", Name: "ä😀.txt", Size: 3} | tojson)},
		{kind: "PUBLIC_LINK", hash_id: "h", hash: "H2", data: ({Account: 100, Type: 7} | tojson)},
		{kind: "PUBLIC_LINK", hash_id: "h", hash: "H3", data: "{\"Account\":100,"}, .)
		else . end'
	is 'select(.kind == "PUBLIC_LINK") | [.hash, .place, .data]' '["H1",
		"corporate/A b/ä😀.txt", "{\"UserId\":\"ann@one.test\",\"Type\":\"corporate\",\"Path\":\"\\/A b\",\"Name\":\"\\u00e4\\ud83d\\ude00.txt\",\"Size\":3,\"IsFolder\":false,\"__hash_id__\":\"'"$(printf %s 'ann@one.test|corporate|/A b|ä😀.txt' | md5sum | cut -d' ' -f1)"'\",\"__hash__\":\"H1\",\"__time__\":0,\"__time_update__\":0}"]'
	[ "$(jq -r 'select(.table == "awm_min") | [.kind, .code] | join(" ")' "$D/rejects" | xargs)" = \
		'WARN not-carried REJECT link-unreadable' ]
	# which one is meant
	[ "$(jq -r 'select(.table == "awm_min") | .record.hash' "$D/rejects" | xargs)" = 'H2 H3' ]
}

@test "a card that is rejected is not said to be kept" {
	changed 'if .kind == "USER_END" and .email == "Ben@one.test" then
		(range(248) | {kind: "ADDRESSBOOK", id: (. + 1), uri: "b\(.)", displayname: "b"}),
		{kind: "CARD", book: "b247", id: 900, addressbookid: 248, uri: "c.vcf",
			carddata: "BEGIN:VCARD\nFN:MÃ¤rta\nEND:VCARD\n"}, .
		else . end'
	[ "$(jq -r 'select(.id == 900 or .code == "too-many-addressbooks") | "\(.kind) \(.code)"' \
		"$D/rejects" | xargs)" = 'REJECT too-many-addressbooks REJECT card-without-book' ]
}

@test "a card without content, NULL or empty, is named with its address book" {
	changed 'if .kind == "USER_END" and .email == "Ben@one.test" then
		{kind: "CARD", book: "AddressBook", id: 900, uri: "a.vcf", carddata: null},
		{kind: "CARD", book: "AddressBook", id: 901, uri: "b.vcf", carddata: ""}, . else . end'
	[ "$(jq -r 'select(.code == "card-empty") | [.kind, .user, .id, .reason] | @tsv' "$D/rejects")" = \
"WARN	Ben@one.test	900	it has no content (card a.vcf of the address book AddressBook)
WARN	Ben@one.test	901	it has no content (card b.vcf of the address book AddressBook)" ]
	[ "$(jq -r 'select(.code == "card-empty")' "$S/rejects")" = '' ]
}

@test "B04, B08: what of a card was no character, or stored double-encoded, is reported" {
	changed 'if .kind == "USER_END" and .email == "Ben@one.test" then
		({kind: "CARD", book: "AddressBook", addressbookid: 1} + (
			{id: 901, uri: "1.vcf", carddata: "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCll =80\r\nEND:VCARD\r\n"},
			{id: 902, uri: "2.vcf", carddata: "BEGIN:VCARD\r\nFN:GrÃ\r\n ¶Ã\u0178e\r\nEND:VCARD\r\n"},
			{id: 903, uri: "3.vcf", carddata: "BEGIN:VCARD\r\nFN:Größe 3\r\nEND:VCARD\r\n"})), .
		else . end'
	[ "$(jq -r 'select(.id > 900 and .code != "card-without-contact") | "\(.id) \(.kind) \(.code)"' \
		"$D/rejects" | xargs)" = '901 WARN not-utf8 902 WARN text-repaired' ]
	[ "$(jq -r 'select(.kind == "CARD").data | capture("FN:(?<n>(Müll|Größ)[^\r]*)").n' "$D/p8" |
		LC_ALL=C sort | xargs)" = 'Größe Größe 3 Müll �' ]
}

@test "an output that is a pipe (or a device) is written to, not replaced" {
	mkfifo "$D/out" "$D/rejects"
	cat "$D/out" >"$D/got" &
	cat "$D/rejects" >"$D/got-rejects" &
	t --rejects "$D/rejects" -o "$D/out" "$S/p7" || [ $? = 1 ]
	wait
	[ -p "$D/out" ]
	[ -p "$D/rejects" ]
	[ "$(tail -n 1 "$D/got" | jq -r .kind)" = END ]
	grep -q '"kind":"REJECT"' "$D/got-rejects"
}
