# shellcheck shell=bash
# --check: what there is on both sides, before anything is done.
# It is part of migrate (its variables are all here) and does nothing by itself.

check() {
	select_users
	feed=/dev/null run_extract --only settings >"$tmp/settings" || die $? "P7 cannot be read; see above"
	{
		jq -r 'select(.kind == "HEADER") | .source |
			"P7\tversion\t\(.p7_version // "unknown")", "P7\tserver\t\(.server)",
			"P7\tcharacter set of the server\t\(.charset)",
			"P7\tone snapshot\t\(if .consistent then "yes" else "no" end)"' "$tmp/settings"
		printf 'P7\tusers\t%d\n' "$total"
		printf 'P7\tdomains\t%d\n' "$(grep -c '"kind":"DOMAIN"' "$tmp/settings")"
		case $p7 in
		*:*) ;;
		*) printf 'P7\tfiles\t%s\n' "$(du -sh "$p7/data/files" 2>/dev/null | cut -f1)" ;;
		esac
		jq -r '"P8\tversion\t\(.version)", "P8\tserver\t\(.server)",
			"P8\tcharacter set of the server\t\(.charset_server)",
			"P8\tdatabase, prefix\t\(.database), \(.prefix)",
			"P8\tmodules\t\(.modules | length)"' "$state/target.json"
		printf 'P8\tfree disk\t%s\n' "$(df -h --output=avail "$p8" | tail -n 1 | tr -d ' ')"
	} | awk -F '\t' '{ printf "%-4s %-32s %s\n", $1, $2, $3 }'
	not_carried "$tmp/settings"
	settings_list "$tmp/settings"
}
