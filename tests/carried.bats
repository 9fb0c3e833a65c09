# What the vendor's script drops: nothing of it may vanish without a word.

load server

bats_require_minimum_version 1.5.0

setup_file() {
	S=$(mktemp -d "${TMPDIR:-/tmp}/p7c.XXXXXX")
	export S
	server_start "$S/server"
	make_sample_p7 "$S/p7" carried
	db carried -e "delete from wm_awm_senders; delete from wm_awm_min;
		delete from wm_twofa_accounts; delete from wm_awm_mailaliases;
		delete from wm_adav_cards"
}

teardown_file() {
	server_stop
	rm -rf "$S"
}

sql() {
	db carried -e "$1"
}

# left [OPTION...]: "TABLE: REASON" of each WARN "not-carried".
left() {
	p7-extract --p7 "$S/p7" "$@" -o "$S/out" || [ $? = 1 ]
	jq -r 'select(.kind == "WARN" and .code == "not-carried") | "\(.table): \(.reason)"' \
		"$S/out"
}

@test "tables without a way to P8 are counted, one WARN each" {
	sql "insert into wm_awm_senders (id_user, email, safety) values
			(1, 'a@shop.example', 1), (2, 'b@shop.example', 1);
		insert into wm_awm_min (hash_id, hash, data) values ('h', 'abc', '{}');
		insert into wm_twofa_accounts (account_id, data_value) values (1, 'JBSWY3DP')"
	run left
	echo "$output"
	[ "$(grep -c '^awm_senders: 2 rows' <<<"$output")" = 1 ]
	[ "$(grep -c '^awm_min: 1 rows' <<<"$output")" = 1 ]
	[ "$(grep -c '^twofa_accounts: 1 rows' <<<"$output")" = 1 ]
	[ "$(grep -c '^awm_mailaliases' <<<"$output")" = 0 ]
	# Counts only: no secret, and something to do.
	run ! grep -q JBSWY3DP "$S/out"
	jq 'select(.code == "not-carried") | .done | startswith("left in P7: ")' "$S/out" >"$S/ok"
	[ "$(sort "$S/ok" | uniq -c | xargs)" = '3 true' ]
}

@test "once in a run of shards, never for some users" {
	[ "$(left --shard 1/2 | grep -c '^awm_senders')" = 1 ]
	[ "$(left --shard 2/2 | wc -l)" = 0 ]
	run left --user "$(db -N carried -e 'select email from wm_awm_accounts
		where def_acct = 1 order by id_acct limit 1')"
	[ -z "$output" ]
}

@test "a table that P7 does not have is nothing to report" {
	sql "drop table wm_awm_min"
	run left
	echo "$output"
	[ "$(grep -c '^awm_min' <<<"$output")" = 0 ]
	[ "$(grep -c '^awm_senders' <<<"$output")" = 1 ]
}
