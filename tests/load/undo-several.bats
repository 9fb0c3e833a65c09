# p8-load --undo of several users, --redo and --from-scratch when P8 has changed something of one;
# and what --force takes along.
# not sanitized

load ../load

setup_file() {
	server_start "$S/server" --character-set-server=utf8mb4
	make_sample_p7 "$S/p7" p7
	export U=anna.weber@linden.example V=ivan.petrov@mir.test
}

setup() {
	fresh_p8
	migrate --quiet >"$D/out" 2>&1 || [ $? = 1 ]
	E=$(sql "select entity from au_p7m_users where email='$U'")
}

change_anna() {
	sql "update au_eav_attributes_string set value='changed' where name='FullName' and id_entity in
		(select id_entity from (select id_entity from au_eav_attributes_int
		where name='IdUser' and value=$E) x) limit 1"
}

# add TYPE TABLE NAME VALUE: an entity with one attribute, as P8 makes them.
add() {
	sql "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name)
		values (uuid(), '', 'Aurora\\\\Modules\\\\$1', '');
		insert into au_eav_attributes_$2 (id_entity, name, value)
		select max(id), '$3', '$4' from au_eav_entities"
}

last() {
	sql "select max(id) from au_eav_entities"
}

nobody_left() {
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 11 ]
	bytes_of_p8 | cmp - "$D/before"
}

@test "D04: one user whom P8 has changed, and nobody is taken back" {
	change_anna
	bytes_of_p8 >"$D/before"
	# whoever comes first
	exits 1 load --undo "$V" "$U"
	[[ $output == *"! $U "*" changed in P8"* ]]
	[[ $output == *"no user was undone: P8 has changed what was brought of 1 user"*"--force"* ]]
	[[ $output == *"0 users undone, 1 not" ]]
	[[ $output != *"$V: undone"* ]]
	nobody_left
	exits 1 load --undo --all --yes
	[[ $output == *"no user was undone"* ]]
	nobody_left
	exits 1 load --undo --all --dry-run
	[[ $output == *"because of 1 user, see above, no user would be undone; without, 10 users would be undone, 1 not" ]]
	exits 1 migrate --redo "$V" --redo "$U"
	[[ $output == *"! $U "*" changed in P8"*"not taken back"* ]]
	nobody_left
	exits 1 migrate --from-scratch --yes
	[[ $output == *"not taken back"* ]]
	nobody_left
	# the others alone, and a name that is unknown stops nobody
	exits 1 load --undo "$V" nobody@nowhere.test
	[[ $output == *"$V: undone"* ]]
	[[ $output != *"no user was undone"* ]]
	exits 0 load --undo --all --yes --force
	[[ $output == *"! $U "*" changed in P8"* ]]
	[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
}

@test "a file that was edited at equal size keeps its user from --redo" {
	local f
	f=$(find "$D/p8/data/files/private/$(sql "select uuid from au_p7m_users where email='$V'")" -type f -size +0 | head -n 1)
	[ -n "$f" ]
	printf X | dd of="$f" conv=notrunc status=none
	bytes_of_p8 >"$D/before"
	exits 1 load --undo --dry-run "$V"
	[[ $output == *"! $V FILE "*"${f##*/}: changed in P8: "*"not undone"* ]]
	exits 1 migrate --redo "$V"
	[[ $output == *"! $V FILE "*"${f##*/}: changed in P8: "*"not taken back"* ]]
	[[ $output != *"All in P8"* ]]
	nobody_left
}

@test "D04: unchanged, all go, and come again" {
	need_long
	exits 0 load --undo "$V" "$U"
	[[ $output == *"2 users undone, 0 not" ]]
	[[ $output != *"no user was"* ]]
	exits 0 load --undo --all --yes
	[[ $output == *"9 users undone, 0 not" ]]
	exits 0 migrate --from-scratch --yes
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 11 ]
	exits 0 migrate --redo "$V" --redo "$U"
	exits 0 migrate --from-scratch --yes
}

