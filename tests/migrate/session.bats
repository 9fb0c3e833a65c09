# not sanitized: what is here is between the programs and the server.
# Servers, option files and proxies that set a session otherwise than our work needs it.

load ../load

setup_file() {
	local D=$S
	server_start "$S/server" --character-set-server=latin1 --collation-server=latin1_swedish_ci \
		--innodb-flush-log-at-trx-commit=0
	make_sample_p7 "$S/p7" p7
	fresh_p8
	migrate --quiet >"$D/out" 2>&1 || [ $? = 1 ]
	brought >"$S/expected"
	grep -q C3 "$S/expected"
}

# Dates that P7 does not know are those of the run.
brought() {
	content | grep -v 'datetime.DateModified'
}

setup() {
	fresh_p8
}

# set_global NAME VALUE...: for connections from now on, until the test's end.
set_global() {
	while [ $# -gt 0 ]; do
		printf '%s\n' "$1" >>"$D/globals"
		db -e "set global $1=$2"
		shift 2
	done
}

teardown() {
	[ -z "${PROXY:-}" ] || kill "$PROXY" 2>/dev/null || :
	[ -z "${OTHER:-}" ] || server_stop
	defaults
}

defaults() {
	local name
	while read -r name; do
		case $name in
		init_connect) db -e "set global init_connect=''" ;;
		*) db -e "set global $name=default" ;;
		esac
	done < <(cat "$D/globals" 2>/dev/null)
}

# All is in P8 as it is when nobody has anything else in mind.
as_expected() {
	brought >"$D/brought"
	diff "$S/expected" "$D/brought"
	no_orphans
}

# proxy WHEN FROM TO...: what clients say to the server goes through $D/proxy, with FROM replaced by
# TO once there is a file WHEN.
proxy() {
	python3 "$TESTS/proxy.py" "$D/proxy" "$SOCKET" "$@" 3>&- &
	PROXY=$!
	wait_for '[ -S "$D/proxy" ]'
}

@test "A02: a server that ignores what the client's handshake says about character sets" {
	OTHER=1
	server_start "$D/server" --character-set-server=latin1 --collation-server=latin1_swedish_ci \
		--skip-character-set-client-handshake
	make_sample_p7 "$D/p7" p7
	fresh_p8
	P7=$D/p7
	exits 0 migrate --quiet
	exits 0 p8-load --p8 "$D/p8" --verify --deep
	# the test's own client is told by its init-command, which comes after the handshake
	db() {
		mariadb --no-defaults --socket="$SOCKET" --user=root --init-command='set names utf8mb4' "$@"
	}
	as_expected
	# the characters themselves, not only both sides alike
	[ "$(sql "select count(*) from au_eav_attributes_string where hex(value) like '%C383C2%'")" = 0 ]
	dav-schema-upgrade --socket="$SOCKET" --user=root --database=p8 --prefix=au_adav_ status
}

@test "A02: init_connect sets another character set, for users who are not SUPER" {
	need_long
	set_global init_connect "'SET NAMES latin1'"
	[ "$(mariadb --no-defaults --socket="$SOCKET" --user=p8user --password='p8 secret' -N \
		-e 'select @@character_set_client')" = latin1 ]
	exits 0 migrate --quiet
	as_expected
}

