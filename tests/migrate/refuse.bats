# What scripts/migrate refuses before anything is written, and that it says what to do.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
}

teardown() {
	# nothing was written, whatever was wrong
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
	[ "$(users_in_p8)" = 0 ]
	[ -z "$(ls -d "$D/state"/.run.* "$D/state/p8.cnf" 2>/dev/null)" ]
}

# refused STATUS TEXT P7 P8 [option...]: with and without --check
refused() {
	local wanted=$1 text=$2 check
	for check in '' --check; do
		exits "$wanted" "$REPO/scripts/migrate" --p7 "$3" --p8 "$4" --state "$D/state" \
			"${@:5}" $check
		grep -q -- "$text" <<<"$output"
	done
}

@test "wrong directories" {
	refused 66 'is not a directory; --p7 needs' "$D/nowhere" "$S/p8"
	refused 66 "p7/data is P7's data directory; --p7 needs the directory above it" "$S/p7/data" "$S/p8"
	mkdir "$D/empty"
	refused 66 'empty/data is not a directory; --p7 needs' "$D/empty" "$S/p8"
	lacks ' --data' <<<"$output"
	refused 66 'is --p8 the directory of a P8' "$S/p7" "$S"
}

@test "P7 and P8 exchanged" {
	need_long
	refused 78 'is a P7 directory .*; --p8 needs the directory of P8' "$S/p8" "$S/p7"
	refused 78 'is a P7 directory' "$S/p7" "$S/p7"
	refused 78 'belongs to a P8 installation; name the directory of P7' "$S/p8" "$S/p8"
}

@test "a P8 of release 9" {
	cp -R "$S/p8" "$D/p8"
	sed -i 's/"p8"/"nine"/' "$D/p8/data/settings/config.json"
	db -e 'create database nine; grant all on nine.* to p8user@localhost'
	for t in users mail_accounts mail_servers contacts migrations; do
		db nine -e "create table au_$t (Id int)"
	done
	refused 78 'it has au_mail_accounts, au_mail_servers.*8.3 to 8.8 is needed' "$S/p7" "$D/p8"
	[ "$(dbq nine 'show tables' | wc -l)" = 5 ]
	db -e 'drop database nine'
}

@test "a P7 that is too old" {
	cp -R "$S/p7" "$D/p7"
	echo 6.2.1 >"$D/p7/VERSION"
	refused 78 'says version 6.2.1; 6.4 to 7.7 can be read' "$D/p7" "$S/p8"
	sed -i 's/<DBName>p7</<DBName>old</' "$D/p7/data/settings/settings.xml"
	echo 7.7.9 >"$D/p7/VERSION"
	db -e 'create database old; grant select on old.* to p7reader@localhost'
	db old -e 'create table wm_awm_accounts (id_acct int, id_user int, email varchar(100))'
	refused 78 'no column id_domain: this is a P7 older than 6.4' "$D/p7" "$S/p8"
	db -e 'drop database old'
}

@test "a P7 on another kind of database" {
	cp -R "$S/p7" "$D/p7"
	for kind in PostgreSQL SQLite; do
		sed -i "s|<DBType>.*</DBType>|<DBType>$kind</DBType>|" "$D/p7/data/settings/settings.xml"
		refused 78 "keeps its data in $kind; only MySQL and MariaDB" "$D/p7" "$S/p8"
	done
}

@test "a state directory and a log that cannot be written" {
	touch "$D/file"
	exits 73 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$D/file"
	grep -q 'name another one with --state' <<<"$output"
	refused 73 'the log .* cannot be written' "$S/p7" "$S/p8" --log "$D/file/log"
	[ "$(id -u)" = 0 ] || skip "only root becomes another user"
	mkdir -m 755 "$D/theirs" "$D/theirs/state"
	let_others_in
	exits 73 setpriv --reuid=65534 --clear-groups "$REPO/scripts/migrate" --p7 "$S/p7" \
		--p8 "$S/p8" --state "$D/theirs/state"
}

@test "lists of users that cannot be used" {
	need_long
	refused 66 'cannot be read' "$S/p7" "$S/p8" --users "$D/absent"
	refused 66 'no user of the domain nowhere.test' "$S/p7" "$S/p8" --domain nowhere.test
	refused 64 'does not go together' "$S/p7" "$S/p8" --users /dev/null --user a@b.test
}

