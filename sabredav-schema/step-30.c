/* 3.0: stored properties get a type, and a principal's own card becomes one of them. */
#include <string.h>

#include "step.h"

static const char *const propertystorage_col[][2] = {
	{ "id", "INT UNSIGNED NOT NULL AUTO_INCREMENT" },
	{ "path", "VARBINARY(1024) NOT NULL" },
	{ "name", "VARBINARY(100) NOT NULL" },
	{ "valuetype", "INT UNSIGNED" },
	{ "value", "MEDIUMBLOB" },
	{ NULL, NULL }
};
const struct layout propertystorage_30 = { "propertystorage", true, propertystorage_col,
    ", UNIQUE KEY `path_property` (`path`(600), `name`)" };

#define ME_CARD "'{http://calendarserver.org/ns/}me-card'"

/*
 * The value is what PHP's serialize() makes of a Sabre\DAV\Xml\Property\Href: its protected member
 * "hrefs" has a name with two NULs.  In hexadecimal the text means the same in every SQL mode.
 */
#define HREF_HEAD "X'4F3A32373A2253616272655C4441565C586D6C5C50726F70657274795C48726566223A" \
	"313A7B733A383A22002A006872656673223B613A313A7B693A303B733A'"

static void me_cards(struct plan *p, bool fresh)
{
	struct table *t = schema_table(p->s, "principals");
	struct buf uri = BUF_INIT(4096), url = BUF_INIT(4096);

	if (t == NULL || !table_has(t, "vcardurl")) {
		plan_note(p, "%s: no principal's own card can be recorded", t == NULL ?
		    "there is no table principals" : "table principals has no column vcardurl");
		return;
	}
	bytes_of(p, &uri, "principals", "uri");
	bytes_of(p, &url, "principals", "vcardurl");
	/* The path is the last segment of the principal's URI; the first principal has it. */
	plan_data(p, STMT_DATA, fresh, NULL, "propertystorage.me-card",
	    "INSERT INTO %T{propertystorage} (`path`, `name`, `valuetype`, `value`)"
	    " SELECT k.path, " ME_CARD ", 3, CONCAT(" HREF_HEAD ", OCTET_LENGTH(%S), ':\"',"
	    " %S, '\";}}') FROM (SELECT MIN(t.`id`) AS id, CONCAT('addressbooks/',"
	    " SUBSTRING_INDEX(TRIM(TRAILING '/' FROM %S), '/', -1)) AS path FROM %I t"
	    " WHERE t.`vcardurl` IS NOT NULL GROUP BY path) k JOIN %I t ON t.`id`=k.id"
	    " LEFT JOIN %T{propertystorage} have ON have.`path`=k.path AND have.`name`=" ME_CARD
	    " WHERE have.`id` IS NULL ORDER BY k.id", url.data, url.data, uri.data, t->name,
	    t->name);
	buf_free(&uri);
	buf_free(&url);
}

void step_30(struct plan *p)
{
	struct table *t = schema_table(p->s, "propertystorage");
	char name[NAME_BUF];
	bool fresh = false;

	if (t == NULL) {
		snprintf(name, sizeof(name), "%spropertystorage", p->s->prefix);
		plan_create(p, &propertystorage_30, name, "propertystorage.create", 0, NULL, 0);
		fresh = true;
	} else if (!table_has(t, "valuetype")) {
		fresh = true;
		plan_backup(p, "propertystorage", SUFFIX_30);
		t = schema_table(p->s, "propertystorage");
		plan_add(p, STMT_DDL, NULL, "propertystorage.alter",
		    "ALTER TABLE %I ADD COLUMN `valuetype` INT UNSIGNED", t->name);
		if (!table_add(t, "valuetype", "INT UNSIGNED", ""))
			plan_fail(p, EXIT_TEMPORARY, "out of memory");
	}
	plan_data(p, STMT_DATA, fresh, NULL, "propertystorage.valuetype",
	    "UPDATE %T{propertystorage} SET `valuetype`=1 WHERE `valuetype` IS NULL");
	me_cards(p, fresh);
}

void step_30_undo(struct plan *p)
{
	undo_backup(p, "propertystorage", SUFFIX_30);
	undo_create(p, "propertystorage");
}