@test "A02: an option file that says another character set, reconnect and an init-command" {
	need_long
	cat >"$D/my.cnf" <<-CNF
		[client]
		socket=$SOCKET
		default-character-set=latin1
		reconnect
		init-command="SET NAMES latin1, autocommit=0"
	CNF
	printf 'user=p7reader\npassword="p7&secret"\n' | cat "$D/my.cnf" - >"$D/p7.cnf"
	printf 'user=p8user\npassword="p8 secret"\n' | cat "$D/my.cnf" - >"$D/p8.cnf"
	chmod 600 "$D"/*.cnf
	p7-extract --p7 "$P7" --without calendars -o "$D/expected"
	p7-extract --p7 "$P7" --without calendars --db-defaults-file "$D/p7.cnf" -o "$D/stream"
	diff <(tail -n +2 "$D/expected" | sed '$d') <(tail -n +2 "$D/stream" | sed '$d')
	small
	exits 0 load "$D/small.ndjson"
	content >"$D/content"
	fresh_p8
	exits 0 load --db-defaults-file "$D/p8.cnf" "$D/small.ndjson"
	diff "$D/content" <(content)
}

latin1=('SET NAMES utf8mb4 COLLATE utf8mb4_general_ci' 'SET NAMES latin1 COLLATE latin1_swedish_ci  '
	"character_set_client='utf8mb4'" "character_set_client='latin1' ")

@test "A02: a proxy that sets it back is refused by every program, and nothing is written" {
	proxy / "${latin1[@]}"
	exits 78 p7-extract --p7 "$P7" --db-socket "$D/proxy" -o "$D/stream"
	[[ $output == *character_set_client*latin1*utf8mb4*proxy* ]]
	[ ! -e "$D/stream" ]
	small
	exits 78 load --db-socket "$D/proxy" "$D/small.ndjson"
	[[ $output == *character_set_client*latin1*utf8mb4*proxy* ]]
	[ "$(sql "show tables like '%p7m%'")" = "" ]
	for command in status plan apply verify; do
		exits 78 dav-schema-upgrade --socket="$D/proxy" --user=root --database=p8 --prefix=au_adav_ \
			"$command"
		[[ $output == *character_set_client*latin1*utf8mb4*proxy* ]]
	done
}

@test "A02: a proxy that says nothing, or not all, of the session's settings is refused" {
	proxy / 'SHOW SESSION VARIABLES WHERE Variable_name IN (' \
		'SHOW SESSION VARIABLES WHERE NULL AND    0 IN ('
	exits 78 p7-extract --p7 "$P7" --db-socket "$D/proxy" -o "$D/stream"
	[[ $output == *'does not show its setting autocommit'*proxy* ]]
	[ ! -e "$D/stream" ]
	small
	exits 78 load --db-socket "$D/proxy" "$D/small.ndjson"
	[ "$(sql "show tables like '%p7m%'")" = "" ]
	kill "$PROXY"
	rm "$D/proxy"
	proxy / "'tx_isolation'" "'------------'" "'transaction_isolation'" "'---------------------'"
	exits 78 load --db-socket "$D/proxy" "$D/small.ndjson"
	[[ $output == *transaction_isolation* ]]
}

@test "A02: a proxy that sets it back later is found when the connection is made again" {
	need_long
	proxy "$D/bad" "${latin1[@]}"
	small
	start --db-socket "$D/proxy" -v --transaction-rows 20
	head -n 20 "$D/small.ndjson" >&4
	until_sql "select units > 1 from au_p7m_users" 1
	touch "$D/bad"
	db -N -e "select concat('kill ', id, ';') from information_schema.processlist
		where user='p8user'" | db
	rest 21
	ends 78
	grep -q 'character_set_client.*latin1' "$D/err"
}

@test "A02: a proxy that eats one setting is refused with its name" {
	need_long
	proxy / "completion_type='NO_CHAIN'" "completion_type='CHAIN'   "
	set_global completion_type "'CHAIN'"
	small
	exits 78 load --db-socket "$D/proxy" "$D/small.ndjson"
	[[ $output == *completion_type*CHAIN*NO_CHAIN* ]]
}

@test "D10: completion_type CHAIN: everybody is brought, at once" {
	set_global completion_type "'CHAIN'"
	exits 0 migrate --quiet
	as_expected
}

@test "E09: a server in ANSI_QUOTES and other modes, completion_type RELEASE too (D10): --check and a run" {
	set_global completion_type "'RELEASE'" sql_mode \
		"'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,ORACLE,IGNORE_SPACE,NO_AUTO_VALUE_ON_ZERO'"
	exits 0 migrate --check
	grep -q 'rows a second can be written' <<<"$output"
	exits 0 migrate --quiet
	as_expected
	exits 0 p8-load --p8 "$D/p8" --undo --all --yes -q
}

@test "D10: a server whose settings would change or refuse most of what we say" {
	need_long
	set_global sql_mode \
		"'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,HIGH_NOT_PRECEDENCE,NO_ZERO_DATE'" \
		time_zone "'-07:00'" foreign_key_checks 0 unique_checks 0 sql_safe_updates 1 \
		sql_select_limit 3 max_join_size 2 group_concat_max_len 4 div_precision_increment 0 \
		lc_time_names "'de_DE'" max_sort_length 8 sql_quote_show_create 0 low_priority_updates 1 \
		sql_auto_is_null 1 autocommit 0 tx_isolation "'SERIALIZABLE'" tx_read_only 1 \
		completion_type 2 init_connect "'SET NAMES latin1, sql_mode=ANSI'"
	exits 0 migrate --quiet
	exits 0 p8-load --p8 "$D/p8" --verify --deep
	defaults
	as_expected
}

@test "D10: READ UNCOMMITTED and READ COMMITTED as defaults" {
	need_long
	set_global tx_isolation "'READ-UNCOMMITTED'"
	exits 0 migrate --quiet
	as_expected
}

@test "D10: character_set_server of two or four bytes, which no client can speak" {
	need_long
	OTHER=1
	server_start "$D/server" --character-set-server=ucs2 --collation-server=ucs2_general_ci
	make_sample_p7 "$D/p7" p7
	P7=$D/p7
	fresh_p8
	exits 0 migrate --quiet
	exits 0 p8-load --p8 "$D/p8" --verify --deep
	as_expected
	server_stop
	for charset in utf16 utf32 utf16le; do
		server_start "$D/server" --character-set-server=$charset
		fresh_p8
		small
		exits 0 load "$D/small.ndjson"
		exits 0 load --verify --deep
		server_stop
	done
}