@test "a list without users, and options that contradict each other" {
	printf '\xef\xbb\xbf# nobody\r\n\r\n' >"$D/list"
	refused 65 'the list of users is empty' "$S/p7" "$S/p8" --users "$D/list"
	for options in '--dry-run --reset --yes' '--apply-settings --dry-run' \
		'--dry-run --from-scratch' '--dry-run --redo ivan.petrov@mir.test'; do
		# shellcheck disable=SC2086 # several
		exits 64 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$D/state" \
			$options
	done
}

# wrong TEXT OPTION...
wrong() {
	local text=$1
	shift
	exits 64 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$D/state" "$@"
	[ ${#lines[@]} = 1 ]
	[[ $output == "migrate: "*"$text"*"; see migrate --help" ]]
	[ ! -e "$D/state" ]
}

@test "options that contradict each other, or would be passed over" {
	wrong '--yes belongs to --reset' --yes
	wrong 'belong to a run' --update --dry-run
	wrong 'belong to a run' --list-users --redo a@b.test
	wrong '--redo does not go together with it' --from-scratch --redo a@b.test
	wrong '--list-users lists all users' --list-users --domain b.test
	wrong '--skip-dav-schema and --without calendars take one' --skip-dav-schema --stop-before-dav-schema
	wrong 'take one' --without files,calendars --stop-before-dav-schema
	wrong 'take one' --check --dry-run
}

@test "values that are none" {
	wrong '--check takes no value' --check=1
	wrong '--jobs needs a number from 1 to 64, not 65' --jobs 65
	wrong '--max-rate needs a number from 1 to 1000000000, not 0' --max-rate 0
	wrong '--without leaves out files, corporate' --without files,settings
	wrong '--dav-text is utf8 or server, not latin1' --dav-text latin1
	wrong '--user needs a value' --user ''
	wrong 'x is not an option' x
	refused 66 'cannot be read' "$S/p7" "$S/p8" --users "$D"
}

@test "standard output on a full disk, or that nobody reads" {
	for o in --check --list-users; do
		exits 75 bash -c "'$REPO/scripts/migrate' --p7 '$S/p7' --p8 '$S/p8' --state '$D/state' $o >/dev/full"
		[[ $output == *"migrate: standard output cannot be written"* ]]
		[[ $output != *"line "* ]]
	done
	run bash -c "'$REPO/scripts/migrate' --p7 '$S/p7' --p8 '$S/p8' --state '$D/state' --check |
		: ; exit \${PIPESTATUS[0]}"
	echo "$output"
	[ "$status" = 74 ]
	for o in --version --help; do
		exits 75 bash -c "'$REPO/scripts/migrate' $o >/dev/full"
		[[ $output == "migrate: standard output cannot be written"* ]]
		[ "${#lines[@]}" = 1 ]
	done
	for o in --version --check --dry-run --apply-settings; do
		exits 74 bash -c "'$REPO/scripts/migrate' --p7 '$S/p7' --p8 '$S/p8' --state '$D/state' $o >&-"
		[[ $output == "migrate: standard output is closed; "* ]]
		[ "${#lines[@]}" = 1 ]
	done
	# nor standard error
	exits 74 timeout -k 5 60 bash -c "'$REPO/scripts/migrate' --p7 '$S/p7' --p8 '$S/p8' --state '$D/state' \
		--check 2>&1 | : ; exit \${PIPESTATUS[0]}"
}

@test "the status of a pipeline is that of the stage that failed first" {
	# shellcheck source=scripts/lib/migrate-stages.sh
	. "$REPO/scripts/lib/migrate-stages.sh"
	settles() {
		run settle "${@:2}"
		echo "${*:2}: $status"
		[ "$status" = "$1" ]
	}
	settles 0 0 0 0
	settles 1 1 0 1
	settles 65 0 65 65
	settles 69 69 65 65
	# who could not write has a reader that says why
	settles 75 74 74 75
	settles 78 141 141 78
	settles 74 74 65 65
	settles 74 0 0 74
	settles 69 255 65 65
}

@test "lists of new names that cannot be used" {
	need_long
	printf 'nobody@x.test\ta@b.test\nnadia.horak@mir.test\tjose.nunez@gast.test\n' >"$D/map"
	refused 65 'P7 has no user nobody@x.test' "$S/p7" "$S/p8" --map-users "$D/map"
	grep -q 'nadia.horak@mir.test cannot become jose.nunez@gast.test' <<<"$output"
	printf 'a@x.test\n' >"$D/map"
	refused 65 'line 1: old e-mail, TAB, new e-mail' "$S/p7" "$S/p8" --map-users "$D/map"
	refused 66 'map.absent' "$S/p7" "$S/p8" --map-users "$D/map.absent"
	refused 64 '--map-accounts belongs to' "$S/p7" "$S/p8" --map-accounts
}
