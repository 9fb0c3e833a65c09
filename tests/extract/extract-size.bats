# p7-extract on large installations: memory, statements, time to the first record.
# not sanitized: it measures memory

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" big
	rm -rf "$S/p7/data/files"
	# 131072 contacts and as many events of one user, 2048 users besides
	db big -e "
		create table seq (n int not null primary key);
		insert into seq values (0);"
	for n in 1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536; do
		echo "insert into seq select n + $n from seq;"
	done | db big
	db big -e "
		insert into wm_awm_addr_book (id_user, str_id, fullname, h_email, notes)
			select 3, concat('s', n), concat('Контакт ', n), concat('c', n, '@mir.test'),
				repeat('x', 100) from seq;
		insert into wm_adav_calendarobjects (calendarid, uri, calendardata)
			select 3, concat('e', n, '.ics'), repeat('y', 750) from seq;
		insert into wm_awm_accounts (id_acct, id_user, def_acct, email)
			select 1000 + n, 1000 + n, 1, concat('u', n, '@mir.test') from seq where n < 2048;
		insert into wm_awm_settings (id_user) select 1000 + n from seq where n < 2048;
		insert into wm_awm_identities (id_user, id_acct, email)
			select 1000 + n, 1000 + n, 'i' from seq where n < 2048;
		insert into wm_awm_addr_groups_contacts (id_addr, id_group)
			select id_addr, 3 from wm_awm_addr_book where id_user = 3;
		analyze table wm_awm_addr_book, wm_awm_accounts, wm_adav_calendarobjects"
}

# The largest memory in KiB that a run needs; its output goes to $S/out.
memory() {
	/usr/bin/time -f %M -o "$S/kb" p7-extract --p7 "$S/p7" "$@" >"$S/out"
	cat "$S/kb"
}

questions() {
	dbq big "show global status like 'Questions'" | cut -f2
}

@test "a giant user streams in 32 MiB" {
	kb=$(memory)
	echo "# $kb KiB" >&3
	[ "$(grep -c '^{"kind":"CONTACT"' "$S/out")" = 131088 ]
	[ "$kb" -le 32768 ]
	[ "$(grep -c '"groups":\[3\]' "$S/out")" -ge 131072 ]
}

@test "so do events" {
	kb=$(memory --only calendars)
	echo "# $kb KiB" >&3
	[ "$(grep -c '^{"kind":"CALENDAR_OBJECT"' "$S/out")" = 131080 ]
	[ "$kb" -le 32768 ]
}

@test "tables without an index go through a file" {
	need_long
	db big -e 'create table kept like wm_awm_addr_book; insert into kept select * from wm_awm_addr_book;
		drop index wm_awm_addr_book_id_user_index on wm_awm_addr_book;
		drop index wm_awm_addr_book_deleted_id_user_index on wm_awm_addr_book'
	kb=$(memory)
	echo "# $kb KiB" >&3
	db big -e 'drop table wm_awm_addr_book; rename table kept to wm_awm_addr_book'
	[ "$(grep -c '^{"kind":"CONTACT"' "$S/out")" = 131088 ]
	[ "$kb" -le 32768 ]
	[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'p7-extract.*')" ]
}

@test "statements are few: some a batch of a hundred users, none a user" {
	before=$(questions)
	memory --without contacts,collected >/dev/null
	after=$(questions)
	echo "# $((after - before)) statements for 2059 users" >&3
	[ "$((after - before))" -le 450 ]
}

@test "so they are with calendars: some a hundred events, none a user or calendar" {
	# ten events of each of 2048 calendars by turns, so none lies beside another one of its user
	db big -e "
		insert into wm_adav_principals (uri) select concat('principals/u', n, '@mir.test') from seq
			where n < 2048;
		insert into wm_adav_calendars (id, principaluri, uri)
			select 1000 + n, concat('principals/U', n, '@mir.test'), 'c' from seq where n < 2048;
		insert into wm_adav_calendarshares (calendarid, member) select 1000 + n, 1 from seq where n < 2048;
		insert into wm_adav_calendarobjects (calendarid, uri, calendardata)
			select 1000 + n % 2048, concat(n, '.ics'), repeat('z', 100) from seq where n < 20480
			order by n;
		insert into wm_adav_reminders (user, calendaruri) select concat('u', n, '@mir.test'), 'c'
			from seq where n < 2048;
		analyze table wm_adav_calendars, wm_adav_calendarobjects"
	before=$(questions)
	kb=$(memory --only calendars)
	after=$(questions)
	echo "# $((after - before)) statements, $kb KiB" >&3
	[ "$((after - before))" -le 700 ]
	[ "$kb" -le 32768 ]
	[ "$(tail -n 1 "$S/out" | jq -c '.totals | [.CALENDAR, .CALENDAR_SHARE, .CALENDAR_OBJECT, .REMINDER]')" = \
		'[2054,2052,151560,2049]' ]
	# one user's: the server chooses, whatever there is of others
	before=$(questions)
	memory --only calendars --user u7@mir.test >/dev/null
	[ "$(($(questions) - before))" -le 150 ]
	[ "$(grep -c '"kind":"CALENDAR_OBJECT"' "$S/out")" = 10 ]
	db big -e 'delete from wm_adav_calendarobjects where calendarid >= 1000;
		delete from wm_adav_calendars where id >= 1000'
}

@test "an event of 15.7 MB is in memory twice at the most" {
	db big -e "insert into wm_adav_calendarobjects (id, calendarid, uri, calendardata)
		values (2000000, 1, 'huge.ics', repeat(concat(repeat('x', 73), '\r\n'), 209333))"
	kb=$(memory --only calendars)
	echo "# $kb KiB" >&3
	[ "$(jq -j 'select(.id == 2000000).calendardata' "$S/out" | md5sum)" = \
		"$(yes "$(printf '%073d' 0 | tr 0 x)"$'\r' | head -n 209333 | md5sum)" ]
	[ "$kb" -le $((32768 + 2 * 15332)) ]
	db big -e 'delete from wm_adav_calendarobjects where id = 2000000'
}

# the time itself is scripts/bench's matter
@test "the first record does not wait for the last" {
	mkfifo "$S/first"
	before=$(questions)
	p7-extract --p7 "$S/p7" -o - >"$S/first" 2>"$S/err" &
	pid=$!
	exec 4<"$S/first"
	read -r line <&4
	after=$(questions)
	[ "${line:0:16}" = '{"kind":"HEADER"' ]
	cat <&4 >"$S/out"
	exec 4<&-
	wait "$pid"
	all=$(($(questions) - before))
	echo "# $((after - before)) of $all statements" >&3
	[ "$(((after - before) * 2))" -le "$all" ]
	[ "$(tail -n 1 "$S/out" | cut -c1-13)" = '{"kind":"END"' ]
}

@test "the server ends the connection in the middle" {
	mkfifo "$S/fifo"
	p7-extract --p7 "$S/p7" -o - >"$S/fifo" 2>"$S/err" &
	pid=$!
	exec 4<"$S/fifo"
	read -r _ <&4
	sleep 0.5
	id=$(dbq big "select id from information_schema.processlist where user = 'p7reader'")
	db -e "kill $id"
	cat <&4 >"$S/out"
	exec 4<&-
	wait "$pid" && status=0 || status=$?
	cat "$S/err"
	[ "$status" = 75 ]
	[ "$(tail -n 1 "$S/out" | cut -c1-13)" != '{"kind":"END"' ]
}
