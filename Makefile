# GNU make.  make; make check; make install PREFIX=/usr/local DESTDIR=
# make CC=clang; make SANITIZE=address,undefined (use another BUILD= to keep both)

CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
VERSION := 0.1.0
PKGS := libmariadb yaml-0.1 zlib libxml-2.0 libical nettle libxxhash
PKG_CONFIG ?= pkg-config

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Werror
SAN := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_CPPFLAGS := -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -I$(BUILD) -Ilib \
	$(shell $(PKG_CONFIG) --cflags $(PKGS)) $(CPPFLAGS)
ALL_CFLAGS := -std=c11 $(WARN) $(SAN) $(CFLAGS)
ALL_LDFLAGS := $(SAN) $(LDFLAGS)
LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS))

PROGS := p7-extract p7-transform p8-load dav-schema-upgrade
ROOM_p7-extract := extract
ROOM_p7-transform := transform
ROOM_p8-load := load
ROOM_dav-schema-upgrade := sabredav-schema

# A room is built once its program's main file is there.
BUILT := $(foreach p,$(PROGS),$(if $(wildcard $(ROOM_$(p))/main.c),$(p)))
# A file of a room may name its headers by their folders in that room: "ledger/users.h".
own_headers = -I$(firstword $(subst /, ,$<))
# What a test says in its line "// rooms: extract load", and the same as options.
rooms = sed -n 's|^// rooms:||p' $<
room_headers = $$($(rooms) | sed 's/ / -I/g')
objs = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)/*.c $(1)/*/*.c))
LIBOBJS := $(call objs,lib)
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))

all: $(addprefix $(BUILD)/,$(BUILT))

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(own_headers) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libp7m.a: $(LIBOBJS)
	rm -f $@
	$(AR) rcs $@ $^

define program
$(BUILD)/$(1): $(call objs,$(ROOM_$(1))) $(BUILD)/libp7m.a
	$$(CC) $$(ALL_CFLAGS) $$(ALL_LDFLAGS) -o $$@ $$^ $$(LIBS)
endef
$(foreach p,$(BUILT),$(eval $(call program,$(p))))

# The mapping that is compiled in and the file that people read are the same thing.
$(BUILD)/mapping_yaml.h: transform/mapping.yaml
	@mkdir -p $(@D)
	{ echo 'static const unsigned char mapping_yaml[] = {'; \
	  od -An -v -tx1 $< | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'; echo '};'; } >$@.tmp
	mv $@.tmp $@
$(call objs,transform): | $(BUILD)/mapping_yaml.h

# A unit test names the rooms whose objects (all but main.o) it needs in a line "// rooms: extract load".
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libp7m.a $(foreach r,extract transform load sabredav-schema,$(call objs,$(r)))
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -I. $(room_headers) $(ALL_CFLAGS) \
	  $(ALL_LDFLAGS) -o $@ $< \
	  $$(for r in $$($(rooms)); do \
	    find $$r -name '*.c' ! -name main.c | sed 's|.*|$(BUILD)/&|; s|c$$|o|'; done) \
	  $(BUILD)/libp7m.a $(LIBS) $$($(PKG_CONFIG) --libs cmocka)

unit: $(UNIT)

# Fuzz targets are built with clang; they name their rooms as unit tests do.
FUZZ := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CFLAGS := -std=c11 $(WARN) -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
fuzzobjs = $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c $(1)/*/*.c)))

$(BUILD)/fuzz/%.o: %.c Makefile $(BUILD)/mapping_yaml.h
	@mkdir -p $(@D)
	clang $(own_headers) $(ALL_CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(foreach r,lib extract transform,$(call fuzzobjs,$(r)))
	clang $(ALL_CPPFLAGS) -I. $(room_headers) $(FUZZ_CFLAGS) \
	  -fsanitize=fuzzer -o $@ $< $$(for r in lib $$($(rooms)); do \
	    find $(BUILD)/fuzz/$$r -name '*.o'; done) $(LIBS)

fuzz: $(FUZZ)

check: all unit
	scripts/test

lint:
	scripts/lint

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/p7-migration
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/man/man,1 5 7)
	install -m 755 $(addprefix $(BUILD)/,$(BUILT)) $(DESTDIR)$(PREFIX)/bin/
	install -m 755 scripts/migrate $(DESTDIR)$(PREFIX)/bin/p7-migrate
	install -m 644 scripts/lib/migrate-*.sh $(DESTDIR)$(PREFIX)/share/p7-migration/
	install -m 644 transform/mapping.yaml $(DESTDIR)$(PREFIX)/share/p7-migration/
	for s in 1 5 7; do for f in man/*.$$s; do [ ! -e "$$f" ] || \
	  install -m 644 "$$f" $(DESTDIR)$(PREFIX)/share/man/man$$s/ || exit 1; done; done

clean:
	rm -rf $(BUILD)

.PHONY: all unit fuzz check lint install clean
-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*/*/*.d $(BUILD)/fuzz/*/*.d)
