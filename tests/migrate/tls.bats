#!/usr/bin/env bats
# not sanitized
# A server of P8 that takes only connections with TLS: ~/.my.cnf says which authority to trust, for
# every program.
load ../site

certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=localhost" \
		-addext 'subjectAltName=IP:127.0.0.1' -keyout "$S/key.pem" -out "$S/$1" 2>/dev/null
	chmod 600 "$S/key.pem"
}

# P8's database by TCP, for somebody who must use TLS.
by_tcp() {
	jq '.DBHost[0] = "127.0.0.1:'"$PORT"'"' "$D/p8/data/settings/config.json" >"$D/config"
	cat "$D/config" >"$D/p8/data/settings/config.json"
	db -e "drop user 'p8user'@'localhost';
		create user if not exists 'p8user'@'127.0.0.1' identified by 'p8 secret' require ssl;
		grant all on p8.* to 'p8user'@'127.0.0.1'"
}

setup_file() {
	certificate other.pem
	certificate ca.pem
	PORT=$((20000 + RANDOM % 20000))
	server_start "$S/server" --skip-networking=0 --bind-address=127.0.0.1 --port="$PORT" \
		--ssl-cert="$S/ca.pem" --ssl-key="$S/key.pem"
	export PORT
	make_sample_p7 "$P7" p7
}

setup() {
	fresh_p8
	by_tcp
	export HOME=$D
}

option_file() {
	printf '[client]\nssl-ca=%s\nssl-verify-server-cert\n' "$1" >"$HOME/.my.cnf"
	chmod 600 "$HOME/.my.cnf"
}

@test "D07: with the authority in ~/.my.cnf every program connects, by hand and in a run" {
	option_file "$S/ca.pem"
	exits 0 p8-load --p8 "$D/p8" --check
	exits 0 migrate --user anna.weber@linden.example
	[[ $output == *'All in P8: 1 selected user'*'; verified.'* ]]
	exits 0 migrate --stop-before-dav-schema
	exits 0 migrate --skip-dav-schema
	[[ $output == *'All in P8: 11 users'*'; verified.'* ]]
}

@test "D07: another authority is not trusted, and nothing is written" {
	option_file "$S/other.pem"
	exits 69 p8-load --p8 "$D/p8" --check
	run migrate
	[ "$status" = 69 ]
	[ -z "$(dbq p8 "show tables like '%p7m%'")" ]
}
