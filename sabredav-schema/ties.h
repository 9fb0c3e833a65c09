/*
 * Foreign keys and triggers that a site has tied to sabre's tables; and whether ids are unique.
 * A foreign key follows its table when that is renamed, and a trigger fires for each row that a
 * step writes, so steps refuse such tables before they touch one (plan_untied, plan.h).
 * Triggers are seen only by a user with the right TRIGGER.
 */
#ifndef TIES_H
#define TIES_H

#include "schema.h"

/* Fill in ties, update_triggers and key of the tables of S. */
int ties_load(struct schema *s, struct db *db, struct err *e);

#endif
