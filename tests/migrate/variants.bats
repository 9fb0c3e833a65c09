# P7 of every version, as installed or upgraded, into P8.
# not sanitized but for --long: the servers take the time

load ../site
load ../variants/variants

setup_file() {
	server_start "$S/server" --character-set-server=latin1
}

# Tests with a server of their own leave that of the file alone.
teardown() {
	[ "${SERVER_DIR##*/}" = server ] || server_stop || :
}

@test "the oldest: delegates, TEXT events, no etags, MyISAM, a prefix without underscore" {
	variant "$S" path=6.4.1 engine=MyISAM prefix=Alwm dav=latin1
}

@test "7.2.0, the last with delegates; utf8mb4 tables" {
	need_long
	variant "$S" path=7.2.0 charset=utf8mb4 prefix=wm_
}

@test "7.4.1, social accounts by number; other order of columns, more columns" {
	need_long
	variant "$S" path=7.4.1 order=reverse extra=1
}

@test "upgraded all the way: old types, leftovers, engines mixed, delegates beside shares" {
	variant "$S" "path=6.4.1 6.6.0 7.1.1 7.2.1 7.4.0 7.7.7" engine=mixed dav=latin1 prefix=Old_
}

@test "P7 and P8 in one server, P7 beside other applications and another P7" {
	need_long
	db -e "create database shop"
	db shop -e "create table awm_accounts_log (x int); create table orders (x int);
		create table wm_awm_accounts (email int); insert into orders values (1)"
	variant_p7 "$S/first" shop path=7.7.7 prefix=a_
	variant_p7 "$S/second" shop path=7.1.1 prefix=b_
	db shop -e "update a_awm_accounts set email = concat('a-', email)"
	before=$(dbq shop 'checksum table orders, a_awm_accounts, b_awm_accounts, b_awm_addr_book')
	variant_migrate "$S/second" "$S/second8" second8
	diff -u <(variant_wanted 7.1.1) <(variant_holds second8)
	[ "$(dbq shop 'checksum table orders, a_awm_accounts, b_awm_accounts, b_awm_addr_book')" = "$before" ]
	sed -i 's|<DBPrefix>[^<]*<|<DBPrefix>c_<|' "$S/first/data/settings/settings.xml"
	exits 78 p7-extract --p7 "$S/first" --list-users
	grep -q "'a_'.*'b_'" <<<"$output"
}

@test "versions that cannot be read are refused by name" {
	variant_p7 "$S/old" old path=6.4.1
	for v in 6.2.1 5.4 4.7.1; do
		echo "$v" >"$S/old/VERSION"
		exits 78 p7-extract --p7 "$S/old" --list-users
		grep -q "$v" <<<"$output"
		grep -q 'upgrade it to 7.7 first' <<<"$output"
	done
	echo 8.5.3 >"$S/old/VERSION"
	exits 78 p7-extract --p7 "$S/old" --list-users
	rm "$S/old/VERSION"
	db old -e 'alter table awm_accounts drop id_domain'
	exits 78 p7-extract --p7 "$S/old" --list-users
	grep -q 'older than 6.4' <<<"$output"
}

# Every version, and every upgrade that ends with the newest, in every engine and character set.
every_variant() {
	local dav=$1 v engine charset status=0 newest
	newest=$(variant_versions | awk '{ print $NF }')
	for v in $(variant_versions); do
		for engine in InnoDB MyISAM; do
			for charset in utf8mb3 utf8mb4; do
				variant "$S" "path=$v" "engine=$engine" "charset=$charset" "dav=$dav" \
					|| status=1
			done
		done
		[ "$v" = "$newest" ] ||
			variant "$S" "path=$v $newest" engine=mixed "dav=$dav" extra=1 || status=1
	done
	return "$status"
}

@test "all versions, server with latin1" {
	need_long
	every_variant latin1
}

@test "all versions, server with utf8mb4" {
	need_long
	server_start "$S/utf8" --character-set-server=utf8mb4
	every_variant utf8mb4
}

@test "all versions on MySQL" {
	need_long
	[ -n "${P7M_MYSQLD_MYSQL:-}" ] || skip "P7M_MYSQLD_MYSQL names no MySQL server"
	for c in latin1 utf8mb4; do
		P7M_MYSQLD=$P7M_MYSQLD_MYSQL server_start "$S/mysql-$c" --character-set-server=$c
		P7M_MYSQLD=$P7M_MYSQLD_MYSQL every_variant $c
		server_stop || :
	done
}
