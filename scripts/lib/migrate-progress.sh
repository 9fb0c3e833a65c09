# shellcheck shell=bash
# What is said while migrate runs: messages, the log, the bar, a line every half minute, the state.
# It is part of that script (its variables are all here) and does nothing by itself.
# Nothing here starts a process for a user or a line.

# quoted: $1 as a JSON string
json_text() {
	quoted=${1//\\/\\\\}
	quoted=${quoted//\"/\\\"}
	quoted=${quoted//$'\t'/\\t}
	quoted=\"${quoted//[[:cntrl:]]/ }\"
}

# What moves the cursor, forges a line or turns the direction of writing, as the programs show it.
build_hidden() {
	local i char
	hidden_chars=() hidden_shown=()
	for ((i = 1; i < 160; i++)); do
		[ "$i" -lt 32 ] || [ "$i" -ge 127 ] || continue
		if [ "$i" -lt 128 ]; then
			printf -v char '\\x%02x' "$i"
		else
			printf -v char '\\xc2\\x%02x' "$i"
		fi
		hide "$char"
	done
	for char in '\xd8\x9c' '\xe2\x80\x8'{e,f} '\xe2\x80\xa'{8,9,a,b,c,d,e} '\xe2\x81\xa'{6,7,8,9} \
		'\xef\xbb\xbf'; do
		hide "$char"
	done
}

# hide BYTES: "\xNN" each
hide() {
	local byte shown=''
	for byte in ${1//\\x/ }; do
		printf -v byte '\\%03o' "0x$byte"
		shown+=$byte
	done
	printf -v byte %b "$1"
	hidden_chars+=("$byte") hidden_shown+=("$shown")
}

# shown: TEXT as it may stand on a terminal, in a log or in a list; as shown.h has it
show_text() {
	local LC_ALL=C i
	shown=$1
	[[ $1 == *[[:cntrl:]$'\xc2\xd8\xe2\xef']* ]] || return 0
	[ -n "${hidden_chars:-}" ] || build_hidden
	for ((i = 0; i < ${#hidden_chars[@]}; i++)); do
		shown=${shown//"${hidden_chars[i]}"/"${hidden_shown[i]}"}
	done
}

# event NAME TEXT [MEMBER JSON]...: a line of the log, in one write.
event() {
	local what=$1 text=$2 stamp line shown
	[ -n "${log:-}" ] || return 0
	TZ=UTC printf -v stamp '%(%Y-%m-%dT%H:%M:%SZ)T' -1
	if [ "$log_format" = text ]; then
		show_text "$text"
		line="$stamp $$ $shown"
	else
		line="{\"v\":1,\"time\":\"$stamp\",\"pid\":$$,\"event\":\"$what\""
		shift 2
		while [ $# -gt 1 ]; do
			line+=",\"$1\":$2"
			shift 2
		done
		json_text "$text"
		line+=",\"text\":$quoted}"
	fi
	printf '%s\n' "$line" 2>/dev/null >>"$log" || {
		printf '%s: the log %s cannot be written and ends here\n' "$name" "$log" >&2
		log=
	}
}

say() {
	event message "$*"
	[ -n "${quiet:-}" ] || print_line "$*"
}

say_always() {
	event message "$*"
	print_line "$*"
}

print_line() {
	local shown
	show_text "$*"
	printf '%s\n' "$shown" 2>/dev/null || no_output
}

say_version() {
	local version
	version=$("$(find_program p7-extract)" --version) || exit
	print_line "p7-migrate${version#p7-extract}"
}

# The run's next part: NAME TEXT
phase() {
	phase=$1
	json_text "$1"
	event phase "$2" phase "$quoted"
	[ -n "${quiet:-}" ] || print_line "$2"
}

# count: a number and what is counted: 1 user, 1,234 users
say_count() {
	count=$1
	while [[ $count =~ ^([0-9]+)([0-9]{3}.*)$ ]]; do
		count=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
	done
	count+=" $2"
	[ "$1" = 1 ] || count+=s
}

# span: seconds as people say them
say_span() {
	if [ "$1" -lt 90 ]; then
		span="$1 s"
	elif [ "$1" -lt 5400 ]; then
		span="$(($1 / 60)) min"
	else
		span="$(($1 / 3600)) h $(($1 % 3600 / 60)) min"
	fi
}

# state: how far it is, how fast, how long still, who is in hand, and what is waited for.
# Only where users are brought it is known how many there will be.
say_state() {
	local seconds=$((SECONDS - start)) did=$((done - there)) rate
	if [ "$phase" != users ]; then
		say_span "$seconds"
		state="${counted:+$counted, }$span so far${email:+, $email}${waiting:+; waiting: $waiting}"
		return
	fi
	say_count "$total" user
	state="$done of $count"
	if [ "$did" -gt 0 ] && [ "$seconds" -gt 0 ]; then
		rate=$((did * 600 / seconds))
		state+=", $((rate / 10)).$((rate % 10)) a minute"
		say_span $(((total > done ? total - done : 0) * seconds / did))
		state+=", $span left"
	fi
	[ -z "$email" ] || state+=", $email"
	[ -z "$waiting" ] || state+="; waiting: $waiting"
}

put_state() {
	local quoted_email quoted_waiting
	say_state
	json_text "$email" && quoted_email=$quoted
	json_text "$waiting" && quoted_waiting=$quoted
	event state "$phase: $state" phase "\"$phase\"" users "$done" total "$total" \
		seconds "$((SECONDS - start))" email "$quoted_email" waiting "$quoted_waiting"
	clear_bar
	printf '%s: %s: %s\n' "$name" "$phase" "$state" >&2
	spoke=$SECONDS
}

# What p8-load tells of users, waiting and the state (--events); every other line is a message.
take_event() {
	local word first second third fourth
	IFS=$'\t' read -r word first second third fourth <<<"${1#?}"
	case $word in
	user)
		done=$((done + 1)) email=$first waiting=
		[ -z "${verbose:-}" ] || [ "$phase" != users ] || {
			clear_bar
			printf '%*d/%d %s: %s\n' ${#total} "$done" "$total" "$email" "$second" 2>/dev/null >&4
		}
		;;
	wait)
		waiting=$first
		[ -n "${bar:-}${quiet:-}" ] || put_state
		;;
	go) waiting= ;;
	state)
		waiting=${fourth#-}
		[ "$third" = - ] || email=$third
		take_counts "$first" "$second"
		;;
	esac
}

# counted: what a loader that brings no users has read so far
take_counts() {
	local count
	[ "$phase" != users ] || return 0
	done=$1 counted=
	[ "$1" = 0 ] || {
		say_count "$1" user
		counted="$count, "
	}
	say_count "$2" row
	counted+=$count
}

# Reads what the stages say until they end: users become a bar on a terminal, a line every half
# minute otherwise; everything else is passed on.
progress() {
	local line part='' status email='' waiting='' counted='' done=0 start=$SECONDS spoke=$SECONDS
	local columns=80 state span quoted count shown told=''
	[ "$phase" != users ] || done=$there
	trap 'put_state' USR1
	trap : INT TERM HUP
	if [ -n "${bar:-}" ]; then
		measure_terminal
		trap 'measure_terminal; drawn=' WINCH
	fi
	while :; do
		IFS= read -r -t 1 line
		status=$?
		if [ "$status" -gt 128 ]; then
			part+=$line
		elif [ "$status" != 0 ] && [ -z "$part$line" ]; then
			break
		else
			line=$part$line part=
			if [[ $line == $'\036'* ]]; then
				take_event "$line"
			else
				event message "$line"
				clear_bar
				show_text "$line"
				printf '%s\n' "$shown" >&2
			fi
		fi
		draw_bar
		[ -n "${bar:-}${quiet:-}" ] || [ $((SECONDS - spoke)) -lt 30 ] || put_state
	done
	clear_bar
}

measure_terminal() {
	columns=$(stty size <&2 2>/dev/null)
	columns=${columns#* }
	case $columns in
	'' | *[!0-9]* | 0) columns=80 ;;
	esac
}

clear_bar() {
	[ -z "${bar:-}" ] || printf '\r\033[K' >&2
	drawn=
}

# Not more often than it can be read.
draw_bar() {
	local width=20 full=#################### empty='                    ' filled
	[ -n "${bar:-}" ] && [ "$phase" = users ] || return 0
	[ "${EPOCHREALTIME/[.,]/}" -ge $((${drawn:-0} + 200000)) ] || return 0
	filled=$((total > 0 ? done * width / total : width))
	[ "$filled" -le "$width" ] || filled=$width
	say_state
	state="[${full:0:filled}${empty:filled}] $state"
	[ -n "$waiting" ] || told=
	# A reason that does not fit stands above, whole.
	if [ -n "$waiting" ] && [ ${#state} -ge "$columns" ]; then
		[ "$told" = "$waiting" ] || {
			clear_bar
			printf '%s: waiting: %s\n' "$name" "$waiting" >&2
			told=$waiting
		}
		state=${state/; waiting: *}"; waiting, see above"
	fi
	printf '\r\033[K%s' "${state:0:columns - 1}" >&2
	drawn=${EPOCHREALTIME/[.,]/}
}
