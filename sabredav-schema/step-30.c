/* 3.0: stored properties get a type, and a principal's own card becomes one of them. */
#include <string.h>

#include "step.h"

/* As step 2.0 makes it, but for its valuetype. */
static const struct layout propertystorage = { "propertystorage", true, {
	LAYOUT_ID,
	{ "path", "VARBINARY(1024) NOT NULL" },
	{ "name", "VARBINARY(100) NOT NULL" },
	{ "valuetype", "INT UNSIGNED" },
	{ "value", "MEDIUMBLOB" },
}, ", UNIQUE KEY `path_property` (`path`(600), `name`)" };

#define ME_CARD "'{http://calendarserver.org/ns/}me-card'"

/*
 * The value is what PHP's serialize() makes of a Sabre\DAV\Xml\Property\Href: its protected member
 * "hrefs" has a name with two NULs.  In hexadecimal the text means the same in every SQL mode.
 */
#define HREF_HEAD "X'4F3A32373A2253616272655C4441565C586D6C5C50726F70657274795C48726566223A" \
	"313A7B733A383A22002A006872656673223B613A313A7B693A303B733A'"

static void me_cards(struct plan *p, bool fresh)
{
	const struct table *t = schema_table(p->s, "principals");

	if (t == NULL || !table_has(t, "vcardurl")) {
		plan_note(p, "%s: no principal's own card can be recorded", t == NULL ?
		    "there is no table principals" : "table principals has no column vcardurl");
		return;
	}
	/* The path is the last segment of the principal's URI; the first principal has it. */
	plan_data(p, STMT_DATA, fresh, NULL, "propertystorage.me-card",
	    "INSERT INTO %T{propertystorage} (`path`, `name`, `valuetype`, `value`)"
	    " SELECT k.path, " ME_CARD ", 3, CONCAT(" HREF_HEAD ", OCTET_LENGTH(%B), ':\"',"
	    " %B, '\";}}') FROM (SELECT MIN(t.`id`) AS id, CONCAT('addressbooks/',"
	    " SUBSTRING_INDEX(TRIM(TRAILING '/' FROM %B), '/', -1)) AS path FROM %I t"
	    " WHERE t.`vcardurl` IS NOT NULL GROUP BY path) k JOIN %I t ON t.`id`=k.id"
	    " LEFT JOIN %T{propertystorage} have ON have.`path`=k.path AND have.`name`=" ME_CARD
	    " WHERE have.`id` IS NULL ORDER BY k.id", t, "vcardurl", t, "vcardurl", t, "uri",
	    t->name, t->name);
}

void step_30(struct plan *p)
{
	struct table *t = schema_table(p->s, "propertystorage");
	bool fresh = plan_missing(p, &propertystorage, false);

	if (!fresh && !table_has(t, "valuetype")) {
		fresh = true;
		plan_backup(p, "propertystorage", SUFFIX_30);
		plan_ddl(p, "propertystorage.alter",
		    "ALTER TABLE %I ADD COLUMN `valuetype` INT UNSIGNED", t->name);
		plan_column(p, t, "valuetype", "INT UNSIGNED", "");
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
