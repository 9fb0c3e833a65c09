# Texts that are longer than P8's columns take, in each column of P7 that holds text, one at a time:
# the run goes to its end, and what is not whole in P8 is reported with row and column.
# not sanitized but for --long

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/server"
	each_column long
}

# Columns that P8 holds whole (f), has no use for (u), or decides by (d: keys and names that are not
# written as they are).
fine() {
	cat <<-'E'
	d adav_addressbooks.principaluri
	f adav_calendarobjects.calendardata
	u adav_calendarshares.displayname
	u adav_calendarshares.principaluri
	u adav_calendarshares.summary
	d adav_cards.uri
	u adav_principals.displayname
	u adav_principals.email
	d adav_principals.uri
	u adav_principals.vcardurl
	d awm_accounts.email
	u awm_accounts.mail_inc_host
	u awm_accounts.mail_out_host
	u awm_accounts.mail_out_login
	u awm_accounts.mail_out_pass
	f awm_accounts.signature
	f awm_addr_book.notes
	d awm_addr_book.str_id
	u awm_addr_book.type_id
	u awm_addr_book.view_email
	u awm_addr_book.etag
	d awm_addr_groups.group_str_id
	u awm_domains.def_user_dateformat
	u awm_domains.default_tab
	u awm_domains.ext_dav_host
	u awm_domains.ext_imap_host
	u awm_domains.ext_smtp_host
	u awm_domains.lang
	d awm_domains.name
	u awm_domains.site_name
	u awm_domains.skin
	u awm_domains.url
	f awm_identities.signature
	u awm_settings.def_skin
	d awm_settings.def_time_fmt
	u awm_settings.incoming_charset
	u awm_settings.last_login_ip
	u awm_settings.last_login_ip_now
	u awm_settings.last_login_ua
	u awm_settings.last_login_ua_now
	d twofa_accounts.auth_type
	E
}

@test "the run goes to its end" {
	cat "$S/long.out"
	[ "$(cat "$S/long.status")" = 1 ]
	grep -q verified "$S/long.out"
	grep -q '^Not all in P8: 51 of 52 users' "$S/long.out"
}

@test "every report says why, and what to do or what was done" {
	[ "$(wc -l <"$S/long.8.state/rejects.ndjson")" -gt 100 ]
	[ "$(jq -c 'select((.reason // "") == "" or (.remedy // .done // "") == "")' \
		"$S/long.8.state/rejects.ndjson" | wc -l)" = 0 ]
	[ "$(jq -c 'select(.kind == "REJECT" and .code != "user-refused" and
		.code != "principal-too-long" and (.id == null or .field == null))' \
		"$S/long.8.state/rejects.ndjson" | wc -l)" = 0 ]
}

@test "no column is cut in silence" {
	"$VARIANTS/each-column" -v version=7.7.7 -v value=long "$VARIANTS/columns.tsv" |
		awk '$1 == "alter" { print $3 "." $5 }' | sort >"$S/columns"
	jq -r 'select(.table and .field) | .table + "." + (.field | split(",")[])' \
		"$S/long.8.state/rejects.ndjson" | sort -u >"$S/reported"
	diff -u <(fine | cut -d' ' -f2 | sort) <(comm -23 "$S/columns" "$S/reported")
	# what is held whole, is
	[ "$(dbq p8long "select count(*) from au_eav_attributes_text where name = 'Notes' and
		value like 'L%' and char_length(value) = 306")" = 1 ]
	[ "$(dbq p8long "select count(*) from au_eav_attributes_mediumblob where name = 'Signature'
		and length(value) = 140006")" = 2 ]
	[ "$(dbq p8long "select count(*) from au_adav_calendarobjects
		where length(calendardata) = 140006")" = 1 ]
}

@test "the same on MySQL" {
	same_on_mysql
}
