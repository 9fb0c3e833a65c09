# shellcheck shell=bash
# What migrate does on a later run: --redo, --from-scratch, --reset and --update.
# It is part of that script (its variables are all here) and does nothing by itself.

ledger_is_there() {
	[ -n "$(ledger "show tables like '${prefix//_/\\_}p7m\\_rejects'")" ]
}

# What is to be brought again leaves P8 first; users that P8's people have changed are refused.  After
# that the same command would take back what it has just brought, and is advised no more.
take_back() {
	local known=()
	[ -n "${scratch:-}" ] || [ ${#redo[@]} -gt 0 ] || return 0
	! ledger_is_there || find_known
	if [ ${#known[@]} -gt 0 ]; then
		can_be_loaded
		phase undo "Taking back ${known[*]}"
		run_phase undo "${known[@]}" || die $? "not all users could be taken back; see above"
	fi
	[ "$rejects" = 0 ] ||
		die refused "not taken back, see above: leave out who has changed in P8, or take them back" \
			"with $(printf '%q --p8 %q' "$load" "$p8") --undo --force EMAIL, which takes what P8" \
			"changed along"
	rerun="run it again without --from-scratch"
	[ -n "${scratch:-}" ] || rerun="run it again without --redo (--user in its place)"
	[[ ${redo[*]-} != principals/* ]] || rerun="run it again without --redo"
}

# Who is taken back and cannot be brought again has lost their mail settings: P8 is asked before.
can_be_loaded() {
	"$load" --p8 "$p8" "${load_opts[@]}" --check >"$tmp/p8-check" ||
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
	loader --undo --source "$(this_source)" ${quiet:+--quiet} "${who[@]}"
}

this_source() {
	head -n 1 "$tmp/p7" | cut -f 1
}

# known: who is to be taken back, by the name in P8.
# A user who is not in P8 needs not be taken back; an undo that was interrupted goes on.  The ledger
# knows a user of P7 by his number and name; who has the number and was brought by another name is
# somebody else, unless it was a list of new names that gave it.  A name with a control character is a
# comment in the list, and is compared by p8-load, unless what the list shows is somebody's very name.
find_known() {
	list_p7
	[ -z "${scratch:-}" ] || {
		[ -z "$(this_source)" ] || known=("all users")
		return
	}
	read_new_names
	read_renamed
	printf '%s\n' "${redo[@]}" >"$tmp/redo" || return 74
	ledger "select source, source_user, replace(replace(email, char(10), ' '), char(9), ' ') from @p7m_users
		where state in ('done', 'rows', 'undoing')" --raw >"$tmp/known" ||
		die 69 "the ledger in P8's database cannot be read"
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

# stays: what a forgotten ledger leaves in P8
say_who_stays() {
	local n parts count
	n=$("$load" --p8 "$p8" --list staying) ||
		die 69 "the ledger in P8's database cannot be read"
	parts=${n#*$'\t'} n=${n%%$'\t'*}
	stays="no user of it is in P8 any more"
	[ "$n $parts" != '0 0' ] || return 0
	say_count "$n" user
	stays="P8 keeps $count"
	say_count "$parts" user
	[ "$parts" = 0 ] || stays+=" and parts of $count whose load or undo had not ended"
	stays+=", but that can no longer be verified or taken back, and"
	stays+=" who is in P8 is refused when brought again"
}

reset() {
	local stays
	if ! ledger_is_there; then
		say "There is no ledger in the database $database: nothing was brought yet."
		return
	fi
	if [ -z "${yes:-}" ]; then
		say_who_stays
		die 64 "--reset forgets what was brought and which rows of P8 are whose: $stays; use --yes" \
			"with it if that is what you want"
	fi
	one_at_a_time
	give_lock_back # nobody else is there: --reset takes it
	loader --reset || die $? "the ledger could not be removed; see above"
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
	phase compare "Comparing P7 with what was brought"
	[ -n "$all" ] || feed=$tmp/users from+=(--users -)
	run_extract "${from[@]}" | run_transform | run_records |
		"$load" --p8 "$p8" "${load_opts[@]}" --changed --quiet >"$tmp/changed"
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
		[ "$(wc -l <"$state/changed-kinds")" -le 10 ] || say_always "  and others: $state/changed-kinds has all, and what of each."
	}
}
