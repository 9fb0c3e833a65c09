# shellcheck shell=bash
# The stages behind migrate: how they are called, connected, and stopped.
# It is part of that script (its variables are all here) and does nothing by itself.

# p7-extract here, or through ssh on the machine where P7 is; it reads a list from $feed.
run_extract() {
	local opts=("${extract_opts[@]}" "${again[@]}" "$@") status said=
	if [ -n "${p7_host:-}" ]; then
		# What the first call says of the files over there need not be said again.
		[ ! -e "$tmp/asked" ] || said='P7M_MODES_SAID=1 '
		: >"$tmp/asked"
		# shellcheck disable=SC2029 # what %q made is to be expanded there
		ssh -- "$p7_host" "$said$(printf '%q ' p7-extract --p7 "$p7_dir" "${opts[@]}")" <"$feed"
		status=$?
		[ "$status" != 127 ] || {
			echo "$name: ssh finds no p7-extract in PATH on $p7_host; install it there" >&2
			status=69
		}
		return "$status"
	fi
	"$extract" --p7 "$p7" "${opts[@]}" <"$feed"
}

run_transform() {
	"$transform" --target "$state/target.json" "${transform_opts[@]}" "$@"
}

# The status of a pipeline is that of the stage that failed first; "rejected something" only when
# nothing failed.  A stage that could not write (74; 141 when a signal told it so) is the first one
# only when none behind it says why.  A stream that is cut (65) follows from the stage before.  255
# is ssh's, for a lost connection as well as for a p7-extract that had nobody to write to.
settle() {
	local s rejects=0 broken= lost=
	for s in "$@"; do
		case $s in
		0) ;;
		1) rejects=1 ;;
		74 | 141) broken=1 ;;
		255) lost=1 ;;
		65) [ -n "$lost$broken" ] || return 65 ;;
		*) return "$s" ;;
		esac
	done
	[ -z "$lost" ] || return 69
	[ -z "$broken" ] || return 74
	return "$rejects"
}

describe_target() {
	local opts=() sources
	# what --check says itself
	[ "$mode" != check ] || opts=(--quiet)
	p8_load "${opts[@]}" --describe >"$tmp/target" ||
		die $? "the P8 in $p8 cannot be used; see above"
	mv "$tmp/target" "$state/target.json"
	IFS=$'\t' read -r database has_dav has_ledger sources prefix < <(p8_load --list target)
	extract_opts+=(--known-sources "$sources")
	[ "$has_dav" = dav ] || lite=1
	[ -n "${lite:-}" ] || [ -z "${without_cards:-}" ] || wrong "--without cards is for a P8 that has" \
		"no tables for them (WebMail Lite), and the P8 in $p8 has"
	[ -z "${lite:-}" ] || [ "$dav" = all ] || [ "$dav" = none ] ||
		wrong "the P8 in $p8 has no tables for calendars (WebMail Lite): there is no step to stop" \
			"before or to skip"
	[ -n "${stage_prefix+set}" ] || stage_prefix=${prefix}p7dav_
	[ "$dav" != stop ] && [ "$dav" != skip ] && [ ! -e "$state/staged-prefix" ] ||
		p8_load --option-file -o "$tmp/p8.cnf" || die $? "$state cannot be written"
}

p8_load() {
	"$load" --p8 "$p8" "${load_opts[@]}" "$@"
}

# The p8-load of a run; each call has a file of rejects of its own.
loader() {
	local file
	file=$(mktemp "$tmp/rejects.XXXXXX") || return 73
	p8_load ${log:+--log "$log" --log-format "$log_format"} \
		--rejects "$file" --events 2 "$@" >&4
}

# The DAV records of the stream to the schema that P8 has; or, after steps by hand, the staged ones in
# their place.
run_records() {
	local staged=()
	[ "$dav" != skip ] || staged=(--staged "$stage_prefix" --defaults-file "$tmp/p8.cnf" --database "$database")
	"$schema" records "${staged[@]}" "$@"
}

# One pipe from P7 to P8; options for p7-extract before "--", for p8-load after it.
pipe() {
	local from=() status
	while [ "$1" != -- ]; do
		from+=("$1")
		shift
	done
	shift
	if [ -n "${keep:-}" ]; then
		dumped_pipe "$@"
		return
	fi
	run_extract "${from[@]}" | run_transform | run_records | loader "$@"
	status=("${PIPESTATUS[@]}")
	settle "${status[@]}"
}

# The same one after the other, with a file between each two.
dumped_pipe() {
	local dir=$state/dumps s1 s2=0 s3=0 s4
	mkdir -p "$dir"
	run_extract "${from[@]}" -z >"$tmp/dump"
	s1=$?
	[ "$s1" -le 1 ] || return "$s1"
	# What is of one run is together: the later stages' dumps of an earlier run go.
	mv "$tmp/dump" "$dir/p7.ndjson.gz" || return 74
	rm -f "$dir/p8-1.8.ndjson.gz" "$dir/p8.ndjson.gz"
	run_transform -z -o "$dir/p8-1.8.ndjson.gz" "$dir/p7.ndjson.gz" || s2=$?
	[ "$s2" -le 1 ] || return "$s2"
	run_records -z -o "$dir/p8.ndjson.gz" "$dir/p8-1.8.ndjson.gz" || s3=$?
	[ "$s3" -le 1 ] || return "$s3"
	loader "$@" "$dir/p8.ndjson.gz"
	s4=$?
	settle "$s1" "$s2" "$s3" "$s4"
}

