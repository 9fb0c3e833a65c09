# shellcheck shell=bash
# The stages behind migrate: how they are called, connected, watched and stopped.
# It is part of that script (its variables are all here) and does nothing by itself.

# p7-extract here, or through ssh on the machine where P7 is.
run_extract() {
	local opts=("${extract_opts[@]}" "$@")
	if [ -n "${users_file:-}" ]; then
		opts+=(--users -)
	else
		opts+=("${selection[@]}")
	fi
	case $p7 in
	/* | ./* | ../*) opts=(--p7 "$p7" "${opts[@]}") ;;
	*:*)
		# shellcheck disable=SC2029 # what %q made is to be expanded there
		ssh "${p7%%:*}" "$(printf '%q ' p7-extract --p7 "${p7#*:}" "${opts[@]}")" \
			<"${users_file:-/dev/null}"
		return
		;;
	*) opts=(--p7 "$p7" "${opts[@]}") ;;
	esac
	"$extract" "${opts[@]}" <"${users_file:-/dev/null}"
}

# The status of a pipeline is that of the stage that failed first; "rejected something" only when
# nothing failed, and a broken pipe only when nothing else is known.
settle() {
	local s rejects=0 broken=0
	for s in "$@"; do
		case $s in
		0) ;;
		1) rejects=1 ;;
		141) broken=141 ;;
		*) return "$s" ;;
		esac
	done
	[ "$broken" = 0 ] || return 74
	return "$rejects"
}

# Shows users as they are done: a bar on a terminal, otherwise a line each.  Everything else that
# the stages say, but for the loaders' sums, is passed on.
progress() {
	local total=$1 done=0 line email verdict start=$SECONDS
	while IFS= read -r line; do
		note "$line"
		if [[ $line =~ ^p8-load:\ ([^ ]+@[^ ]+):\ (.*)$ ]]; then
			done=$((done + 1))
			email=${BASH_REMATCH[1]} verdict=${BASH_REMATCH[2]}
			if [ -z "${bar:-}" ] || [ -n "${verbose:-}" ]; then
				clear_bar
				[ -n "${quiet:-}" ] ||
					printf '%*d/%d %s: %s\n' ${#total} "$done" "$total" "$email" "$verdict" >&4
			fi
			[ -z "${bar:-}" ] || draw_bar
		elif [[ $line =~ ^(p8-load:\ [0-9]+\ users\ read:|\ \ ) ]]; then
			: # the ledger knows more: it knows of earlier runs too
		else
			clear_bar
			printf '%s\n' "$line" >&2
		fi
	done
	clear_bar
}

clear_bar() {
	[ -z "${bar:-}" ] || printf '\r\033[K' >&2
}

# The variables are those of progress.
draw_bar() {
	local width=30 filled eta
	filled=$((total > 0 ? done * width / total : 0))
	[ "$filled" -le "$width" ] || filled=$width
	eta=$(((SECONDS - start) * (total > done ? total - done : 0) / done))
	printf '\r\033[K[%s%s] %d of %d users, %d s left, %s' \
		"$(printf '%*s' "$filled" '' | tr ' ' '#')" "$(printf '%*s' $((width - filled)) '')" \
		"$done" "$total" "$eta" "${email:0:36}" >&2
}

describe_target() {
	"$load" --p8 "$p8" "${load_opts[@]}" --describe >"$tmp/target" ||
		die $? "the P8 in $p8 cannot be used; see above"
	mv "$tmp/target" "$state/target.json"
	database=$(jq -r .database "$state/target.json")
	prefix=$(jq -r .prefix "$state/target.json")
	database_options
}

# p8-load with what goes to every call of it; each call has a file of rejects of its own.
loader() {
	local file
	file=$(mktemp "$tmp/rejects.XXXXXX") || return 73
	"$load" --p8 "$p8" "${load_opts[@]}" --rejects "$file" "$@" >&4
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
	run_extract "${from[@]}" | "$transform" --target "$state/target.json" | loader "$@"
	status=("${PIPESTATUS[@]}")
	settle "${status[@]}"
}

# The same one after the other, with a file between each two.
dumped_pipe() {
	local dir=$state/dumps what=users s1 s2=0 s3
	[ "${from[*]}" != --dav ] || what=dav
	mkdir -p "$dir"
	rm -f "$dir/p7-$what.ndjson.gz" "$dir/p8-$what.ndjson.gz"
	run_extract "${from[@]}" -z >"$dir/p7-$what.ndjson.gz"
	s1=$?
	[ "$s1" -le 1 ] || return "$s1"
	"$transform" --target "$state/target.json" -z -o "$dir/p8-$what.ndjson.gz" \
		"$dir/p7-$what.ndjson.gz" || s2=$?
	[ "$s2" -le 1 ] || return "$s2"
	loader "$@" "$dir/p8-$what.ndjson.gz"
	s3=$?
	settle "$s1" "$s2" "$s3"
}

# As many pipes at a time as there are to be loaders, each for a part of the users.
pipes() {
	local i pids=() status=() from=()
	# On one machine the loader copies files itself.
	if [ -d "$p7/data/files" ] && [ -z "${keep:-}" ]; then
		from=(--files-by-reference)
		set -- --files-from "$p7/data" "$@"
	fi
	if [ "$jobs" = 1 ]; then
		pipe "${from[@]}" -- "$@"
		return
	fi
	# What is common to all users comes first, from a part that has no users.
	users_file=/dev/null pipe --shard 1/1 "${from[@]}" -- "$@"
	status=($?)
	[ "${status[0]}" -le 1 ] || return "${status[0]}"
	for ((i = 1; i <= jobs; i++)); do
		pipe --shard "$i/$jobs" "${from[@]}" -- "$@" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
		status+=($?)
	done
	settle "${status[@]}"
}

# Runs a function in the background and waits for it, so that a signal is acted on at once: the
# loaders are asked to stop after their current user.
run_phase() {
	local status
	{
		"$@" 2>&1
		echo $? >"$tmp/status"
	} | progress "$total" &
	running=$!
	while :; do
		wait "$running"
		kill -0 "$running" 2>/dev/null || break
	done
	status=$(cat "$tmp/status" 2>/dev/null) || status=70
	rm -f "$tmp/status"
	if [ -n "${interrupted:-}" ]; then
		report_lists
		die 75 "interrupted; run the same command again, it goes on where it stopped"
	fi
	[ "$status" -le 1 ] || return "$status"
	[ "$status" = 0 ] || rejects=1
}

stop() {
	interrupted=1
	local pid
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

# An option file for clients of P8's database, made from config.json; it is secret and removed at
# the end, unless somebody is to go on with it by hand.
database_options() {
	local config=$p8/data/settings/config.json host
	host=$(jq -r '.DBHost[0]' "$config") || die 78 "$config cannot be read"
	{
		echo "[client]"
		jq -r 'def quoted: "\"" + gsub("\\\\"; "\\\\") + "\"";
			"user=" + (.DBLogin[0] | quoted), "password=" + (.DBPassword[0] | quoted)' "$config"
		case $host in
		*:/*) echo "socket=\"${host#*:}\"" ;;
		*:*) printf 'host="%s"\nport=%s\n' "${host%:*}" "${host##*:}" ;;
		*) echo "host=\"$host\"" ;;
		esac
	} >"$state/p8.cnf"
}

run_schema() {
	"$schema" "$@" --defaults-file "$state/p8.cnf" --database "$database" --prefix "$stage_prefix"
}
