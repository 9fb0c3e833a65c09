# Calendar objects and cards of other makers (objects/*.txt) all the way from P7 to P8: bytes, UIDs
# and times; names, e-mails and telephones.

load ../site
load ../variants/variants

sums() {
	while IFS=$'\t' read -r _ _ _ _ _ hex; do
		printf '%s' "$hex" | xxd -r -p | "$1" | cut -d' ' -f1
	done <"$S/events"
}

setup_file() {
	server_start "$S/server" --character-set-server=latin1
	"$BIN/tests/test_objects" --dump events >"$S/events"
	# New MySQL servers have no MD5 function.
	sums md5sum >"$S/md5"
	# As P7's connection without a character set stored them: each byte as a character of latin1.
	# Every second one is as new as P7's own last columns; the others lack type, size and times.
	variant_p7 "$S/p7" p7 path=7.7.7
	paste "$S/events" "$S/md5" | awk -F '\t' '{
		odd = NR % 2
		type = $3 == "-" ? "" : substr($3, 1, 8)
		print "insert into adav_calendarobjects (id, calendarid, uri, calendardata, etag, size," \
			" componenttype, firstoccurence, lastoccurence) values (" 1000 + NR ", 1, \"o" \
			sprintf("%03d", NR) ".ics\", convert(0x" $6 " using latin1), \"" $7 "\", " \
			(odd ? length($6) / 2 : 0) ", \"" (odd ? type : "") "\", " \
			(odd && $4 >= 0 ? $4 : 0) ", " (odd && $5 >= 0 ? $5 : 0) ");"
	}' | db p7
	# Cards without a contact, their bytes as they are.
	"$BIN/tests/test_objects" --dump cards >"$S/cards"
	{
		echo "delete from awm_addr_book; delete from awm_addr_groups_contacts;
			delete from adav_cards; alter table adav_cards modify carddata mediumblob;"
		awk -F '\t' '{ print "insert into adav_cards (id, addressbookid, uri, carddata) values (" \
			1000 + NR ", 1, \"c" NR ".vcf\", 0x" $6 ");" }' "$S/cards"
	} | db p7
	variant_migrate "$S/p7" "$S/p8" p8 >"$S/out" 2>&1 || echo $? >"$S/status"
}

@test "the run goes to its end, and nothing is rejected" {
	cat "$S/out"
	[ ! -e "$S/status" ]
	[ "$(jq -r 'select(.kind == "REJECT")' "$S/p8.state/rejects.ndjson" | wc -l)" = 0 ]
}

@test "every byte is there" {
	sums sha256sum >"$S/want"
	[ "$(wc -l <"$S/want")" -ge 60 ]
	dbq p8 "select sha2(calendardata, 256) from au_adav_calendarobjects where uri like 'o%.ics'
		order by uri" >"$S/got"
	diff "$S/want" "$S/got"
	dbq p8 "select etag from au_adav_calendarobjects where uri like 'o%.ics' order by uri" >"$S/got"
	diff "$S/md5" "$S/got"
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects where size <> length(calendardata)')" = 0 ]
}

@test "UID, component, first and last time are those of the table" {
	awk -F '\t' '{ printf "%s\t%s\t%s\t%s\t%s\n", $1, $2 == "-" ? "" : $2,
		$3 == "-" ? "" : substr($3, 1, 8), $4 < 0 ? 0 : $4, $5 < 0 ? 0 : $5 }' \
		"$S/events" >"$S/want"
	dbq p8 "select ifnull(convert(uid using utf8mb4), ''), convert(componenttype using utf8mb4),
		ifnull(firstoccurence, 0), ifnull(lastoccurence, 0) from au_adav_calendarobjects
		where uri like 'o%.ics' order by uri" | paste <(cut -f1 "$S/want") - >"$S/got"
	diff "$S/want" "$S/got"
}

@test "cards are contacts with name, e-mail and telephone; a list of others stays a card" {
	[ "$(wc -l <"$S/cards")" -ge 30 ]
	grep -v '^apple group	' "$S/cards" | awk -F '\t' '{
		for (i = 3; i <= 5; i++) {
			gsub(/\\,/, ",", $i)
			sub(/^-$/, "", $i)
		}
		print ($3 == "" ? $4 : $3) "\t" $4 "\t" $5
	}' | sed 's/😀/�/' | LC_ALL=C sort >"$S/want"
	dbq p8 "select f.value, coalesce(nullif(h.value, ''), nullif(b.value, ''),
		o.value), concat(t.value, m.value, w.value)
		from au_eav_entities e
		join au_eav_attributes_string s on s.id_entity = e.id and s.name = 'Storage'
			and s.value = 'personal'
		join au_eav_attributes_string f on f.id_entity = e.id and f.name = 'FullName'
		join au_eav_attributes_string h on h.id_entity = e.id and h.name = 'PersonalEmail'
		join au_eav_attributes_string b on b.id_entity = e.id and b.name = 'BusinessEmail'
		join au_eav_attributes_string o on o.id_entity = e.id and o.name = 'OtherEmail'
		join au_eav_attributes_string t on t.id_entity = e.id and t.name = 'PersonalPhone'
		join au_eav_attributes_string m on m.id_entity = e.id and m.name = 'PersonalMobile'
		join au_eav_attributes_string w on w.id_entity = e.id and w.name = 'BusinessPhone'
		" | LC_ALL=C sort >"$S/got"
	diff "$S/want" "$S/got"
	[ "$(dbq p8 "select sha2(carddata, 256) from au_adav_cards where uri = 'c13.vcf'")" = \
		"$(grep '^apple group	' "$S/cards" | cut -f6 | xxd -r -p | sha256sum | cut -d' ' -f1)" ]
}

@test "the same on MySQL" {
	same_on_mysql
}
