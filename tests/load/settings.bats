# P7's settings into P8's configuration files: the list, its review, and what is applied.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	umask 077
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/blank" p8
	p8-load --p8 "$S/blank" --describe >"$S/target"
	p7-extract --p7 "$S/p7" --only settings -o "$S/p7.ndjson"
	p7-transform --target "$S/target" "$S/p7.ndjson" -o "$S/p8.ndjson"
}

setup() {
	cp -a "$S/blank" "$D/p8"
	conf=$D/p8/data/settings
}

list() {
	p8-load --p8 "$D/p8" --list-settings "$S/p8.ndjson" -o "$D/list"
}

apply() {
	p8-load --p8 "$D/p8" --apply-settings "$D/list" "$@"
}

# value MODULE KEY: what P8 reads.
value() {
	jq -c ".$2 | if type == \"array\" then .[0] else . end" "$conf/modules/$1.config.json"
}

everything() {
	(cd "$D/p8" && find . -type f -printf '%p %m %T@\n' | sort && find . -type f -exec sha256sum {} + |
		sort)
}

@test "the list: what differs, what is the same, what P8 does not have" {
	list
	cat "$D/list"
	grep -q "^Core	SiteName	\"Linden & Hafen Webmail\"	\"\"$" "$D/list"
	grep -q "^Core	TimeFormat	\"F24\"	\"F12\"$" "$D/list"
	grep -q "^Core	DateFormat	\"DD/MM/YYYY\"	\"MM..DD..YYYY\"$" "$D/list"
	grep -q "^CoreWebclient	AutoRefreshIntervalMinutes	3	1$" "$D/list"
	grep -q "^Calendar	WeekStartsOn	1	0$" "$D/list"
	grep -q "^# Core	Language	\"English\"	\"English\"	the same$" "$D/list"
	grep -q "^# -	RedirectToHttps	false	-	P8 has no such setting$" "$D/list"
	grep -q "^# Contacts	ContactsPerPage	20	-	P8 has no such configuration file$" "$D/list"
	grep -q "^CoreWebclient	ShowQuotaBar	false	true$" "$D/list"
	rm -r "$D/p8/modules/Calendar"
	list
	grep -q "^# Calendar	WeekStartsOn	1	-	P8 has no such module$" "$D/list"
	# the stream alone decides, so the same P7 gives the same list
	p8-load --p8 "$D/p8" --list-settings "$S/p8.ndjson" | diff - "$D/list"
}

@test "a line that is removed is not applied; bytes that are not changed stay" {
	list
	sed -i -e '/ShowQuotaBar/d' -e 's/^Core	TimeFormat/# &/' "$D/list"
	chmod 640 "$conf/modules/Core.config.json"
	cp -p "$conf/modules/Core.config.json" "$D/before"
	exits 0 apply
	grep -q '^Core/SiteName: "Linden & Hafen Webmail" (was "")$' <<<"$output"
	[ "$(value Core SiteName)" = '"Linden & Hafen Webmail"' ]
	[ "$(value Core DateFormat)" = '"DD/MM/YYYY"' ]
	[ "$(value Core TimeFormat)" = '"F12"' ]
	[ "$(value CoreWebclient ShowQuotaBar)" = true ]
	[ "$(value CoreWebclient AutoRefreshIntervalMinutes)" = 3 ]
	sed -e 's/^        ""/        "Linden \& Hafen Webmail"/' \
		-e '0,/"MM\\\/DD\\\/YYYY",/s//"DD\/MM\/YYYY",/' \
		-e '/AutodetectLanguage/,/true/s/true/false/' "$D/before" |
		cmp - "$conf/modules/Core.config.json"
	# the type and the rest of a value stay
	jq -e '.DateFormat[1:] == ["spec", "\\Aurora\\System\\Enums\\DateFormat"]' \
		"$conf/modules/Core.config.json"
	# a module's own file is the base of what P8 did not have yet
	[ "$(value Calendar WeekStartsOn)" = 1 ]
	[ "$(value Calendar WorkdayStarts)" = 9 ]
	[ "$(value Calendar WorkdayEnds)" = 17 ]
	[ "$(stat -c '%a %u' "$conf/modules/Core.config.json")" = "640 $(id -u)" ]
	[ "$(stat -c %a "$conf/modules/Calendar.config.json")" = \
		"$(stat -c %a "$conf/config.json")" ]
	cmp "$D/before" "$conf/modules/Core.config.json.before-p7-migration"
	[ ! -e "$conf/modules/Calendar.config.json.before-p7-migration" ]
	[ -z "$(find "$conf" -name '*.??????' ! -name '*.config*')" ]
}

