# not sanitized: what is here is what ends a run from outside.
# Exit statuses: 75 for what another run can mend, 77 for rights, never 1 when nothing was done.

load ../load

setup_file() {
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
	db_user p8user 'p8 secret' "all on p8.*"
	small
}

teardown() {
	[ -z "${PID:-}" ] || kill -9 "$PID" 2>/dev/null || :
	! mountpoint -q "$D/full" || umount -l "$D/full"
	[ -z "${OTHER:-}" ] || return 0
	db -e "set global read_only=0; set global max_prepared_stmt_count=default; drop user if exists p7other@localhost" || :
	db -e "alter user p8user@localhost with max_connections_per_hour 0"
}

# may RIGHTS: all that P8's user may do with P8's database from now on.
may() {
	db -e "revoke all on p8.* from p8user@localhost; grant $1 on p8.* to p8user@localhost"
}

# fails_with NUMBER TEXT: from now on the server answers that to who adds an entity.
fails_with() {
	db p8 -e "create or replace trigger fails before insert on au_eav_entities for each row
		signal sqlstate 'HY000' set mysql_errno=$1, message_text='${2//\'/}'"
}

# stage NAME SCRIPT: that is what scripts/migrate runs in place of a stage.
stage() {
	local program
	mkdir -p "$D/bin"
	for program in p7-extract p7-transform p8-load dav-schema-upgrade; do
		[ -e "$D/bin/$program" ] || ln -s "$BIN/$program" "$D/bin/$program"
	done
	rm -f "$D/bin/$1"
	printf '#!/bin/bash\n%s\n' "$2" >"$D/bin/$1"
	chmod +x "$D/bin/$1"
}

@test "C18: a full disk is 75 wherever a program writes, a reader that went away is 74" {
	exits 75 bash -c "p7-extract --p7 '$P7' >/dev/full"
	[[ $output == *'No space left'*'free space'* ]]
	p7-extract --p7 "$P7" -o "$D/stream"
	local salt="--salt-file $D/p8/data/salt8.php"
	exits 75 bash -c "p7-transform $salt '$D/stream' >/dev/full"
	exits 75 bash -c "p7-transform $salt -z -o /dev/full '$D/stream'"
	exits 75 bash -c "p7-transform --print-mapping >/dev/full"
	exits 75 bash -c "p8-load --p8 '$D/p8' --describe >/dev/full"
	exits 75 bash -c "p8-load --version >/dev/full"
	exits 75 bash -c "p8-load --p8 '$D/p8' --check >/dev/full"
	exits 75 bash -c "dav-schema-upgrade status --socket '$SOCKET' --user root --database p8 \
		--prefix au_adav_ >/dev/full"
	exits 75 bash -c "'$REPO/scripts/migrate' --p7 '$P7' --p8 '$D/p8' --state '$D/s' --check >/dev/full"
	exits 75 load --rejects /dev/full "$D/small.ndjson"
	exits 74 bash -c "set -o pipefail; p7-extract --p7 '$P7' | :"
}

@test "C18: a file that may not grow (SIGXFSZ) is 75, not a signal, and leaves nothing" {
	exits 75 bash -c "ulimit -f 1; p7-extract --p7 '$P7' -o '$D/stream'"
	[[ $output == *'File too large'*'ulimit -f'* ]]
	[ "$(echo "$D"/stream*)" = "$D/stream*" ]
	p7-extract --p7 "$P7" -o "$D/stream"
	local salt="--salt-file $D/p8/data/salt8.php"
	exits 75 bash -c "ulimit -f 1; p7-transform $salt -o '$D/out' '$D/stream'"
	exits 75 bash -c "ulimit -f 1; '$REPO/scripts/migrate' --p7 '$P7' --p8 '$D/p8' --state '$D/s'"
	exits 0 migrate --state "$D/s" --quiet
}

@test "C18: a state directory whose disk is full is 75, says so, and the next run goes on" {
	need_long
	[ "$(id -u)" = 0 ] || skip "only root can mount a small disk"
	mkdir "$D/full"
	mount -t tmpfs -o size=64k none "$D/full" || skip "nothing can be mounted here"
	# full_run FREE OPTION...: with that many bytes free
	full_run() {
		rm -rf "$D/full"/{fill,s}
		mkdir -m 700 "$D/full/s"
		head -c $((61440 - $1)) /dev/zero >"$D/full/fill"
		exits 75 migrate --state "$D/full/s" "${@:2}"
		[[ $output == *"the disk of $D/full/s is full: free space there"* ]]
		[[ $output != *'expression expected'* && $output != *'argument required'* ]]
		[[ $output != *'ledger in P8'* && $output != *signal* ]]
	}
	exits 0 migrate --state "$D/s" --without calendars --quiet
	full_run 49152 --keep-dumps
	full_run 24576 --keep-dumps
	full_run 32768
	full_run 20480
	load --undo --all --yes -q
	full_run 49152
	umount "$D/full"
	exits 0 migrate --state "$D/s" --quiet
}

