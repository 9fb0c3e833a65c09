# shellcheck shell=bash
# --check: what there is on both sides, what is needed, what stays behind, and how long it takes;
# and where a run may not write.
# It is part of migrate (its variables are all here) and does nothing by itself.

SAMPLE=20 # users that are read to measure

# row SIDE WHAT TEXT
row() {
	printf '%-3s %-14s %s\n' "$1" "$2" "$3" 2>/dev/null || no_output
}

check() {
	local seconds=0 table_bytes=0 file_bytes=0 refused=0
	select_users
	look_at_p8
	check_p7
	check_p8
	need
	measure
	left_out
	if [ "$refused" != 0 ]; then
		row '' 'not ready' "see the lines with \"refused\""
		exit 78
	fi
	row '' ready "run the same without --check"
}

check_p7() {
	local count size files in_p8 again=()
	feed=/dev/null run_extract --check >"$tmp/p7-check" || die $? "P7 cannot be used; see above"
	again=(--again)
	grep -v '^\(ready\|contacts\)' "$tmp/p7-check" | sed -e 's/^P7     /version/' -e 's/^/P7  /' 2>/dev/null || no_output
	table_bytes=$(awk '$1 == "engine" { n += $(NF - 1) } END { printf "%.0f", n }' "$tmp/p7-check")
	say_count "$total" user
	say_in_p8
	row P7 users "${count% *}${all:+, all of them}; in P8 already: $in_p8"
	contacts_of_p7
	[ ! -s "$tmp/unknown" ] || row P7 unknown "named, but no user of P7: $(wc -l <"$tmp/unknown")"
	[ -z "${without_files:-}" ] || return 0
	files_of_p7 >"$tmp/files" || [ $? = 1 ] || die 74 "the files of P7 cannot be read; see above"
	read -r files file_bytes <"$tmp/files"
	say_count "$files" file && say_size "$file_bytes"
	row P7 files "${count% *}, $size to be brought"
}

# As many as the closing sentence will name: p7-transform makes contacts of cards, too.
contacts_of_p7() {
	local feed=/dev/null from=(--without files,corporate,calendars) status
	[ -n "$all" ] || feed=$tmp/users from+=(--users -)
	run_extract "${from[@]}" | run_transform | grep -c '^{"kind":"CONTACT"' >"$tmp/contacts"
	status=("${PIPESTATUS[@]:0:2}")
	settle "${status[@]}" || [ $? = 1 ] || die 74 "the contacts of P7 cannot be read; see above"
	say_count "$(cat "$tmp/contacts")" contact
	row P7 contacts "${count% *}"
}

# Number and bytes of the files that are to be brought; their content is not read.
files_of_p7() {
	local who feed
	whom 3
	run_extract "${who[@]}" --only files,corporate --files-by-reference |
		awk -F '"size":' '/^{"kind":"FILE"/ && !/"directory":true/ { n++; size += $2 + 0 }
			END { printf "%d %.0f\n", n, size }'
}

# What P8 does not have, or does not show, is said before all else.
look_at_p8() {
	p8_load --check >"$tmp/p8-check" ||
		die $? "P8 cannot be used; see above"
	sed -n 's/^\(calendars\|cards\|team contacts\) /P8  &/p' "$tmp/p8-check" 2>/dev/null || no_output
}

check_p8() {
	grep -v '^\(ready\|calendars\|cards\|team contacts\) ' "$tmp/p8-check" | sed -e 's/^P8     /version/' -e 's/^/P8  /' 2>/dev/null || no_output
	run_transform --print-differences >"$tmp/differences" ||
		die $? "the mapping cannot be used; see above"
	sed 's/^/P8  attributes     /' "$tmp/differences" 2>/dev/null || no_output
}

# What P7 has and P8 gets not, by kind; and P7's settings, for review.
left_out() {
	local line
	feed=/dev/null run_extract --only settings >"$tmp/settings" || [ $? = 1 ] ||
		die 74 "P7 cannot be read; see above"
	p8_load --quiet --report "$tmp/settings" >"$tmp/left" || die 74 "P7 cannot be read; see above"
	while IFS= read -r line; do
		say "$line"
	done <"$tmp/left"
	settings_list "$tmp/settings"
}

