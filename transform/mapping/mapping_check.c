#include <string.h>

#include "mapping/mapping_read.h"

/*
 * Rows without which P8 does not find an entity, or does not show it: it looks for them in the
 * table of this type, and what it sorts by has to be there even when it is empty.
 */
#define KIND(kind) (1u << E_##kind)
#define SERVERS (KIND(SERVER) | KIND(ACCOUNT_SERVER))
#define CONTACTS (KIND(TEAM_CONTACT) | KIND(CONTACT) | KIND(COLLECTED))
static const struct {
	unsigned kinds;
	const char *name;
	enum eav_type type;
} needed[] = {
	{ SERVERS, "TenantId", T_INT }, { SERVERS, "Name", T_STRING },
	{ SERVERS, "OwnerType", T_STRING }, { SERVERS, "Domains", T_TEXT },
	{ KIND(USER), "IdTenant", T_INT }, { KIND(USER), "Role", T_INT },
	{ KIND(USER), "Name", T_STRING }, { KIND(USER), "PublicId", T_STRING },
	{ KIND(USER), "IsDisabled", T_BOOL },
	{ CONTACTS, "IdUser", T_INT }, { CONTACTS, "IdTenant", T_INT },
	{ CONTACTS, "Storage", T_STRING }, { CONTACTS, "FullName", T_STRING },
	{ CONTACTS, "ViewEmail", T_STRING }, { CONTACTS, "Frequency", T_INT },
	{ CONTACTS, "Auto", T_BOOL }, { CONTACTS, "DateModified", T_DATETIME },
	{ KIND(ACCOUNT), "IdUser", T_INT }, { KIND(ACCOUNT), "ServerId", T_INT },
	{ KIND(ACCOUNT), "Email", T_STRING }, { KIND(ACCOUNT), "IsDisabled", T_BOOL },
	{ KIND(ACCOUNT), "UseToAuthorize", T_BOOL },
	{ KIND(SYSTEM_FOLDER), "IdAccount", T_INT }, { KIND(SYSTEM_FOLDER), "Type", T_INT },
	{ KIND(IDENTITY), "IdUser", T_INT }, { KIND(IDENTITY), "IdAccount", T_INT },
	{ KIND(IDENTITY), "FriendlyName", T_STRING },
	{ KIND(SOCIAL), "IdUser", T_INT }, { KIND(SOCIAL), "IdSocial", T_STRING },
	{ KIND(SOCIAL), "Type", T_STRING },
	{ KIND(GROUP), "IdUser", T_INT }, { KIND(GROUP), "Name", T_STRING },
	{ KIND(MEMBERSHIP), "GroupUUID", T_STRING }, { KIND(MEMBERSHIP), "ContactUUID", T_STRING },
	{ KIND(CTAG), "UserId", T_INT }, { KIND(CTAG), "Storage", T_STRING },
	{ KIND(CTAG), "CTag", T_INT },
};

static int check_attribute(struct reader *r, const yaml_node_t *at, const struct map_entity *en,
    const char *name, enum eav_type type)
{
	int i = mapping_attr(en, name);
	const struct map_attr *a = i >= 0 ? &en->attr[i] : NULL;

	if (a == NULL)
		return map_fail(r, at, "the attribute %s is missing (%s), and P8 does not find it "
		    "without", name, type_names[type]);
	if (a->skip_empty)
		return map_fail(r, at, "%s cannot be left out when it is empty: P8 does not find "
		    "it then", name);
	/* A reference is the number of an entity. */
	if (a->type != type && !a->declared && !(a->type == T_REF && type == T_INT))
		return map_fail(r, at, "%s has to be of type %s, for P8 looks for it there", name,
		    type_names[type]);
	return 0;
}

int map_check(struct reader *r, const yaml_node_t *at, enum entity_kind kind)
{
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if ((needed[i].kinds >> kind & 1) &&
		    check_attribute(r, at, &r->m->ent[kind], needed[i].name, needed[i].type) < 0)
			return -1;
	return 0;
}
