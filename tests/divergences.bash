# shellcheck shell=bash
# Where we are deliberately better than the vendor's script, asserted in full on a P8 that a P7
# became: source this after server.bash.
#
#   look P7DB PREFIX P7DIR P8DB P8DIR STATE      looks at both; STATE is that of scripts/migrate,
#                                                with its dumps
#   same QUERY_OF_P7 QUERY_OF_P8                 they give the same rows, in any order, at least one
#                                                (none will do where MAYBE is set)
#   d01 ... d55                                  one for each difference
#
# Everything lies in a database "look" of its own: P7's tables without prefix as p7_NAME, and
#   user (id_user, id_acct, id_domain, email)	those that P8 has
#   contact, grp (id, uuid)			which UUID P7's rows have to have
#   thing (id, uuid, kind, owner)		P8's entities, kind as Mail.Account, owner an e-mail
#   attr (id, name, type, value)		all their attributes
#   dom (id_domain, ...)			P7's domains, the default domain included

PY=${BASH_SOURCE[0]%.bash}.py

lq() {
	db --batch --skip-column-names look -e "$1" | LC_ALL=C sort
}

# setting SECTION NAME: from settings.xml; words that stand for numbers become them.
setting() {
	sed -n "/<$1>/,/<\/$1>/s|.*<$2>\(.*\)</$2>.*|\1|p" "$P7DIR/data/settings/settings.xml" |
		sed -e 's/^On$/1/' -e 's/^Off$/0/' -e 's/^Saturday$/6/' -e 's/^Sunday$/0/' \
			-e 's/^Monday$/1/' -e 's/^Day$/1/' -e 's/^Week$/2/' -e 's/^Month$/3/'
}

look_p7() {
	local table
	for table in awm_accounts awm_settings awm_domains awm_addr_book awm_addr_groups \
		awm_addr_groups_contacts awm_identities awm_senders awm_social awm_system_folders \
		acal_users_data adav_cards; do
		echo "create view p7_$table as select * from \`$1\`.\`$2$table\`;"
	done
	cat <<-SQL
	create table user as select a.id_user, min(a.id_acct) id_acct, cast('' as binary(255)) email,
		0 id_domain from p7_awm_accounts a where def_acct = 1 and mailing_list = 0 group by id_user;
	alter table user modify email varbinary(255), modify id_domain int, add key (id_user);
	update user u join p7_awm_accounts a using (id_acct)
		set u.email = a.email, u.id_domain = a.id_domain;
	create table dom as select id_domain, cast(lower(name) as binary) name,
		lower(mail_inc_host) inc_host, mail_inc_port inc_port, mail_inc_ssl inc_ssl,
		lower(mail_out_host) out_host, mail_out_port out_port, mail_out_ssl out_ssl, use_threads,
		cal_show_weekends, cal_workday_starts, cal_workday_ends, cal_show_workday,
		cal_week_starts_on, cal_default_tab, is_default_for_tenant own,
		id_tenant > 0 or override_settings overrides from p7_awm_domains;
	insert into dom values (0, '$(setting WebMail IncomingMailServer)',
		'$(setting WebMail IncomingMailServer)', $(setting WebMail IncomingMailPort),
		$(setting WebMail IncomingMailUseSSL), '$(setting WebMail OutgoingMailServer)',
		$(setting WebMail OutgoingMailPort), $(setting WebMail OutgoingMailUseSSL),
		$(setting WebMail UseThreadsIfSupported), $(setting Calendar ShowWeekEnds),
		$(setting Calendar WorkdayStarts), $(setting Calendar WorkdayEnds),
		$(setting Calendar ShowWorkDay), $(setting Calendar WeekStartsOn),
		$(setting Calendar DefaultTab), 1, 1);
	create table def as select * from dom where id_domain = 0;
	update dom d, def set d.use_threads = def.use_threads,
		d.cal_show_weekends = def.cal_show_weekends, d.cal_workday_starts = def.cal_workday_starts,
		d.cal_workday_ends = def.cal_workday_ends, d.cal_show_workday = def.cal_show_workday,
		d.cal_week_starts_on = def.cal_week_starts_on, d.cal_default_tab = def.cal_default_tab
		where not d.overrides;
	SQL
}