# All that is to be brought.
bring() {
	local from=() who feed
	[ -z "${without_cards:-}" ] || set -- --without cards "$@"
	set -- --jobs "$jobs" "$@"
	# On one machine the loader copies files itself.
	if [ -d "$p7/data/files" ] && [ -z "${keep:-}" ]; then
		from=(--files-by-reference)
		set -- --files-from "$p7/data" "$@"
	fi
	if [ "$dav" = skip ]; then
		run_records "$state/staged.ndjson.gz" | loader "$@"
		settle "${PIPESTATUS[@]}"
		return
	fi
	whom 2
	pipe "${who[@]}" "${from[@]}" -- "$@"
}

# Runs a function in the background and waits for it, so that a signal is acted on at once: the
# loaders are asked to stop after their current user.
run_phase() {
	local status
	[ -z "${interrupted:-}" ] || end_interrupted
	# Its place is taken before the disk may be full; it is written over.
	echo ... >"$tmp/status" || die 74 "$state cannot be written"
	trap '' USR1 # until both sides have their own
	{
		trap : USR1
		"$@" 2>&1
		printf '%03d\n' $? 1<>"$tmp/status"
	} | progress &
	running=$!
	trap tell USR1
	while :; do
		wait "$running"
		kill -0 "$running" 2>/dev/null || break
	done
	running=
	status=$(cat "$tmp/status" 2>/dev/null)
	if [[ $status == [0-9][0-9][0-9] ]]; then
		status=$((10#$status))
	elif full_disk; then
		status=74
	else
		status=137 # nobody was left to write it
	fi
	rm -f "$tmp/status"
	[ -z "${interrupted:-}" ] || end_interrupted
	[ "$status" -le 1 ] || return "$status"
	[ "$status" = 0 ] || rejects=1
}

# Users could not be brought: STATUS.  Only what passes by itself is worth the same command again.
end_early() {
	local text="the migration ended early; see above"
	case $1 in
	69 | 75) text+=", and $rerun" ;;
	1??) ;; # by a signal: die says more
	*) text+=", mend that, then ${rerun/the same command/it}" ;;
	esac
	die "$1" "$text"
}

end_interrupted() {
	! ledger_is_there || report interrupted
	die 75 "interrupted; $rerun, it goes on where it stopped"
}

stop() {
	local pid
	event stop "asked to stop: waiting for the end of the current user"
	interrupted=1
	for pid in $(pgrep -x p8-load); do
		! descends "$pid" || kill -TERM "$pid" 2>/dev/null
	done
}

descends() {
	local pid=$1
	while [ "$pid" -gt 1 ]; do
		pid=$(ps -o ppid= -p "$pid" 2>/dev/null) || return 1
		pid=${pid// /}
		[ "$pid" != $$ ] || return 0
	done
	return 1
}

# SIGUSR1
tell() {
	if [ -n "${running:-}" ]; then
		kill -USR1 "$running" 2>/dev/null
	else
		printf '%s: %s\n' "$name" "${phase:-looking at both installations}" >&2
	fi
}

# One run at a time for one P8: p8-load holds its lock as long as this script or a stage that it
# started is there, since all of them have the other end of its standard input.
one_at_a_time() {
	local word='' text waited='' pid status
	coproc LOCK { exec "$load" --p8 "$p8" "${load_opts[@]}" --lock "${lock_opts[@]}" 3>&- 4>&-; }
	pid=$LOCK_PID
	# With few descriptors the coprocess has low ones: its output's may be 5, its input's is not 6.
	[ "${LOCK[1]:-6}" != 6 ] || die 75 "the limit of open files (ulimit -n) is too low; raise it, then" \
		"run the same command again"
	exec 6<&"${LOCK[0]}" 5>&"${LOCK[1]}"
	# Signals are heeded between two reads; what a read that ended early has got is kept.
	while :; do
		IFS= read -r -t 1 text <&6
		status=$? word+=$text
		[ -z "${interrupted:-}" ] || end_interrupted
		[ "$status" -le 128 ] || continue
		[[ $word = waiting$'\t'* ]] || break
		text=${word#*$'\t'} word='' phase=wait waited=1
		event phase "Waiting: $text" phase '"wait"'
		print_line "Waiting: $text"
	done
	[ "$word" = locked ] || {
		wait "$pid"
		die $? "the lock of P8's database could not be had; see above"
	}
	[ -z "$waited" ] || phase go "Going on: the other run has ended"
	connected=1
	phase=
}

run_schema() {
	"$schema" "$@" --defaults-file "$tmp/p8.cnf" --database "$database" --prefix "$stage_prefix"
}
