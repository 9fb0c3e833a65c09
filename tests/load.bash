# shellcheck shell=bash
# What the tests of p8-load share: load it in place of site.bash.  Unless a file says otherwise, it
# has a server, and each of its tests begins with a blank P8 and the small stream.

# shellcheck source=tests/site.bash
. "${BASH_SOURCE[0]%/*}/site.bash"

DB=p8

setup_file() {
	server_start "$S/server"
}

setup() {
	fresh_p8
	small
}

teardown() {
	[ -z "${PID:-}" ] || kill -9 "$PID" 2>/dev/null || :
}

# The small stream, as a file of our own that others cannot read.
small() {
	install -m 600 "$TESTS/fixtures/load-small.ndjson" "$D/small.ndjson"
}

# edit JQ: the small stream with that change in $D/edited.ndjson.
edit() {
	jq -c "$1" "$D/small.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D/edited.ndjson"
}

# many USERS CONTACTS [FIRST]: a generated stream on standard output.
many() {
	jq -nc --argjson n "$1" --argjson c "$2" --argjson first "${3:-1}" \
		-f "$TESTS/fixtures/load-many.jq"
}

load() {
	p8-load --p8 "$D/p8" --edited "$@"
}

sql() {
	dbq "$DB" "$1"
}

# start [OPTION...]: a load of what is written to file descriptor 4, in the background as $PID; what
# it says goes to $D/err.
start() {
	[ -p "$D/pipe" ] || mkfifo "$D/pipe"
	# not what an earlier one said: the loader empties it later than this function returns
	: >"$D/err"
	p8-load --p8 "$D/p8" --edited "$@" <"$D/pipe" 2>"$D/err" 3>&- &
	PID=$!
	exec 4>"$D/pipe"
}

# rest LINE: the small stream from that line on is what is left for that load.
rest() {
	tail -n "+$1" "$D/small.ndjson" >&4
	exec 4>&-
}

# until_sql SQL VALUE: waits until the query answers that.
until_sql() {
	wait_for '[ "$(sql "$1" 2>/dev/null)" = "$2" ]' "$@"
}

# lock_of EMAIL: the name of the lock of that user of the small stream, as a string of SQL.
lock_of() {
	# computed here: MySQL 9.6 and later have no md5()
	printf "'p7m:%s'" "$(jq -j --arg email "$1" 'select(.kind == "USER_BEGIN" and
		.email == $email) | "p8 au_ " + .uuid' "$D/small.ndjson" | md5sum | cut -d' ' -f1)"
}

# until_taken_up EMAIL: waits until a loader has begun that user.
until_taken_up() {
	until_sql "select is_used_lock($(lock_of "$1")) is not null" 1
}

# until_gone: waits until the server has ended the work of every loader that was killed.
until_gone() {
	until_sql "select count(*) from information_schema.processlist where user='p8user'" 0
}

# Everything that P8 holds, ids replaced by the UUIDs they stand for: the same for equal content.
content() {
	local t
	{
		echo "select uuid, entity_type, module_name, parent_uuid from au_eav_entities order by 1, 2;"
		for t in string text bool datetime mediumblob bigint double; do
			echo "select e.uuid, '$t', a.name, hex(a.value) from au_eav_attributes_$t a
				join au_eav_entities e on e.id = a.id_entity order by 1, 3;"
		done
		cat <<-'SQL'
			select e.uuid, a.name, coalesce(r.uuid, a.value) from au_eav_attributes_int a
			join au_eav_entities e on e.id = a.id_entity left join au_eav_entities r on r.id = a.value
			and a.name in ('IdUser', 'IdTenant', 'IdAccount', 'ServerId', 'UserId') order by 1, 2;
			select b.principaluri, b.uri, hex(b.displayname), b.synctoken, c.uri, c.etag, c.size,
			c.lastmodified, sha2(c.carddata, 256) from au_adav_addressbooks b left join au_adav_cards c
			on c.addressbookid = b.id order by 1, 2, 5;
			select i.principaluri, i.uri, i.access, i.public, i.displayname, i.description,
			i.calendarorder, i.calendarcolor, i.timezone, i.transparent, i.share_href, c.synctoken,
			c.components, o.uri, o.etag, o.size, o.lastmodified, o.componenttype, o.firstoccurence,
			o.lastoccurence, o.uid, sha2(o.calendardata, 256)
			from au_adav_calendarinstances i join au_adav_calendars c on c.id = i.calendarid
			left join au_adav_calendarobjects o on o.calendarid = c.id and i.access = 1
			order by 1, 2, 14;
			select user, calendaruri, eventid, time, starttime, allday from au_adav_reminders
			order by 1, 2, 3, 4;
		SQL
	} | db --batch --raw --skip-column-names "$DB"
	if [ -d "$D/p8/data/files" ]; then
		(cd "$D/p8/data/files" && find . -printf '%p %y %m %s\n' | sort &&
			find . -type f -printf '%p %T@\n' | sort)
	fi
}

# Attribute rows and cards without an owner: always 0.
orphans() {
	local t
	{
		for t in string int bool text datetime mediumblob bigint double; do
			echo "select count(*) from au_eav_attributes_$t a left join au_eav_entities e
				on e.id = a.id_entity where e.id is null;"
		done
		cat <<-'SQL'
			select count(*) from au_adav_cards c left join au_adav_addressbooks b
			on b.id = c.addressbookid where b.id is null;
			select count(*) from au_eav_entities e where entity_type like '%Contact'
			and entity_type not like '%GroupContact'
			and not exists (select 1 from au_eav_attributes_int a join au_eav_entities u
			on u.id = a.value where a.id_entity = e.id and a.name = 'IdUser');
			select count(*) from au_adav_calendarobjects o left join au_adav_calendarinstances i
			on i.calendarid = o.calendarid and i.access = 1 where i.id is null;
			select count(*) from au_adav_calendarinstances i left join au_adav_calendars c
			on c.id = i.calendarid where c.id is null;
		SQL
	} | db --batch --raw --skip-column-names "$DB"
}

no_orphans() {
	[ "$(orphans | sort -u)" = 0 ]
}
