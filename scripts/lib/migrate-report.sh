# shellcheck shell=bash
# What migrate tells: lists, state, --dry-run and the closing sentence.
# It is part of that script (its variables are all here) and does nothing by itself.

# Rows of the ledger, which p8-load keeps in tables of its own beside P8's.
ledger() {
	mariadb --defaults-file="$tmp/p8.cnf" --default-character-set=utf8mb4 --batch \
		--skip-column-names "${@:2}" --database="$database" -e "${1//@/$prefix}"
}

no_ledger() {
	! full_disk || die 74 "the lists of users in $state cannot be written"
	die 69 "the ledger in P8's database cannot be read"
}

# The lists that people look at, and a summary for programs; deleting them loses nothing.
report_lists() {
	[ -e "$tmp/names" ] || select_users
	read_ledger || no_ledger
	list_rejects || die 74 "the list of rejects in $state cannot be written"
	place_users || no_ledger
	list_left_out || die 74 "the list of what was left out in $state cannot be written"
	{
		mv "$tmp/migrated" "$state/migrated-users" &&
			mv "$tmp/missing" "$state/not-migrated-users"
	} || die 74 "the lists of users in $state cannot be written"
	jq -n --arg time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg p7 "$p7" --arg p8 "$p8" \
		--argjson here "$here" --argjson missing "$missing" --rawfile kinds "$tmp/kinds" \
		--slurpfile reasons "$tmp/reasons" --arg verified "${verified:-}" --rawfile lacks "$tmp/lacks" \
		'def lines: split("\n") | map(select(. != ""));
		{version: 1, time: $time, p7: $p7, p8: $p8, selected: ($here + $missing),
		migrated: $here, not_migrated: $missing,
		verified: ($verified != ""),
		kinds: ($kinds | lines | map(split("\t") | {(.[0]): (.[1] | tonumber)}) | add),
		left_out: ($lacks | lines | map(split("\t") | {(.[1]): (.[0] | tonumber)}) | add // {}),
		rejects: $reasons[0].all}' >"$tmp/json" || die 74 "$state cannot be written"
	mv "$tmp/json" "$state/migration"
}

# The one count of users: each selected one, and each name that P7 does not have, is here or is a
# line of $tmp/missing with reason and remedy.  Users are known by their numbers in P7: several may
# have one name.
place_users() {
	"$load" --p8 "$p8" --list loaded >"$tmp/loaded-now" || return
	jq -r 'def octal: [. / 64, . / 8 % 8, . % 8] | map(floor | tostring) | "\\" + add;
		def bytes: if . < 128 then . elif . < 2048 then (192 + . / 64 | floor), (128 + . % 64)
			else (224 + . / 4096 | floor), (128 + (. / 64 | floor) % 64), (128 + . % 64) end;
		def hidden: . < 32 or (. >= 127 and . < 160) or . == 1564 or . == 8206 or . == 8207 or
			(. >= 8232 and . <= 8238) or (. >= 8294 and . <= 8297) or . == 65279;
		def shown: tostring | explode |
			map(if hidden then [bytes | octal] | add else [.] | implode end) | add // "";
		select(.kind == "REJECT" and (.code | startswith("user-"))) |
		[.user, .reason, .remedy | . // "" | shown] | join("\t")' "$state/rejects.ndjson" |
		cat - "$tmp/not-migrated" >"$tmp/why" || return
	awk -F '\t' -v rerun="$rerun" '
		function miss(now, before,  low) {
			low = tolower(tolower(now) in reasons ? now : before)
			used[low] += used[low] < reasons[low]
			print now FS (used[low] ? why[low, used[low]] : \
				"not reached by this run" FS rerun) }
		pass == 1 { there[$1 FS $2] = tolower($3); next }
		pass == 2 { low = tolower($1)
			sub(/^run it again/, rerun, $3)
			if (!seen[low, $2]++) why[low, ++reasons[low]] = $2 FS $3
			next }
		pass == 3 { miss($0, $0); next }
		!(($1 FS $2) in there) || there[$1 FS $2] != tolower($4) { miss($4, $3) }' \
		pass=1 "$tmp/loaded-now" pass=2 "$tmp/why" pass=3 "$tmp/unknown" \
		pass=4 "$tmp/selected-users" | sort >"$tmp/missing" || return
	missing=$(wc -l <"$tmp/missing")
	here=$((total + $(wc -l <"$tmp/unknown") - missing))
}

# kinds: how much of each kind is in P8 in all, as --verify counts it; selected: of the users whom this run is about.
read_ledger() {
	"$load" --p8 "$p8" --list loaded >"$tmp/in-p8" &&
		awk -F '\t' -v source="$(this_source)" '$1 == source { print $3 }' "$tmp/in-p8" |
		LC_ALL=C sort >"$tmp/migrated" &&
		"$load" --p8 "$p8" --list not-migrated >"$tmp/not-migrated" &&
		ledger "select replace(replace(u.email, char(9), ' '), char(10), ' '), k.kind, k.things from @p7m_kinds k join @p7m_users u
			on u.id = k.user_id where u.state = 'done'
			union all select coalesce(replace(replace(u.email, char(9), ' '), char(10), ' '), ''), 'files', count(*) from @p7m_files f
			left join @p7m_users u on u.id = f.user_id where directory = 0 group by 1
			union all select coalesce(replace(replace(u.email, char(9), ' '), char(10), ' '), ''), 'bytes', sum(size) from @p7m_files f
			left join @p7m_users u on u.id = f.user_id where directory = 0 group by 1
			union all select '', kind, count(*) from @p7m_globals group by kind
			union all select '', 'FILE', count(*) from @p7m_files where user_id = 0" \
			--raw >"$tmp/things" || return
	awk -F '\t' -v dir="$tmp" -v all="$all" 'pass == 1 { mine[$1] = 1; next }
		{ sum[$2] += $3; if (all || $1 in mine) my[$2] += $3 }
		END { for (kind in sum) printf "%s\t%.0f\n", kind, sum[kind]
			printf "contacts=%.0f books=%.0f cards=%.0f calendars=%.0f events=%.0f bytes=%.0f\n",
				my["CONTACT"], my["ADDRESSBOOK"], my["CARD"], my["CALENDAR"],
				my["CALENDAR_OBJECT"], my["bytes"] >(dir "/selected") }' \
		pass=1 "$tmp/names" pass=2 "$tmp/things" | sort >"$tmp/kinds"
}

# Rejects and warnings that stand: those of this run, and of all other users what the ledger has of
# them, unless P7 and P8 know them no more.  Of a user whom this run read, this run says why.
# reasons: of whom the run is about by code, of all, how many are of others, and warnings.
list_rejects() {
	find "$tmp" -name 'rejects.*' -exec cat {} + >"$tmp/notes" || return
	cut -f 3 "$tmp/p7" | cat - "$tmp/migrated" >"$tmp/known" &&
		"$load" --p8 "$p8" --list rejects | jq -c --rawfile names "$tmp/names" --rawfile known "$tmp/known" \
			'def set: reduce split("\n")[] as $n ({}; .[$n] = true);
			($names | set) as $mine | ($known | set) as $known | select(.user != null) |
			(.user | tostring) as $user | select(if $mine[$user] then (.code | startswith("user-") | not)
			else $known[$user] or ($user | startswith("principals/")) end)' >>"$tmp/notes" || return
	sort -u "$tmp/notes" >"$tmp/sorted" && mv "$tmp/sorted" "$state/rejects.ndjson" || return
	jq -n --rawfile names "$tmp/names" --arg all "$all" \
		'(reduce ($names | split("\n")[]) as $n ({}; .[$n] = true)) as $names |
		def mine: $all != "" or (.code != "sharee-not-in-p8" and
			(.user == null or $names[.user | tostring]));
		reduce inputs as $r ({mine: {}, all: {}, others: 0, warnings: 0};
			if $r.kind != "REJECT" then
				.warnings += (if $r.code != "not-carried" and ($r | mine) then 1 else 0 end)
			else ($r.count // 1) as $n | .all[$r.code] += $n |
				if $r | mine then .mine[$r.code] |= {code: $r.code, n: (.n + $n),
					remedy: (.remedy // $r.remedy),
					others: (.others or (.remedy // $r.remedy) != $r.remedy)}
				else .others += $n end
			end) | .mine |= ([.[]] | sort_by([-.n, .code])) | .failed = ([.mine[].n] | add // 0)' \
		<"$state/rejects.ndjson" >"$tmp/reasons"
}

list_users() {
	local count odd
	list_p7
	cut -f 3 "$tmp/p7" >"$tmp/users" || die 74 "$state cannot be written"
	if [ -e "$state/user_list" ] && ! cmp -s "$tmp/users" "$state/user_list"; then
		die 73 "$state/user_list is there, perhaps reviewed, and differs from P7's list of users: it" \
			"stays as it is; remove or rename it, then run the same command again"
	fi
	mv "$tmp/users" "$state/user_list" || die 73 "$state/user_list cannot be written"
	say_count "$(wc -l <"$state/user_list")" user
	odd=$(grep -c '^# ' "$state/user_list")
	say "$count in $state/user_list$([ "$odd" = 0 ] || echo "; $odd of them as a comment, because their" \
		"names cannot stand in a list: only a run for all users brings them")"
}

# The stages of a run, in its order; what files contain is of no interest.
dry_run() {
	local who feed in_p8 status=0
	select_users
	if [ "$todo" = 0 ]; then
		say_in_p8
		say "Users: $total, in P8 already $in_p8; nothing would be written of them."
		[ -n "$all" ] || exit 0 # corporate files are still to come
	fi
	whom users
	dry_pipe "${who[@]}" --files-by-reference -- ${without_cards:+--without cards} || status=$?
	exit "$status"
}

# Options for p7-extract before "--", for p8-load after it.  What p8-load advises whoever runs it alone
# is put into this script's words.
dry_pipe() {
	local from=()
	while [ "$1" != -- ]; do
		from+=("$1")
		shift
	done
	{
		run_extract "${from[@]}" | run_transform | run_records |
			"$load" --p8 "$p8" "${load_opts[@]}" --dry-run ${quiet:+--quiet} "${@:2}"
		settle "${PIPESTATUS[@]}"
	} 2>&1 >&4 | sed -u \
		-e 's/ (use --rejects FILE to have them in a file)$/ (a run lists them in rejects.ndjson)/' >&2
	return "${PIPESTATUS[0]}"
}

# size: bytes as people say them
say_size() {
	[ "$1" != 1 ] || { size="1 byte" && return; }
	size=$(awk -v n="$1" 'BEGIN { split("bytes KiB MiB GiB TiB", unit, " ")
		for (i = 1; n >= 1024 && i < 5; i++) n /= 1024
		printf i == 1 ? "%d %s" : "%.1f %s", n, unit[i] }')
}

say_reasons() {
	[ "$failed" != 0 ] || return 0
	say_always "Rejected, by reason:"
	while IFS= read -r line; do
		say_always "$line"
	done < <(jq -r '.mine[] | "  \(.n | tostring | (" " * ([6 - length, 0] | max)) + .)  \(.code): \(.remedy)\(if .others then
		" (of some of them; each record has its own)" else "" end)"' \
		"$tmp/reasons")
}

# Shares are made when both are there.
say_waiting() {
	local n count
	n=$(ledger "select count(*) from @p7m_shares where state = 'waiting'") || no_ledger
	[ "$n" = 0 ] || {
		say_count "$n" share
		say_always "Waiting: $count of calendars, for users who are not in P8 yet; they come with these users."
	}
}

# The last line: everything is there, or what is not and what to do.
closing() {
	local count size text contacts books cards calendars events bytes failed others warned selected='' reject=''
	read -r failed others warned < <(jq -r '"\(.failed) \(.others) \(.warnings)"' "$tmp/reasons")
	IFS=' =' read -r _ contacts _ books _ cards _ calendars _ events _ bytes <"$tmp/selected"
	say_reasons
	# What is not carried has lines of its own.
	[ "$warned" = 0 ] || {
		say_count "$warned" warning
		say "$count: what came altered, and what to do; see $state/rejects.ndjson"
	}
	[ -n "$all" ] || selected='selected '
	say_count "$here" user && text="Not all in P8: ${count% *} of "
	[ "$missing" != 0 ] || text="All in P8: "
	[ "$missing" != 0 ] || [ "$rejects$failed" = 00 ] || text="In P8, but for what was rejected: "
	[ "$missing" != 0 ] || [ ! -s "$tmp/lacks" ] || {
		[ "$rejects$failed" = 00 ] || reject=' or rejected'
		text="In P8, but for what was left out$reject: "
	}
	# Who was not in P8 has just been brought.
	[ "$missing$rejects$failed" != 000 ] || [ -z "${update:-}" ] || [ -s "$tmp/lacks" ] ||
		[ ! -s "$state/changed-users" ] || text="In P8, but for what changed in P7 since: "
	[ "$missing" != 0 ] || [ "${differs:-0}" = 0 ] || text="Loaded: "
	say_count "$((here + missing))" "${selected}user" && text+="$count of P7"
	say_count "$contacts" contact && text+=", $count"
	say_count "$books" "address book" && text+=", $count"
	say_count "$cards" card && text+=" with $count"
	say_count "$calendars" calendar && text+=", $count"
	say_count "$events" event && text+=" with $count"
	say_size "$bytes"
	say_count "$failed" reject && text+=", $size of files; $count"
	[ -z "${verified:-}" ] || text+="; verified"
	[ "${differs:-0}" = 0 ] || text+="; P8 is not as it was loaded"
	say_waiting
	say_always "$text."
	[ "$missing" = 0 ] || {
		say_count "$missing" user
		say_always "Missing: $count; $state/not-migrated-users says who, why, and what to do; then" \
			"$rerun."
	}
	[ "$failed" = 0 ] || say_always "What was rejected is in $state/rejects.ndjson."
	[ "$others" = 0 ] || {
		say_count "$others" reject
		say "Of users whom this run was not about $count more stand there: $state/rejects.ndjson."
	}
	say_left_out
	[ "$missing" = 0 ] && [ "$rejects$failed${differs:-0}" = 000 ] && [ -z "${lacks:-}" ] || exit 1
}
