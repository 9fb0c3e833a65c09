# Files of P7 that cannot be read (A10) or became something else (D03), and directories of P8 as they
# are on real sites (A13) or after somebody's hand (D14).
# not sanitized

load ../load

setup() {
	fresh_p8
	small
	F=$D/p7data/files/private/ann@north.test
	mkdir -p "$F/Büro"
	echo 'hello, world' >"$F/hello.txt"
	printf 'a plan of many words' >"$F/Büro/plan.txt"
	: >"$F/Büro/empty.bin"
	jq -c 'select(.kind != "FILE_CHUNK") | del(.sha256)' "$D/small.ndjson" >"$D/ref.ndjson"
	chmod 600 "$D/ref.ndjson"
}

refer() {
	load -q --files-from "$D/p7data" --rejects "$D/rejects" "$D/ref.ndjson"
}

files_of_ann() {
	printf '%s\n' "$D/p8/data/files/private/$(sql "select uuid from au_p7m_users
		where email='ann@north.test'")"
}

codes() {
	jq -r 'select(.user == "ann@north.test" and .kind == "REJECT").code' "$D/rejects"
}

@test "A10, D93: a file of P7 that may not be read ends the run; the next one goes on" {
	[ "$(id -u)" = 0 ] || skip "only root can be two users"
	let_others_in
	chmod 000 "$F/Büro/plan.txt"
	chown -R 65534:65534 "$D/p8" "$D/ref.ndjson"
	exits 77 setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN/p8-load" --p8 "$D/p8" --edited \
		-q --files-from "$D/p7data" "$D/ref.ndjson"
	[[ $output == *plan.txt*"a user who may read P7's files"* ]]
	[ "$(sql "select count(*) from au_p7m_users where email='ann@north.test' and state='done'")" = 0 ]
	chmod 644 "$F/Büro/plan.txt"
	run refer
	[ -z "$(codes)" ]
	[ "$(cat "$(files_of_ann)/Büro/plan.txt")" = 'a plan of many words' ]
}

@test "A10: no files at all in P7's place are a disk that is not mounted" {
	rm -r "$D/p7data/files/private"
	exits 66 refer
	[[ $output == *mounted* ]]
	# of what is not mounted an empty directory may be there
	mkdir "$D/p7data/files/private"
	exits 66 refer
	[[ $output == *"is empty"*mounted* ]]
	[ "$(sql "select count(*) from au_p7m_users where email='ann@north.test' and state='done'")" = 0 ]
	# a user's own that are gone are rejected
	mkdir "$D/p7data/files/private/ben@north.test"
	exits 1 refer
	[ "$(codes | sort -u)" = file-missing ]
}

@test "D03: what is no file any more is rejected, and nothing waits for it" {
	rm "$F/Büro/plan.txt" "$F/Büro/empty.bin" "$F/hello.txt"
	mkfifo "$F/Büro/plan.txt"
	mkdir "$F/Büro/empty.bin"
	ln -s /dev/zero "$F/hello.txt"
	exits 1 timeout 60 bash -c '"$@"' sh p8-load --p8 "$D/p8" --edited -q --files-from "$D/p7data" \
		--rejects "$D/rejects" "$D/ref.ndjson"
	[ "$(codes | sort | uniq -c | xargs)" = '3 file-special' ]
}

@test "A13, D92: directories and files are as those that P8 makes there" {
	[ "$(id -u)" = 0 ] || skip "only root can give files away"
	local f
	chown -R 0:33 "$D/p8/data"
	chmod 2775 "$D/p8/data"
	exits 0 load --check
	! grep -q 'could not use the files' <<<"$output" || return 1
	run load -q "$D/small.ndjson"
	f=$(files_of_ann)
	[ "$(stat -c '%u:%g %a' "$f" "$f/Büro" | sort -u)" = '0:33 2775' ]
	[ "$(stat -c '%u:%g %a' "$f/hello.txt")" = '0:33 664' ]
	# the owner's, too, where that is not who runs this
	run load --undo --all --yes
	chown -R 33:34 "$D/p8/data"
	run load -q "$D/small.ndjson"
	f=$(files_of_ann)
	[ "$(stat -c '%u:%g' "$f" "$f/Büro" "$f/hello.txt" "$f/Büro/plan.txt" | sort -u)" = '33:34' ]
	chown 0:0 "$D/p8/data/files/private"
	chmod 755 "$D/p8/data/files/private"
	exits 0 load --check
	grep -q 'could not use the files' <<<"$output"
}

@test "D14: a user's directory that became a link is not followed, and the undo ends" {
	local f
	run load -q "$D/small.ndjson"
	f=$(files_of_ann)
	mv "$f" "$D/elsewhere"
	ln -s "$D/elsewhere" "$f"
	exits 0 load --undo --force ann@north.test
	[[ $output == *'stays: 3 files'* ]]
	[ "$(cat "$D/elsewhere/hello.txt")" = 'hello, world' ]
	[ "$(sql "select count(*) from au_p7m_users where email='ann@north.test'")" = 0 ]
}

@test "D14: what an interrupted load left is removed however deep it is, and no link is followed" {
	local stage deep
	stage=$D/p8/data/files/private/.p7m-$(jq -r 'select(.kind == "USER_BEGIN" and
		.email == "ann@north.test") | .uuid' "$D/small.ndjson")
	mkdir -p "$stage/b/c/d" "$stage/b/c/e/f" "$D/outside"
	echo kept >"$D/outside/kept"
	touch "$stage/b/c/d/x" "$stage/b/c/e/f/y" "$stage/.p7m-removed-0"
	ln -s "$D/outside" "$stage/b/c/d/link"
	printf -v deep 'd/%.0s' {1..1990}
	(cd "$stage" && mkdir -p "$deep" && touch "${deep}file" && ln -s "$D/outside" "${deep}link")
	(ulimit -n 256 && exits 0 load -q "$D/small.ndjson")
	[ ! -e "$stage" ]
	[ "$(cat "$D/outside/kept")" = kept ]
	load --verify
}
