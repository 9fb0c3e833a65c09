# shellcheck shell=bash
# A private database server for tests, the demo and the benchmark: source this file.
#
#   server_start DIR [mysqld option...]   starts a server that lives in DIR (data, socket, log);
#                                         sets and exports SOCKET and SERVER_PID
#   server_stop / server_kill             stops it and waits until it is gone (TERM / KILL)
#   server_restart                        the same data, the same options, the same socket
#   db [client option...] [DATABASE]      the mariadb client as the server's root
#   dbq DATABASE SQL                      rows without heading, tabs between columns
#   db_user NAME PASSWORD GRANTS          makes a user ("GRANTS" as after "grant", without "to")
#   make_blank_p8 DIR DATABASE            a blank P8 installation in DIR and its database
#   make_sample_p7 DIR DATABASE           the sample P7 installation in DIR and its database
#   make_rich_p7 DIR DATABASE             P7 as P7's own code wrote it (needs P7M_SHARED)
#   make_rich_p8 DIR DATABASE             the blank P8 that goes with it (needs P7M_SHARED)
#   need_shared                           skips the test (or file) when P7M_SHARED is absent
#   need_long                             skips it unless "scripts/test --long" runs it
#
# P7M_MYSQLD names the server to use; MariaDB and MySQL are told apart by their version text.
# P7M_TEMPLATES names a directory where a freshly made data directory is kept and copied from,
# which saves its creation in all files of a test run but the first.
# BIN is where the programs are (P7M_BIN, by default build/); it is put in front of PATH.
# SERVER_UNSYNCED: a server that waits for no disk, which outlives its own death, not the machine's.
# The server listens on a Unix socket only and reads no option file of the system.

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=${TESTS%/*}
P7M_SHARED=${P7M_SHARED:-$REPO/../shared}
[ ! -d "$P7M_SHARED" ] || P7M_SHARED=$(cd "$P7M_SHARED" && pwd)
export P7M_SHARED
BIN=${P7M_BIN:-$REPO/build}
export BIN PATH="$BIN:$PATH"

# MySQL's clients do the same, where its packages are.
if ! command -v mariadb >/dev/null; then
	mariadb() { mysql "$@"; }
	mariadb-admin() { mysqladmin "$@"; }
	mariadb-dump() { mysqldump "$@"; }
fi

server_binary() {
	if [ -n "${P7M_MYSQLD:-}" ]; then
		echo "$P7M_MYSQLD"
	else
		PATH=$PATH:/usr/sbin:/usr/local/sbin
		command -v mariadbd || command -v mysqld
	fi
}

server_is_mariadb() {
	case $("$(server_binary)" --version) in
	*MariaDB*) return 0 ;;
	esac
	return 1
}

# A data directory with the system tables, and root without a password.
server_init() {
	local dir=$1
	# Servers that share a directory for temporary tables take away each other's.
	mkdir "$dir.tmp" || return
	# --force: also where the machine's own name cannot be looked up.
	if server_is_mariadb; then
		TMPDIR=$dir.tmp mariadb-install-db --force --no-defaults --user="$(id -un)" --datadir="$dir" \
			--auth-root-authentication-method=normal --skip-test-db \
			--skip-name-resolve --innodb-log-file-size=16M >"$dir.log" 2>&1
	else
		TMPDIR=$dir.tmp "$(server_binary)" --initialize-insecure --user="$(id -un)" --datadir="$dir" \
			>"$dir.log" 2>&1
	fi || {
		cat "$dir.log" >&2
		return 1
	}
	rm -rf "$dir.log" "$dir.tmp"
}

server_data() {
	local dir=$1 template kind=mysql
	if [ -z "${P7M_TEMPLATES:-}" ]; then
		server_init "$dir"
		return
	fi
	! server_is_mariadb || kind=mariadb
	template=$P7M_TEMPLATES/$kind
	if [ ! -d "$template" ]; then
		server_init "$template.$$" || return
		mv -T "$template.$$" "$template" 2>/dev/null || rm -rf "$template.$$"
	fi
	cp -a --reflink=auto "$template" "$dir"
}

# Waits until the server answers; a server that ended shows its log.
server_wait() {
	local i
	for ((i = 0; i < 600; i++)); do
		if mariadb-admin --no-defaults --socket="$SOCKET" --user=root \
			--connect-timeout=2 ping >/dev/null 2>&1; then
			return 0
		fi
		kill -0 "$SERVER_PID" 2>/dev/null || break
		sleep 0.05
	done
	cat "$SERVER_DIR/log" >&2
	echo "server_start: the server in $SERVER_DIR does not answer" >&2
	return 1
}

server_launch() {
	# In a session of its own: Ctrl-C reaches the script, which then stops the server in order.
	# File descriptor 3 belongs to bats, which would wait for its end.
	setsid "$(server_binary)" "${SERVER_ARGS[@]}" </dev/null >>"$SERVER_DIR/log" 2>&1 3>&- &
	SERVER_PID=$!
	export SERVER_PID
	server_wait
}

server_start() {
	local kind
	mkdir -p "$1" || return
	SERVER_DIR=$(cd "$1" && pwd)
	shift
	SOCKET=$SERVER_DIR/s
	if [ ${#SOCKET} -gt 107 ]; then
		echo "server_start: $SOCKET is too long for a Unix socket" >&2
		return 1
	fi
	[ -d "$SERVER_DIR/data" ] || server_data "$SERVER_DIR/data" || return
	SERVER_ARGS=()
	# It has to be the first option; a wrapper script around a server gives it already.
	[ "$(head -c 2 "$(server_binary)")" = '#!' ] || SERVER_ARGS=(--no-defaults)
	kind=(--mysqlx=OFF)
	! server_is_mariadb || kind=(--skip-name-resolve)
	if [ -n "${SERVER_UNSYNCED:-}" ]; then
		kind+=(--innodb-flush-method=nosync --innodb-doublewrite=OFF)
		! server_is_mariadb || kind+=(--sync-frm=0)
	fi
	mkdir -p "$SERVER_DIR/tmp" || return
	SERVER_ARGS+=("--user=$(id -un)" "--datadir=$SERVER_DIR/data" "--socket=$SOCKET"
		"--tmpdir=$SERVER_DIR/tmp"
		"--pid-file=$SERVER_DIR/pid" --skip-networking --skip-log-bin
		--innodb-buffer-pool-size=96M --local-infile=1 --max-allowed-packet=64M
		"--sql-mode=STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
		"${kind[@]}" "$@")
	export SOCKET SERVER_DIR
	server_launch
}

server_end() {
	local i
	[ -n "${SERVER_PID:-}" ] || return 0
	kill "-$1" "$SERVER_PID" 2>/dev/null
	for ((i = 0; i < 600; i++)); do
		# As its parent, also wait for it: a zombie still takes signals.
		kill -0 "$SERVER_PID" 2>/dev/null || break
		case $(ps -o stat= -p "$SERVER_PID" 2>/dev/null) in
		Z* | '') break ;;
		esac
		sleep 0.05
	done
	wait "$SERVER_PID" 2>/dev/null
	SERVER_PID=
}

server_stop() { server_end TERM; }
server_kill() { server_end KILL; }

server_restart() {
	server_end TERM
	server_launch
}

db() {
	mariadb --no-defaults --socket="$SOCKET" --user=root --default-character-set=utf8mb4 "$@"
}

dbq() {
	db --batch --raw --skip-column-names -e "$2" "$1"
}

db_user() {
	db -e "create user if not exists '$1'@'localhost' identified by '$2';
		grant $3 to '$1'@'localhost';"
}

# Puts the server's socket and the database's name where the installation's settings have marks.
fill_in() {
	local file=$1
	sed -i -e "s|@SOCKET@|$SOCKET|g" -e "s|@DB@|$2|g" "$file"
	chmod 600 "$file"
}

make_blank_p8() {
	local dir=$1 name=$2 modules
	mkdir -p "$dir" && cp -R "$TESTS/sample/p8/." "$dir/" || return
	mapfile -t modules <"$dir/modules.list"
	mkdir -p "${modules[@]/#/$dir/modules/}" || return
	rm -f "$dir/modules.list"
	chmod -R u+w "$dir"
	chmod 600 "$dir/data/salt8.php"
	fill_in "$dir/data/settings/config.json" "$name"
	db -e "create database \`$name\`" && db "$name" <"$TESTS/sample/p8-schema.sql" || return
	db_user p8user 'p8 secret' "all on \`$name\`.*"
}

make_sample_p7() {
	local dir=$1 name=$2
	mkdir -p "$dir" && cp -R "$TESTS/sample/p7/." "$dir/" || return
	chmod -R u+w "$dir"
	chmod 600 "$dir/data/salt.php"
	find "$dir/data/files" -exec touch -d '2023-05-06 07:08:09Z' {} +
	fill_in "$dir/data/settings/settings.xml" "$name"
	db -e "create database \`$name\`" || return
	db "$name" <"$TESTS/sample/p7-schema.sql" || return
	db "$name" <"$TESTS/sample/p7-data.sql" || return
	db_user p7reader 'p7&secret' "select on \`$name\`.*"
}

need_shared() {
	[ -d "$P7M_SHARED/p7/rich" ] || skip "there is no $P7M_SHARED (set P7M_SHARED)"
}

need_long() {
	[ -n "${P7M_LONG:-}" ] || skip "takes minutes: scripts/test --long"
}

make_rich_p7() {
	local dir=$1 name=$2
	mkdir -p "$dir" && cp -R "$P7M_SHARED/p7/rich/." "$dir/" || return
	chmod -R u+w "$dir"
	find "$dir/data/settings" "$dir/data/salt.php" -type f -exec chmod 600 {} +
	sed -i -e "s|<DBHost>[^<]*<|<DBHost>localhost:$SOCKET<|" \
		-e "s|<DBName>[^<]*<|<DBName>$name<|" "$dir/data/settings/settings.xml"
	db -e "create database \`$name\`" && db "$name" <"$dir/p7.sql" || return
	rm -f "$dir/p7.sql"
	db_user p7u p7pass "select on \`$name\`.*"
}

make_rich_p8() {
	local dir=$1 name=$2
	mkdir -p "$dir" && cp -R "$P7M_SHARED/p8/." "$dir/" || return
	chmod -R u+w "$dir"
	find "$dir/data" -type f -exec chmod 600 {} +
	sed -i -e "s|\"localhost\"|\"localhost:$SOCKET\"|" -e "s|\"p8\"|\"$name\"|" \
		"$dir/data/settings/config.json"
	db -e "create database \`$name\`" && db "$name" <"$dir/p8-blank.sql" || return
	rm -f "$dir/p8-blank.sql"
	db_user p8u p8pass "all on \`$name\`.*"
}
