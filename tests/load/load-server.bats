# p8-load on servers of other kinds: other default character sets, a restart in mid-user.
# not sanitized but for --long

load ../load

# Each test has a server of its own.
setup_file() { :; }
setup() { :; }
teardown() { server_stop; }

# The name of Ann's second address book, as a connection with CHARSET sees it.
book_name() {
	db --default-character-set="$1" --batch --skip-column-names p8 \
		-e "select displayname from au_adav_addressbooks where uri='Collected'"
}

@test "a server whose default is latin1: P8 reads DAV text through latin1" {
	server_start "$D/server" --character-set-server=latin1 --collation-server=latin1_swedish_ci
	fresh_p8
	small
	exits 0 load "$D/small.ndjson"
	[ "$(book_name latin1)" = "Gesammelte Adreßen" ]
	[ "$(sql "select count(*) from au_eav_attributes_string where value='Bo Öberg'")" = 1 ]
	[ "$(sql "select count(*) from au_adav_cards where size<>length(carddata)
		or carddata not like '%UTF%' and carddata like '%FN:Bo Ã%'")" = 0 ]
	load --verify --deep
	load --describe | grep -q '"dav_text":"server"'
	# said otherwise, the text is clean UTF-8
	fresh_p8
	small
	load -q --dav-text utf8 "$D/small.ndjson"
	[ "$(book_name utf8mb4)" = "Gesammelte Adreßen" ]
	load --verify --dav-text utf8
}

@test "a server whose default is utf8mb4" {
	server_start "$D/server" --character-set-server=utf8mb4
	fresh_p8
	small
	exits 0 load "$D/small.ndjson"
	[ "$(book_name utf8mb4)" = "Gesammelte Adreßen" ]
	load --verify --deep
	load --describe | grep -q '"dav_text":"utf8"'
}

@test "a small max_allowed_packet: large values are rejected, the rest is loaded" {
	server_start "$D/server" --max-allowed-packet=1M
	fresh_p8
	small
	jq -c 'if .kind == "ACCOUNT" and .string.Email == "ann@north.test" then
		.mediumblob.Signature = "s" * 1500000 else . end' "$D/small.ndjson" >"$D/x"
	chmod 600 "$D/x"
	exits 1 load --rejects "$D/rejects" "$D/x"
	[ "$(jq -r 'select(.kind == "REJECT") | [.code, .field] | join(" ")' "$D/rejects")" = \
		"value-too-large Signature" ]
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
	jq -c 'if .kind == "ACCOUNT" then .mediumblob.Signature = "s" * 900000 else . end' \
		"$D/small.ndjson" >"$D/x"
	fresh_p8
	jq -c 'if .kind == "ACCOUNT" then .mediumblob.Signature = "s" * 900000 else . end' \
		"$TESTS/fixtures/load-small.ndjson" >"$D/x"
	chmod 600 "$D/x"
	exits 0 load "$D/x"
	[ "$(sql "select group_concat(distinct length(value)) from au_eav_attributes_mediumblob
		where name='Signature'")" = 900000 ]
}

@test "the server restarts in the middle of a user" {
	server_start "$D/server"
	fresh_p8
	small
	load -q "$D/small.ndjson"
	content >"$D/expected"
	fresh_p8
	small
	start -v --transaction-rows 20
	head -n 20 "$D/small.ndjson" >&4
	until_sql "select units > 1 from au_p7m_users" 1
	server_restart 4>&-
	rest 21
	wait "$PID"
	content >"$D/content"
	diff "$D/expected" "$D/content"
	no_orphans
	load --verify --deep
}
