# What P8 is found to be, and what is made of that: its release, the attributes that its modules
# declare, tables of other modules, and a P8 that lacks modules.
# not sanitized: it takes long, and the unit tests read the same with sanitizers

load ../site

setup_file() {
	umask 077
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

# release TEXT: P8's VERSION.
release() {
	printf '%s\n' "$1" >"$D/p8/VERSION"
}

check() {
	p8-load --p8 "$D/p8" --check
}

# A module's classes, as its authors write them; the attributes are ours.
classes() {
	local mail=$D/p8/modules/Mail/Classes two=$D/p8/modules/TwoFactorAuth
	mkdir -p "$mail"
	cat >"$mail/Account.php" <<-'PHP'
		<?php
		/* $aStaticMap = array('Email' => array('int', 0)); */
		namespace Aurora\Modules\Mail\Classes;

		class Account extends \Aurora\System\Classes\AbstractAccount
		{
			const LONG = 'text'; // was 'mediumblob'
			protected $aStaticMap = array(
				'IdUser'		=> array('int', 0, true),
				'ServerId'		=> array('int', 0),
				'Email'			=> array('string', "it's", true),
				'IsDisabled'		=> ['bool', false, true],
				'UseToAuthorize'	=> ['bool', (bool) self::f(array(1)), true],
				'FriendlyName'		=> array('string', ''),
				'IncomingLogin'		=> array('string', ''),
				'IncomingPassword'	=> array('encrypted', ''),
				'XOAuth'		=> array('string', ''),
				'UseSignature'		=> array('int', 0),
				'Signature'		=> array(self::LONG, ''),
				'FoldersOrder'		=> array(
					'text', # see above
					''
				),
			);
		}
	PHP
	cat >"$mail/Identity.php" <<-'PHP'
		<?php
		namespace Aurora\Modules\Mail\Classes;
		class Identity extends \Aurora\System\EAV\Entity
		{
			public function __construct($sModule)
			{
				$this->aStaticMap = ['IdUser' => ['int', 0], 'IdAccount' => ['int', 0],
					'Default' => ['bool', false], 'Email' => ['string', ''],
					'FriendlyName' => ['string', ''], 'UseSignature' => ['bool', false],
					'Signature' => ['mediumblob', '']];
				parent::__construct($sModule);
			}
		}
	PHP
	cat >"$two/Module.php" <<-'PHP'
		<?php
		namespace Aurora\Modules\TwoFactorAuth;
		use Aurora\Modules\Core\Classes\User;
		class Module extends \Aurora\System\Module\AbstractModule
		{
			public function init()
			{
				$this->extendObject(User::class, array('Secret' => array('string', '')));
			}
		}
	PHP
}

# The table in which the attribute NAME of all entities of TYPE is.
table_of() {
	local t
	for t in string int bool text datetime mediumblob bigint double; do
		[ "$(dbq p8 "select count(*) from au_eav_attributes_$t a join au_eav_entities e
			on e.id = a.id_entity and e.entity_type like '%\\\\\\\\$1' where a.name = '$2'")" = 0 ] ||
			echo "$t"
	done
}

@test "A05: attributes are written in the types that P8's own classes declare, whatever its release" {
	need_long
	fresh_p8
	classes
	exits 0 migrate --check
	grep -q '^P8  attributes     20, declared by 2 modules$' <<<"$output"
	grep -qF 'ACCOUNT.Signature: P8 declares it as text, the mapping has it as mediumblob' <<<"$output"
	grep -qF 'ACCOUNT.XOAuth: P8 declares it as string, the mapping leaves it out' <<<"$output"
	grep -qF 'ACCOUNT.UseThreading: P8 does not declare it, the mapping has it as bool' <<<"$output"
	lacks 'IDENTITY\.' <<<"$output"
	run migrate
	[ "$status" -le 1 ]
	[ "$(table_of Account Signature)" = text ]
	[ "$(table_of Account FoldersOrder)" = text ]
	[ "$(table_of Account XOAuth)" = string ]
	[ "$(table_of Account UseSignature)" = int ]
	[ -z "$(table_of Account UseThreading)" ]
	[ "$(table_of Identity Signature)" = mediumblob ]
	[ -z "$(table_of User TwoFactorAuth::IsEncryptedSecret)" ]
	# nothing of a module that P8 does not load counts
	echo '{"Disabled": [true, "bool"]}' >"$D/p8/data/settings/modules/TwoFactorAuth.config.json"
	check | grep -q '^attributes     19, declared by 1 module$'
}

@test "A05: an attribute of one's own that P8 does not declare is refused, not left out silently" {
	fresh_p8
	classes
	p8-load --p8 "$D/p8" --describe -q -o "$D/target"
	p7-extract --p7 "$P7" --user nadia.horak@mir.test --without files -o "$D/p7"
	p7-transform --print-mapping >"$D/map"
	own() {
		sed "s|^      UseThreading: .*|&\n      $1|" "$D/map" >"$D/own"
		[ "$(diff "$D/map" "$D/own" | wc -l)" = 2 ]
	}
	exits 0 p7-transform --target "$D/target" --mapping "$D/map" "$D/p7" -o "$D/out"
	own 'MyThreading: {type: string, from: ACCOUNT.email}'
	exits 78 p7-transform --target "$D/target" --mapping "$D/own" "$D/p7" -o "$D/refused"
	[[ $output == *"p8-load --describe: ACCOUNT.MyThreading (line "*")" ]]
	[ ! -e "$D/refused" ]
	exits 0 p7-transform --target "$D/target" --mapping "$D/own" --print-differences
	grep -qF 'ACCOUNT.MyThreading: P8 does not declare it, the mapping has it as string' <<<"$output"
	# declared; of another P8, which the mapping says; and where P8 does not say what it declares
	jq -c '(.declared.Mail.classes[] | select(.attributes.XOAuth) | .attributes.MyThreading) = "string"' \
		"$D/target" >"$D/more"
	exits 0 p7-transform --target "$D/more" --mapping "$D/own" "$D/p7" -o "$D/out"
	grep -q MyThreading "$D/out"
	for later in 'since: 9.9.9' 'module: Absent'; do
		own "MyThreading: {type: string, from: ACCOUNT.email, $later}"
		exits 0 p7-transform --target "$D/target" --mapping "$D/own" "$D/p7" -o "$D/out"
	done
	own 'MyThreading: {type: string, from: ACCOUNT.email}'
	exits 0 p7-transform --salt-file "$D/p8/data/salt8.php" --mapping "$D/own" "$D/p7" -o "$D/out"
	grep -q MyThreading "$D/out"
}

@test "A05: without class files the types go by the release, its patch level included" {
	local text mediumblob since='ACCOUNT.XOAuth string SOCIAL.AccountType string'
	fresh_p8
	p7-extract --p7 "$P7" --only settings,users --without files -o "$D/p7"
	types() {
		release "$1"
		p8-load --p8 "$D/p8" --describe -o "$D/target"
		p7-transform --target "$D/target" --print-differences >"$D/differences"
		[ ! -s "$D/differences" ]
		p7-transform --target "$D/target" "$D/p7" | jq -r '.kind as $kind |
			select($kind | IN("ACCOUNT", "IDENTITY", "SOCIAL")) |
			("text", "mediumblob", "string") as $type | .[$type] // {} | keys[] |
			select(IN("Signature", "FoldersOrder", "XOAuth", "AccountType")) |
			"\($kind).\(.) \($type)"' | sort -u | xargs
	}
	text='ACCOUNT.FoldersOrder text ACCOUNT.Signature text IDENTITY.Signature text'
	mediumblob=${text//text/mediumblob}
	check | grep -q "^attributes     P8's class files are not there: types by its release$"
	for r in 8.3.20 8.4.1 8.5.2; do
		echo "$r: $(types $r)"
		[ "$(types $r)" = "$text" ]
	done
	for r in 8.5.3 8.6.1; do
		[ "$(types $r)" = "$mediumblob" ]
	done
	for r in 8.7.0 8.8.3.rc6; do
		[ "$(types $r | xargs -n 2 | sort)" = "$(xargs -n 2 <<<"$mediumblob $since" | sort)" ]
	done
}

@test "A05: files that are none, or are not understood, are named and never run" {
	fresh_p8
	classes
	c=$D/p8/modules/Mail/Classes
	mkfifo "$c/Fifo.php"
	ln -s nowhere "$c/Link.php"
	ln -s Loop.php "$c/Loop.php"
	mkdir "$c/Directory.php"
	truncate -s 3M "$c/Huge.php"
	printf '<?php touch("%s"); class Odd { var $aStaticMap = array("A" => array("varchar", 0)); }' \
		"$D/ran" >"$c/Odd.php"
	printf '<?php class M { function init() { $this->extendObject($x, array()); } }' \
		>"$D/p8/modules/Files/Module.php"
	exits 0 timeout 20 p8-load --p8 "$D/p8" --check
	for text in 'Fifo.php: not a file' 'Link.php: a symbolic link to nothing' \
		'Loop.php: Too many levels of symbolic links' 'Directory.php: not a file' \
		'Huge.php: larger than' 'Odd.php: line 1: the type of A is "varchar"'; do
		grep -q "^attributes     modules/Mail/Classes/$text.*; the mapping decides for it$" <<<"$output"
	done
	grep -q '^attributes     modules/Files/Module.php: line 1: ' <<<"$output"
	[ ! -e "$D/ran" ]
	exits 0 --separate-stderr p8-load --p8 "$D/p8" --describe
	[ "$(grep -c '^p8-load: modules/.*; the mapping decides for it$' <<<"$stderr")" = 7 ]
	[ "$(jq -c '.declared.Mail.classes.Odd' <<<"$output")" = '{"complete":false,"attributes":{"A":null}}' ]
	[ "$(jq -c '.declared.Files.extends.complete' <<<"$output")" = false ]
	[ "$(jq -c '.declared.Core.extends' <<<"$output")" = null ]
	# an attribute that is in doubt is written as the mapping says, the others as P8 does
	printf '<?php namespace Aurora\\Modules\\Mail\\Classes; class Account { protected $aStaticMap =
		array_merge($a, array("Signature" => array($t), "FoldersOrder" => array("text"))); }' \
		>"$c/Account.php"
	p8-load --p8 "$D/p8" --describe -q -o "$D/target"
	p7-transform --target "$D/target" --print-differences >"$D/differences"
	[ "$(grep -v TwoFactorAuth:: "$D/differences")" = \
		'ACCOUNT.FoldersOrder: P8 declares it as text, the mapping has it as mediumblob' ]
}

@test "A05: the versions of the modules are in the description" {
	need_long
	fresh_p8
	of() {
		p8-load --p8 "$D/p8" --describe 2>"$D/err" | jq -c '[.declared | .Mail, .Core | .version]'
	}
	[ "$(of)" = '[null,null]' ]
	mkdir -p "$D/p8/vendor/composer"
	echo '[{"name": "a/b", "version": "2"}, {"name": "vendor/module-mail", "version": "0.9.98",
		"extra": {"installer-name": "Mail"}}]' >"$D/p8/vendor/composer/installed.json"
	[ "$(of)" = '["0.9.98",null]' ]
	echo '{"packages": [{"name": "vendor/module-core", "version": "0.9.81",
		"extra": {"installer-name": "Core"}}]}' >"$D/p8/composer.lock"
	[ "$(of)" = '[null,"0.9.81"]' ]
	[ ! -s "$D/err" ]
	echo '{"packages": [' >"$D/p8/composer.lock"
	[ "$(of)" = '["0.9.98",null]' ]
	grep -q '^p8-load: composer.lock: not JSON; the modules. versions are not known$' "$D/err"
}

