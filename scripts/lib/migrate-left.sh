# shellcheck shell=bash
# What migrate does not bring by itself: P7's settings.
# It is part of that script (its variables are all here) and does nothing by itself.

# P7's settings as they would be in P8 now, for review; a list on which somebody works stays, one
# that is as it was written or applied becomes that of now.  FILE: what p7-extract says of them.
settings_list() {
	local list=$state/settings_list left=$state/.settings_list n count instead=
	[ ! -e "$list" ] || [ -z "${quiet:-}" ] || return 0
	if [ -n "${1:-}" ]; then
		cat "$1"
	else
		feed=/dev/null run_extract --only settings
	fi | run_transform | run_records |
		p8_load --list-settings -o "$tmp/settings_list"
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
		[ "$mode" != check ] || instead=" in place of --check"
		[ -z "${update:-}" ] || instead=" in place of --update"
		[ -z "${scratch:-}" ] || instead=" in place of --from-scratch"
		[ ${#redo[@]} = 0 ] || instead=" in place of --redo"
		say "P7 and P8 differ in $count: review $list, then run the same command with" \
			"--apply-settings$instead"
	}
}

apply_settings() {
	local status=0
	[ -r "$state/settings_list" ] ||
		die 66 "there is no list $state/settings_list; --check writes it, for review"
	p8_load --apply-settings ${quiet:+--quiet} "$state/settings_list" || status=$?
	case $status in
	0) cp "$state/settings_list" "$state/.settings_list" ;; # it has been worked off
	1)
		die refused "not all settings were applied; see above.  For a new list remove" \
			"$state/settings_list, then run it with --check"
		;;
	*) die "$status" "not all settings were applied; see above" ;;
	esac
}
