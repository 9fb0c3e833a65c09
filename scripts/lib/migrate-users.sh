# shellcheck shell=bash
# Who is brought: the list of users, new names, domains, and what is still to do of them.
# It is part of migrate (its variables are all here) and does nothing by itself.
#
# Files below $tmp:
#   p7              source, number and e-mail of each user that P7 has
#   users, names    the selected ones, by the name in P7 and the name in P8, line by line; who cannot
#                   stand in a list is a comment in the former
#   selected-users  the same: source, number, both names
#   wanted          the list that was given, cleaned; with "all" there is none
#   loaded          what p8-load --list loaded says
#   renamed         what p8-load --list renamed says: P7's names of users who have another one in P8
#   whole, lacking  who of them is in P8 by the name of now, with all that this run brings or not
#   todo-users, todo-files    by the name in P7; names that P7 does not have are with the first, and
#                             whose files are there may be among the first
#   except-users, except-files    lines for p7-extract --except

# The list without byte order mark, CRs, comments, blanks, and empty lines.
clean_list() {
	sed -e '1s/^\xef\xbb\xbf//' -e 's/\(^\|[[:space:]]\)#.*//' -e 's/^[[:space:]]*//' \
		-e 's/[[:space:]]*$//' -e '/^$/d'
}

# E-mails that --users, --user, --domain and --redo name; nothing for all.
wanted_users() {
	local domain
	[ -z "${users_file:-}" ] || clean_list <"$users_file" || return
	[ ${#users[@]} = 0 ] || printf '%s\n' "${users[@]}" || return
	for domain in "${domains[@]}"; do
		awk -F '\t' -v domain="${domain,,}" -v odd="$tmp/odd" '{ at = match($3, /@[^@]*$/) }
			at && tolower(substr($3, at + 1)) == domain { n++
				if (/\t# /) print $3 >>odd; else print $3 }
			END { exit n == 0 }' "$tmp/p7" ||
			die 66 "P7 has no user of the domain $domain; see $name --list-users"
	done
}

# What is to be said of P7 itself is said once: by the first call, or by --check's own.
list_p7() {
	local status=0
	[ "$mode" != check ] || again=(--again)
	feed=/dev/null run_extract --list-users --ids >"$tmp/p7" || status=$?
	case $status in
	0) again=(--again) ;;
	78) # its line says it all
		event error "P7 is not what it should be" status 78
		exit 78
		;;
	*) die "$status" "the users of P7 cannot be listed; see above" ;;
	esac
}

read_new_names() {
	: >"$tmp/map"
	[ -n "${map:-}" ] || return 0
	"$transform" --rename "$map" --print-rename >"$tmp/map" ||
		die $? "the list of new names cannot be used; see above"
	# Who is no user of P7 was mistyped, and a name that somebody keeps is not free.
	awk -F '\t' 'pass == 1 { there[tolower($3)] = 1; next }
		pass == 2 { moved[tolower($1)] = 1; next }
		!(tolower($1) in there) { print "P7 has no user " $1; next }
		tolower($2) in there && !(tolower($2) in moved) {
			print $1 " cannot become " $2 ": P7 has a user of that name" }
		' pass=1 "$tmp/p7" pass=2 "$tmp/map" pass=3 "$tmp/map" >"$tmp/bad" ||
		die 74 "$state cannot be written"
	[ ! -s "$tmp/bad" ] || {
		head -n 20 "$tmp/bad" >&2
		say_count "$(wc -l <"$tmp/bad")" line
		die 65 "$map: $count cannot be used; correct or remove them"
	}
	[ -n "${map_accounts:-}" ] || [ ! -s "$tmp/map" ] || [ "$mode" = dry ] || {
		say "Without --map-accounts people go on logging in to P8 by the addresses of their" \
			"accounts, not by their new names."
		map_accounts=1
	}
}

read_loaded() {
	: >"$tmp/loaded"
	: >"$tmp/renamed"
	[ "$mode" != list ] && ledger_is_there || return 0
	"$load" --p8 "$p8" --list loaded >"$tmp/loaded" ||
		die $? "the ledger in P8's database cannot be read; see above"
	read_renamed
}

read_renamed() {
	"$load" --p8 "$p8" --list renamed >"$tmp/renamed" ||
		die $? "the ledger in P8's database cannot be read; see above"
}

# What a user lacks: files only when they are wanted, likewise calendars and contacts.  Of contacts
# that came in part only ("some") the rest does not follow.  A user who is in P8 by another name is
# read again, so that p8-load says what is to be done; not so when it is the list of new names that
# differs from what it was: then all names may be wrong.  Who is a comment in the list because of a
# control character can be named as the list has it, unless that is somebody's very name.
select_users() {
	local files=files calendars=calendars contacts=1
	list_p7
	read_new_names
	read_loaded
	[ -z "${without_files:-}" ] || files=
	[ "$dav" != none ] && [ -z "${lite:-}" ] || calendars=
	[ -z "${without_contacts:-}" ] || contacts=
	all=
	[ -n "${users_file:-}${users[*]}${domains[*]}" ] || all=1
	wanted_users >"$tmp/wanted" || die 74 "the list of users cannot be read or kept"
	[ ! -s "$tmp/odd" ] || {
		say_count "$(wc -l <"$tmp/odd")" user
		say_always "Left out: $count of the domain by names that cannot stand in a list; only a run" \
			"for all users brings them."
	}
	[ -n "$all" ] || [ -s "$tmp/wanted" ] || die 65 "the list of users is empty; nothing was done"
	awk -F '\t' -v all="$all" -v dir="$tmp" -v files="$files" -v calendars="$calendars" \
		-v contacts="$contacts" '
		function put(file, text) { print text >(dir "/" file) }
		pass == 1 { new_name[tolower($1)] = $2; next }
		pass == 2 { wanted[tolower($0)] = $0; next }
		pass == 3 { key = $1 FS $2; name[key] = $3
			done["users", key] = (files == "" || $4 == files) && (contacts == "" || $6 != "-") &&
				(calendars == "" || $5 == calendars)
			done["files", key] = files == "" || $4 == files; next }
		pass == 4 { was[$1 FS $2] = tolower($4); next }
		pass == 5 { if (/\\/) very[tolower($3)] = 1; next }
		{ key = $1 FS $2; low = substr($3, 3)
			if ($3 ~ /^# [^# ][^ ]*$/ && $3 ~ /\\[0-3][0-7][0-7]/ && tolower(low) in wanted &&
				!(tolower(low) in very)) $3 = low
			low = tolower($3); there[low] = 1
			now = low in new_name ? new_name[low] : $3
			sub(/^# /, "", now)
			other = key in name && tolower(name[key]) != tolower(now)
			if (!(key in was) && low in new_name) was[key] = low
			listed = other && (key in was ? was[key] : tolower(name[key])) == low
			if (other && !listed) done["users", key] = done["files", key] = 0
			if (done["users", key]) put("except-users", key FS)
			if (done["files", key]) put("except-files", key FS)
			if (!all && !(low in wanted)) next
			put("users", $3); put("names", now); put("selected-users", key FS $3 FS now)
			if (listed) put("other-name", name[key] FS now)
			if (key in name && !other) put(done["users", key] ? "whole" : "lacking", $3)
			if (!done["users", key]) put("todo-users", $3)
			if (!done["files", key]) put("todo-files", $3) }
		END { for (low in wanted) if (!(low in there)) put("unknown", wanted[low]) }
		' pass=1 "$tmp/map" pass=2 "$tmp/wanted" pass=3 "$tmp/loaded" pass=4 "$tmp/renamed" \
		pass=5 "$tmp/p7" pass=6 "$tmp/p7" || die 74 "who is to be brought cannot be worked out; see above"
	touch "$tmp"/{users,names,selected-users,unknown,whole,lacking,{todo,except}-{users,files}}
	cat "$tmp/unknown" >>"$tmp/todo-users" || die 74 "$state cannot be written"
	total=$(wc -l <"$tmp/users")
	todo=$(wc -l <"$tmp/todo-users")
	there=$((total + $(wc -l <"$tmp/unknown") - todo))
	lacking=$(wc -l <"$tmp/lacking")
	present=$(($(wc -l <"$tmp/whole") + lacking))
	[ ! -s "$tmp/other-name" ] || {
		sed 's/\(.*\)\t\(.*\)/\1 is in P8 by this name, not as \2/' "$tmp/other-name" | head -n 20 >&2
		say_count "$(wc -l <"$tmp/other-name")" user
		die 65 "$count brought by another name than --map-users says now: give the list by which" \
			"they were brought, or --redo EMAIL (as in P7), which takes one back and brings the user" \
			"under the new name"
	}
}

# in_p8: how many of the selected users are in P8, and how many of these lack a part that this run
# brings.
say_in_p8() {
	in_p8=$present
	[ "$lacking" = 0 ] || in_p8+=", $lacking of them without a part that this run brings"
}

# Did an earlier run read all corporate files to the end?  They are looked at again with --update.
corporate_is_there() {
	[ -z "${update:-}" ] && [ -s "$tmp/loaded" ] && [ "$(ledger "select count(*) > 0 from @p7m_runs
		where status in (0, 1) and header like '%\"users\":\"all\"%' and header like '%\"only\":[]%'
		and header not like '%\"corporate\"%' and header regexp '\"shard\":(null|\"1/)'
		and header like '%\"id\":\"$(head -n 1 "$tmp/p7" | cut -f 1)\"%'
		and exists (select 1 from @p7m_files where user_id = 0)")" = 1 ]
}

# Sets what a stage reads: "users" or "files" of those for whom it is to do.
whom() {
	if [ -n "$all" ]; then
		feed=$tmp/except-$1 who=(--except -)
		! corporate_is_there || who+=(--without corporate)
	else
		feed=$tmp/todo-$1 who=(--users -)
	fi
}
