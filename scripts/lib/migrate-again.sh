# shellcheck shell=bash
# What migrate does on a later run: --redo, --from-scratch, --reset and --update.
# It is part of that script (its variables are all here) and does nothing by itself.

# A run makes the ledger with its first load.
ledger_is_there() {
	[ "${has_ledger:-}" = ledger ] ||
		IFS=$'\t' read -r _ _ has_ledger _ < <(p8_load --quiet --list target) && [ "$has_ledger" = ledger ]
}

# What is to be brought again leaves P8 first; users that P8's people have changed are refused.  After
# that the same command would take back what it has just brought, and is advised no more.
take_back() {
	local known=()
	[ -n "${scratch:-}" ] || [ ${#redo[@]} -gt 0 ] || return 0
	! ledger_is_there || find_known
	if [ ${#known[@]} -gt 0 ]; then
		can_be_loaded
		confirm_scratch
		phase undo "Taking back ${known[*]}"
		run_phase undo "${known[@]}" || die $? "not all users could be taken back; see above"
	fi
	[ "$rejects" = 0 ] ||
		die refused "not taken back, see above: leave out who has changed in P8, or take them back" \
			"with $(as_called "$load") --p8 $(printf %q "$p8") --undo --force EMAIL, which takes what P8" \
			"changed along"
	rerun="run it again without --from-scratch"
	[ -n "${scratch:-}" ] || rerun="run it again without --redo (--user in its place)"
	[[ ${redo[*]-} != principals/* ]] || rerun="run it again without --redo"
}

# Before everybody is taken back somebody has to mean it.
confirm_scratch() {
	local n count answer=
	[ -n "${scratch:-}" ] && [ -z "${yes:-}" ] || return 0
	n=$(p8_load --list loaded | cut -f 1 | grep -cxF -- "$(this_source)")
	[ "$n" != 0 ] || return 0
	say_count "$n" user
	[ -t 0 ] && [ -t 2 ] || die 64 "--from-scratch takes $count, with all that was brought of them," \
		"out of P8; use --yes with it if that is what you want"
	read -r -p "$name: --from-scratch takes $count, with all that was brought of them, out of P8.  Go on? [y/N] " answer
	[[ $answer == [yY]* ]] || die 64 "nothing was changed"
}

# Who is taken back and cannot be brought again has lost their mail settings: P8 is asked before.
can_be_loaded() {
	p8_load --check >"$tmp/p8-check" ||
		die $? "nobody was taken back: P8 cannot be loaded; see above"
}

# --redo principals/NAME: calendars of a principal that is not a user come in a run for all users.
redo_users() {
	local who mine=0
	for who in "${redo[@]}"; do
		if [[ $who = principals/* ]]; then mine=1; else users+=("$who"); fi
	done
	[ $mine = 0 ] || [ -z "${users_file:-}${users[*]}${domains[*]}" ] ||
		wrong "--redo principals/NAME belongs to a run for all users: use it without --user," \
			"--users, --domain and --redo EMAIL"
	[ $mine = 0 ] || [ "$dav" != none ] ||
		wrong "--redo principals/NAME brings calendars; --without calendars does not go together with it"
}

# Those whose calendars were brought; a name that is none of them is not taken for done.
known_principals() {
	local who
	for who in "${redo[@]}"; do
		[[ $who = principals/* ]] || continue
		awk -F '\t' -v who="principal:$who" -v source="$(this_source)" \
			'$1 == source && tolower($3) == tolower(who) { found = 1 } END { exit !found }' "$tmp/known" ||
			die 65 "calendars of $who, as of somebody who is not a user, were not brought; nothing was taken back"
		known+=("$who")
	done
}

# Only what came from this P7: another one's users have the same rights here.
undo() {
	local who=(--all)
	[ -n "${scratch:-}" ] || who=(-- "$@")
	loader --undo ${scratch:+--yes} --source "$(this_source)" ${quiet:+--quiet} "${who[@]}"
}

this_source() {
	head -n 1 "$tmp/p7" | cut -f 1
}

# known: who is to be taken back, by the name in P8.
# A user who is not in P8 needs not be taken back; an undo that was interrupted goes on.  The ledger
# knows a user of P7 by number and name; who has the number and was brought by another name is
# somebody else, unless it was a list of new names that gave it.  A name with a control character is a
# comment in the list, and is compared by p8-load, unless what the list shows is somebody's very name.
find_known() {
	list_p7
	[ -z "${scratch:-}" ] || {
		[ -z "$(this_source)" ] || known=("all users")
		return
	}
	read_new_names
	p8_load --list renamed >"$tmp/renamed" || no_ledger
	printf '%s\n' "${redo[@]}" >"$tmp/redo" || return 74
	p8_load --list known >"$tmp/known" || no_ledger
	mapfile -t known < <(awk -F '\t' 'pass == 1 { redo[tolower($0)] = 1; next }
		pass == 2 { new_name[tolower($1)] = tolower($2); next }
		pass == 3 { was[$1 FS $2] = tolower($4); next }
		pass == 4 { if (/\\/) very[tolower($3)] = 1; next }
		pass == 5 { low = tolower($3); if (low in redo) want[$1 FS $2] = low
			if (sub(/^# /, "", low) && low in redo && !(low in very)) odd[$1 FS $2] = substr($3, 3)
			next }
		($1 FS $2) in odd && !said[odd[$1 FS $2]]++ { print odd[$1 FS $2] }
		($1 FS $2) in want { p7 = want[$1 FS $2]; low = tolower($3)
			if ((low == p7 || was[$1 FS $2] == p7 || new_name[p7] == low) && !said[$3]++) print $3 }' \
		pass=1 "$tmp/redo" pass=2 "$tmp/map" pass=3 "$tmp/renamed" pass=4 "$tmp/p7" pass=5 "$tmp/p7" \
		pass=6 "$tmp/known")
	known_principals
}

# p8-load asks, and refuses while a run is at work.
reset() {
	ledger_is_there || {
		say "There is no ledger in the database $database: nothing was brought yet."
		return
	}
	p8_load --reset ${yes:+--yes} || die $? "the ledger was not removed; see above"
	rm -f "$state/migrated-users" "$state/not-migrated-users" "$state/changed-users" \
		"$state/changed-kinds" "$state/left-out-users" \
		"$state/migration" "$state/rejects.ndjson"
}

# count: users, and principals who are none, that changed
say_changed() {
	local n parts
	n=$(grep -c '^principals/' "$state/changed-users")
	say_count "$n" principal
	parts="$count who is not a user"
	[ "$n" = 1 ] || parts="$count who are not users"
	say_count $(($(wc -l <"$state/changed-users") - n)) user
	[ "$n" = 0 ] || [ "$count" = "0 users" ] || count+=" and $parts"
	[ "$count" != "0 users" ] || count=$parts
}

# Users of whom P7 says something else now than when they were brought, and of what: p8-load makes
# the sums of a fresh stream and compares them with those of the ledger.
changed_users() {
	local from=(--files-by-reference) status feed=/dev/null count
	[ -n "${update:-}" ] || return 0
	report interrupted
	phase compare "Comparing P7 with what was brought"
	[ -n "$all" ] || feed=$tmp/users from+=(--users -)
	run_extract "${from[@]}" | run_transform | run_records |
		p8_load --changed --quiet >"$tmp/changed"
	status=("${PIPESTATUS[@]}")
	settle "${status[@]}"
	[ $? -le 1 ] || die 74 "P7 could not be compared to its end; see above"
	{
		cut -f 1 "$tmp/changed" >"$tmp/changed-users" && mv "$tmp/changed-users" "$state/changed-users" &&
			mv "$tmp/changed" "$state/changed-kinds"
	} || die 74 "the lists of changed users in $state cannot be written"
	[ ! -s "$state/changed-users" ] || {
		say_changed
		say_always "Changed in P7 after the migration: $count, see $state/changed-users; --redo with a" \
			"name of that list brings one again."
		while IFS= read -r line; do
			say_always "$line"
		done < <(head -n 10 "$state/changed-kinds" | sed 's/^\(.*\)\t/  \1: /')
		! [ -s "$tmp/map" ] || ! grep -Eq $'\t.*(accounts|identities)' "$state/changed-kinds" ||
			say_always "  Accounts and identities of users with new names are compared as they would be" \
				"brought $([[ " ${transform_opts[*]} " == *" --rename-accounts "* ]] && echo with ||
				echo without) --map-accounts: whoever was brought the other way has changed."
		[ "$(wc -l <"$state/changed-kinds")" -le 10 ] || say_always "  and others: $state/changed-kinds has all, and what of each."
	}
}
