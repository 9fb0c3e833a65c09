# shellcheck shell=bash
# What migrate does not bring by itself: things that P8 has no place for, and P7's settings.
# It is part of that script (its variables are all here) and does nothing by itself.

# not_carried FILE: a line for each kind of thing that the records in FILE say is not carried, with
# its count.  A count that changed between two runs stands there twice: the larger one is told.
not_carried() {
	local table n what todo
	jq -r 'select(.kind == "WARN" and .code == "not-carried") |
			[.table, (.reason | sub("^[0-9]+ rows? not carried: "; "")),
			(.reason | (capture("^(?<n>[0-9]+) rows? not carried").n // "" | tonumber? // 0)),
			(.done // "")] | @tsv' "$1" |
		awk -F '\t' '{ k = $1 FS $2; done[k] = $4
			if ($3 == 0) n[k]++; else if ($3 > n[k]) n[k] = $3 }
			END { for (k in n) { split(k, part, FS)
				printf "%s\t%d\t%s\t%s\n", part[1], n[k], part[2], done[k] } }' |
		LC_ALL=C sort >"$tmp/left"
	[ -s "$tmp/left" ] || return 0
	say "Not carried:"
	while IFS=$'\t' read -r table n what todo; do
		say "  $n of $table: $what; $todo"
	done <"$tmp/left"
}

# What the selected users lack of what P7 has, by their own part or kind of things; $lacks says that
# this run did not leave it out itself.
list_left_out() {
	local n what
	"$load" --p8 "$p8" --list left-out >"$tmp/left-out" || return
	awk -F '\t' -v OFS='\t' 'NR == FNR { mine[$0] = 1; next } $1 in mine { print $1, $2 }' \
		"$tmp/names" "$tmp/left-out" >"$tmp/lacking" && cp "$tmp/lacking" "$tmp/lacking-users" &&
		mv "$tmp/lacking-users" "$state/left-out-users" || return
	awk -F '\t' '{ n = split($2, part, ", "); for (i = 1; i <= n; i++) sum[part[i]]++ }
		END { for (what in sum) printf "%d\t%s\n", sum[what], what }' "$tmp/lacking" |
		sort -k 2 >"$tmp/lacks" || return
	lacks=
	while IFS=$'\t' read -r n what; do
		[[ $left_out == *,${what#some },* ]] || lacks=1
	done <"$tmp/lacks"
}

# What was left out, for how many users, and how it comes.
say_left_out() {
	local n what count later='' again='' kinds=''
	while IFS=$'\t' read -r n what; do
		say_count "$n" user
		case $what in
		contacts | calendars | files) later+=", $what of $count" kinds+=,$what ;;
		collected) again+=", collected addresses of $count" ;;
		*) again+=", $what of $count" ;;
		esac
	done <"$tmp/lacks"
	[ -z "$later" ] || [ -z "${lite:-}" ] ||
		say_always "Left out: ${later#, }; calendars can come when P8 has its module Dav, the rest when" \
			"you run again without --without."
	[ -z "$later" ] || [ -n "${lite:-}" ] ||
		say_always "Left out: ${later#, }; run again without --without ${kinds#,} to bring them."
	[ -z "$again" ] ||
		say_always "Left out: ${again#, }; --redo EMAIL brings them, a user at a time:" \
			"$state/left-out-users says whose."
}

# P7's settings as they would be in P8 now, for review; a list on which somebody works stays, one
# that is as it was written or applied becomes that of now.  FILE: what p7-extract says of them.
settings_list() {
	local list=$state/settings_list left=$state/.settings_list n count
	[ ! -e "$list" ] || [ -z "${quiet:-}" ] || return 0
	if [ -n "${1:-}" ]; then
		cat "$1"
	else
		feed=/dev/null run_extract --only settings
	fi | run_transform | run_records |
		"$load" --p8 "$p8" --list-settings -o "$tmp/settings_list"
	[ "${PIPESTATUS[3]}" = 0 ] || {
		say "P7's settings could not be compared with P8's; see above"
		return 0
	}
	if [ ! -e "$list" ] || cmp -s "$list" "$left"; then
		{ cp "$tmp/settings_list" "$left" && cp "$tmp/settings_list" "$list"; } ||
			die 74 "$list cannot be written"
	fi
	n=$(grep -vc '^#' "$tmp/settings_list")
	[ "$n" = 0 ] || {
		say_count "$n" setting
		say "P7 and P8 differ in $count: review $list, then run the same command with --apply-settings"
	}
}

apply_settings() {
	local status=0
	[ -r "$state/settings_list" ] ||
		die 66 "there is no list $state/settings_list; --check writes it, for review"
	"$load" --p8 "$p8" --apply-settings ${quiet:+--quiet} "$state/settings_list" || status=$?
	case $status in
	0) cp "$state/settings_list" "$state/.settings_list" ;; # it has been worked off
	1)
		die refused "not all settings were applied; see above.  For a new list remove" \
			"$state/settings_list, then run it with --check"
		;;
	*) die "$status" "not all settings were applied; see above" ;;
	esac
}
