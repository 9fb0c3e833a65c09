# shellcheck shell=bash
# What migrate tells: lists, state, --check, --dry-run and the closing sentence.
# It is part of that script (its variables are all here) and does nothing by itself.

# Who this run is about: those of the list that P7 has (compared without case), or all.
count_users() {
	local all=0
	select_domains
	[ -n "${users_file:-}${users[*]}" ] || all=1
	all_users >"$tmp/all" || die $? "the users of P7 cannot be listed; see above"
	if [ -n "${users_file:-}" ]; then
		cat "$users_file"
	else
		printf '%s\n' "${users[@]}"
	fi | awk '{ gsub(/^[ \t]+|[ \t\r]+$/, "") } NR == FNR { wanted[tolower($0)] = 1; next }
		all || tolower($0) in wanted' all="$all" - "$tmp/all" >"$tmp/users"
	total=$(wc -l <"$tmp/users")
}

# Rows of the ledger, which p8-load keeps in tables of its own beside P8's.
ledger() {
	mariadb --defaults-file="$state/p8.cnf" --default-character-set=utf8mb4 --batch \
		--skip-column-names "${@:2}" "$database" -e "${1//@/$prefix}"
}

# The lists that people look at, and a summary for programs; deleting them loses nothing.
report_lists() {
	if ! read_ledger; then
		die 69 "the ledger in P8's database cannot be read"
	fi
	mv "$tmp/migrated" "$state/migrated-users"
	find "$tmp" -name 'rejects.*' -exec cat {} + | sort -u >"$state/rejects.ndjson"
	jq -r 'select(.kind == "REJECT" and (.code | startswith("user-"))) |
		[.user, .reason, .remedy] | @tsv' "$state/rejects.ndjson" | cat - "$tmp/not-migrated" |
		sort -u -t "$(printf '\t')" -k 1,1 >"$state/not-migrated-users"
	jq -n --arg time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg p7 "$p7" --arg p8 "$p8" \
		--argjson total "$total" --rawfile there "$state/migrated-users" \
		--rawfile missing "$state/not-migrated-users" --rawfile kinds "$tmp/kinds" \
		'def lines: split("\n") | map(select(. != ""));
		{version: 1, time: $time, p7: $p7, p8: $p8, selected: $total,
		migrated: ($there | lines | length), not_migrated: ($missing | lines | length),
		kinds: ($kinds | lines | map(split("\t") | {(.[0]): (.[1] | tonumber)}) | add)}' \
		>"$tmp/json" && mv "$tmp/json" "$state/migration"
}

read_ledger() {
	"$load" --p8 "$p8" --list migrated >"$tmp/migrated" &&
		"$load" --p8 "$p8" --list not-migrated >"$tmp/not-migrated" &&
		ledger "select k.kind, sum(k.things) from @p7m_kinds k join @p7m_users u
			on u.id = k.user_id where u.state = 'done' group by k.kind
			union all select 'files', count(*) from @p7m_files where directory = 0
			union all select 'bytes', coalesce(sum(size), 0) from @p7m_files
			where directory = 0" >"$tmp/kinds"
}

list_users() {
	all_users >"$tmp/users" || die $? "P7's users cannot be listed; see above"
	mv "$tmp/users" "$state/user_list"
	say "$(wc -l <"$state/user_list") users are in $state/user_list"
}

# What there is on both sides, before anything is done.
check() {
	describe_target
	count_users
	run_extract --only settings >"$tmp/p7" || die $? "P7 cannot be read; see above"
	{
		jq -r 'select(.kind == "HEADER") | .source |
			"P7\tversion\t\(.p7_version // "unknown")", "P7\tserver\t\(.server)",
			"P7\tcharacter set of the server\t\(.charset)",
			"P7\tone snapshot\t\(if .consistent then "yes" else "no" end)"' "$tmp/p7"
		printf 'P7\tusers\t%d\n' "$total"
		printf 'P7\tdomains\t%d\n' "$(grep -c '"kind":"DOMAIN"' "$tmp/p7")"
		case $p7 in
		*:*) ;;
		*) printf 'P7\tfiles\t%s\n' "$(du -sh "$p7/data/files" 2>/dev/null | cut -f1)" ;;
		esac
		jq -r '"P8\tversion\t\(.version)", "P8\tserver\t\(.server)",
			"P8\tcharacter set of the server\t\(.charset_server)",
			"P8\tdatabase, prefix\t\(.database), \(.prefix)",
			"P8\tmodules\t\(.modules | length)"' "$state/target.json"
		printf 'P8\tfree disk\t%s\n' "$(df -h --output=avail "$p8" | tail -n 1 | tr -d ' ')"
	} | awk -F '\t' '{ printf "%-4s %-32s %s\n", $1, $2, $3 }'
}

dry_run() {
	describe_target
	run_extract | "$transform" --target "$state/target.json" |
		"$load" --p8 "$p8" --dry-run --itemize "${load_opts[@]}"
	settle "${PIPESTATUS[@]}" || exit
}

kind() {
	awk -v what="$1" '$1 == what { n = $2 } END { print n + 0 }' "$tmp/kinds"
}

# The last line: everything is there, or what is not and what to do.
closing() {
	local there things text failed
	there=$(grep -Fxcf "$tmp/users" "$state/migrated-users")
	things="$(kind CONTACT) contacts, $(kind CALENDAR_OBJECT) calendar objects"
	things="$things, $(numfmt --to=iec --suffix=B "$(kind bytes)") in $(kind files) files"
	failed=$(grep -c '"kind":"REJECT"' "$state/rejects.ndjson")
	if [ "$there" = "$total" ]; then
		text="All $total users"
		[ -z "${users_file:-}${users[*]}" ] || text="All $total selected users"
	else
		text="$there of $total users"
	fi
	text="$text of P7 are in P8: $things; $failed rejects"
	[ -z "${verified:-}" ] || text="$text; verified"
	say_always "$text."
	[ "$there" = "$total" ] ||
		say_always "$state/not-migrated-users says who is missing, why, and what to do."
	[ "$rejects$failed" = 00 ] || say_always "What was rejected is in $state/rejects.ndjson."
	[ "$there" = "$total" ] && [ "$rejects$failed" = 00 ] || exit 1
}