@test "E02: tables of P8's own module MtaConnector are not taken for P7's" {
	fresh_p8
	db p8 -e 'create table awm_accounts (id_acct int, id_user int, id_domain int, deleted int,
			mail_quota_kb bigint, email varchar(255), password varchar(255));
		create table awm_domains (id_domain int, id_tenant int, id_mail_server int, name varchar(255));
		create table awm_mailaliases (id int, id_acct int)'
	exits 0 check
	exits 0 migrate --user nadia.horak@mir.test
	[ "$(dbq p8 "select count(*) from awm_accounts")" = 0 ]
	exits 78 p7-extract --p7 "$P7" --db-name p8 --db-user root --prefix '' --list-users
	[[ $output == *MtaConnector*"name P7's database" ]]
	# P7's own are still refused, whatever their prefix, and wherever its case is kept
	db p8 -e 'create table x_AWM_Accounts (id_acct int, DEF_ACCT int)'
	exits 78 check
	grep -q 'holds tables of P7 (x_AWM_Accounts)' <<<"$output"
	db p8 -e 'drop table x_AWM_Accounts; create table awm_addr_book (id_addr bigint)'
	exits 78 check
	grep -q 'holds tables of P7 (awm_addr_book)' <<<"$output"
}

@test "C13: releases that are not known are refused, with what was found and what to do" {
	fresh_p8
	for r in 8.9 8.9.1 8.10.2 9.0 9.0.0-rc1 9.8.3 10.1; do
		release "$r"
		exits 78 check
		[[ $output == *"VERSION says release $r; a P8 of release 8.3 to 8.8 is needed, a later one is \
not known: load into an 8.8 and upgrade that afterwards" ]]
	done
	for r in 8.2.9 8.0; do
		release "$r"
		exits 78 check
		[[ $output == *"VERSION says release $r; "*"is needed; upgrade it first" ]]
	done
	for r in Aurora 8 v8.8.3 8.x 8,8 .8.8 8..8 8.8.345 888.3 $'8\e[2J'; do
		release "$r"
		exits 78 check
		[[ $output == *"which is not a release; "*"write its number there, such as 8.8.3" ]]
		[[ $output != *$'\e'* ]]
	done
	release 9.0
	exits 78 migrate --check
	exits 78 migrate
	[ "$(users_in_p8)" = 0 ]
	printf '{"kind":"TARGET","version":"8.9.1","modules":[]}' >"$D/target"
	exits 78 p7-transform --target "$D/target" --print-differences
	[[ $output == *"says release 8.9.1; "* ]]
	truncate -s 1M "$D/p8/VERSION"
	exits 78 check
	[[ $output == *"P8's release: "*"larger than"* ]]
}

@test "C13: releases that are known are not refused, however they are written" {
	need_long
	fresh_p8
	for r in 8.3.0 8.3 8.8.3 8.8.3.rc6 8.8.3-build-o5 8.8.99 $'\t8.5.3 \r'; do
		release "$r"
		exits 0 check
	done
	rm "$D/p8/VERSION"
	exits 0 check
	grep -q '(release unknown)' <<<"$output"
}
