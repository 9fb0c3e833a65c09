# The manual pages say what the programs take, and the programs take what the pages say.
# not sanitized: it is about the scripts; the programs have tests of their own

load ../site

# What the page of a program says in all, and the options that are items of its lists.
page() {
	mandoc -T ascii "$REPO/man/$1.1" | sed 's/.\x08//g'
}

items() {
	page "$1" | grep -E '^ {5}-' | options
}

options() {
	grep -oE -- '(^|[ [(|])--?[a-zA-Z][a-z0-9-]*' | tr -d ' [(|' | LC_ALL=C sort -u
}

# The options in the help: at the start of a line, or one after the other there.
help() {
	grep -E '^ +-|^ +[a-z ]*--' | options
}

program() {
	case $1 in
	p7-migrate) echo "$REPO/scripts/migrate" ;;
	*) command -v "$1" ;;
	esac
}

programs="p7-extract p7-transform p8-load dav-schema-upgrade p7-migrate"

@test "what the help lists is in the page, and what the page lists is in the help" {
	local p
	for p in $programs; do
		page "$p" >"$D/page"
		"$(program "$p")" --help >"$D/help"
		options <"$D/page" >"$D/in-page"
		options <"$D/help" >"$D/in-help"
		help <"$D/help" >"$D/helped"
		# items of lists, and what the synopsis has
		{ grep -E '^ {5}-' "$D/page"; sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' "$D/page"; } | options >"$D/listed"
		[ "$(wc -l <"$D/listed")" -gt 5 ]
		LC_ALL=C comm -23 "$D/helped" "$D/in-page" | sed "s/^/$p.1 does not mention /" >>"$D/bad"
		LC_ALL=C comm -23 "$D/listed" "$D/in-help" | sed "s/^/$p --help does not mention /" >>"$D/bad"
	done
	cat "$D/bad"
	[ ! -s "$D/bad" ]
}

@test "every option of the page is taken" {
	need_long
	local p o bad=0
	for p in $programs; do
		exits 64 "$(program "$p")" --no-such-option=hunter2
		[[ $output == *"unknown option --no-such-option;"* ]]
		[[ $output != *hunter2* ]] || bad=1
		for o in $(items "$p"); do
			# with a value that is none, so that nothing is done
			run timeout 20 "$(program "$p")" "$o" /no/such/thing </dev/null
			[[ $output != *"unknown option $o"* ]] || {
				echo "$p $o: $output"
				bad=1
			}
		done
	done
	[ "$bad" = 0 ]
}

@test "every page has the sections that a page has, and names existing pages" {
	local f s name section
	for f in "$REPO"/man/*.[157]; do
		for s in NAME DESCRIPTION 'SEE ALSO'; do
			grep -qx "\.Sh $s" "$f"
		done
		case $f in
		*.1)
			grep -qx '\.Sh EXIT STATUS' "$f"
			grep -qx '\.Sh SYNOPSIS' "$f"
			;;
		esac
		grep -oE '^\.Xr [a-z0-9-]+ [1-8]' "$f" | sort -u | while read -r _ name section; do
			[ -e "$REPO/man/$name.$section" ] || case $name in
			jq | ssh | rsync | mariadb-dump | mariadb | mysql | mysqldump | gzip | crontab) ;;
			*)
				echo "$f names $name($section)"
				exit 1
				;;
			esac
		done
	done
}

@test "what make install puts elsewhere works there" {
	need_long
	local d=$D/root/opt/m
	make -s -C "$REPO" install BUILD="$BIN" DESTDIR="$D/root" PREFIX=/opt/m
	for f in "$REPO"/man/*.[157]; do
		cmp "$f" "$d/share/man/man${f##*.}/${f##*/}"
	done
	cmp "$REPO/transform/mapping.yaml" "$d/share/p7-migration/mapping.yaml"
	server_start "$D/server"
	make_sample_p7 "$D/p7" p7
	make_blank_p8 "$D/p8" p8
	cd "$D"
	PATH=/usr/bin:/bin run "$d/bin/p7-migrate" --p7 p7 --p8 p8
	server_stop
	echo "$output"
	[ "$status" = 0 ]
	grep -q '^All in P8: 11 users of P7' <<<"$output"
	run "$d/bin/p7-migrate" --version
	[[ $output == "p7-migrate "[0-9]* ]]
}