@test "C18: a disk of the server that is full is 75, whatever number says so" {
	while read -r number text; do
		fails_with "$number" "$text"
		exits 75 load "$D/small.ndjson"
	done <<-'LIST'
		1021 Disk full (/tmp); waiting for someone to free some space...
		1114 The table 'au_eav_entities' is full
		3 Error writing file 'x' (Errcode: 28 "No space left on device")
		1026 Error writing file 'x'
		1030 Got error 28 "No space left on device" from storage engine
		1030 Got error 122 "Disk quota exceeded" from storage engine
	LIST
	fails_with 1030 'Got error 130 "Incorrect file format" from storage engine'
	exits 69 load "$D/small.ndjson"
	db p8 -e 'drop trigger fails'
	exits 0 load "$D/small.ndjson"
	exits 0 load --verify
}

@test "C18: who may not be brought again is not taken back" {
	need_long
	exits 0 migrate --user ivan.petrov@mir.test --quiet
	for rights in "select, update, delete, create, alter, drop, index" \
		"select, insert, update, delete, alter, drop, index"; do
		may "$rights"
		for how in '--redo ivan.petrov@mir.test' --from-scratch; do
			exits 77 migrate --user ivan.petrov@mir.test $how
			[[ $output == *'GRANT ALL ON `p8`'*'nobody was taken back'* ]]
			[[ $output != *undone* ]]
		done
	done
	# a right on one table
	may "select, update, delete, create, alter, drop, index"
	for table in $(dbq p8 'show tables'); do
		[ "$table" = au_eav_attributes_text ] || db -e "grant insert on p8.$table to p8user@localhost"
	done
	exits 77 migrate --redo ivan.petrov@mir.test
	[[ $output != *undone* ]]
	db -e "revoke all privileges, grant option from p8user@localhost; grant all on p8.* to p8user@localhost"
	[ "$(dbq p8 "select count(*) from au_p7m_users where state = 'done'")" = 1 ]
	exits 0 migrate --user ivan.petrov@mir.test --redo ivan.petrov@mir.test --quiet
}

@test "D06: limits and a server that is read-only for now are 75, and the next run goes on" {
	need_long
	for number in 1226 1290 1792 1836 1223 1203 1969 1036 1152 1206 1412 1461 1637 1689 1874 1881 3032 3101; do
		fails_with "$number" "not now"
		exits 75 load "$D/small.ndjson"
	done
	db p8 -e 'drop trigger fails'
	db -e "set global read_only=1"
	exits 75 load "$D/small.ndjson"
	exits 75 migrate
	[[ $output == *1290* ]]
	db -e "set global read_only=0"
	db -e "set global max_prepared_stmt_count=0"
	exits 75 load "$D/small.ndjson"
	exits 75 p7-extract --p7 "$P7" -o "$D/stream"
	db -e "set global max_prepared_stmt_count=default"
	db -e "alter user p8user@localhost with max_connections_per_hour 1"
	load --check
	exits 75 load "$D/small.ndjson"
	[[ $output == *1226*'try again later'* ]]
	exits 75 migrate
	db -e "alter user p8user@localhost with max_connections_per_hour 0"
	exits 0 migrate
}

@test "D06: a right that is missing is 77, for the ledger, the schema's steps and P7" {
	may 'select, insert, update, delete, alter, index, drop, create temporary tables, lock tables'
	exits 77 load "$D/small.ndjson"
	exits 77 migrate
	# only by hand do the schema's steps need more
	may 'select, insert, update, delete, create, index, drop, create temporary tables, lock tables'
	exits 0 migrate --stop-before-dav-schema
	exits 77 migrate --skip-dav-schema
	[[ $output != *'run it again'* ]]
	may 'all'
	exits 0 migrate
	for rights in 'insert, update' 'create temporary tables' 'lock tables' 'create'; do
		db_user p7other other "$rights on p7.*"
		printf '[client]\nuser=p7other\npassword=other\n' >"$D/p7.cnf"
		chmod 600 "$D/p7.cnf"
		exits 77 p7-extract --p7 "$P7" --db-socket "$SOCKET" --db-defaults-file "$D/p7.cnf" -o "$D/stream"
		exits 77 p7-extract --p7 "$P7" --db-socket "$SOCKET" --db-defaults-file "$D/p7.cnf" --check
		db -e 'drop user p7other@localhost'
	done
}

@test "D06: a stage that is killed is 75, one that crashes 70, and the next run goes on" {
	need_long
	for program in p7-extract p7-transform p8-load dav-schema-upgrade; do
		rm -rf "${D:?}/bin"
		# the calls that only ask are left alone
		stage "$program" "case \" \$* \" in *' --describe '* | *' --list'*) exec '$BIN/$program' \"\$@\" ;; esac
			kill -\${SIGNAL:-9} \$\$"
		P7M_BIN=$D/bin exits 75 migrate --quiet
		[[ $output == *'signal 9'*'run the same command again'* ]]
		SIGNAL=SEGV P7M_BIN=$D/bin exits 70 migrate --quiet
	done
	exits 0 migrate --quiet
}

