# p8-load: a stream in which any one line is missing, twice, in the wrong place or cut.
# not sanitized but for --long: the servers take the time

load ../load

setup_file() {
	server_start "$S/server"
	D=$S
	make_sample_p7 "$D/p7" p7
	make_blank_p8 "$D/p8" p8
	p8-load --p8 "$D/p8" --describe >"$D/target"
	p7-extract --p7 "$D/p7" --user aoife.byrne@linden.example --user jose.nunez@gast.test |
		p7-transform --target "$D/target" | dav-schema-upgrade records -o "$D/whole"
	p8-load --p8 "$D/p8" -q "$D/whole"
	content >"$D/expected"
	p8-load --p8 "$D/p8" --undo --all --yes
	p8-load --p8 "$D/p8" --reset --yes >/dev/null
	no_orphans
	[ "$(sql "select count(*) from au_eav_entities")" = 2 ]
}

setup() {
	D=$S
}

# Entities that are neither P8's, servers, the team's counter nor of a user who is complete.
of_nobody() {
	if [ -z "$(sql "show tables like 'au\\_p7m\\_own'")" ]; then
		sql "select count(*) - 2 from au_eav_entities"
	else
		sql "select count(*) from au_eav_entities e where not exists (select 1 from au_p7m_own o
			join au_p7m_users u on u.id = o.user_id and u.state = 'done'
			where o.what = 'e' and e.id between o.first and o.last)
			and not exists (select 1 from au_p7m_globals g where g.entity = e.id)
			and e.id > (select max(id) from au_eav_entities where entity_type like '%Tenant')"
	fi
}

# refuses WHAT: the stream $D/x is refused; who is there is there wholly, and the whole stream makes
# of it what it would have made of nothing.  Then P8 is emptied again.
refuses() {
	local n
	chmod 600 "$D/x"
	run p8-load --p8 "$D/p8" -q "$D/x"
	[ "$status" = 65 ] || {
		echo "$1: status $status, $output"
		return 1
	}
	[ "$(wc -l <<<"$output")" = 1 ]
	n=$(of_nobody)
	[ "$n" = 0 ] || {
		echo "$1: $n entities of nobody; $output"
		return 1
	}
	no_orphans
	p8-load --p8 "$D/p8" -q "$D/whole"
	content >"$D/content"
	diff "$D/expected" "$D/content" >"$D/diff" || {
		echo "$1:"
		head -n 20 "$D/diff"
		return 1
	}
	p8-load --p8 "$D/p8" -q --undo --all --yes >/dev/null 2>&1
	p8-load --p8 "$D/p8" --reset --yes >/dev/null
}

# The numbers of the lines to try: all of them with --long, otherwise the first of each kind.
lines() {
	if [ -n "${P7M_LONG:-}" ]; then
		seq "$(wc -l <"$D/whole")"
	else
		jq -r .kind "$D/whole" | awk '!seen[$1]++ && /HEADER|SERVER|USER|BOOK|^CARD|END/ { print NR }'
	fi
}

@test "a line is missing" {
	for n in $(lines); do
		sed "${n}d" "$D/whole" >"$D/x"
		refuses "line $n missing: $(sed -n "${n}p" "$D/whole" | cut -c1-40)"
	done
}

@test "a line stands twice" {
	need_long
	for n in $(lines); do
		sed "${n}p" "$D/whole" >"$D/x"
		refuses "line $n twice: $(sed -n "${n}p" "$D/whole" | cut -c1-40)"
	done
}

@test "a line comes too late" {
	need_long
	for n in $(lines); do
		sed "${n}{h;d;};$((n + 1))G" "$D/whole" >"$D/x"
		! cmp -s "$D/whole" "$D/x" || continue
		refuses "line $n late: $(sed -n "${n}p" "$D/whole" | cut -c1-40)"
	done
}

@test "a line is cut" {
	need_long
	for n in $(lines); do
		sed "${n}s/..\$//" "$D/whole" >"$D/x"
		refuses "line $n cut: $(sed -n "${n}p" "$D/whole" | cut -c1-40)"
	done
}
