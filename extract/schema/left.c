#include <strings.h>

#include "schema/p7.h"

#define WHOLE(table, what, action) { table, NULL, NULL, NULL, NULL, what, action }
#define ROWS(table, column, where, what, action) { table, column, NULL, NULL, where, what, action }

/* What users have that has no way to P8, and what to do about it. */
const struct p7_left p7_left[] = {
	WHOLE("adav_locks", "locks of calendars and files",
	    "they end by themselves; nothing needs to be done"),
	WHOLE("adav_cache", "reminders that P7 had ready to send",
	    "P8 makes them of the events; nothing needs to be done"),
	{ .table = "adav_delegates", .with = "adav_calendarshares",
	  .what = "shares of versions before 7.2.1",
	  .action = "P7 does not read them, its upgrade made shares of them; nothing needs to be"
	    " done" },
	WHOLE("adav_groupmembers", "members of groups of DAV principals",
	    "P8 makes them of the shares; nothing needs to be done"),
	ROWS("awm_min", "data",
	    "COALESCE(" SQL_LINK_ACCOUNT ",0) NOT IN (SELECT id_acct FROM {awm_accounts})",
	    "public links that are of no account that is there",
	    "users share these files again in P8"),
	ROWS("awm_senders", "safety", "t.safety<>1", "senders whose pictures are never shown",
	    "P8 asks with each message of theirs; nothing needs to be done"),
	ROWS("awm_accounts", "custom_fields", "COALESCE(t.custom_fields,'')<>''",
	    "custom fields of accounts", "P8 keeps those of users only"),
	ROWS("awm_accounts", "allow_mail", "t.allow_mail=0 AND t.mailing_list=0",
	    "marks that an account has no mailbox", "disable these mail accounts in P8"),
	ROWS("awm_accounts", "is_password_specified",
	    "t.is_password_specified=0 AND t.mailing_list=0",
	    "marks that P7 does not know an account's password", "these users log in once in P8"),
	ROWS("awm_accounts", "hide_in_gab", "t.hide_in_gab=1 AND t.mailing_list=0",
	    "marks that hide users in the global address book",
	    "P8's team address book shows every user"),
	ROWS("awm_accounts", "quota", "t.quota BETWEEN 1 AND 104857599 AND t.mailing_list=0",
	    "quotas of mailboxes", "set them where mail is delivered"),
	{ .table = "awm_accounts", .where = "t.mailing_list=1", .what = "mailing lists",
	  .action = "set them up in the mail server" },
	WHOLE("awm_mailinglists", "addresses of mailing lists", "set them up in the mail server"),
	WHOLE("awm_fetchers", "fetchers of other mailboxes",
	    "set them up where mail is delivered"),
	WHOLE("awm_mailaliases", "aliases", "set them up in the mail server"),
	WHOLE("awm_mailforwards", "forwards", "set them up in the mail server"),
	ROWS("awm_settings", "compose_plain_text_default", "t.compose_plain_text_default=1",
	    "marks that mail is written as plain text", "P8 has no such setting"),
	ROWS("awm_settings", "autosign_outgoing_emails", "t.autosign_outgoing_emails=1",
	    "marks that mail is signed by OpenPGP", "users say so with each message"),
	ROWS("awm_settings", "twilio_number", "t.twilio_number<>''",
	    "numbers of telephones (Twilio)", "P8 has no such module"),
	ROWS("awm_settings", "helpdesk_signature", "t.helpdesk_signature<>''",
	    "signatures for the helpdesk", "P8 has no helpdesk"),
	WHOLE("awm_tenant_socials", "tenants' keys for social networks",
	    "set them up in P8's modules for these networks"),
	WHOLE("awm_realms", "realms (tenants of versions before 7.0)", "P8 gets one tenant"),
	WHOLE("awm_subadmins", "administrators of domains",
	    "let P8's administrator work for them"),
	WHOLE("awm_channels", "channels", "P8's own channel takes all users"),
	WHOLE("awm_subscriptions", "subscriptions", "P8 has none"),
	WHOLE("awm_folders_order_names", "names in the order of folders", "P8 has one order"),
	WHOLE("awm_addr_groups_events", "events of groups", "P8 has no such link"),
	WHOLE("ahd_users", "users of the helpdesk", "keep P7 for reading, or export them"),
	WHOLE("ahd_threads", "threads of the helpdesk", "keep P7 for reading, or export them"),
	WHOLE("ahd_posts", "posts of the helpdesk", "keep P7 for reading, or export them"),
	WHOLE("ahd_attachments", "attachments of the helpdesk",
	    "they are in files/corporate, without a way to their posts"),
	{ .table = "awm_folders", .with = "awm_system_folders",
	  .what = "folders of version 5 or 6",
	  .action = "P8 asks the mail server for them; nothing needs to be done" },
	{ .table = "awm_folders", .unless = "awm_system_folders",
	  .where = "NOT (" SQL_OLD_SYSTEM_FOLDER ") OR"
	    " t.id_acct NOT IN (SELECT id_acct FROM {awm_accounts} WHERE mailing_list=0)",
	  .what = "folders of version 5 or 6",
	  .action = "P8 asks the mail server for them; nothing needs to be done" },
	WHOLE("awm_messages", "messages of version 5 or 6 (POP3)",
	    "P7 does not show them; bring them to the mail server if they are needed"),
	WHOLE("awm_messages_body", "whole messages of version 5 or 6 (POP3)",
	    "bring them to the mail server if they are nowhere else"),
	WHOLE("awm_filters", "filters of version 5 or 6",
	    "P7 does not use them; nothing needs to be done"),
	WHOLE("acal_calendars", "calendars of version 5",
	    "P7 does not show them; nothing needs to be done"),
	WHOLE("acal_events", "events of version 5",
	    "P7 does not show them; nothing needs to be done"),
	{ .table = NULL }
};

/* Tables of any release that are neither read nor counted. */
static const char *const unused[] = {
	"a_users", "acal_appointments", "acal_awm_fnbl_runs", "acal_cron_runs",
	"acal_eventrepeats", "acal_exclusions", "acal_publications", "acal_reminders",
	"acal_sharing", "ahd_fetcher", "ahd_online", "ahd_reads", "awm_account_quotas",
	"awm_columns", "awm_domain_quotas", "awm_folders_tree", "awm_reads",
	"awm_subadmin_domains", "awm_tenant_quotas", NULL
};

bool p7_knows(const char *name)
{
	size_t i;

	for (i = 0; i < P7_TABLES; i++)
		if (strcasecmp(p7_tables[i].name, name) == 0)
			return true;
	for (i = 0; p7_left[i].table != NULL; i++)
		if (strcasecmp(p7_left[i].table, name) == 0)
			return true;
	for (i = 0; unused[i] != NULL; i++)
		if (strcasecmp(unused[i], name) == 0)
			return true;
	return false;
}
