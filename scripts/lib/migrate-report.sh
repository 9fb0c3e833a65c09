# shellcheck shell=bash
# What migrate tells: lists, state, --dry-run and the closing sentence.
# It is part of that script (its variables are all here) and does nothing by itself.

# Rows of the ledger, which p8-load keeps in tables of its own beside P8's.
ledger() {
	mariadb --defaults-file="$tmp/p8.cnf" --default-character-set=utf8mb4 --batch \
		--skip-column-names "${@:2}" "$database" -e "${1//@/$prefix}"
}

# The lists that people look at, and a summary for programs; deleting them loses nothing.
report_lists() {
	[ -e "$tmp/names" ] || select_users
	read_ledger || die 69 "the ledger in P8's database cannot be read"
	list_rejects || die 74 "the list of rejects in $state cannot be written"
	list_left_out || die 74 "the list of what was left out in $state cannot be written"
	{
		mv "$tmp/migrated" "$state/migrated-users" && not_migrated >"$tmp/missing" &&
			mv "$tmp/missing" "$state/not-migrated-users"
	} || die 74 "the lists of users in $state cannot be written"
	jq -n --arg time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg p7 "$p7" --arg p8 "$p8" \
		--argjson total "$total" --rawfile there "$state/migrated-users" \
		--rawfile missing "$state/not-migrated-users" --rawfile kinds "$tmp/kinds" \
		--slurpfile reasons "$tmp/reasons" --arg verified "${verified:-}" --rawfile lacks "$tmp/lacks" \
		'def lines: split("\n") | map(select(. != ""));
		{version: 1, time: $time, p7: $p7, p8: $p8, selected: $total,
		migrated: ($there | lines | length), not_migrated: ($missing | lines | length),
		verified: ($verified != ""),
		kinds: ($kinds | lines | map(split("\t") | {(.[0]): (.[1] | tonumber)}) | add),
		left_out: ($lacks | lines | map(split("\t") | {(.[1]): (.[0] | tonumber)}) | add // {}),
		rejects: ($reasons[0] | map({(.code): .n}) | add // {})}' >"$tmp/json" || die 74 "$state cannot be written"
	mv "$tmp/json" "$state/migration"
}

# The ledger's, and those whom no stage let through to it.
not_migrated() {
	jq -r 'select(.kind == "REJECT" and (.code | startswith("user-"))) |
		[.user, .reason, .remedy] | @tsv' "$state/rejects.ndjson" |
		cat "$tmp/not-migrated" - | awk -F '\t' 'pass == 1 { there[$0] = 1; next }
			!($1 in there) && !seen[$1]++' pass=1 "$state/migrated-users" pass=2 - | sort
}

# kinds: how much of each kind is in P8 in all; selected: of the users whom this run is about.
read_ledger() {
	"$load" --p8 "$p8" --list migrated >"$tmp/migrated" &&
		"$load" --p8 "$p8" --list not-migrated >"$tmp/not-migrated" &&
		ledger "select u.email, k.kind, k.things from @p7m_kinds k join @p7m_users u
			on u.id = k.user_id where u.state = 'done'
			union all select coalesce(u.email, ''), 'files', count(*) from @p7m_files f
			left join @p7m_users u on u.id = f.user_id where directory = 0 group by 1
			union all select coalesce(u.email, ''), 'bytes', sum(size) from @p7m_files f
			left join @p7m_users u on u.id = f.user_id where directory = 0 group by 1" \
			--raw >"$tmp/things" || return
	awk -F '\t' -v dir="$tmp" -v all="$all" 'pass == 1 { mine[$1] = 1; next }
		{ sum[$2] += $3; if (all || $1 in mine) my[$2] += $3 }
		END { for (kind in sum) printf "%s\t%.0f\n", kind, sum[kind]
			printf "contacts=%.0f books=%.0f cards=%.0f calendars=%.0f events=%.0f bytes=%.0f\n",
				my["CONTACT"], my["ADDRESSBOOK"], my["CARD"], my["CALENDAR"],
				my["CALENDAR_OBJECT"], my["bytes"] >(dir "/selected") }' \
		pass=1 "$tmp/names" pass=2 "$tmp/things" | sort >"$tmp/kinds"
}

# Rejects and warnings of this run, and what the ledger has of users whom it needed not read again.
list_rejects() {
	find "$tmp" -name 'rejects.*' -exec cat {} + >"$tmp/notes"
	[ ! -s "$tmp/loaded" ] || "$load" --p8 "$p8" --list rejects | jq -c --rawfile names "$tmp/names" \
		'(reduce ($names | split("\n")[]) as $n ({}; .[$n] = true)) as $mine |
		select(.user != null and $mine[.user | tostring] and (.code | startswith("user-") | not))' >>"$tmp/notes" || return
	sort -u "$tmp/notes" >"$tmp/sorted" && mv "$tmp/sorted" "$state/rejects.ndjson" || return
	jq -n 'reduce (inputs | select(.kind == "REJECT")) as $r ({};
			.[$r.code] |= {code: $r.code, n: (.n + 1), remedy: (.remedy // $r.remedy)}) |
		[.[]] | sort_by([-.n, .code])' \
		<"$state/rejects.ndjson" >"$tmp/reasons"
}

list_users() {
	local count
	list_p7
	cut -f 3 "$tmp/p7" >"$tmp/users" || die 74 "$state cannot be written"
	mv "$tmp/users" "$state/user_list"
	say_count "$(wc -l <"$state/user_list")" user
	say "$count in $state/user_list"
}

# The stages of a run, in its order; what files contain is of no interest.
dry_run() {
	local who feed status=0
	select_users
	case $dav in
	all | stop)
		whom calendars
		dry_pipe --dav "${who[@]}" -- --stage-dav --dav-stage-prefix "$stage_prefix" || status=$?
		[ "$status" -le 1 ] && [ "$dav" = all ] || exit "$status"
		;;
	esac
	if [ "$todo" = 0 ] && [ -z "$all" ]; then
		say "All $total in P8 already: nothing would be written of these users."
		exit "$status"
	fi
	whom users
	dry_pipe "${who[@]}" --files-by-reference -- || status=$?
	exit "$status"
}

# Options for p7-extract before "--", for p8-load after it.
dry_pipe() {
	local from=() status
	while [ "$1" != -- ]; do
		from+=("$1")
		shift
	done
	run_extract "${from[@]}" | run_transform |
		"$load" --p8 "$p8" "${load_opts[@]}" --dry-run ${quiet:+--quiet} "${@:2}"
	status=("${PIPESTATUS[@]}")
	settle "${status[@]}"
}

# size: bytes as people say them
say_size() {
	[ "$1" != 1 ] || { size="1 byte" && return; }
	size=$(awk -v n="$1" 'BEGIN { split("bytes KiB MiB GiB TiB", unit, " ")
		for (i = 1; n >= 1024 && i < 5; i++) n /= 1024
		printf i == 1 ? "%d %s" : "%.1f %s", n, unit[i] }')
}

say_reasons() {
	[ "$(jq length "$tmp/reasons")" != 0 ] || return 0
	say_always "Rejected, by reason:"
	while IFS= read -r line; do
		say_always "$line"
	done < <(jq -r '.[] | "  \(.n | tostring | (" " * ([6 - length, 0] | max)) + .)  \(.code): \(.remedy)"' \
		"$tmp/reasons")
}

# The last line: everything is there, or what is not and what to do.
closing() {
	local count size text contacts books cards calendars events bytes failed selected='' missing
	local here=0
	here=$(awk 'NR == FNR { there[$0] = 1; next } ($0 in there) { n++ } END { print n + 0 }' \
		"$state/migrated-users" "$tmp/names")
	failed=$(grep -c '"kind":"REJECT"' "$state/rejects.ndjson")
	missing=$((total - here + $(wc -l <"$tmp/unknown")))
	IFS=' =' read -r _ contacts _ books _ cards _ calendars _ events _ bytes <"$tmp/selected"
	say_reasons
	[ -n "$all" ] || selected='selected '
	say_count "$here" user && text="Not all in P8: ${count% *} of "
	[ "$here" != "$total" ] || text="All in P8: "
	[ "$here" != "$total" ] || [ ! -s "$tmp/lacks" ] || text="In P8, but for what was left out: "
	say_count "$total" "${selected}user" && text+="$count of P7"
	say_count "$contacts" contact && text+=", $count"
	say_count "$books" "address book" && text+=", $count"
	say_count "$cards" card && text+=" with $count"
	say_count "$calendars" calendar && text+=", $count"
	say_count "$events" event && text+=" with $count"
	say_size "$bytes"
	say_count "$failed" reject && text+=", $size of files; $count"
	[ -z "${verified:-}" ] || text+="; verified"
	say_always "$text."
	[ "$missing" = 0 ] || {
		say_count "$missing" user
		say_always "Missing: $count; $state/not-migrated-users says who, why, and what to do; then" \
			"run the same command again."
	}
	[ "$failed" = 0 ] || say_always "What was rejected is in $state/rejects.ndjson."
	say_left_out
	[ "$missing" = 0 ] && [ "$rejects$failed" = 00 ] && [ -z "${differs:-}${lacks:-}" ] || exit 1
}