# Room for files, and for the tables where the server's disk can be seen from here.
need() {
	local free datadir size
	p8_load --measure >"$tmp/measure" || die $? "P8's server cannot be measured; see above"
	if [ "$file_bytes" -gt 0 ]; then
		free=$(df -B1 --output=avail "$p8/data" | tail -n 1)
		say_size "$file_bytes"
		if [ "$free" -lt "$file_bytes" ]; then
			row P8 refused "$size of files are to come, which is more than its disk has free"
			refused=1
		else
			row P8 'disk, files' "$size to come; there is room"
		fi
	fi
	say_size $((2 * table_bytes))
	datadir=$(sed -n 's/^datadir\t//p' "$tmp/measure")
	if [ ! -d "$datadir" ]; then
		row P8 'disk, tables' "its server needs about $size (twice P7's tables); look there"
	elif [ "$(df -B1 --output=avail "$datadir" | tail -n 1)" -lt $((2 * table_bytes)) ]; then
		row P8 refused "its tables need about $size (twice P7's), more than $datadir has free"
		refused=1
	else
		row P8 'disk, tables' "about $size (twice P7's tables) have room in $datadir"
	fi
}

# How long: some users are read, turned into P8's records and looked up in P8, and rows are written
# into a table that only this connection sees and that goes with it; the rest is multiplication.
measure() {
	local n begun ended rate copy span count todo=$((total - there))
	[ "$todo" != 0 ] || {
		row '' time "nothing is to be done"
		return
	}
	# names that P7 does not have are the last ones
	awk -v n="$todo" -v want="$SAMPLE" 'BEGIN { step = n > want ? n / want : 1 }
		NR > n { exit }
		NR >= next_one { print; next_one += step }' "$tmp/todo" >"$tmp/sample"
	n=$(wc -l <"$tmp/sample")
	begun=${EPOCHREALTIME/[.,]/}
	feed=$tmp/sample run_extract --users - --files-by-reference | run_transform | run_records | count_rows |
		p8_load --dry-run --quiet >/dev/null
	settle "${PIPESTATUS[@]}" || [ $? = 1 ] || die 74 "some users cannot be read; see above"
	ended=${EPOCHREALTIME/[.,]/}
	rate=$(sed -n 's/^rate\t//p' "$tmp/measure")
	copy=$(copy_rate)
	seconds=$(awk -v us=$((ended - begun)) -v n="$n" -v todo="$todo" -v rows="$(cat "$tmp/rows")" \
		-v rate="$rate" -v bytes="$file_bytes" -v copy="$copy" 'BEGIN {
			printf "%.0f", 1 + us / 1e6 * todo / n + rows * todo / n / rate + bytes / copy }')
	say_span "$seconds"
	say_count "$todo" user
	row '' time "about $span for $count, by $n of them; $rate rows a second can be written"
}

# Passes P8's records on; a row for each entity, attribute, card and file in $tmp/rows.
count_rows() {
	awk -v out="$tmp/rows" '{ print } /"entity":/ { n += gsub(/":/, "") - 8; next } { n++ }
		END { print n + 0 >out }'
}

copy_rate() {
	local begun ended
	begun=${EPOCHREALTIME/[.,]/}
	dd if=/dev/zero of="$tmp/probe" bs=1M count=16 conv=fsync 2>/dev/null
	ended=${EPOCHREALTIME/[.,]/}
	rm -f "$tmp/probe"
	echo $((16777216 * 1000000 / (ended - begun)))
}

# Among the files of P7 and P8 nothing of ours is written, whether it is there already or not.
check_trees() {
	local trees=(${p8:+"$p8/data"}) tree real place
	[ -n "${p7_host:-}" ] || trees+=("$p7/data")
	for tree in "${trees[@]}"; do
		real=$(realpath -e -- "$tree" 2>/dev/null) || continue
		[[ $(realpath -m -- "$state")/ != "$real"/* ]] ||
			wrong "the state directory $state is in $tree, whose files must stay what they are; name" \
				"another one with --state"
		[ -n "${log:-}" ] || continue
		for place in "$(realpath -m -- "$log")" "$(realpath -m -- "$(dirname -- "$log")")"; do
			[[ $place/ != "$real"/* ]] || {
				place=$log log= # this, too, would go there
				wrong "--log $place is in $tree, whose files must stay what they are; name another file," \
					"outside of it"
			}
		done
	done
}