@test "D11: of one whose undo was interrupted the run says so, and brings the others" {
	# as if the second undo had been ended before the ledger forgot the user
	sql "create table keep as select * from au_p7m_users where email='$V'"
	load --undo "$U" "$V" >"$D/out"
	sql "insert into au_p7m_users select * from keep; drop table keep;
		update au_p7m_users set state='undoing' where email='$V'"
	exits 1 migrate
	[[ $output == *"Not all in P8: 10 of 11 users of P7"* ]]
	grep -q "^$V	an undo of $V was interrupted	end it with p8-load --p8 DIR --undo '$V' (or" \
		"$D/state/not-migrated-users"
	[ "$(wc -l <"$D/state/not-migrated-users")" = 1 ]
	# it is not forgotten that the undo has not ended
	[ "$(sql "select state from au_p7m_users where email='$V'")" = undoing ]
	load --list not-migrated | grep -q "^$V	an undo was interrupted	end it with p8-load --p8 DIR --undo"
	exits 0 migrate --redo "$V" --quiet
	exits 0 migrate
	[[ $output == *"All in P8: 11 users of P7"* ]]
	lacks interrupted "$D/state/rejects.ndjson"
}

# typed TEXT COMMAND...: what a person types at the terminal where the command runs.
typed() {
	script -qec "$(printf '%q ' "${@:2}")" "$D/screen" <<<"$1" | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

@test "C08: --undo --all and --from-scratch ask at a terminal, and need --yes elsewhere" {
	bytes_of_p8 >"$D/before"
	exits 64 load --undo --all
	[[ $output == *"--undo --all takes 11 users, with all that was loaded of them, out of P8; use --yes"* ]]
	exits 64 migrate --from-scratch
	[[ $output == *"--from-scratch takes 11 users, "*" out of P8; use --yes"* ]]
	exits 64 typed n p8-load --p8 "$D/p8" --undo --all
	[[ $output == *"out of P8.  Go on? [y/N]"*"nothing was changed"* ]]
	exits 64 typed n "$REPO/scripts/migrate" --p7 "$P7" --p8 "$D/p8" --state "$D/state" --from-scratch
	[[ $output == *"Go on? [y/N]"*"nothing was changed"* ]]
	nobody_left
	# one who was changed is found before anybody is asked
	change_anna
	exits 1 load --undo --all
	[[ $output == *"no user was undone"* && $output != *--yes* ]]
	# one user, a dry run, and nobody to undo are not asked about
	exits 0 load --undo "$V"
	exits 1 load --undo --all --dry-run
	[[ $output != *--yes* ]]
	exits 0 typed y p8-load --p8 "$D/p8" --undo --all --force
	[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
	exits 0 load --undo --all
	exits 0 migrate --from-scratch --quiet
}

@test "C08: --reset asks at a terminal, and needs --yes elsewhere" {
	need_long
	exits 64 load --reset
	[[ $output == *"--reset forgets "*": P8 keeps 11 users, "*"; use --yes"* ]]
	exits 64 typed n "$REPO/scripts/migrate" --p7 "$P7" --p8 "$D/p8" --state "$D/state" --reset
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 11 ]
	exits 0 typed y p8-load --p8 "$D/p8" --reset
	[ -z "$(sql "show tables like '%p7m_users'")" ]
	exits 0 load --reset
}

@test "A15: --force names what P8's user added, and leaves nothing that hangs on nothing" {
	need_long
	local group contact account book n uuid
	add 'Contacts\\Classes\\Contact' int IdUser "$E"
	contact=$(last)
	sql "insert into au_eav_attributes_text (id_entity, name, value) values ($contact, 'Notes', 'mine')"
	add 'Contacts\\Classes\\Group' int IdUser "$E"
	group=$(last)
	add 'Contacts\\Classes\\GroupContact' string GroupUUID "$(sql "select uuid from au_eav_entities where id=$group")"
	# a brought contact in the new group, a new one in a brought group
	sql "insert into au_eav_attributes_string (id_entity, name, value) select $(last), 'ContactUUID', e.uuid
		from au_eav_entities e join au_eav_attributes_int a on a.id_entity=e.id and a.name='IdUser'
		where e.entity_type like '%Classes_Contact' and a.value=$E and e.id<>$contact limit 1"
	add 'Contacts\\Classes\\GroupContact' string GroupUUID "$(sql "select e.uuid from au_eav_entities e
		join au_eav_attributes_int a on a.id_entity=e.id and a.name='IdUser'
		where e.entity_type like '%Classes_Group' and a.value=$E and e.id<>$group limit 1")"
	# an account with what hangs on it; a folder, an identity, a key of the user
	add 'Mail\\Classes\\Account' int IdUser "$E"
	account=$(last)
	add 'Mail\\Classes\\SystemFolder' int IdAccount "$account"
	add 'Mail\\Classes\\Identity' int IdAccount "$account"
	add 'Mail\\Classes\\Identity' int IdUser "$E"
	add 'Mail\\Classes\\RefreshFolder' int IdAccount "$(sql "select e.id from au_eav_entities e join
		au_eav_attributes_int a on a.id_entity=e.id and a.name='IdUser' where a.value=$E
		and e.entity_type like '%Mail%Classes_Account' and e.id<>$account limit 1")"
	add 'TwoFactorAuth\\Classes\\WebAuthnKey' bigint UserId "$E"
	# an attribute of a module, a link, a card in a brought book, a file
	sql "insert into au_eav_attributes_bool (id_entity, name, value) values ($E, 'Some::Setting', 1);
		insert into au_min_hashes (hash_id, user_id, hash, data) values ('x', $E, 'x', '{}')"
	book=$(sql "select id from au_adav_addressbooks where principaluri='principals/$U' order by 1 limit 1")
	sql "insert into au_adav_cards (addressbookid, uri, carddata, size) values ($book, 'new.vcf', 'x', 1);
		insert into au_adav_addressbookchanges (uri, synctoken, addressbookid, operation)
		values ('new.vcf', 1, $book, 1)"
	uuid=$(sql "select uuid from au_p7m_users where email='$U'")
	mkdir -p "$D/p8/data/files/private/$uuid"
	echo mine >"$D/p8/data/files/private/$uuid/mine.txt"
	exits 1 load --undo "$U"
	exits 0 load --undo --force "$U"
	for n in "Contact: 1" "Group: 1" "MEMBERSHIP: 1" "Account: 1" "Identity: 1" "LINK: 1" "CARD: 1" \
		"of the user: 1" "of an account: 1" "FILE: 1"; do
		[[ $output == *"! $U $n added in P8"* ]] || {
			echo "not named: $n"
			return 1
		}
	done
	[[ $output == *"these changes leave P8 with the user"*"$U: undone"* ]]
	[[ $output == *"files that P8 added or changed stay in "*"/$uuid"* ]]
	[ -f "$D/p8/data/files/private/$uuid/mine.txt" ]
	# nothing names the number, or things of the user
	[ "$(sql "select count(*) from au_eav_attributes_int where name in ('IdUser', 'UserId') and value=$E")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_bigint where name='UserId' and value=$E")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_int a left join au_eav_entities e on e.id=a.value
		where a.name='IdAccount' and e.id is null")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_string a left join au_eav_entities e on e.uuid=a.value
		where a.name in ('GroupUUID', 'ContactUUID') and e.id is null")" = 0 ]
	[ "$(sql "select count(*) from au_min_hashes where user_id=$E")" = 0 ]
	[ "$(sql "select count(*) from au_adav_cards where uri='new.vcf'")" = 0 ]
	no_orphans
	load --verify --quiet
	# of the others nothing went
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 10 ]
	# and an undo that needs no force names nothing and takes nothing else along
	exits 0 load --undo --force "$V"
	[[ $output != *"added in P8"* && $output != *"these changes"* ]]
	# brought again, the user has the file still
	migrate --quiet || [ $? = 1 ]
	[ -f "$D/p8/data/files/private/$uuid/mine.txt" ]
}
