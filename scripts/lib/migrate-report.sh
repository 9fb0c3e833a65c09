# shellcheck shell=bash
# What migrate tells: lists, state, --dry-run and the verdict.
# It is part of that script (its variables are all here) and does nothing by itself.

no_ledger() {
	! full_disk || die 74 "the lists in $state cannot be written"
	die 69 "the ledger in P8's database cannot be read"
}

# The lists that people look at, and the verdict, whose status it ends with; FOUND: what p8-load
# --report has to know of the run.  Deleting the lists loses nothing.
report() {
	local found=$1 status=0 line opts=()
	[ -e "$tmp/selected" ] || select_users
	{
		find "$tmp" -name 'rejects.*' -exec cat {} + &&
			p8_load --quiet --list rejects --selected "$tmp/selected"
	} >"$tmp/notes" || no_ledger
	sort -u "$tmp/notes" >"$tmp/sorted" && mv "$tmp/sorted" "$state/rejects.ndjson" ||
		die 74 "the list of rejects in $state cannot be written"
	[ "$left_out" = , ] || opts=(--without "${left_out:1:-1}")
	p8_load ${quiet:+--quiet} --report --selected "$tmp/selected" --p7 "$p7" --rerun "$rerun" \
		${found:+--found "$found"} "${opts[@]}" -o "$state" "$state/rejects.ndjson" >"$tmp/verdict" || status=$?
	[ "$status" -le 1 ] || no_ledger
	while IFS= read -r line; do
		say_always "$line"
	done <"$tmp/verdict"
	[ "$found" = interrupted ] || [ "$status" = 0 ] || exit 1
}

list_users() {
	local count odd
	list_p7
	cut -f 3 "$tmp/p7" >"$tmp/users" || die 74 "$state cannot be written"
	! is_reviewed || die 73 "$state/user_list is there, was edited, and differs from P7's list of users:" \
		"it stays as it is; remove or rename it, then run the same command again"
	{ cp "$tmp/users" "$state/.user_list" && mv "$tmp/users" "$state/user_list"; } ||
		die 73 "$state/user_list cannot be written"
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
	whom 2
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
			p8_load --dry-run ${quiet:+--quiet} "${@:2}"
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
