// rooms: transform
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mapping_yaml.h"
#include "p8/release.h"
#include "transform/mapping/convert.h"
#include "transform/mapping/column.h"
#include "transform/mapping/mapping.h"

static struct mapping *m, *known;
static struct target target;

static int setup(void **state)
{
	(void)state;
	struct err e;

	m = calloc(1, sizeof(*m));
	known = calloc(1, sizeof(*known));
	target_default(&target);
	return m == NULL || known == NULL || mapping_read(known, (const char *)mapping_yaml,
	    sizeof(mapping_yaml), "built in", &target, NULL, &e) < 0;
}

static int teardown(void **state)
{
	(void)state;
	mapping_free(m);
	mapping_free(known);
	free(m);
	free(known);
	return 0;
}

static int read_text(const char *yaml, size_t n, struct err *e)
{
	memset(e, 0, sizeof(*e));
	mapping_free(m);
	return mapping_read(m, yaml, n, "test.yaml", &target, known, e);
}

/* The built-in mapping with FROM replaced by TO. */
static int read_changed(const char *from, const char *to, struct err *e)
{
	const char *text = (const char *)mapping_yaml;
	const char *at = memmem(text, sizeof(mapping_yaml), from, strlen(from));
	char *copy = malloc(sizeof(mapping_yaml) + strlen(to));
	size_t before, after;
	int rc;

	assert_non_null(at);
	before = (size_t)(at - text);
	after = sizeof(mapping_yaml) - before - strlen(from);
	memcpy(copy, text, before);
	memcpy(copy + before, to, strlen(to));
	memcpy(copy + before + strlen(to), at + strlen(from), after);
	rc = read_text(copy, before + strlen(to) + after, e);
	mapping_free(m);
	free(copy);
	return rc;
}

static void built_in(void **state)
{
	struct err e;
	int at;

	(void)state;
	assert_int_equal(read_text((const char *)mapping_yaml, sizeof(mapping_yaml), &e), 0);
	at = mapping_attr(&m->ent[E_CONTACT], "FullName");
	assert_true(at >= 0);
	assert_string_equal(m->ent[E_CONTACT].attr[at].key, "\"FullName\":");
	assert_int_equal(m->ent[E_CONTACT].attr[at].type, T_STRING);
	assert_string_equal(m->ent[E_COLLECTED].kind, "CONTACT");
	assert_string_equal(m->rec[S_CONTACT].table, "awm_addr_book");
	assert_null(mapping_name(&m->rec[S_CONTACT], "nonsense", 8));
	assert_int_equal(mapping_name(&m->rec[S_CONTACT], "tmp", 3)->slot, -1);
}

/* Attributes of one type stand together, so that each type is one object of the record. */
static void types_are_grouped(void **state)
{
	struct err e;
	unsigned i, j;

	(void)state;
	assert_int_equal(read_text((const char *)mapping_yaml, sizeof(mapping_yaml), &e), 0);
	for (i = 0; i < E_SETTING; i++) {
		bool seen[T_TYPES] = { false };

		for (j = 0; j < m->ent[i].n; j++) {
			enum eav_type t = eav_table(m->ent[i].attr[j].type);

			assert_true(!seen[t] || eav_table(m->ent[i].attr[j - 1].type) == t);
			seen[t] = true;
		}
	}
}

