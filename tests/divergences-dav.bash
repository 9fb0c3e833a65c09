# shellcheck shell=bash
# Where calendars are deliberately better than with the vendor's script, asserted in full on a P8
# that a P7 became: source this after server.bash.
#
#   dav_look P7DB PREFIX P8DB STATE   the databases (P8's prefix is au_), and scripts/migrate's state
#   d27 d28 d30 d32 d42 reminders     one for each difference; each says what is not as it has to be

dav_look() {
	Q7=$1.$2 Q8=$3.au_ STATE_DIR=$4
}

# even P7-QUERY P8-QUERY: the same rows, in any order, and at least one.
even() {
	local a b
	a=$(dbq mysql "$1" | LC_ALL=C sort) && b=$(dbq mysql "$2" | LC_ALL=C sort) || return
	[ -n "$a" ] || {
		echo "P7 has no row: $1"
		return 1
	}
	[ "$a" = "$b" ] || {
		diff <(echo "$a") <(echo "$b") | cut -c1-300 | head -n 40
		return 1
	}
}

# noted KIND CODE TABLE QUERY: just the rows of the query (ids) have such a record.
noted() {
	local got want
	got=$(jq -r --arg k "$1" --arg c "$2" --arg t "$3" 'select(.kind == $k and .code == $c and
		.table == $t) | .id' "$STATE_DIR/rejects.ndjson" | LC_ALL=C sort -u)
	want=$(dbq mysql "$4" | LC_ALL=C sort -u)
	[ "$got" = "$want" ] || {
		diff <(echo "$want") <(echo "$got") | head -n 20
		echo "$1 $2 of $3 should have: $4"
		return 1
	}
}

# P7's principal as P8 spells it: that of the user, or as it is.
spelled="ifnull((select concat('principals/', value) from @8eav_attributes_string where
	name = 'PublicId' and low(value) = low(substr(x.principal, 12)) limit 1), x.principal)"

# The shares that P7 has, a row for each calendar and sharee: id of P7's calendar, owner, sharee (as
# P8 spells them), access, and the color that the sharee gave it, else the calendar's.
shares() {
	local q="select x.id, o.principaluri owner, x.principal, x.access,
		coalesce(x.color, o.calendarcolor) color from (select s.calendarid id,
		if(p.uri like '%\\\\_dav\\\\_tenant\\\\_user@localhost', concat('principals/', (select min(id)
		from @8eav_entities where entity_type like '%Tenant'), '_dav_tenant_user@localhost'), p.uri)
		principal, if(min(s.readonly) = 0, 3, 2) access, min(nullif(s.color, '')) color
		from @7adav_calendarshares s join @7adav_principals p on p.id = s.member
		where p.uri <> 'principals/caldav_public_user@localhost' group by 1, 2) x
		join @7adav_calendars o on o.id = x.id where low(o.principaluri) <> low(x.principal)
		and (x.principal like '%localhost' or exists (select 1 from @8eav_attributes_string where
		name = 'PublicId' and low(value) = low(substr(x.principal, 12))))"
	echo "$q"
}

# The query for these databases; low(x) is x in lower case, whatever its character set.
q() {
	sed -E -e "s/@7/$Q7/g" -e "s/@8/$Q8/g" \
		-e 's/low\(((substr\([^()]*\))|[^()]*)\)/binary lower(convert(\1 using utf8mb4))/g' <<<"$1"
}

