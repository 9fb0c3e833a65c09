# p8-load and a server that is busy, or takes its connection away: the same statements once more.
# not sanitized

load ../load

setup_file() {
	server_start "$S/server"
}

# busy TIMES NUMBER WHEN TABLE: the server refuses so many statements with that error.
busy() {
	sql "create table if not exists busy (n int) engine=MyISAM; delete from busy;
		insert into busy values ($1)"
	db --delimiter=/ p8 -e "create trigger busy $3 on $4 for each row
		if (select n from busy) > 0 then
			update busy set n = n - 1;
			signal sqlstate 'HY000' set mysql_errno = $2, message_text = 'busy';
		end if"
}

free() {
	[ "$(sql "select n from busy")" = 0 ]
	sql "drop trigger busy; drop table busy"
}

@test "C16: each error that passes is tried again: load, undo and repair" {
	local no
	load -q "$D/small.ndjson"
	content >"$D/whole"
	load --undo --all --yes -q
	for no in 1020 1205 1213 4031; do
		busy 2 $no "before insert" au_eav_entities
		exits 0 load -q "$D/small.ndjson"
		free
		content >"$D/now"
		cmp "$D/whole" "$D/now"
		load --verify --deep -q
		busy 2 $no "before delete" au_eav_entities
		exits 0 load --undo --all --yes -q
		free
		[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
	done
	edit 'if .kind == "USER" and .string.PublicId == "ann@north.test"
		then .string.Language = "y" * 300 else . end'
	for no in 1020 4031; do
		exits 1 load -q --rejects "$D/rejects" "$D/edited.ndjson"
		jq -c 'if .record then .record.string.Language = "French" else . end' "$D/rejects" \
			>"$D/corrected"
		chmod 600 "$D/corrected"
		busy 2 $no "before delete" au_p7m_rejects
		exits 0 load --repair "$D/corrected"
		free
		[ "$(sql "select count(*) from au_eav_attributes_string where value='French'
			and name='Language'")" -ge 1 ]
		load --verify --deep -q
		load --undo --all --yes -q
		rm "$D/rejects"
	done
}

@test "C16: what does not pass is not tried again" {
	load -q "$D/small.ndjson"
	busy 1000000 1146 "before delete" au_eav_entities
	exits 78 load --undo --all --yes -q
	[ "$(sql "select n from busy")" = 999999 ]
	sql "drop trigger busy"
	load --verify --deep -q
}