static void mistakes_are_named(void **state)
{
	static const struct {
		const char *from, *to, *message;
	} t[] = {
		{ "Role: {type: int,", "Role: {type: number,", "USER.Role: there is no type" },
		{ "from: USER.def_lang, as: trim", "from: USER.def_lang, as: trimm",
		    "USER.Language: there is no conversion \"trimm\"" },
		{ "from: USER.def_lang", "from: PERSON.def_lang",
		    "USER.Language: \"PERSON." },
		{ "from: USER.def_lang", "from: def_lang",
		    "USER.Language: \"def_lang\" is not a source" },
		{ "from: MADE.folder_type", "from: MADE.nothing",
		    "SYSTEM_FOLDER.Type: MADE has no" },
		{ "Answer2: {", "Answer1: {", "USER: \"Answer1\" stands twice" },
		{ "      Question1: {type: string, from: USER.question_1, as: trim}",
		    "      Question1: {from: USER.question_1}",
		    "USER.Question1: its type is missing" },
		{ "Role: {type: int, value: 2}", "Role: {type: int, value: two}",
		    "USER.Role: \"two\" is not a number" },
		{ "Role: {type: int, value: 2}", "Role: {type: int}", "USER.Role: neither" },
		{ "WriteSeparateLog: {type: bool, value: false}",
		    "WriteSeparateLog: {type: bool, value: no}", "neither true nor false" },
		{ "IdTenant: {ref: tenant}", "IdTenant: {ref: tenent}", "no reference to a" },
		{ "from: [SOCIAL.type_str, SOCIAL.type]", "from: SOCIAL.type_str",
		    "SOCIAL.Type: social-type takes 2 to 2 sources, not 1" },
		{ "since: \"8.7\"", "since: soon", "\"soon\" is not a release" },
		{ "empty: skip", "empty: keep", "\"empty\" can be" },
		{ "long: drop", "long: no", "\"long\" can be" },
		{ "  MEMBERSHIP:", "  MEMBERS:", "there is no entity \"MEMBERS\"" },
		{ "\nentities:", "\nthings:", "\"things\" is not known of a mapping" },
		{ "version: 1", "version: 2", "version 1 is needed" },
		{ "key: id_domain", "key: {a: b}", "\"key\" needs one word" },
		{ "\nrecords:", "\nrecords: [", "not YAML" },
		{ "from: USER.def_lang", "from: USER.def_lng",
		    "USER.Language: USER has no member \"def_lng\"" },
		{ "from: SETTINGS.WebMail/", "from: SETTINGS.",
		    "SERVER.UseFullEmailAddressAsLogin: SETTINGS has members such as" },
		{ "module: Calendar, otherwise: string", "module: Calendar, otherwise: strong",
		    "USER.Calendar::WorkdayStarts: there is no type \"strong\"" },
		{ "      PublicId: {", "      Publicid: {",
		    "USER: the attribute PublicId is missing (string)" },
		{ "      FullName: {type: string, from: CONTACT.fullname, as: trim}",
		    "      FullName: {type: text, from: CONTACT.fullname, as: trim}",
		    "CONTACT: FullName has to be of type string" },
		{ "      Frequency: {type: int, from: CONTACT.use_frequency}",
		    "      Frequency: {type: int, from: CONTACT.use_frequency, empty: skip}",
		    "CONTACT: Frequency cannot be left out" },
	};
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(read_changed(t[i].from, t[i].to, &e), -1);
		assert_int_equal(e.status, EXIT_CONFIG);
		if (strstr(e.msg, t[i].message) == NULL)
			fail_msg("\"%s\" is not in: %s", t[i].message, e.msg);
		assert_non_null(strstr(e.msg, "test.yaml, line "));
	}
	assert_int_equal(read_text("", 0, &e), -1);
	assert_int_equal(read_text("version: 1\n", 11, &e), -1);
	assert_non_null(strstr(e.msg, "is missing"));
}

/* A member of the operator's own has to be announced. */
static void added_members(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(read_changed("    key: id_setting\n", "    key: id_setting\n"
	    "    added: [def_lng, other]\n", &e), 0);
	assert_int_equal(read_changed("    unused: [id_user, id_subscription,",
	    "    added: [id_shoe]\n    unused: [id_user, id_subscription,", &e), 0);
	assert_int_equal(read_changed("    key: id_setting\n", "    key: id_setting\n"
	    "    added: [{a: b}]\n", &e), -1);
}

/* What an error says is where the mistake is. */
static void lines_are_right(void **state)
{
	static const char yaml[] = "version: 1\nrecords: {}\nentities:\n  CTAG:\n    class: C\n"
	    "    module: \"\"\n    attributes:\n      A: {type: int, value: 1}\n"
	    "      B: {type: int, value: x}\n";
	struct err e;

	(void)state;
	assert_int_equal(read_text(yaml, sizeof(yaml) - 1, &e), -1);
	assert_string_equal(e.msg, "test.yaml, line 9: CTAG.B: \"x\" is not a number");
}

