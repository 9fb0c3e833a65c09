# NULL in every nullable column of every table of P7 that is carried, one at a time: P8 has what it
# has for a P7 that writes '' or 0 there.
# not sanitized but for --long

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/server"
	each_column null empty
}

# Everything that P8 has; times of the run and ids of rows are left out.
everything() {
	local t
	for t in string int bool text bigint mediumblob double datetime; do
		printf "select concat_ws(char(9), e.uuid, e.entity_type, a.name, ifnull(a.value, '')) l
			from au_eav_entities e join au_eav_attributes_%s a on a.id_entity = e.id
			where a.name not in ('IdUser', 'IdAccount', 'ServerId', 'AccountID', 'IdTenant')
			and not (a.name like 'Date%%' and a.value > now() - interval 1 day)
			union all\n" $t
	done
	cat <<-'SQL'
	select concat_ws(char(9), 'calendar', convert(principaluri using utf8mb4),
		convert(uri using utf8mb4), ifnull(displayname, ''),
		ifnull(description, ''), ifnull(calendarcolor, ''), ifnull(timezone, ''), access,
		(select components from au_adav_calendars c where c.id = i.calendarid))
		from au_adav_calendarinstances i union all
	select concat_ws(char(9), 'object', convert(uri using utf8mb4), ifnull(calendardata, ''),
		ifnull(lastmodified, 0), if(size = 0, '', convert(etag using utf8mb4)), size, convert(componenttype using utf8mb4),
		ifnull(firstoccurence, 0), ifnull(lastoccurence, 0), ifnull(convert(uid using utf8mb4), ''))
		from au_adav_calendarobjects union all
	select concat_ws(char(9), 'reminder', user, ifnull(calendaruri, ''), ifnull(eventid, ''),
		ifnull(time, 0), ifnull(starttime, 0), allday) from au_adav_reminders
		where eventid <> 'calendaruri' or eventid is null
	SQL
}

reports() {
	jq -r 'select(.kind == "REJECT" or .kind == "WARN") |
		select(.code != "calendar-object-recomputed") | [.kind, .code, .user // "", .table // "", .id // ""] | join(" ")' \
		"$S/$1.8.state/rejects.ndjson" | sort
}

@test "both runs go to their end, and nothing is missing" {
	for v in null empty; do
		cat "$S/$v.out"
		grep -q '; 0 rejects; verified' "$S/$v.out"
		[ ! -e "$S/$v.status" ]
	done
}

@test "what P8 has is the same" {
	[ "$(dbq p8null "$(everything)" | wc -l)" -gt 3000 ]
	diff <(dbq p8null "$(everything)" | LC_ALL=C sort) <(dbq p8empty "$(everything)" | LC_ALL=C sort)
}

@test "and so are the reports" {
	reports null
	diff <(reports null) <(reports empty)
}

@test "the same on MySQL" {
	same_on_mysql
}