look_p8() {
	local t
	echo "create table attr (id bigint unsigned, name varchar(80) collate utf8mb4_bin,
		type varchar(12), value mediumblob, primary key (id, name)) charset utf8mb4;"
	for t in string int bool text datetime mediumblob bigint double; do
		echo "insert into attr select id_entity, name, '$t', convert(value using utf8mb4)
			from \`$1\`.au_eav_attributes_$t;"
	done
	cat <<-SQL
	create table thing (id bigint unsigned primary key, uuid char(36) collate utf8mb4_bin,
		kind varchar(40), owner varbinary(255), module varchar(40), parent char(36), key (uuid),
		key (kind)) charset utf8mb4;
	insert into thing select e.id, e.uuid, replace(replace(entity_type, 'Aurora\\\\Modules\\\\', ''),
		'\\\\Classes\\\\', '.'), u.value, module_name, parent_uuid from \`$1\`.au_eav_entities e
		left join attr i on i.id = e.id and i.name in ('IdUser', 'UserId')
		left join attr u on u.id = coalesce(i.value, e.id) and u.name = 'PublicId';
	update thing t join attr a on a.id = t.id and a.name = 'IdAccount'
		join attr u on u.id = a.value and u.name = 'IdUser'
		join attr p on p.id = u.value and p.name = 'PublicId'
		set t.owner = p.value where t.owner is null;
	delete from user where not exists (select 1 from thing where kind = 'Core.User'
		and owner = user.email);
	create table contact (id bigint primary key, uuid char(36) collate utf8mb4_bin) charset utf8mb4;
	create table grp like contact;
	create table carded (uuid char(36) collate utf8mb4_bin, owner varbinary(255),
		storage varchar(12)) charset utf8mb4;
	SQL
}

# Contacts made of cards have no row in P7 (cards.bats is about them).
set_apart() {
	lq "select concat('contact:-', id) from p7_adav_cards" | python3 "$PY" names "$SOURCE" |
		sed "s/.*/insert into carded (uuid) values ('&');/" | db look
	db look -e "update carded c join thing t using (uuid)
		join attr a on a.id = t.id and a.name = 'Auto' set c.owner = t.owner,
		c.storage = if(a.value = '1', 'collected', 'personal');
		delete from thing where uuid in (select uuid from carded)"
}

look() {
	P7DIR=$3 P8DB=$4 P8DIR=$5 REJECTS=$6/rejects.ndjson
	zcat "$6/dumps/p7.ndjson.gz" | head -n 1 >"$6/header"
	SOURCE=$(jq -r .source.id "$6/header") SNAPSHOT=$(jq -r .source.snapshot "$6/header")
	{
		echo "drop database if exists look; create database look charset utf8mb4; use look;"
		look_p7 "$1" "$2"
		look_p8 "$4"
	} | db || return
	lq "select 'contact', id_addr, ifnull(str_id, '') from p7_awm_addr_book where deleted = 0
		and id_user > 0 union all select 'grp', id_group, ifnull(group_str_id, '')
		from p7_awm_addr_groups" | python3 "$PY" uuids "$SOURCE" | db look
	set_apart
	export P7DIR P8DB P8DIR REJECTS SOURCE SNAPSHOT
}

same() {
	local a b
	a=$(lq "$1") && b=$(lq "$2") || return
	[ -n "$a$b" ] || [ -n "${MAYBE:-}" ] || {
		echo "neither has a row: $1"
		return 1
	}
	[ "$a" = "$b" ] || {
		diff <(echo "$a") <(echo "$b") | cut -c1-300 | head -n 40
		echo "P7: $1"
		return 1
	}
}

# reported KIND CODE QUERY: just these rows have such a record; the query gives table and id.
reported() {
	local got want
	got=$(jq -r --arg k "$1" --arg c "$2" 'select(.kind == $k and .code == $c) |
		"\(.table)\t\(.id)"' "$REJECTS" | LC_ALL=C sort -u)
	want=$(lq "$3") || return
	[ "$got" = "$want" ] || {
		diff <(echo "$want") <(echo "$got")
		echo "records $1 $2"
		return 1
	}
}

# P7's contacts of users that P8 has.  A condition may follow.
contacts="from p7_awm_addr_book p join user u using (id_user) join contact c on c.id = p.id_addr
	where p.deleted = 0 and p.type = 0"

# ours KIND NAME...: the P8 query for uuid and these attributes.
ours() {
	local kind=$1 n sql='select t.uuid' from=
	shift
	for n in "$@"; do
		sql+=", \`$n\`.value"
		from+=" left join attr \`$n\` on \`$n\`.id = t.id and \`$n\`.name = '$n'"
	done
	echo "$sql from thing t$from where t.kind = '$kind'"
}

# columns ID NAME...: the attributes NAME... of the entity with this number, for a query.
columns() {
	local n
	for n in "${@:2}"; do
		printf ", (select value from attr where id = %s and name = '%s')" "$1" "$n"
	done
}

# As PHP trims; the texts of the tests have blanks only.
lines() {
	echo "replace(replace(trim(ifnull($1, '')), '\\\\n\\n', '\\n'), '\\\\n', '\\n')"
}

# A character beyond the BMP has four bytes from F0 on in UTF-8.
beyond() {
	echo "hex($1) regexp '^(..)*F[0-4]'"
}

personal="join attr s on s.id = t.id and s.name = 'Storage' and s.value <> 'team'"
team="join attr s on s.id = t.id and s.name = 'Storage' and s.value = 'team'"

# P7's memberships in groups of the same user, and P8's links.
links="from p7_awm_addr_groups_contacts m join p7_awm_addr_book p using (id_addr)
	join p7_awm_addr_groups q on q.id_group = m.id_group and q.id_user = p.id_user
	join user u on u.id_user = p.id_user join grp g on g.id = q.id_group where p.deleted = 0"
ours_links="from thing t join attr g on g.id = t.id and g.name = 'GroupUUID'
	join attr c on c.id = t.id and c.name = 'ContactUUID' join thing o on o.uuid = c.value
	join attr s on s.id = o.id and s.name = 'Storage' where t.kind = 'Contacts.GroupContact'"

# Every group, however many there are.
d01() {
	same "select u.email, g.uuid from p7_awm_addr_groups p join user u using (id_user)
		join grp g on g.id = p.id_group" \
		"select owner, uuid from thing where kind = 'Contacts.Group'"
}

# Groups of equal names keep their own fields and members; so have their vCards.
d02() {
	local fields=(Email Company City State Zip Country Phone Fax Web) sql=
	for f in "${fields[@]}"; do sql+=", trim(ifnull(p.${f,,}, ''))"; done
	same "select g.uuid $sql, $(lines street), organization from p7_awm_addr_groups p
		join user using (id_user) join grp g on g.id = p.id_group" \
		"$(ours Contacts.Group "${fields[@]}" Street IsOrganization)" &&
		same "select distinct g.uuid, (select uuid from contact where id = p.id_addr) $links
			and p.type = 0" \
			"select g.value, c.value $ours_links and s.value <> 'team'" &&
		same "select g.uuid, (select uuid from contact where id = p.id_addr) $links
			and p.type = 0 group by 1, 2" \
			"select g.value, c.value $ours_links and s.value <> 'team' and exists (select 1
			from \`$P8DB\`.au_adav_cards k where k.uri = concat(g.value, '.vcf')
			and instr(carddata, concat('urn:uuid:', c.value, '\r\n')))"
}

# A group without a name is named after its number, and that is said.
d03() {
	same "select g.uuid, if(trim(ifnull(group_nm, '')) = '', concat('Group ', id_group),
		trim(group_nm)) from p7_awm_addr_groups p join user using (id_user)
		join grp g on g.id = p.id_group" "$(ours Contacts.Group Name)" &&
		reported WARN group-without-name "select 'awm_addr_groups', id_group
			from p7_awm_addr_groups join user using (id_user) where trim(ifnull(group_nm, '')) = ''"
}

# One link for each group and contact, one member each in the group's vCard.
d04() {
	same "select count(distinct m.id_group, m.id_addr) $links and p.type in (0, 1)" \
		"select count(*) from thing where kind = 'Contacts.GroupContact'" &&
		MAYBE=1 same "select 1 from dual where false" \
			"select g.value $ours_links group by g.value, c.value having count(*) > 1" &&
		same "select g.uuid, (select count(distinct m.id_addr) $links and q.id_group = x.id_group)
			from p7_awm_addr_groups x join user using (id_user) join grp g on g.id = x.id_group" \
			"select t.uuid, (length(carddata) - length(replace(carddata,
			'X-ADDRESSBOOKSERVER-MEMBER:', ''))) div 27 from thing t
			join \`$P8DB\`.au_adav_cards k on k.uri = concat(t.uuid, '.vcf')
			where t.kind = 'Contacts.Group'"
}

# Every contact, however many there are.
d05() {
	same "select u.email, c.uuid $contacts" \
		"select owner, t.uuid from thing t $personal where kind = 'Contacts.Contact'"
}

# Line breaks in notes and streets; nowhere else.
d06() {
	local where
	where="and not $(beyond "concat(ifnull(fullname, ''), ifnull(h_street, ''),
		ifnull(notes, ''))") and length(ifnull(notes, '')) < 65536"
	same "select c.uuid, $(lines notes), $(lines h_street), $(lines b_street),
		trim(ifnull(fullname, '')), trim(ifnull(h_city, '')) $contacts $where" \
		"select t.uuid, ifnull((select value from attr a where a.id = t.id and name = 'Notes'), ''),
		ifnull((select value from attr a where a.id = t.id and name = 'PersonalAddress'), ''),
		ifnull((select value from attr a where a.id = t.id and name = 'BusinessAddress'), ''),
		(select value from attr a where a.id = t.id and name = 'FullName'),
		ifnull((select value from attr a where a.id = t.id and name = 'PersonalCity'), '')
		from thing t $personal join contact c on c.uuid = t.uuid
		join p7_awm_addr_book p on p.id_addr = c.id where t.kind = 'Contacts.Contact' $where" &&
		reported WARN line-break-or-path "select 'awm_addr_book', p.id_addr $contacts
			and concat_ws(' ', notes, h_street, b_street) regexp '(^|[^A-Za-z])[A-Za-z]:.n'"
}

# U+FFFD for a character beyond the BMP; vCards and signatures keep it.
d07() {
	local bad ch="'[\\\\x{10000}-\\\\x{10FFFF}]'"
	bad=$(beyond "concat_ws(' ', fullname, h_street, notes)")
	same "select c.uuid, regexp_replace(fullname, $ch, x'EFBFBD'),
		regexp_replace(ifnull(h_street, ''), $ch, x'EFBFBD'),
		regexp_replace(ifnull(notes, ''), $ch, x'EFBFBD') $contacts and $bad" \
		"select t.uuid $(columns t.id FullName PersonalAddress Notes) from thing t
		join contact c on c.uuid = t.uuid join p7_awm_addr_book p on p.id_addr = c.id and $bad" &&
		same "select c.uuid, fullname, notes $contacts and $bad" \
			"select c.uuid, fullname, notes $contacts and $bad and exists (select 1
			from \`$P8DB\`.au_adav_cards k where k.uri = concat(c.uuid, '.vcf')
			and instr(carddata, concat('FN:', cast(fullname as binary), '\r\n'))
			and instr(carddata, concat('NOTE:', cast(notes as binary), '\r\n')))" &&
		same "select u.email, trim(a.email), hex(ifnull(signature, '')) from p7_awm_accounts a
			join user u using (id_user) join dom on dom.id_domain = a.id_domain" \
			"select t.owner, e.value, hex(s.value) from thing t
			join attr e on e.id = t.id and e.name = 'Email'
			join attr s on s.id = t.id and s.name = 'Signature' where t.kind = 'Mail.Account'" &&
		reported WARN character-outside-bmp "select 'awm_addr_book', p.id_addr $contacts and $bad"
}

# How often an address was used, -1 included; of the team contact, too.
d08() {
	same "select c.uuid, use_frequency $contacts" \
		"select t.uuid, f.value from thing t $personal join attr f on f.id = t.id
		and f.name = 'Frequency' where t.kind = 'Contacts.Contact'" &&
		same "select u.email, ifnull((select use_frequency from p7_awm_addr_book where type = 2
			and type_id = u.id_user and deleted = 0 order by id_addr limit 1), 0) from user u" \
			"select t.owner, f.value from thing t $team join attr f on f.id = t.id
			and f.name = 'Frequency' where t.kind = 'Contacts.Contact'"
}

known_date() {
	echo "if(ifnull($1, 0) > '1970-01-01', date_format($1, '%Y-%m-%d %H:%i:%s'), '$SNAPSHOT')"
}

# P7's dates; what P7 does not know is the time of the snapshot.
d09() {
	same "select c.uuid, $(known_date date_modified) $contacts" \
		"select t.uuid, d.value from thing t $personal join attr d on d.id = t.id
		and d.name = 'DateModified' where t.kind = 'Contacts.Contact'" &&
		same "select u.email, $(known_date created_time) from user u
			join p7_awm_settings using (id_user)" \
			"select t.owner, d.value from thing t join attr d on d.id = t.id
			and d.name = 'DateCreated' where t.kind = 'Core.User'"
}

# P7's UUIDs where they are unique, and name-based ones for everything else.
d10() {
	lq "select concat('user:', id_user) from user union select concat('team:', id_user) from user
		union select concat('account:', a.id_acct) from p7_awm_accounts a join user using (id_user)
		join dom on dom.id_domain = a.id_domain
		union select concat('server:', id_domain) from dom
		union select concat('server:account:', a.id_acct) $own_servers
		union select concat('identity:', i.id_identity) from p7_awm_identities i
		join p7_awm_accounts a using (id_acct) join user on user.id_user = a.id_user
		join dom on dom.id_domain = a.id_domain
		union select concat('social:', s.id) from p7_awm_social s join p7_awm_accounts a using (id_acct)
		join user using (id_user)
		union select concat_ws(':', 'folder', id_acct, system_type, if(system_type = 8, id, null))
		$folders
		union select concat('sender:', s.id) from p7_awm_senders s join user using (id_user)
		where s.safety = 1
		union select concat('membership:', m.id_group, ':', m.id_addr) $links and p.type in (0, 1)
		union select concat('ctag:', id_user, ':', if(auto_create, 'collected', 'personal')) $contacts
		union select 'ctag:team'" | python3 "$PY" names "$SOURCE" | sort >"$P8DIR.names"
	lq "select c.uuid $contacts union all select g.uuid from grp g join p7_awm_addr_groups p
		on p.id_group = g.id join user using (id_user)" >>"$P8DIR.names"
	diff <(sort "$P8DIR.names") <(lq "select uuid from thing where kind not in ('Core.Tenant',
		'Core.Channel')") &&
		MAYBE=1 same "select 1 from dual where false" \
			"select uuid from thing group by uuid having count(*) > 1"
}

# Collected addresses: their attributes, book, card and counter.
d11() {
	local few="'Auto','DateModified','DavContacts::UID','DavContacts::VCardUID','ETag','Frequency'"
	few+=",'FullName','IdTenant','IdUser','PersonalEmail','Storage','ViewEmail'"
	same "select c.uuid, 'personal', trim(fullname), trim(h_email), trim(h_email), use_frequency,
		12 $contacts and auto_create = 1" \
		"select t.uuid, s.value, f.value, e.value, v.value, q.value, (select count(*) from attr x
		where x.id = t.id and x.name in ($few)) + 100 * (select count(*) from attr x
		where x.id = t.id and x.name not in ($few)) from thing t $personal
		join attr a on a.id = t.id and a.name = 'Auto' and a.value = '1'
		join attr f on f.id = t.id and f.name = 'FullName'
		join attr e on e.id = t.id and e.name = 'PersonalEmail'
		join attr v on v.id = t.id and v.name = 'ViewEmail'
		join attr q on q.id = t.id and q.name = 'Frequency'" &&
		same "select concat('principals/', u.email), if(auto_create, 'Collected', 'AddressBook'),
			concat(c.uuid, '.vcf') $contacts" \
			"select principaluri, b.uri, k.uri from \`$P8DB\`.au_adav_cards k
			join \`$P8DB\`.au_adav_addressbooks b on b.id = k.addressbookid
			where not instr(carddata, '\r\nX-ADDRESSBOOKSERVER-KIND:GROUP')
			and substr(k.uri, 1, 36) not in (select cast(uuid as binary) from carded)" &&
		same "select u.email, if(auto_create, 'collected', 'personal'), count(*) $contacts
			group by 1, 2" \
			"select t.owner, s.value, n.value - (select count(*) from carded c
			where c.owner = t.owner and c.storage = s.value)
			from thing t $personal join attr n on n.id = t.id
			and n.name = 'CTag' where t.kind = 'Contacts.CTag'"
}

# Contacts hidden in the address book are personal ones.
d13() {
	same "select u.email, c.uuid, 'personal' $contacts and hide_in_gab = 1" \
		"select t.owner, t.uuid, s.value from thing t $personal join contact c on c.uuid = t.uuid
		join p7_awm_addr_book p on p.id_addr = c.id and hide_in_gab = 1
		where t.kind = 'Contacts.Contact'"
}

# A global contact in a group: the group is linked with that account's team contact.
d14() {
	same "select distinct g.uuid, o.email ${links/where/join p7_awm_addr_book x
		on x.id_addr = p.type_id and x.type = 2 join user o on o.id_user = x.type_id where} and p.type = 1" \
		"select g.value, o.owner $ours_links and s.value = 'team'"
}

# The team contact has all that the user's own entry has, else the account's friendly name.
d15() {
	local ours=(FirstName LastName NickName Skype Facebook PersonalEmail PersonalCity PersonalState
		PersonalZip PersonalCountry PersonalWeb PersonalFax PersonalPhone PersonalMobile
		BusinessCompany BusinessCity BusinessState BusinessZip BusinessCountry BusinessJobTitle
		BusinessDepartment BusinessOffice BusinessPhone BusinessFax BusinessWeb OtherEmail)
	local theirs=(firstname surname nickname skype facebook h_email h_city h_state
		h_zip h_country h_web h_fax h_phone h_mobile
		b_company b_city b_state b_zip b_country b_job_title
		b_department b_office b_phone b_fax b_web other_email)
	local i a='' b='' from="from thing t $team"
	for i in "${!ours[@]}"; do
		a+=", trim(ifnull(p.${theirs[i]}, ''))"
		b+=", ifnull((select value from attr where id = t.id and name = '${ours[i]}'), '')"
	done
	for i in BirthDay BirthMonth BirthYear UseFriendlyName; do
		b+=", ifnull((select value from attr where id = t.id and name = '$i'), '-')"
	done
	for i in FullName ViewEmail BusinessEmail PrimaryEmail Frequency; do
		b+=", (select value from attr where id = t.id and name = '$i')"
	done
	for i in Notes PersonalAddress BusinessAddress; do
		b+=", ifnull((select value from attr where id = t.id and name = '$i'), '')"
	done
	a+=", if(ifnull(birthday_day, 0) = 0, '-', birthday_day),
		if(ifnull(birthday_month, 0) = 0, '-', birthday_month),
		if(ifnull(birthday_year, 0) = 0, '-', birthday_year), ifnull(use_friendly_nm, '-'),
		if(trim(ifnull(p.fullname, '')) = '', trim(ifnull(a.friendly_nm, '')), trim(p.fullname)),
		case when trim(ifnull(case p.primary_email when 1 then p.b_email when 2 then p.other_email
			else p.h_email end, '')) = '' then u.email
			else trim(case p.primary_email when 1 then p.b_email when 2 then p.other_email
			else p.h_email end) end,
		if(trim(ifnull(p.b_email, '')) = '', u.email, trim(p.b_email)),
		ifnull(p.primary_email, 1), ifnull(p.use_frequency, 0),
		$(lines p.notes), $(lines p.h_street), $(lines p.b_street)"
	same "select u.email $a from user u join p7_awm_accounts a on a.id_acct = u.id_acct
		left join p7_awm_addr_book p on p.id_addr = (select min(x.id_addr) from p7_awm_addr_book x
		where x.type = 2 and x.deleted = 0 and x.type_id = u.id_user)" \
		"select t.owner $b $from where t.kind = 'Contacts.Contact'"
}

# P7's accounts of users that P8 has, with their domain; and those with servers of their own.
accounts="from p7_awm_accounts a join user u using (id_user) join dom d on d.id_domain = a.id_domain"
differ="d.own and not (lower(trim(a.mail_inc_host)) = d.inc_host and a.mail_inc_port = d.inc_port
	and a.mail_inc_ssl = d.inc_ssl and lower(trim(a.mail_out_host)) = d.out_host
	and a.mail_out_port = d.out_port and a.mail_out_ssl = d.out_ssl)"
own_servers="$accounts where $differ"
# The first folder of each type that has a name, and all of templates.
folders="from (select f.id_acct, f.system_type, min(f.id) id $accounts
	join p7_awm_system_folders f on f.id_acct = a.id_acct where f.folder_full_name <> ''
	and f.system_type in (2, 3, 4, 5, 8) group by 1, 2, if(f.system_type = 8, f.id, 0)) x"
server=(IncomingServer IncomingPort IncomingUseSsl OutgoingServer OutgoingPort OutgoingUseSsl)

# An account's server is its domain's, or its own where it differs from its default domain's.
d16() {
	local id="(select value from attr where id = t.id and name = 'ServerId')"
	same "select u.email, trim(a.email), if($differ, 'account', 'superadmin'),
		if($differ, lower(trim(a.mail_inc_host)), d.inc_host), if($differ, a.mail_inc_port, d.inc_port),
		if($differ, a.mail_inc_ssl, d.inc_ssl), if($differ, lower(trim(a.mail_out_host)), d.out_host),
		if($differ, a.mail_out_port, d.out_port), if($differ, a.mail_out_ssl, d.out_ssl) $accounts" \
		"select t.owner $(columns t.id Email; columns "$id" OwnerType "${server[@]}")
		from thing t where t.kind = 'Mail.Account'"
}

# Only the default account may log in.
d17() {
	same "select u.email, trim(a.email), a.id_acct = u.id_acct $accounts" \
		"select t.owner $(columns t.id Email UseToAuthorize) from thing t
		where t.kind = 'Mail.Account'"
}

# Threads: the server's flag and the user's.
d18() {
	same "select u.email, trim(a.email), d.use_threads and s.use_threads $accounts
		join p7_awm_settings s on s.id_user = u.id_user" \
		"select t.owner $(columns t.id Email UseThreading) from thing t
		where t.kind = 'Mail.Account'"
}

# An account's own server: no domains, and the account's own credentials for SMTP, in clear here.
d19() {
	same "select lower(trim(a.mail_inc_host)), a.mail_out_port, '', a.mail_out_auth,
		if(a.mail_out_auth = 1, trim(ifnull(a.mail_out_login, '')), '') $own_servers" \
		"select s.value $(columns t.id OutgoingPort Domains SmtpAuthType SmtpLogin) from thing t
		join attr o on o.id = t.id and o.name = 'OwnerType' and o.value = 'account'
		join attr s on s.id = t.id and s.name = 'Name' where t.kind = 'Mail.Server'" || return
	lq "select a.id_acct, if(a.mail_out_auth = 1, ifnull(a.mail_out_pass, ''), ''), (select w.value
		from thing t join attr e on e.id = t.id and e.name = 'Email' and e.value = trim(a.email)
		join attr s on s.id = t.id and s.name = 'ServerId'
		join attr w on w.id = s.value and w.name = 'SmtpPassword'
		where t.kind = 'Mail.Account' and t.owner = u.email) $own_servers" |
		python3 "$PY" passwords "$P8DIR/data/salt8.php" >"$P8DIR.clear"
	awk -F '\t' '$2 != $3 { print; bad = 1 } END { exit bad || !NR }' "$P8DIR.clear"
}

# One server for each domain, the default domain included, and no other for everybody.
d20() {
	same "select name, inc_host, inc_port, inc_ssl, out_host, out_port, out_ssl,
		if(id_domain = 0, '*', name) from dom" \
		"select n.value $(columns t.id "${server[@]}" Domains) from thing t
		join attr o on o.id = t.id and o.name = 'OwnerType' and o.value = 'superadmin'
		join attr n on n.id = t.id and n.name = 'Name' where t.kind = 'Mail.Server'"
}

# System folders: only the types that P7 names.
d21() {
	same "select id_acct, system_type, (select folder_full_name from p7_awm_system_folders f
		where f.id = x.id) $folders" \
		"select (select a.id_acct $accounts where u.email = t.owner and trim(a.email) = (select value
		from attr where id = i.value and name = 'Email')) $(columns t.id Type FolderFullName)
		from thing t join attr i on i.id = t.id and i.name = 'IdAccount'
		where t.kind = 'Mail.SystemFolder'"
}

# user_attr COLUMN NAME TYPE: P7's value and P8's attribute of every user.
user_attr() {
	same "select u.email, $1 from user u join p7_awm_settings s using (id_user)
		join dom d using (id_domain)
		left join p7_acal_users_data c on c.settings_id = (select min(settings_id)
		from p7_acal_users_data x where x.user_id = u.id_user)" \
		"select t.owner, a.value from thing t left join attr a on a.id = t.id and a.name = '$2'
		and a.type = '$3' where t.kind = 'Core.User'"
}

# Desktop notifications, also where the client looks for them.
d22() {
	user_attr desktop_notifications DesktopNotifications bool &&
		user_attr desktop_notifications CoreWebclient::AllowDesktopNotifications bool
}

# Calendar settings: the user's, else those of his domain, else those of the default domain.
d23() {
	user_attr "ifnull(c.workdaystarts, d.cal_workday_starts)" Calendar::WorkdayStarts int &&
		user_attr "ifnull(c.workdayends, d.cal_workday_ends)" Calendar::WorkdayEnds int &&
		user_attr "ifnull(c.weekstartson, d.cal_week_starts_on)" Calendar::WeekStartsOn int &&
		user_attr "ifnull(c.defaulttab, d.cal_default_tab)" Calendar::DefaultTab int &&
		user_attr "ifnull(c.showweekends, d.cal_show_weekends)" \
			Calendar::HighlightWorkingDays bool &&
		user_attr "ifnull(c.showworkday, d.cal_show_workday)" Calendar::HighlightWorkingHours bool
}

# The time zone where it is the name of one.
d24() {
	user_attr "if(client_timezone like '%/%' or client_timezone in ('UTC', 'GMT'),
		client_timezone, null)" DefaultTimeZone string &&
		reported WARN time-zone-unknown "select 'awm_settings', id_setting from p7_awm_settings
			join user using (id_user) where ifnull(client_timezone, '') <> ''
			and client_timezone not like '%/%' and client_timezone not in ('UTC', 'GMT')"
}

# Custom fields as P7 has them; nothing, and a report, when they are too long.
d25() {
	user_attr "if(char_length(custom_fields) > 255, '', ifnull(custom_fields, ''))" \
		CustomFields string &&
		[ "$(jq -r 'select(.kind == "REJECT" and .field == "custom_fields").id' "$REJECTS" | sort)" = \
			"$(lq "select id_setting from p7_awm_settings join user using (id_user)
				where char_length(custom_fields) > 255")" ]
}

# Social accounts: the token, and the type also from its number.
d26() {
	local types="if(ifnull(type_str, '') <> '', type_str, elt(type, 'google', 'dropbox', 'facebook',
		'twitter', 'vkontakte'))"
	same "select u.email, s.id_social, $types,
		if(length(access_token) > 65535, '', ifnull(access_token, '')),
		if(char_length(refresh_token) > 255, '', ifnull(refresh_token, '')), disabled
		from p7_awm_social s join p7_awm_accounts a using (id_acct) join user u using (id_user)" \
		"select t.owner, i.value, y.value,
		ifnull((select value from attr where id = t.id and name = 'AccessToken'), ''),
		r.value, d.value from thing t
		join attr i on i.id = t.id and i.name = 'IdSocial' join attr y on y.id = t.id and y.name = 'Type'
		join attr r on r.id = t.id and r.name = 'RefreshToken'
		join attr d on d.id = t.id and d.name = 'Disabled'
		where t.kind = 'OAuthIntegratorWebclient.Account'"
}

# The space that files take is what was copied.
d55() {
	local email dir
	lq "select email from user" | while IFS= read -r email; do
		dir=$P7DIR/data/files/private/$email
		[ ! -d "$dir" ] || printf '%s\t%s\n' "$email" "$(find "$dir" -type f -printf '%s\n' |
			awk '{ n += $1 } END { print n }')"
	done | LC_ALL=C sort >"$P8DIR.used"
	diff "$P8DIR.used" <(lq "select t.owner, a.value from thing t join attr a on a.id = t.id
		and a.name = 'PersonalFiles::UsedSpace' and a.type = 'bigint'")
}

# Files with content and times, where P8 looks for them.
d54() {
	local email uuid
	lq "select owner, uuid from thing where kind = 'Core.User'" | while IFS=$'\t' read -r email uuid; do
		[ -d "$P7DIR/data/files/private/$email" ] || continue
		echo "$uuid"
		diff -r "$P7DIR/data/files/private/$email" "$P8DIR/data/files/private/$uuid" &&
			diff <(cd "$P7DIR/data/files/private/$email" && find . -mindepth 1 -printf '%p %T@\n' | sort) \
				<(cd "$P8DIR/data/files/private/$uuid" && find . -mindepth 1 -printf '%p %T@\n' | sort) ||
			return 1
	done >"$P8DIR.files" || {
		cat "$P8DIR.files"
		return 1
	}
	[ "$(wc -l <"$P8DIR.files")" = "$(find "$P8DIR/data/files/private" -mindepth 1 -maxdepth 1 |
		wc -l)" ]
}

# All of them; what fails is shown.
every_divergence() {
	local d bad=0
	for d in d01 d02 d03 d04 d05 d06 d07 d08 d09 d10 d11 d13 d14 d15 d16 d17 d18 d19 d20 d21 d22 \
		d23 d24 d25 d26 d54 d55; do
		"$d" || {
			echo "$d is not as it has to be"
			bad=1
		}
	done
	return "$bad"
}
