# shellcheck shell=bash
# What the tests of p7-transform share: load it in place of site.bash.  The stream $S/p7 has two
# users: Ann, who has everything, and Ben, who has nothing; it becomes $S/p8, with rejects in
# $S/rejects.

# shellcheck source=tests/site.bash
. "${BASH_SOURCE[0]%/*}/site.bash"

umask 077
P8=$S/p8

setup_file() {
	cp "$TESTS/fixtures/transform.ndjson" "$S/p7"
	printf '%s' '<?php \Aurora\System\Api::$sSalt =' \
		' "MTYwNTYwMDAwMC4xMjM0NTY3ODE2MDU2MDAwMDAuMTIzNDg3NjU=";' >"$S/salt8.php"
	t --rejects "$S/rejects" "$S/p7" >"$S/p8" || [ $? = 1 ]
}

t() {
	p7-transform --edited --salt-file "$S/salt8.php" "$@"
}

# becomes [OPTION...] FILE: the stream becomes $D/p8, with rejects in $D/rejects; "is" looks there.
becomes() {
	t --rejects "$D/rejects" "$@" >"$D/p8" || [ $? = 1 ]
	P8=$D/p8
}

# changed FILTER: what jq's filter makes of the stream becomes $D/p8.
changed() {
	jq -c "$1" "$S/p7" >"$D/p7"
	becomes "$D/p7"
}

# What jq's filter makes of the P8 stream is the JSON of the second argument.
is() {
	local got want
	got=$(jq -c "$1" "$P8")
	want=$(jq -c . <<<"$2")
	[ "$got" = "$want" ] || {
		printf '%s\n  is:     %s\n  wanted: %s\n' "$1" "$got" "$want"
		return 1
	}
}

# shellcheck disable=SC2034 # for the tests
user='select(.kind == "USER" and .string.PublicId == "ann@one.test")'
# shellcheck disable=SC2034
ben='select(.kind == "USER" and .string.PublicId == "Ben@one.test")'