@test "a second run changes nothing; the backup is the state before the first" {
	list
	apply -q
	everything >"$D/1"
	exits 0 apply
	[ -z "$output" ]
	everything >"$D/2"
	diff "$D/1" "$D/2"
	list
	[ "$(grep -vc '^#' "$D/list")" = 0 ]
	printf 'Core\tSiteName\t"New"\t"Linden & Hafen Webmail"\n' >"$D/list"
	apply -q
	[ "$(value Core SiteName)" = '"New"' ]
	[ "$(jq -r '.SiteName[0]' "$conf/modules/Core.config.json.before-p7-migration")" = '' ]
	# and back
	mv "$conf/modules/Core.config.json.before-p7-migration" "$conf/modules/Core.config.json"
	[ "$(value Core SiteName)" = '""' ]
}

@test "a configuration file that is a symbolic link stays one: what it leads to is changed" {
	list
	mv "$conf/modules/Core.config.json" "$D/elsewhere.json"
	ln -s "$D/elsewhere.json" "$conf/modules/Core.config.json"
	apply -q
	[ "$(readlink "$conf/modules/Core.config.json")" = "$D/elsewhere.json" ]
	[ "$(jq -r '.SiteName[0]' "$D/elsewhere.json")" = 'Linden & Hafen Webmail' ]
	rm -f "$conf/modules/Calendar.config.json"
	ln -s "$D/nothing" "$conf/modules/Calendar.config.json"
	exits 73 apply
	grep -q 'Calendar.config.json: it is a symbolic link to nothing; correct or remove it' <<<"$output"
	[ ! -e "$D/nothing" ]
}

@test "A13: the directory of the modules' settings is made as the one around it" {
	[ "$(id -u)" = 0 ] || skip "only root can give files away"
	list
	for file in "$conf"/modules/*.config.json; do
		file=${file##*/}
		mkdir -p "$D/p8/modules/${file%.config.json}"
		cp "$conf/modules/$file" "$D/p8/modules/${file%.config.json}/config.json"
	done
	mv "$conf/modules" "$D/modules"
	chown 12:34 "$conf"
	chmod 2750 "$conf"
	chmod 600 "$conf/config.json"
	apply -q
	[ "$(stat -c '%u:%g %a' "$conf/modules")" = '12:34 2750' ]
	[ "$(value Core SiteName)" != '""' ]
	[ -z "$(find "$conf" -name '.p7m*')" ]
	# one that is there is P8's as it is, a symbolic link too
	rm -r "$conf/modules"
	mkdir -m 711 "$D/linked"
	ln -s "$D/linked" "$conf/modules"
	apply -q
	[ -s "$D/linked/Core.config.json" ]
	[ "$(stat -c '%u:%g %a' "$D/linked")" = "0:$(stat -c %g "$D") 711" ]
}

