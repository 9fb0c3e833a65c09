#!/usr/bin/env bats
# scripts/layers, given a small tree that holds, and then each way of not holding.
# not sanitized

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	mkdir -p lib/p8 load/base load/kinds extract transform sabredav-schema tests scripts
	echo '.:' >lib/LAYERS
	echo 'p8: lib' >>lib/LAYERS
	printf '%s\n' '.: kinds base lib' 'kinds: base lib lib/p8 # codecs' 'base: lib' >load/LAYERS
	for r in extract transform sabredav-schema; do
		echo '.: lib' >"$r/LAYERS"
		file "$r/main" text '' text
	done
	file lib/text text '' ''
	file lib/p8/crypt crypt text.h text
	file load/base/fit fit text.h text
	file load/kinds/card card 'base/fit.h p8/crypt.h' 'fit crypt'
	file load/main load kinds/card.h card
	build
}

setup() {
	cp -a "$BATS_FILE_TMPDIR/." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# A header and a source: file PATH FUNCTION "HEADERS THAT ARE INCLUDED" "FUNCTIONS THAT ARE CALLED"
file() {
	local h f
	{
		for h in $3; do echo "#include \"$h\""; done
		for f in $4; do echo "void $f(void);"; done
		echo "void $2(void);"
		echo "void $2(void) {"
		for f in $4; do echo "$f();"; done
		echo "}"
	} >"$1.c"
	echo "void $2(void);" >"$1.h"
}

# What is new or was altered.
build() {
	local f
	for f in {lib,extract,transform,sabredav-schema,load}{,/*}/*.c; do
		[ -e "$f" ] && [ ! "build/${f%c}o" -nt "$f" ] || continue
		mkdir -p "build/${f%/*}"
		gcc -Ilib "-I${f%%/*}" -c -o "build/${f%c}o" "$f" || return
	done
}

layers() {
	build
	run "$BATS_TEST_DIRNAME/../../scripts/layers" --tree . "$@"
}

# The check fails with one line and it is this one.
fails() {
	[ "$status" = 1 ]
	diff <(printf '%s\n' "$@") <(printf '%s\n' "$output")
}

@test "layers: a tree that holds passes" {
	layers
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "layers: an include that the table does not allow" {
	file load/base/fit fit kinds/card.h text
	layers load
	fails "load/base/fit.c:1: load/base may not include load/kinds/card.h"
	file load/base/fit fit p8/crypt.h text
	layers load
	fails "load/base/fit.c:1: load/base may not include lib/p8/crypt.h"
	sed -i 's/p8.crypt/none/' load/base/fit.c
	touch -r load/base/fit.h load/base/fit.c
	layers load
	fails "load/base/fit.c:1: there is no none.h"
}

@test "layers: a table that does not fit the folders" {
	echo 'disk: lib store' >>load/LAYERS
	layers load
	fails "load/LAYERS: there is no folder load/disk with sources" \
		"load/LAYERS: there is no folder load/store with sources"
	sed -i '/^base/d; /^disk/d' load/LAYERS
	layers load
	fails "load/LAYERS has no line for load/base" \
		"load/base/fit.c:1: load/base may not include lib/text.h"
	rm load/LAYERS
	layers
	fails "load/LAYERS is missing"
}

@test "layers: files of two folders that need each other" {
	file load/base/fit fit text.h 'text card'
	layers load
	fails "files of load/base, load/kinds need each other, by symbols: load/base/fit load/kinds/card"
}

@test "layers: more than four files of one folder that need each other" {
	local i
	for i in 1 2 3 4; do
		file "load/kinds/k$i" "k$i" '' "k$((i % 4 + 1))"
	done
	layers load
	[ "$status" = 0 ]
	file load/kinds/k4 k4 '' k5
	file load/kinds/k5 k5 '' k1
	layers load
	fails "5 files need each other, by symbols: load/kinds/k1 load/kinds/k2 load/kinds/k3\
 load/kinds/k4 load/kinds/k5"
	for i in 1 2 3 4 5; do
		file "load/kinds/k$i" "k$i" "k$((i % 5 + 1)).h" ''
	done
	layers load
	fails "5 files need each other, by includes: load/kinds/k1 load/kinds/k2 load/kinds/k3\
 load/kinds/k4 load/kinds/k5"
}

@test "layers: codecs of P7 and P8 in dav-schema-upgrade" {
	file lib/way way '' crypt
	file sabredav-schema/main main '' way
	layers sabredav-schema
	fails "dav-schema-upgrade links lib/p8/crypt, which lib/way needs"
	layers transform
	[ "$status" = 0 ]
	file sabredav-schema/main main '' text
	echo '.: lib lib/p8' >sabredav-schema/LAYERS
	layers sabredav-schema
	fails "sabredav-schema/LAYERS allows lib/p8: dav-schema-upgrade must know nothing of P7 and P8"
}

@test "layers: own ways to grow an array and to run out of memory" {
	echo '// realloc(p, 1)' >>load/main.c
	layers load
	fails "load/main.c has a realloc of its own; use GROW (lib/grow.h)"
	sed -i '$d' load/main.c
	echo '// "out of memory"' >>load/kinds/card.c
	layers load
	fails 'load/kinds/card.c says "out of memory" itself; use err_memory (lib/err.h)'
}

@test "layers: the length of files and lines" {
	printf '%600s' '' | tr ' ' '\n' >scripts/run.sh
	printf '%600s' '' | tr ' ' '\n' >lib/long.h
	printf '//\t%092d\n' 1 >lib/wide.h
	layers
	[ "$status" = 0 ]
	echo >>scripts/run.sh
	echo >>lib/long.h
	printf '//\t%093d\n' 1 >lib/wide.h
	layers
	fails "lib/long.h has more than 600 lines" "lib/wide.h:1: more than 100 columns" \
		"scripts/run.sh has more than 600 lines"
}