d27() {
	even "$(q "select low(y.owner), low(y.principal), y.access, y.color from ($(shares)) y")" \
		"$(q "select low(o.principaluri), low(i.principaluri), i.access, i.calendarcolor
		from @8adav_calendarinstances i join @8adav_calendarinstances o using (calendarid)
		where o.access = 1 and i.access > 1")" &&
		even "$(q "select distinct low(c.principaluri), c.uri from @7adav_calendarshares s
		join @7adav_calendars c on c.id = s.calendarid join @7adav_principals p on p.id = s.member
		where p.uri = 'principals/caldav_public_user@localhost'")" \
			"$(q "select low(principaluri), uri from @8adav_calendarinstances
		where access = 1 and public = 1")" &&
		# What a sharee sees is what the owner calls it.
		even "$(q "select count(*) from @8adav_calendarinstances where access > 1")" \
			"$(q "select count(*) from @8adav_calendarinstances i
		join @8adav_calendarinstances o on o.calendarid = i.calendarid and o.access = 1
		where i.access > 1 and i.displayname <=> o.displayname
		and i.share_href = i.principaluri and i.share_invitestatus = 2 and i.transparent = 1")"
}

d28() {
	even "$(q "select low(principaluri), timezone from @7adav_calendars
		where timezone is not null and timezone <> ''")" \
		"$(q "select low(principaluri), timezone from @8adav_calendarinstances
		where access = 1 and timezone is not null and timezone <> ''")"
}

d30() {
	even "$(q "select distinct binary $spelled from (select principaluri principal from @7adav_calendars) x")" \
		"$(q "select distinct principaluri from @8adav_calendarinstances where access = 1")"
}

# Every object: etag and size are those of its bytes; an event has a type and times.
d32() {
	local id etag size hex sum n=0 bad=0
	while read -r id etag size hex; do
		n=$((n + 1))
		sum=$(xxd -r -p <<<"$hex" | md5sum)
		[ "$etag $size" = "${sum%% *} $((${#hex} / 2))" ] || {
			echo "object $id: etag $etag, size $size"
			bad=1
		}
	done < <(dbq mysql "$(q "select id, etag, size, hex(calendardata) from @8adav_calendarobjects
		where calendardata is not null")")
	[ "$bad" = 0 ] && [ "$n" -gt 0 ] &&
		[ -z "$(dbq mysql "$(q "select id from @8adav_calendarobjects where calendardata like
		'%BEGIN:VEVENT%DTSTART%' and (componenttype <> 'VEVENT' or firstoccurence is null or
		ifnull(lastoccurence, 0) = 0 or firstoccurence > lastoccurence)")")" ] &&
		# Those that were altered are those that were wrong, and each is told of.
		noted WARN calendar-object-recomputed adav_calendarobjects "$(q "select a.id
		from @7adav_calendarobjects a join @7adav_calendars c on c.id = a.calendarid
		join @8adav_calendarinstances i on i.access = 1 and i.uri = c.uri and
		low(i.principaluri) = low(c.principaluri)
		join @8adav_calendarobjects b on b.calendarid = i.calendarid and b.uri = a.uri
		where a.etag <> b.etag or a.size <> b.size or a.componenttype <> b.componenttype or
		not (a.firstoccurence <=> b.firstoccurence and a.lastoccurence <=> b.lastoccurence)")"
}

d42() {
	local t n
	for t in locks cache groupmembers; do
		n=$(dbq mysql "$(q "select count(*) from @7adav_$t")")
		[ "$(dbq mysql "$(q "select count(*) from @8adav_$t")")" = 0 ] || {
			echo "P8 has rows in adav_$t"
			return 1
		}
		[ "$(jq -r --arg t "adav_$t" 'select(.code == "not-carried" and .table == $t) | .reason' \
			"$STATE_DIR/rejects.ndjson" | cut -d' ' -f1)" = "${n#0}" ] || {
			echo "adav_$t: $n rows are not told of"
			return 1
		}
	done
}

reminders() {
	even "$(q "select low(user), calendaruri, eventid, time, starttime, allday from @7adav_reminders")" \
		"$(q "select low(user), calendaruri, eventid, time, starttime, allday
		from @8adav_reminders")"
}

every_dav_divergence() {
	local d bad=0
	for d in d27 d28 d30 d32 d42 reminders; do
		"$d" || {
			echo "$d is not as it has to be"
			bad=1
		}
	done
	return "$bad"
}