@test "A13: a module's first settings belong to P8, not to who applies them" {
	[ "$(id -u)" = 0 ] || skip "only root can give files away"
	local own=$conf/modules/Calendar.config.json
	[ ! -e "$own" ]
	list
	cp -a "$conf" "$D/first"
	# made SITE: that file, after the settings were as SITE makes them
	made() {
		rm -rf "$conf"
		cp -a "$D/first" "$conf"
		chmod 600 "$conf/config.json"
		"$1"
		apply -q || [ $? = 1 ]
		stat -c '%u:%g %a' "$own"
	}
	neighbours() { chown 12:34 "$conf"/modules{,/*}; chmod 644 "$conf"/modules/*; }
	neighbours_of_root() { chown 12:34 "$conf/modules"; chmod 600 "$conf"/modules/*; }
	alone() { rm "$conf"/modules/*; chown 12:34 "$conf/modules"; }
	alone_open() { alone; chmod 644 "$conf/config.json"; }
	group() { rm "$conf"/modules/*; chown 0:34 "$conf/modules"; chmod 2770 "$conf/modules"; }
	lockdown() { rm "$conf"/modules/*; chown 12:34 "$conf/config.json"; chmod 640 "$conf/config.json"; }
	executable() { neighbours; chmod 775 "$conf"/modules/*; }
	[ "$(made neighbours)" = '12:34 644' ]
	[ "$(made neighbours_of_root)" = '12:34 600' ]
	[ "$(made alone)" = '12:34 600' ]
	[ "$(made alone_open)" = '12:34 644' ]
	[ "$(made group)" = '0:34 640' ]
	[ "$(made lockdown)" = '12:34 640' ]
	[ "$(made executable)" = '12:34 664' ]
}

@test "a dry run writes nothing" {
	list
	everything >"$D/1"
	exits 0 apply --dry-run
	grep -q '^Core/SiteName: ' <<<"$output"
	everything >"$D/2"
	diff "$D/1" "$D/2"
}

@test "lines that cannot be applied are named, the others are applied" {
	{
		printf 'Core\tSiteName\t"x"\t"somebody else wrote this"\n'
		printf 'Core\tAutodetectLanguage\t"yes"\ttrue\n'
		printf 'Core\tNothing\t1\t2\nNoModule\tKey\t1\t2\n../../x\tKey\t1\t2\n'
		printf 'Core\tLanguage\tGerman\t"English"\nCore SiteName "x"\n'
		printf '\n# a remark\r\nCore\tTimeFormat\t"F24"\t"F12"\tremark\r\n'
	} >"$D/list"
	exits 1 apply
	[ "$(grep -c 'p8-load: .*list, line [0-9]*: .* is not set: ' <<<"$output")" = 7 ]
	grep -q 'line 1: Core/SiteName is not set: P8.s value has changed' <<<"$output"
	[ "$(value Core TimeFormat)" = '"F24"' ]
	[ "$(value Core SiteName)" = '""' ]
}

@test "files that are no JSON, that are missing, that belong to somebody else" {
	list
	echo '{"SiteName": ["", "string"' >"$conf/modules/Core.config.json"
	cp "$conf/modules/Core.config.json" "$D/before"
	exits 78 apply
	grep -q 'Core.config.json' <<<"$output"
	cmp "$D/before" "$conf/modules/Core.config.json"
	exits 66 p8-load --p8 "$D/p8" --apply-settings "$D/absent"
}

@test "a load passes over settings" {
	run p8-load --p8 "$D/p8" --dry-run "$S/p8.ndjson"
	! grep -q 'unknown-kind\|SETTING' <<<"$output"
}

@test "languages and limits" {
	for language in Autodetect German; do
		jq -c "if .kind == \"SETTINGS\" then .values[\"Common/DefaultLanguage\"] = \"$language\" |
			.values[\"WebMail/EnableAttachmentSizeLimit\"] = true |
			.values[\"WebMail/AttachmentSizeLimit\"] = 1000 else . end" "$S/p7.ndjson" >"$D/p7"
		p7-transform --edited --target "$S/target" "$D/p7" -o "$D/$language"
	done
	of() {
		jq -c "select(.kind == \"SETTING\" and .key == \"$2\") | .value" "$D/$1"
	}
	[ "$(of Autodetect AutodetectLanguage)" = true ]
	[ -z "$(of Autodetect Language)" ]
	[ "$(of German AutodetectLanguage)" = false ]
	[ "$(of German Language)" = '"German"' ]
	[ "$(of German AttachmentSizeLimit)" = 1000 ]
}

@test "migrate: the list with --check or a run, --apply-settings, what is not carried" {
	need_long
	exits 66 migrate --apply-settings
	exits 0 migrate --check
	grep -q "^  2 of awm_accounts: marks that hide users in the global address book; left in P7: " \
		<<<"$output"
	grep -q "^P7 and P8 differ in 9 settings: review $D/state/settings_list, then" <<<"$output"
	[ "$(value Core SiteName)" = '""' ]
	sed -i '/AutodetectLanguage/d' "$D/state/settings_list"
	cp "$D/state/settings_list" "$D/reviewed"
	# a run leaves the reviewed list alone and says what was left
	exits 0 migrate
	cmp "$D/reviewed" "$D/state/settings_list"
	grep -q "^  2 of awm_accounts: marks that hide users" <<<"$output"
	tail -n 1 <<<"$output" | grep -q '^All in P8: 11 users of P7, '
	[ "$(value Core SiteName)" = '""' ]
	exits 0 migrate --apply-settings
	[ "$(value Core SiteName)" = '"Linden & Hafen Webmail"' ]
	[ "$(value Core AutodetectLanguage)" = true ]
	exits 0 migrate --apply-settings --quiet
	[ -z "$output" ]
	# one that P8's people have changed since stays, and it is said how to have a new list
	jq '.SiteName[0] = "Ours"' "$conf/modules/Core.config.json" >"$D/core"
	cat "$D/core" >"$conf/modules/Core.config.json"
	exits 1 migrate --apply-settings
	[[ $output == *"not all settings were applied; see above."*"remove $D/state/settings_list"* ]]
	[[ $output != *ulimit* ]]
	[ "$(value Core SiteName)" = '"Ours"' ]
	# and a first run makes the list, too
	rm -r "$D/state"
	exits 0 migrate --quiet
	grep -q '^Core	AutodetectLanguage	false	true$' "$D/state/settings_list"
}

@test "C07: settings that were applied are not said to differ any more" {
	local list=$D/state/settings_list
	exits 0 migrate --check
	grep -q '^P7 and P8 differ in 9 settings: review ' <<<"$output"
	sed -i '/AutodetectLanguage/d' "$list"
	exits 0 migrate --apply-settings --quiet
	exits 0 migrate --check
	grep -q '^P7 and P8 differ in 1 setting: review ' <<<"$output"
	[ "$(grep -v '^#' "$list" | cut -f 2)" = AutodetectLanguage ]
	exits 0 migrate --apply-settings --quiet
	exits 0 migrate --check
	lacks 'differ in' <<<"$output"
	[ "$(grep -vc '^#' "$list")" = 0 ]
}

# keeps JSON: Core's TimeFormat stands in the file as that; the list and what is applied follow it.
keeps() {
	jq --argjson v "$1" '.TimeFormat = $v' "$S/blank/data/settings/modules/Core.config.json" \
		>"$conf/modules/Core.config.json"
}

@test "E03: a setting is compared and written in the type that P8's file has it in" {
	while IFS='|' read -r before line after; do
		keeps "$before"
		list
		grep -qxF "$line" <(grep TimeFormat "$D/list" | tr '\t' ' ')
		exits 0 apply --quiet
		[ "$(jq -c .TimeFormat "$conf/modules/Core.config.json")" = "$after" ]
		# and then there is nothing left to do
		list
		grep -q '^# .*TimeFormat.*the same$' "$D/list"
	done <<-'CASES'
		["1", "string"]|Core TimeFormat "0" "1"|["0","string"]
		["0", "string"]|# Core TimeFormat "0" "0" the same|["0","string"]
		[1, "integer"]|Core TimeFormat 0 1|[0,"integer"]
		[0, "int"]|# Core TimeFormat 0 0 the same|[0,"int"]
		["F12", "spec", "EnumX"]|Core TimeFormat "F24" "F12"|["F24","spec","EnumX"]
		["F24", "spec", "EnumX"]|# Core TimeFormat "F24" "F24" the same|["F24","spec","EnumX"]
		["F12", "string"]|Core TimeFormat "0" "F12"|["0","string"]
		[null, "int"]|Core TimeFormat 0 null|[0,"int"]
		"F12"|Core TimeFormat "F24" "F12"|"F24"
		"1"|Core TimeFormat "0" "1"|"0"
		1|Core TimeFormat 0 1|0
	CASES
}

@test "E03: numbers and truth values that a file keeps as text, and the other way round" {
	local web=$conf/modules/CoreWebclient.config.json cal=$conf/modules/Calendar.config.json
	jq '.AutoRefreshIntervalMinutes = ["1", "string"] | .ShowQuotaBar = [1, "int"] |
		.AttachmentSizeLimit = ["x", "int"]' "$web" >"$D/web" && cat "$D/web" >"$web"
	jq '.HighlightWorkingDays = [["a"], "array"] | .HighlightWorkingHours = ["", "string"] |
		.WeekStartsOn = [false, "bool"] | .WorkdayStarts = [true, "bool"]' \
		"$D/p8/modules/Calendar/config.json" >"$cal"
	list
	grep -q '^CoreWebclient	AutoRefreshIntervalMinutes	"3"	"1"$' "$D/list"
	grep -q '^CoreWebclient	ShowQuotaBar	0	1$' "$D/list"
	grep -q '^Calendar	WeekStartsOn	true	false$' "$D/list"
	grep -q '^# Calendar	HighlightWorkingDays	.*	P8 keeps another type of value$' "$D/list"
	grep -q '^# Calendar	WorkdayStarts	9	true	P8 keeps another type of value$' "$D/list"
	exits 0 apply --quiet
	[ "$(jq -c .AutoRefreshIntervalMinutes "$web")" = '["3","string"]' ]
	[ "$(jq -c .ShowQuotaBar "$web")" = '[0,"int"]' ]
	[ "$(jq -c .WeekStartsOn "$cal")" = '[true,"bool"]' ]
	list
	[ "$(grep -c '^Core\|^Cal' "$D/list")" = 0 ]
}

@test "E03: a list that was made before the file's type was another is applied in the file's" {
	keeps '["1", "string"]'
	printf 'Core\tTimeFormat\t"F24"\t"F12"\n' >"$D/list"
	exits 0 apply
	[ "$output" = 'Core/TimeFormat: "0" (was "1")' ]
	[ "$(value Core TimeFormat)" = '"0"' ]
	# but not over what somebody has set since
	keeps '["0", "string"]'
	printf 'Core\tTimeFormat\t"F12"\t"F12"\n' >"$D/list"
	exits 1 apply
	grep -q "P8's value has changed since the list was made" <<<"$output"
}
