# p7-extract --check and scripts/migrate --check: what is found before a migration.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
}

setup() {
	db -e 'drop database if exists p7'
	make_sample_p7 "$D/p7" p7
	export P7=$D/p7
	fresh_p8
}

teardown() {
	! mountpoint -q "$D/p8/data" || umount -l "$D/p8/data"
}

check() {
	migrate --check "$@"
}

# has SIDE WHAT TEXT: a row of the table
has() {
	grep -Eq "^$1 +$2 +$3" <<<"$output"
}

@test "all that is found" {
	exits 0 check
	has P7 version '7\.7\.[0-9]* '
	has P7 server '.*character_set_server latin1'
	has P7 engine 'InnoDB: 62 tables, [0-9]+ bytes'
	has P7 snapshot 'one, of all'
	has P7 schema 'that of P7 7.7.9'
	has P7 contacts 17
	has P7 events 8
	has P7 users '11, all of them; in P8 already: 0'
	has P7 files '8, 142 bytes'
	grep -q '^Not carried:' <<<"$output"
	has P8 version '8\.5\.3'
	has P8 'disk, files' '142 bytes'
	has P8 'disk, tables' 'about [0-9.]+ MiB .* have room in'
	has '' time 'about [0-9]+ s for 11 users, by 11 of them; [0-9]+ rows a second'
	[ -z "$(dbq p8 "show tables like '%p7m%'")" ]
	[ "$(cd "$D/state" && find . -mindepth 1 | sort | xargs)" = \
		"./.settings_list ./settings_list ./target.json" ]
}

@test "what is selected, what is there already, and nothing to do" {
	need_long
	migrate --quiet --domain mir.test
	exits 0 check --domain mir.test --user anna.weber@linden.example --user nobody@mir.test
	has P7 users '3; in P8 already: 2'
	has P7 unknown 'named, but no user of P7: 1'
	has '' time 'about [0-9]+ s for 1 user, by 1 of them'
	run check --domain mir.test --without files,corporate
	echo "$output"
	has '' time 'nothing is to be done'
	[ "$(grep -c '^P7 *files' <<<"$output")" = 0 ]
}

@test "where tables differ from those of 7.7.9" {
	db p7 -e 'update wm_awm_addr_book set notes = "";
		alter table wm_awm_settings drop column use_threads, add column mine int;
		alter table wm_awm_addr_book modify notes varchar(20);
		alter table wm_adav_calendarobjects engine = myisam;
		alter table wm_awm_identities engine = myisam;
		drop table wm_awm_social;
		create table wm_of_a_plugin (id int)'
	exits 0 p7-extract --p7 "$D/p7" --check
	line() { grep -Fxq "$1" <<<"$output"; }
	line 'drift          wm_awm_settings has no column use_threads: P7'"'"'s default is taken'
	line 'drift          wm_awm_settings has a column mine, which P7 7.7.9 does not have: passed over'
	grep -q '^drift          wm_awm_addr_book.notes is varchar(20), not ' <<<"$output"
	line 'drift          there is no table wm_awm_social: it counts as empty'
	line 'drift          wm_of_a_plugin is not a table of P7: passed over'
	line 'schema         5 differences from P7 7.7.9, above'
	grep -q '^engine         MyISAM: 2 tables' <<<"$output"
	grep -q '^snapshot       none: let nobody use P7 .*wm_awm_identities' <<<"$output"
	exits 0 check
	has P7 drift 'wm_of_a_plugin is not a table'
	exits 64 p7-extract --p7 "$D/p7" --check --user a@b.test
}

@test "too little room for files" {
	need_long
	truncate -s 300M "$D/p7/data/files/private/ivan.petrov@mir.test/large.bin"
	cp -a "$D/p8/data" "$D/data"
	mount -t tmpfs -o size=128m tmpfs "$D/p8/data" 2>/dev/null || skip "no tmpfs can be mounted here"
	cp -a "$D/data/." "$D/p8/data"
	exits 78 check
	has P8 refused '300.0 MiB of files are to come'
	has '' 'not ready' ''
	exits 0 check --without files,corporate
}
