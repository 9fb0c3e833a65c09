# The smallest and the largest number and date in each column of P7 that is carried, one at a time:
# the run goes to its end, and what is rejected is what has lost its user, account or calendar.
# not sanitized but for --long

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/server"
	each_column low high
}

both() {
	local v
	for v in low high; do
		cat "$S/$v.out"
		[ "$(cat "$S/$v.status")" = 1 ]
		grep -q '^Not all in P8: 94 of 96 users of P7.*verified' "$S/$v.out"
		[ "$(jq -r 'select(.kind == "REJECT") | "\(.code) \(.user)"' \
			"$S/$v.8.state/rejects.ndjson" | sort | paste -sd,)" = \
'account-without-user acct-def_acct@moor.test,'\
'user-without-domain acct-id_domain@moor.test,user-without-settings set-id_user@moor.test' ]
	done
}

@test "rejected is only what belongs to nobody now" {
	both
}

@test "numbers are what they were" {
	local v small large
	while read -r v small large; do
		[ "$(dbq "p8$v" "select count(*) from au_eav_attributes_int
			where name = 'MailWebclient::MailsPerPage' and value = $small")" = 1 ]
		[ "$(dbq "p8$v" "select count(*) from au_eav_attributes_int
			where name = 'Frequency' and value = $large")" = 1 ]
	done <<-E
	low -32768 -2147483648
	high 32767 2147483647
	E
	# P8's columns for these are unsigned
	[ "$(dbq p8low 'select min(lastmodified) from au_adav_calendarobjects')" = 0 ]
	[ "$(dbq p8high 'select max(lastmodified) from au_adav_calendarobjects')" = 2147483647 ]
	[ "$(dbq p8high 'select max(calendarorder) from au_adav_calendarinstances')" = 4294967295 ]
	[ "$(dbq p8high 'select max(lastmodified) from au_adav_cards')" = 4294967295 ]
}

@test "a user with a negative number is a user" {
	[ "$(dbq p8low "select count(*) from au_eav_attributes_string where name = 'PublicId' and
		value = 'acct-id_user@moor.test'")" = 1 ]
}

@test "the same on MySQL" {
	same_on_mysql
}