@test "the same command again is advised where it helps, and does no harm" {
	need_long
	for want in 77 75; do
		stage p8-load "case \" \$* \" in *' --jobs '*) exit $want ;; esac; exec '$BIN/p8-load' \"\$@\""
		P7M_BIN=$D/bin exits $want migrate --quiet
		case $want in
		77) [[ $output == *'ended early; see above, mend that, then run it again' ]] ;;
		75) [[ $output == *'ended early; see above, and run the same command again' ]] ;;
		esac
	done
	exits 0 migrate --quiet
	# nor by the same command, which would take back again who has come
	stage p8-load "case \" \$* \" in *' --jobs '*) kill -9 \$\$ ;; esac; exec '$BIN/p8-load' \"\$@\""
	P7M_BIN=$D/bin exits 75 migrate --quiet --redo anna.weber@linden.example
	[[ $output != *'undone'* ]]
	[[ $output == *'signal 9'*'run it again without --redo (--user in its place), it goes on'* ]]
	P7M_BIN=$D/bin exits 75 migrate --quiet --from-scratch --yes
	[[ $output == *'signal 9'*'run it again without --from-scratch, it goes on'* ]]
}

@test "D06: the server is killed in the middle of a user: 75" {
	OTHER=1
	server_start "$D/server"
	fresh_p8
	start -v --transaction-rows 20
	head -n 20 "$D/small.ndjson" >&4
	until_sql "select units > 1 from au_p7m_users" 1
	server_kill 4>&- || :
	rest 21
	wait_for 'grep -q "was lost" "$D/err"'
	kill -TERM "$PID"
	ends 75
}

@test "D06: few open files: 75 with the limit named, or all is done; never 1" {
	need_long
	for n in 8 12; do
		rm -f "$D/stream"
		run bash -c "ulimit -n $n; p7-extract --p7 '$P7' -o '$D/stream'"
		echo "extract $n: $status $output"
		[[ $status = 75 && $output == *'ulimit -n'* ]] || { [ "$status" = 0 ] && [ -s "$D/stream" ]; }
		run bash -c "ulimit -n $n; p8-load --p8 '$D/p8' --edited -q '$D/small.ndjson'"
		echo "load $n: $status $output"
		[[ $status = 75 && $output == *'ulimit -n'* ]] || { [ "$status" = 0 ] && [ "$(users_in_p8)" = 3 ]; }
		fresh_p8
	done
	# and never what is said of a directory that may not be read
	for n in 6 7; do
		exits 75 bash -c "ulimit -n $n; p7-extract --p7 '$P7' -o '$D/few'"
		[[ $output == *'ulimit -n'* && ! -e $D/few ]]
	done
	run bash -c "ulimit -n 12; '$REPO/scripts/migrate' --quiet --p7 '$P7' --p8 '$D/p8' --state '$D/s'"
	echo "migrate 12: $status $output"
	[ "$status" = 75 ] || { [ "$status" = 0 ] && [ "$(users_in_p8)" = 11 ]; }
}

@test "D02: --reset while somebody loads is refused with 75, and nobody notices" {
	need_long
	start -v --transaction-rows 20
	head -n 20 "$D/small.ndjson" >&4
	until_sql "select units > 1 from au_p7m_users" 1
	exits 75 p8-load --p8 "$D/p8" --reset
	[[ $output == *'run it again when that has ended'* ]]
	# nobody else is kept out, and a look is always free
	exits 0 p8-load --p8 "$D/p8" --list loaded
	# also after the loader's connection was lost and made again
	db -N -e "select concat('kill ', id, ';') from information_schema.processlist
		where user='p8user'" | db
	rest 21
	ends 0
	exits 0 load --verify
	exits 0 p8-load --p8 "$D/p8" --reset --yes
	[ "$(sql "show tables like '%p7m_users'")" = "" ]
}

@test "D02: --reset by hand between two phases of a run is refused with 75, and says who" {
	need_long
	mkdir "$D/bin"
	mkfifo "$D/gate"
	cp "$BIN"/p7-extract "$BIN"/p7-transform "$BIN"/p8-load "$D/bin/"
	# the first call of this stage waits
	printf '#!/bin/sh\n[ -e %q ] || { : >%q; read -r go <%q; }\nexec %q "$@"\n' "$D/asks" "$D/asks" "$D/gate" \
		"$BIN/dav-schema-upgrade" >"$D/bin/dav-schema-upgrade"
	chmod +x "$D/bin/dav-schema-upgrade"
	P7M_BIN=$D/bin start_migrate --user ivan.petrov@mir.test --no-verify
	wait_for '[ -e "$D/asks" ]'
	exits 75 p8-load --p8 "$D/p8" --reset --yes
	grep -q 'a run of p7-migrate is at work .* (the server.s connection [1-9][0-9]*)' <<<"$output"
	echo go >"$D/gate"
	ends 0
	# its own --reset is not kept out, and says what stays
	exits 64 migrate --reset
	grep -q 'P8 keeps 1 user, but that ' <<<"$output"
	exits 0 migrate --reset --yes
	grep -q '^the ledger is forgotten; P8 keeps 1 user, and refuses them' <<<"$output"
	exits 0 p8-load --p8 "$D/p8" --reset --yes
	[ "$output" = 'there is no ledger: nothing was loaded' ]
}
