#include <string.h>

#include "mapping/mapping_read.h"

/*
 * Rows without which P8 does not find an entity, or does not show it: it looks for them in the
 * table of this type, and what it sorts by has to be there even when it is empty.
 */
static const struct {
	enum entity_kind kind;
	const char *name;
	enum eav_type type;
} needed[] = {
	{ E_SERVER, "TenantId", T_INT }, { E_SERVER, "Name", T_STRING },
	{ E_SERVER, "OwnerType", T_STRING }, { E_SERVER, "Domains", T_TEXT },
	{ E_ACCOUNT_SERVER, "TenantId", T_INT }, { E_ACCOUNT_SERVER, "Name", T_STRING },
	{ E_ACCOUNT_SERVER, "OwnerType", T_STRING }, { E_ACCOUNT_SERVER, "Domains", T_TEXT },
	{ E_USER, "IdTenant", T_INT }, { E_USER, "Role", T_INT }, { E_USER, "Name", T_STRING },
	{ E_USER, "PublicId", T_STRING }, { E_USER, "IsDisabled", T_BOOL },
	{ E_TEAM_CONTACT, "IdUser", T_INT }, { E_TEAM_CONTACT, "IdTenant", T_INT },
	{ E_TEAM_CONTACT, "Storage", T_STRING }, { E_TEAM_CONTACT, "FullName", T_STRING },
	{ E_TEAM_CONTACT, "ViewEmail", T_STRING }, { E_TEAM_CONTACT, "Frequency", T_INT },
	{ E_TEAM_CONTACT, "Auto", T_BOOL }, { E_TEAM_CONTACT, "DateModified", T_DATETIME },
	{ E_ACCOUNT, "IdUser", T_INT }, { E_ACCOUNT, "ServerId", T_INT },
	{ E_ACCOUNT, "Email", T_STRING }, { E_ACCOUNT, "IsDisabled", T_BOOL },
	{ E_ACCOUNT, "UseToAuthorize", T_BOOL },
	{ E_SYSTEM_FOLDER, "IdAccount", T_INT }, { E_SYSTEM_FOLDER, "Type", T_INT },
	{ E_IDENTITY, "IdUser", T_INT }, { E_IDENTITY, "IdAccount", T_INT },
	{ E_IDENTITY, "FriendlyName", T_STRING },
	{ E_SOCIAL, "IdUser", T_INT }, { E_SOCIAL, "IdSocial", T_STRING },
	{ E_SOCIAL, "Type", T_STRING },
	{ E_GROUP, "IdUser", T_INT }, { E_GROUP, "Name", T_STRING },
	{ E_CONTACT, "IdUser", T_INT }, { E_CONTACT, "IdTenant", T_INT },
	{ E_CONTACT, "Storage", T_STRING }, { E_CONTACT, "FullName", T_STRING },
	{ E_CONTACT, "ViewEmail", T_STRING }, { E_CONTACT, "Frequency", T_INT },
	{ E_CONTACT, "Auto", T_BOOL }, { E_CONTACT, "DateModified", T_DATETIME },
	{ E_COLLECTED, "IdUser", T_INT }, { E_COLLECTED, "IdTenant", T_INT },
	{ E_COLLECTED, "Storage", T_STRING }, { E_COLLECTED, "FullName", T_STRING },
	{ E_COLLECTED, "ViewEmail", T_STRING }, { E_COLLECTED, "Frequency", T_INT },
	{ E_COLLECTED, "Auto", T_BOOL }, { E_COLLECTED, "DateModified", T_DATETIME },
	{ E_MEMBERSHIP, "GroupUUID", T_STRING }, { E_MEMBERSHIP, "ContactUUID", T_STRING },
	{ E_CTAG, "UserId", T_INT }, { E_CTAG, "Storage", T_STRING }, { E_CTAG, "CTag", T_INT },
};

static int one(struct reader *r, const yaml_node_t *at, const struct map_entity *en,
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
		if (needed[i].kind == kind &&
		    one(r, at, &r->m->ent[kind], needed[i].name, needed[i].type) < 0)
			return -1;
	return 0;
}
