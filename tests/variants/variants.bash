# shellcheck shell=bash
# Databases of any version of P7 (see make), migrated and looked at: source this after server.bash.
#
#   variant_p7 DIR DATABASE NAME=VALUE...	a P7 installation; the values are those of make
#   variant_migrate P7DIR P8DIR DATABASE	into a new P8
#   each_column VALUE...			a P7 in $S/VALUE with that value in each column in
#					turn, migrated to $S/VALUE.8 (database p8VALUE);
#					$S/VALUE.out is what was said, $S/VALUE.status the
#					exit status unless it is 0
#   variant_holds DATABASE			prints what P8 has of it
#   variant_wanted VERSION			prints what it should have (wanted.txt)
#   same_on_mysql				the tests of this file, on MySQL (takes long)

VARIANTS=$TESTS/variants

variant_versions() {
	awk '$1 == "versions" { $1 = ""; print }' "$VARIANTS/columns.tsv"
}

variant_p7() {
	local dir=$1 name=$2 arg prefix='' path='' options=()
	shift 2
	for arg in "$@"; do
		options+=(-v "$arg")
		case $arg in
		prefix=*) prefix=${arg#*=} ;;
		path=*) path=${arg#*=} ;;
		esac
	done
	mkdir -p "$dir/data/settings" &&
		cp "$TESTS/sample/p7/data/salt.php" "$dir/data/salt.php" &&
		cp "$TESTS/sample/p7/data/settings/settings.xml" "$dir/data/settings/" || return
	chmod -R u+w "$dir"
	chmod 600 "$dir/data/salt.php"
	echo "${path##* }" >"$dir/VERSION"
	sed -i "s|<DBPrefix>[^<]*<|<DBPrefix>$prefix<|" "$dir/data/settings/settings.xml"
	fill_in "$dir/data/settings/settings.xml" "$name"
	db -e "create database if not exists \`$name\`" || return
	"$VARIANTS/make" "${options[@]}" "$VARIANTS/columns.tsv" "$VARIANTS/rows.txt" |
		db "$name" || return
	db_user p7reader 'p7&secret' "select on \`$name\`.*"
}

# One name for the source: what two databases give is compared, UUIDs too.
variant_migrate() {
	make_blank_p8 "$2" "$3" &&
		"$REPO/scripts/migrate" --p7 "$1" --p8 "$2" --state "$2.state" --quiet \
		--source-id variants --dav-text utf8
}

each_column() {
	local v
	for v in "$@"; do
		variant_p7 "$S/$v" "$v" path=7.7.7
		"$VARIANTS/each-column" -v version=7.7.7 -v "value=$v" "$VARIANTS/columns.tsv" |
			db "$v"
		variant_migrate "$S/$v" "$S/$v.8" "p8$v" >"$S/$v.out" 2>&1 ||
			echo $? >"$S/$v.status"
	done
}

# The query for one attribute of all entities of a class.
entities() {
	printf "select concat_ws(char(9), '%s %s', ifnull(cast(a.value as char), '-')) l
		from au_eav_entities e left join au_eav_attributes_%s a
		on a.id_entity = e.id and a.name = '%s' where e.entity_type like '%%%s' union all\n" \
		"$1" "$3" "$2" "$3" "$1"
}

variant_query() {
	local s
	for s in PublicId DefaultTimeZone; do
		entities Core%User string $s
	done
	entities Core%User bool SipEnable
	entities Core%User bool FilesEnable
	entities Core%User int Calendar::WorkdayStarts
	entities Mail%Account string FriendlyName
	entities Mail%Account string IncomingLogin
	entities Mail%Account bool UseThreading
	entities Mail%Account mediumblob FoldersOrder
	entities Mail%Server string IncomingServer
	entities Mail%Identity string FriendlyName
	entities Mail%SystemFolder string FolderFullName
	entities OAuth%Account string Type
	entities Contacts%Group string Name
	cat <<-'SQL'
	select concat_ws(char(9), 'contact', s.value, f.value, ifnull(n.value, '-'), q.value)
		from au_eav_entities e
		join au_eav_attributes_string s on s.id_entity = e.id and s.name = 'Storage'
		join au_eav_attributes_string f on f.id_entity = e.id and f.name = 'FullName'
		left join au_eav_attributes_string n on n.id_entity = e.id and n.name = 'FirstName'
		join au_eav_attributes_int q on q.id_entity = e.id and q.name = 'Frequency'
		where e.entity_type like '%Contacts%Contact' union all
	select concat_ws(char(9), 'members', count(*)) from au_eav_entities
		where entity_type like '%GroupContact' union all
	select concat_ws(char(9), 'calendar', convert(principaluri using utf8mb4),
		if(access = 1, convert(uri using utf8mb4), '-'), displayname, access)
		from au_adav_calendarinstances union all
	select concat_ws(char(9), 'object', convert(uri using utf8mb4), convert(uid using utf8mb4),
		convert(componenttype using utf8mb4), ifnull(firstoccurence, 0),
		ifnull(lastoccurence, 0), size, convert(etag using utf8mb4),
		instr(calendardata, x'c3bc') > 0 or instr(calendardata, x'd09ed182') > 0)
		from au_adav_calendarobjects union all
	select concat_ws(char(9), 'reminder', user, calendaruri, eventid) from au_adav_reminders
	SQL
}

variant_holds() {
	dbq "$1" "$(variant_query)" | LC_ALL=C sort
}

variant_wanted() {
	awk -F '\t' -v version="$1" -v versions="$(variant_versions)" '
		BEGIN {
			n = split(versions, v, " ")
			for (i = 1; i <= n; i++)
				rank[v[i]] = i
			at = rank[version]
		}
		/^#/ { next }
		($1 == "." || at >= rank[$1]) && ($2 == "." || at <= rank[$2]) {
			sub(/^[^\t]*\t[^\t]*\t/, "")
			print
		}' "$VARIANTS/wanted.txt" | LC_ALL=C sort
}

# One variant from beginning to end; a difference is shown and is the exit status.
variant() {
	local dir=$1 tag arg path=
	shift
	tag=v$(printf '%s' "$*" | cksum | cut -d' ' -f1)
	for arg in "$@"; do
		case $arg in
		path=*) path=${arg#*=} ;;
		esac
	done
	echo "variant $*"
	if ! variant_p7 "$dir/$tag" "p7$tag" "$@" ||
		! variant_migrate "$dir/$tag" "$dir/8$tag" "p8$tag" >"$dir/$tag.out" 2>&1; then
		cat "$dir/$tag.out"
		return 1
	fi
	diff -u <(variant_wanted "${path##* }") <(variant_holds "p8$tag") || return
	db -e "drop database p7$tag; drop database p8$tag"
	rm -rf "${dir:?}/$tag" "$dir/8$tag" "$dir/8$tag.state" "$dir/$tag.out"
}

same_on_mysql() {
	need_long
	[ -n "${P7M_MYSQLD_MYSQL:-}" ] || skip "P7M_MYSQLD_MYSQL names no MySQL server"
	P7M_LONG='' P7M_MYSQLD=$P7M_MYSQLD_MYSQL env -u BATS_RUN_TMPDIR -u BATS_SUITE_TMPDIR \
		-u BATS_FILE_TMPDIR -u BATS_TEST_TMPDIR bats --tap "$BATS_TEST_FILENAME"
}