static bool has(const char *description, enum entity_kind kind, const char *attr,
    enum eav_type *type)
{
	struct err e;
	int at;

	target_free(&target);
	target_default(&target);
	buf_adds(&target.text, description);
	assert_int_equal(jr_parse(&target.doc, target.text.data, target.text.len, &e), 0);
	target.modules = jr_get(&target.doc, NULL, "modules");
	target.declared = jr_get(&target.doc, NULL, "declared");
	target.release = p8release_parse(jr_str(&target.doc, NULL, "version", ""));
	target.given = true;
	assert_int_equal(read_text((const char *)mapping_yaml, sizeof(mapping_yaml), &e), 0);
	at = mapping_attr(&m->ent[kind], attr);
	if (at >= 0 && type != NULL)
		*type = m->ent[kind].attr[at].type;
	return at >= 0;
}

static void releases_and_modules(void **state)
{
	enum eav_type t;

	(void)state;
	assert_false(has("{\"version\":\"8.5.3\",\"modules\":[]}", E_ACCOUNT, "XOAuth", NULL));
	assert_false(has("{\"version\":\"8.6.1\",\"modules\":[]}", E_ACCOUNT, "XOAuth", NULL));
	assert_true(has("{\"version\":\"8.7.0\",\"modules\":[]}", E_ACCOUNT, "XOAuth", NULL));
	assert_true(has("{\"version\":\"8.5.2\",\"modules\":[]}", E_ACCOUNT, "Signature", &t));
	assert_int_equal(t, T_TEXT);
	assert_true(has("{\"version\":\"8.5.3\",\"modules\":[]}", E_IDENTITY, "Signature", &t));
	assert_int_equal(t, T_MEDIUMBLOB);
	assert_true(has("{\"version\":\"8.8.3.rc6\",\"modules\":[]}", E_SOCIAL, "AccountType",
	    NULL));
	assert_true(has("{\"version\":\"8.5\",\"modules\":[]}", E_USER, "Calendar::DefaultTab",
	    &t));
	assert_int_equal(t, T_STRING);
	assert_true(has("{\"version\":\"8.5\",\"modules\":[\"Calendar\"]}", E_USER,
	    "Calendar::DefaultTab", &t));
	assert_int_equal(t, T_INT);
	assert_false(has("{\"version\":\"8.5\",\"modules\":[]}", E_USER, "TwoFactorAuth::Secret",
	    NULL));
	assert_true(has("{\"version\":\"8.5\",\"modules\":[\"TwoFactorAuth\"]}", E_USER,
	    "TwoFactorAuth::Secret", &t));
	assert_int_equal(t, T_ENCRYPTED);
	assert_true(has("{\"version\":\"8.3.20\",\"modules\":[\"TwoFactorAuth\"]}", E_USER,
	    "TwoFactorAuth::Secret", &t));
	assert_int_equal(t, T_STRING);
	assert_false(has("{\"version\":\"8.3.20\",\"modules\":[\"TwoFactorAuth\"]}", E_USER,
	    "TwoFactorAuth::IsEncryptedSecret", NULL));
	target_free(&target);
}

/* A description of release 8.5.3 whose modules Mail and TwoFactorAuth declare that. */
static const char *declares(const char *mail, const char *two_factor)
{
	static char text[4096];

	snprintf(text, sizeof(text), "{\"version\":\"8.5.3\",\"modules\":[\"Core\",\"Mail\","
	    "\"TwoFactorAuth\",\"Calendar\"],\"declared\":{\"Mail\":{\"classes\":{"
	    "\"Aurora\\\\Modules\\\\Mail\\\\Classes\\\\Account\":%s}},\"TwoFactorAuth\":{"
	    "\"extends\":{\"complete\":true,\"classes\":{"
	    "\"Aurora\\\\Modules\\\\Core\\\\Classes\\\\User\":{%s}}}},"
	    "\"Calendar\":{\"extends\":null}}}", mail, two_factor);
	return text;
}

