# shellcheck shell=bash
# Who is brought: the list of users, new names, domains, and what is still to do of them.
# It is part of migrate (its variables are all here) and does nothing by itself.
#
# Files below $tmp:
#   p7              source, number and e-mail of each user that P7 has
#   wanted          the names that were given; with "all" there are none
#   selected        what p8-load --select says of all users of P7
#   users, names    of it the e-mails in P7 and in P8, line by line
#   selected-users  source, number, both e-mails
#   unknown         names that P7 does not have
#   todo            e-mails of P7 of whom something is to do, and unknown ones

# Is there a list of --list-users that is somebody's work: neither as it was written, nor P7's of now?
is_reviewed() {
	[ -e "$state/user_list" ] || [ -L "$state/user_list" ] || return
	[ -f "$state/user_list" ] ||
		die 66 "$state/user_list is not a file that can be read; put the reviewed list there, or remove it"
	! cmp -s "$state/user_list" "$state/.user_list" &&
		! cut -f 3 "$tmp/p7" | cmp -s - "$state/user_list"
}

# It says who is brought, unless the command line does; calendars of principals come with all only.
obey_reviewed_list() {
	[ -z "${users_file:-}${users[*]}${domains[*]}" ] && [[ " ${redo[*]-}" != *" principals/"* ]] &&
		is_reviewed || return 0
	users_file=$state/user_list
	say "By the list $users_file, which was edited: only its users.  Remove or rename it to bring all of" \
		"P7, with the corporate files."
}

# E-mails that --users, --user, --domain and --redo name.
wanted_users() {
	local domain
	[ -z "${users_file:-}" ] || cat "$users_file" || return
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
	[ -n "${map_accounts:-}" ] || [ ! -s "$tmp/map" ] || [ "$mode" = dry ] || {
		say "Without --map-accounts people go on logging in to P8 by the addresses of their" \
			"accounts, not by their new names."
		map_accounts=1
	}
}

select_users() {
	local opts=() count
	list_p7
	obey_reviewed_list
	read_new_names
	[ "$left_out" = , ] || opts=(--without "${left_out:1:-1}")
	[ ! -s "$tmp/map" ] || opts+=(--rename "$tmp/map")
	all=1
	[ -z "${users_file:-}${users[*]}${domains[*]}" ] || {
		all='' opts+=(--users "$tmp/wanted")
		wanted_users >"$tmp/wanted" || die 74 "the list of users cannot be read or kept"
	}
	[ ! -s "$tmp/odd" ] || {
		say_count "$(wc -l <"$tmp/odd")" user
		say_always "Left out: $count of the domain by names that cannot stand in a list; only a run" \
			"for all users brings them."
	}
	p8_load --quiet --select "${opts[@]}" -o "$tmp/selected" "$tmp/p7" ||
		die $? "who is to be brought is not known; see above"
	rm -f "$tmp/odd"
	read -r total todo unknown present lacking < <(awk -F '\t' -v dir="$tmp" '
		function put(file, text) { print text >(dir "/" file) }
		BEGIN { for (i = split("users names selected-users unknown todo", f, " "); i; i--)
			printf "" >(dir "/" f[i]) }
		$1 == "corporate" || $1 == "passed" { next }
		$2 == "todo" { todo++; put("todo", $6) }
		$1 == "unknown" { unknown++; put("unknown", $6); next }
		{ n[$1]++; total++; put("users", $6); put("names", $7)
			put("selected-users", $4 FS $5 FS $6 FS $7) }
		END { print total + 0, todo + 0, unknown + 0, n["whole"] + n["lacking"], n["lacking"] + 0 }
		' "$tmp/selected")
	there=$((total + unknown - todo))
}

# in_p8: how many of the selected users are in P8, and how many of these lack a part that this run
# brings.
say_in_p8() {
	in_p8=$present
	[ "$lacking" = 0 ] || in_p8+=", $lacking of them without a part that this run brings"
}

# Sets what p7-extract reads: the users of whom something is to do, or in column $1 of what was
# selected, 2 or 3, not "done".  Corporate files are looked at again with --update.
whom() {
	if [ -n "$all" ]; then
		feed=$tmp/except who=(--except -)
		awk -F '\t' -v OFS='\t' -v at="$1" '$at == "done" && $5 != "-" { print $4, $5, "" }' \
			"$tmp/selected" >"$feed" || die 74 "$state cannot be written"
		[ -n "${update:-}" ] || ! grep -q $'^corporate\tdone' "$tmp/selected" || who+=(--without corporate)
	else
		feed=$tmp/todo who=(--users -)
		[ "$1" = 2 ] || {
			feed=$tmp/todo-files
			awk -F '\t' '$3 == "todo" { print $6 }' "$tmp/selected" >"$feed"
		}
	fi
}
