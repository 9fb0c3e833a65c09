# The rehearsal in p7-migration(7), command by command, with the programs as they are installed.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
	make -C "$REPO" -s install PREFIX="$S/usr"
}

# The literal blocks of EXAMPLES as they read.
transcript() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE ALSO/p' "$REPO/man/p7-migration.7" |
		awk '/^\.Bd/ { on = 1; next } /^\.Ed/ { on = 0 } on' | sed 's/^\\&//'
}

# What stands below a command has to be said, in that order; dots stand for any lines.
compare() {
	local line at=0 dots='' got=()
	mapfile -t got <"$S/said"
	while IFS= read -r line; do
		if [ "$line" = ... ]; then
			dots=1
			continue
		fi
		while [ -n "$dots" ] && [ "$at" -lt ${#got[@]} ] && [ "${got[at]}" != "$line" ]; do
			at=$((at + 1))
		done
		if [ "${got[at]-}" != "$line" ]; then
			printf 'after: %s\nexpected: %s\nsaid:\n' "$1" "$line"
			cat "$S/said"
			return 1
		fi
		at=$((at + 1)) dots=
	done
}

@test "the rehearsal in the guide" {
	need_long
	local line command='' n=0
	mkdir "$S/root"
	cd "$S/root"
	# rows and files of a P8 that nothing was brought into
	content() {
		mariadb-dump --no-defaults --socket="$SOCKET" --user=root --skip-dump-date p8 |
			sed 's/ AUTO_INCREMENT=[0-9]*//'
		(cd "$S/p8" && find . -type f | sort)
	}
	content >"$S/before"
	transcript | sed "s|/var/www|$S|g; s|/home/admin/|$S/root/|g" >"$S/script"
	PATH=$S/usr/bin:$PATH
	: >"$S/expected"
	while IFS= read -r line || [ -n "$line" ]; do
		if [ "${line:0:2}" != '$ ' ]; then
			printf '%s\n' "$line" >>"$S/expected"
			continue
		fi
		[ -z "$command" ] || compare "$command" <"$S/expected"
		: >"$S/expected"
		command=${line:2} n=$((n + 1))
		# what a background job says comes with the next command
		[[ ${last:-} == *'&' ]] || : >"$S/said"
		last=$command
		eval "$command" >>"$S/said" 2>>"$S/errors" 3>&- || status=$?
		grep '^p7-migrate: interrupted' "$S/errors" >>"$S/said" || :
		: >"$S/errors"
	done <"$S/script"
	compare "$command" <"$S/expected"
	[ "$n" -ge 18 ]
	content >"$S/after"
	diff "$S/before" "$S/after"
}
