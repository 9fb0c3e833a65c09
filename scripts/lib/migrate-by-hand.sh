# shellcheck shell=bash
# Calendars by hand: --stop-before-dav-schema and --skip-dav-schema.
# It is part of migrate (its variables are all here) and does nothing by itself.

# The stream is kept, and its calendars go into tables of their own for the steps by hand.
stage_calendars() {
	local prefix=$stage_prefix
	! is_staged || forget_stage
	stage_prefix=$prefix
	phase calendars "Calendars: reading and staging"
	run_phase keep_and_stage || die $? "the calendars could not be staged; see above"
	say_how_to_go_on
	exit 0
}

keep_and_stage() {
	local who feed status from=()
	whom 2
	[ ! -d "$p7/data/files" ] || from=(--files-by-reference)
	run_extract "${who[@]}" "${from[@]}" | run_transform -z -o "$state/staged.ndjson.gz"
	status=("${PIPESTATUS[@]}")
	settle "${status[@]}" || [ $? = 1 ] || return
	printf '%s\n' "$stage_prefix" "$(whose)" >"$state/staged-prefix" || return 74
	# what comes next is said below, in the words of this program
	run_schema stage --quiet "$state/staged.ndjson.gz"
}

# What is staged, by this or an earlier command, and under which prefix.
is_staged() {
	[ -e "$state/staged-prefix" ] && {
		IFS= read -r stage_prefix
		IFS= read -r staged_for
	} <"$state/staged-prefix"
}

# The users that the command line names, as a line.
whose() {
	printf '%s' "${users_file:-}" "${users[@]/#/ --user }" "${domains[@]/#/ --domain }"
}

say_how_to_go_on() {
	local step
	install -m 600 "$tmp/p8.cnf" "$state/p8.cnf" || die 73 "$state/p8.cnf cannot be written"
	cat <<-U
	The calendar tables are staged in the database $database under the prefix "$stage_prefix".
	Bring them to the schema of sabre/dav 3.2, step by step:

	U
	for step in 2.0 2.1 3.0 3.2; do
		printf '  %s apply --to %s%s --defaults-file %q --database %q --prefix %q\n' \
			"$(as_called "$schema")" "$step" "$([ "$step" != 3.2 ] || echo ' --with-public')" \
			"$state/p8.cnf" "$database" "$stage_prefix"
	done
	printf '\nThen go on with\n\n  %s --skip-dav-schema\n\n' \
		"${command/ --stop-before-dav-schema/}"
	[ -n "$stage_prefix" ] || cat <<-U
	The scripts of sabre/dav can be run on these tables instead.  They lose time zones and UIDs:
	the last of the four commands, run after them, puts both back.

	U
	echo "$state/p8.cnf holds the password of P8's database; the run that goes on removes it." ||
		no_output
}

# The steps that were run by hand are looked at, and what is missing of them is done.
finish_schema() {
	local status staged_for
	[ "$dav" = skip ] || return 0
	is_staged || die 78 "no calendars are staged from $state; run the same command with" \
		"--stop-before-dav-schema first, or without --skip-dav-schema"
	[ "$staged_for" = "$(whose)" ] || die 64 "the kept stream has the users of the command that staged" \
		"it; run it with the same --users, --user and --domain"
	phase schema "Calendars: bringing the staged tables to the schema of P8"
	run_phase run_schema apply --with-public >"$tmp/schema" 2>&1 || {
		status=$?
		cat "$tmp/schema" >&2
		die "$status" "the staged tables could not be upgraded; see above"
	}
}

forget_stage() {
	run_schema unstage >"$tmp/schema" 2>&1 || {
		cat "$tmp/schema" >&2
		die 69 "the staged tables could not be removed; see above"
	}
	rm -f "$state/p8.cnf" "$state/staged.ndjson.gz" "$state/staged-prefix"
	dav=all
}
