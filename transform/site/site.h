/*
 * What belongs to no user: the settings of P7, its tenants and its mail domains.
 * The tenants' ids and the domains' values are kept, for users and accounts refer to them.
 */
#ifndef SITE_H
#define SITE_H

#include "filter/entity.h"

#define DOMAINS_MAX 100000
#define TENANTS_MAX 1000000

/* A mail domain with the values that hold in it (P7 lets the default domain override most). */
struct domain {
	int64_t id;
	bool own_servers;		/* its accounts may have servers of their own */
	struct val *v;			/* by slot of S_DOMAIN */
};

struct site {
	struct maker *m;
	struct domain *domain;		/* by id, as are the tenants */
	size_t domains, domain_size;
	struct arena texts;		/* of their values */
	int64_t *tenant;		/* that P8 gets */
	size_t tenants, tenant_size;
	char tenant_uuid[UUID_LEN + 1];	/* of the user in hand */
};

void site_free(struct site *s);

int settings_record(struct site *s, struct err *e);
int tenant_record(struct site *s, struct err *e);
int domain_record(struct site *s, struct err *e);

/* Entities are of P7's tenant ID from now on; 0: of P8's. */
void site_tenant(struct site *s, int64_t id);
/* NULL: P7 has no such domain. */
const struct domain *site_domain(const struct site *s, int64_t id);

/* Is the mail of this ACCOUNT or DOMAIN read by POP3?  MAIL_POP3_DONE says what to do then. */
bool mail_is_pop3(const struct jdoc *d);
#define MAIL_POP3_DONE "carried with server and port as they are: set the server's IMAP port" \
	" in P8 (143, or 993 with SSL); if it has no IMAP, move the mail to a server that has"

#endif