static void what_the_target_declares(void **state)
{
	static const char whole[] = "{\"complete\":true,\"attributes\":{\"IdUser\":\"int\","
	    "\"ServerId\":\"int\",\"Email\":\"string\",\"IsDisabled\":\"bool\","
	    "\"UseToAuthorize\":\"bool\",\"Signature\":\"text\",\"XOAuth\":\"string\","
	    "\"UseThreading\":\"int\",\"FriendlyName\":\"nodb\",\"IncomingPassword\":null}}";
	static const char part[] = "{\"complete\":false,\"attributes\":{\"Signature\":\"text\"}}";
	static const char secret[] = "\"TwoFactorAuth::Secret\":\"string\"", both[] =
	    "\"TwoFactorAuth::Secret\":\"string\",\"TwoFactorAuth::IsEncryptedSecret\":\"bool\"";
	enum eav_type t;

	(void)state;
	/* 8.5.3 has it as mediumblob, and no XOAuth */
	assert_true(has(declares(whole, ""), E_ACCOUNT, "Signature", &t));
	assert_int_equal(t, T_TEXT);
	assert_true(has(declares(whole, ""), E_ACCOUNT, "XOAuth", &t));
	assert_true(has(declares(whole, ""), E_ACCOUNT, "UseThreading", &t));
	assert_int_equal(t, T_INT);
	assert_false(has(declares(whole, ""), E_ACCOUNT, "FriendlyName", NULL));
	assert_false(has(declares(whole, ""), E_ACCOUNT, "FoldersOrder", NULL));
	assert_true(has(declares(whole, ""), E_ACCOUNT, "IncomingPassword", &t));
	assert_int_equal(t, T_ENCRYPTED);
	assert_non_null(strstr(m->differs.data,
	    "ACCOUNT.Signature: P8 declares it as text, the mapping has it as mediumblob\n"));
	assert_non_null(strstr(m->differs.data,
	    "ACCOUNT.XOAuth: P8 declares it as string, the mapping leaves it out\n"));
	assert_non_null(strstr(m->differs.data,
	    "ACCOUNT.FoldersOrder: P8 does not declare it, the mapping has it as mediumblob\n"));
	assert_null(strstr(m->differs.data, "ACCOUNT.Email"));
	assert_null(strstr(m->differs.data, "Calendar::"));
	/* what could not be read whole leaves the rest to the mapping */
	assert_true(has(declares(part, ""), E_ACCOUNT, "Signature", &t));
	assert_int_equal(t, T_TEXT);
	assert_true(has(declares(part, ""), E_ACCOUNT, "FoldersOrder", &t));
	assert_int_equal(t, T_MEDIUMBLOB);
	assert_true(has(declares(part, ""), E_IDENTITY, "Signature", &t));
	assert_int_equal(t, T_MEDIUMBLOB);
	assert_true(has(declares(part, ""), E_USER, "Calendar::DefaultTab", &t));
	assert_int_equal(t, T_INT);
	/* a secret is encrypted where the module says that it can be */
	assert_true(has(declares(part, both), E_USER, "TwoFactorAuth::Secret", &t));
	assert_int_equal(t, T_ENCRYPTED);
	assert_true(has(declares(part, secret), E_USER, "TwoFactorAuth::Secret", &t));
	assert_int_equal(t, T_STRING);
	assert_false(has(declares(part, secret), E_USER, "TwoFactorAuth::IsEncryptedSecret", NULL));
	assert_false(has(declares(part, ""), E_USER, "TwoFactorAuth::Secret", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(built_in, setup, teardown),
		cmocka_unit_test_setup_teardown(types_are_grouped, setup, teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_named, setup, teardown),
		cmocka_unit_test_setup_teardown(added_members, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_are_right, setup, teardown),
		cmocka_unit_test_setup_teardown(releases_and_modules, setup, teardown),
		cmocka_unit_test_setup_teardown(what_the_target_declares, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
