#include "site/settings.h"

#define TEXT(name, def) .key = name, .type = ST_STR, .text = def
#define NUMBER(name, def) .key = name, .type = ST_INT, .number = def
#define SWITCH(name, def) .key = name, .type = ST_BOOL, .number = def
#define ENUM(name, def, list) .key = name, .type = ST_ENUM, .number = def, .names = list
#define NAME(name, def, list) .key = name, .type = ST_NAME, .text = def, .names = list

static const struct setting_name db_type[] = {
	{ "MySQL", 0 }, { "PostgreSQL", 0 }, { "SQLite", 0 }, { NULL, 0 }
};
static const struct setting_name time_format[] = {
	{ "F12", 1 }, { "F24", 0 }, { NULL, 0 }
};
static const struct setting_name date_format[] = {
	{ "DD Month YYYY", 0 }, { "MM/DD/YYYY", 0 }, { "DD/MM/YYYY", 0 }, { "MM/DD/YY", 0 },
	{ "DD/MM/YY", 0 }, { NULL, 0 }
};
static const struct setting_name log_level[] = {
	{ "Full", 0 }, { "Warning", 0 }, { "Error", 0 }, { "Spec", 0 }, { NULL, 0 }
};
static const struct setting_name protocol[] = {
	{ "POP3", 0 }, { "IMAP4", 1 }, { NULL, 0 }
};
static const struct setting_name smtp_auth[] = {
	{ "NoAuth", 0 }, { "AuthSpecified", 1 }, { "AuthCurrentUser", 2 }, { NULL, 0 }
};
static const struct setting_name sending[] = {
	{ "Local", 0 }, { "Specified", 1 }, { "PhpMail", 2 }, { NULL, 0 }
};
static const struct setting_name login_form[] = {
	{ "Email", 0 }, { "Login", 3 }, { "Both", 4 }, { NULL, 0 }
};
static const struct setting_name sign_me[] = {
	{ "DefaultOff", 0 }, { "DefaultOn", 1 }, { "Unuse", 2 }, { NULL, 0 }
};
static const struct setting_name layout[] = {
	{ "Side", 0 }, { "Bottom", 1 }, { NULL, 0 }
};
static const struct setting_name save_mail[] = {
	{ "Always", 0 }, { "DefaultOn", 1 }, { "DefaultOff", 2 }, { NULL, 0 }
};
static const struct setting_name week_start[] = {
	{ "Saturday", 6 }, { "Sunday", 0 }, { "Monday", 1 }, { NULL, 0 }
};
static const struct setting_name cal_tab[] = {
	{ "Day", 1 }, { "Week", 2 }, { "Month", 3 }, { NULL, 0 }
};
static const struct setting_name gab[] = {
	{ "Off", 0 }, { "DomainWide", 1 }, { "SystemWide", 2 }, { "TenantWide", 3 }, { NULL, 0 }
};
static const struct setting_name fetcher[] = {
	{ "NONE", 0 }, { "REPLY", 1 }, { "ALL", 2 }, { NULL, 0 }
};

/* The defaults are those of P7's code, for elements that the file does not have. */
const struct setting_key setting_keys[] = {
	{ TEXT("Common/SiteName", "AfterLogic"), .domain = "site_name" },
	{ TEXT("Common/LicenseKey", ""), .secret = true },
	{ TEXT("Common/AdminLogin", "mailadm") },
	{ TEXT("Common/AdminPassword", ""), .secret = true },
	{ NAME("Common/DBType", "MySQL", db_type) },
	{ TEXT("Common/DBPrefix", "") },
	{ TEXT("Common/DBHost", "127.0.0.1") },
	{ TEXT("Common/DBName", "") },
	{ TEXT("Common/DBLogin", "root") },
	{ TEXT("Common/DBPassword", ""), .secret = true },
	{ SWITCH("Common/UseSlaveConnection", 0) },
	{ TEXT("Common/DBSlaveHost", "127.0.0.1") },
	{ TEXT("Common/DBSlaveName", "") },
	{ TEXT("Common/DBSlaveLogin", "root") },
	{ TEXT("Common/DBSlavePassword", ""), .secret = true },
	{ TEXT("Common/DefaultLanguage", "English"), .domain = "lang" },
	{ NUMBER("Common/DefaultTimeZone", 0), .domain = "def_user_timezone" },
	{ ENUM("Common/DefaultTimeFormat", 1, time_format), .domain = "def_user_timeformat" },
	{ NAME("Common/DefaultDateFormat", "MM/DD/YYYY", date_format),
	  .domain = "def_user_dateformat" },
	{ SWITCH("Common/AllowRegistration", 0), .domain = "allow_registration" },
	{ TEXT("Common/RegistrationDomains", "") },
	{ TEXT("Common/RegistrationQuestions", "") },
	{ SWITCH("Common/AllowPasswordReset", 0), .domain = "allow_pass_reset" },
	{ SWITCH("Common/EnableLogging", 0) },
	{ SWITCH("Common/EnableEventLogging", 0) },
	{ NAME("Common/LoggingLevel", "Full", log_level) },
	{ SWITCH("Common/EnableMobileSync", 0) },
	{ TEXT("Common/TenantGlobalCapa", "") },
	{ TEXT("Common/LoginStyleImage", "") },
	{ TEXT("Common/AppStyleImage", "") },
	{ TEXT("Common/InvitationEmail", "") },
	{ TEXT("Common/DefaultTab", ""), .domain = "default_tab" },
	{ SWITCH("Common/RedirectToHttps", 0) },
	{ NUMBER("Common/PasswordMinLength", 0) },
	{ SWITCH("Common/PasswordMustBeComplex", 0) },
	{ SWITCH("Common/Collaboration", 1), .domain = "collaboration" },
	{ SWITCH("WebMail/AllowWebMail", 1), .domain = "allow_webmail" },
	{ ENUM("WebMail/IncomingMailProtocol", 1, protocol), .domain = "mail_protocol" },
	{ TEXT("WebMail/IncomingMailServer", "127.0.0.1"), .domain = "mail_inc_host" },
	{ NUMBER("WebMail/IncomingMailPort", 143), .domain = "mail_inc_port" },
	{ SWITCH("WebMail/IncomingMailUseSSL", 0), .domain = "mail_inc_ssl" },
	{ TEXT("WebMail/OutgoingMailServer", "127.0.0.1"), .domain = "mail_out_host" },
	{ NUMBER("WebMail/OutgoingMailPort", 25), .domain = "mail_out_port" },
	{ ENUM("WebMail/OutgoingMailAuth", 2, smtp_auth), .domain = "mail_out_auth" },
	{ TEXT("WebMail/OutgoingMailLogin", ""), .domain = "mail_out_login" },
	{ TEXT("WebMail/OutgoingMailPassword", ""), .coded = true, .domain = "mail_out_pass" },
	{ SWITCH("WebMail/OutgoingMailUseSSL", 0), .domain = "mail_out_ssl" },
	{ ENUM("WebMail/OutgoingSendingMethod", 1, sending), .domain = "mail_out_method" },
	{ NUMBER("WebMail/UserQuota", 0), .domain = "user_quota" },
	{ SWITCH("WebMail/ShowQuotaBar", 0) },
	{ NUMBER("WebMail/AutoCheckMailInterval", 0), .domain = "check_interval" },
	{ TEXT("WebMail/DefaultSkin", "Default"), .domain = "skin" },
	{ NUMBER("WebMail/MailsPerPage", 20), .domain = "msgs_per_page" },
	{ SWITCH("WebMail/AllowUsersChangeInterfaceSettings", 1),
	  .domain = "allow_change_interface_settings" },
	{ SWITCH("WebMail/AllowUsersChangeEmailSettings", 1),
	  .domain = "allow_change_account_settings" },
	{ SWITCH("WebMail/EnableAttachmentSizeLimit", 0) },
	{ NUMBER("WebMail/AttachmentSizeLimit", 0) },
	{ NUMBER("WebMail/ImageUploadSizeLimit", 0) },
	{ SWITCH("WebMail/AllowLanguageOnLogin", 1) },
	{ SWITCH("WebMail/FlagsLangSelect", 0) },
	{ ENUM("WebMail/LoginFormType", 0, login_form) },
	{ ENUM("WebMail/LoginSignMeType", 1, sign_me) },
	{ TEXT("WebMail/LoginAtDomainValue", "") },
	{ SWITCH("WebMail/UseLoginWithoutDomain", 0) },
	{ SWITCH("WebMail/AllowNewUsersRegister", 0), .domain = "allow_new_users_register" },
	{ SWITCH("WebMail/AllowUsersAddNewAccounts", 1), .domain = "allow_users_add_acounts" },
	{ SWITCH("WebMail/AllowOpenPGP", 0), .domain = "allow_open_pgp" },
	{ SWITCH("WebMail/AllowIdentities", 1) },
	{ SWITCH("WebMail/AllowInsertImage", 1) },
	{ SWITCH("WebMail/AllowBodySize", 0) },
	{ NUMBER("WebMail/MaxBodySize", 600) },
	{ NUMBER("WebMail/MaxSubjectSize", 255) },
	{ ENUM("WebMail/Layout", 0, layout), .domain = "layout" },
	{ SWITCH("WebMail/AlwaysShowImagesInMessage", 0) },
	{ ENUM("WebMail/SaveMail", 0, save_mail) },
	{ NUMBER("WebMail/IdleSessionTimeout", 0) },
	{ SWITCH("WebMail/UseSortImapForDateMode", 1) },
	{ SWITCH("WebMail/UseThreadsIfSupported", 1), .domain = "use_threads" },
	{ SWITCH("WebMail/DetectSpecialFoldersWithXList", 1), .domain = "xlist" },
	{ SWITCH("WebMail/EnableLastLoginNotification", 0) },
	{ TEXT("WebMail/ExternalHostNameOfLocalImap", ""), .domain = "ext_imap_host" },
	{ TEXT("WebMail/ExternalHostNameOfLocalSmtp", ""), .domain = "ext_smtp_host" },
	{ TEXT("WebMail/ExternalHostNameOfDAVServer", ""), .domain = "ext_dav_host" },
	{ SWITCH("Calendar/AllowCalendar", 1), .domain = "allow_calendar" },
	{ SWITCH("Calendar/ShowWeekEnds", 0), .domain = "cal_show_weekends" },
	{ NUMBER("Calendar/WorkdayStarts", 9), .domain = "cal_workday_starts" },
	{ NUMBER("Calendar/WorkdayEnds", 17), .domain = "cal_workday_ends" },
	{ SWITCH("Calendar/ShowWorkDay", 1), .domain = "cal_show_workday" },
	{ ENUM("Calendar/WeekStartsOn", 0, week_start), .domain = "cal_week_starts_on" },
	{ ENUM("Calendar/DefaultTab", 3, cal_tab), .domain = "cal_default_tab" },
	{ SWITCH("Calendar/AllowReminders", 1) },
	{ SWITCH("Contacts/AllowContacts", 1), .domain = "allow_contacts" },
	{ NUMBER("Contacts/ContactsPerPage", 20), .domain = "contacts_per_page" },
	{ SWITCH("Contacts/ShowGlobalContactsInAddressBook", 0) },
	{ ENUM("Contacts/GlobalAddressBookVisibility", 1, gab), .domain = "global_addr_book" },
	{ SWITCH("Files/AllowFiles", 1), .domain = "allow_files" },
	{ SWITCH("Files/EnableSizeLimit", 0) },
	{ NUMBER("Files/SizeLimit", 0) },
	{ SWITCH("Sip/AllowSip", 0) },
	{ TEXT("Sip/Realm", "") },
	{ TEXT("Sip/WebsocketProxyUrl", "") },
	{ TEXT("Sip/OutboundProxyUrl", "") },
	{ TEXT("Sip/CallerID", "") },
	{ SWITCH("Twilio/AllowTwilio", 0) },
	{ TEXT("Twilio/PhoneNumber", "") },
	{ TEXT("Twilio/AccountSID", "") },
	{ TEXT("Twilio/AuthToken", "") },
	{ TEXT("Twilio/AppSID", "") },
	{ SWITCH("Helpdesk/AllowHelpdesk", 1), .domain = "allow_helpdesk" },
	{ TEXT("Helpdesk/AdminEmailAccount", "") },
	{ TEXT("Helpdesk/ClientIframeUrl", "") },
	{ TEXT("Helpdesk/AgentIframeUrl", "") },
	{ TEXT("Helpdesk/SiteName", "") },
	{ SWITCH("Helpdesk/StyleAllow", 0) },
	{ TEXT("Helpdesk/StyleImage", "") },
	{ TEXT("Helpdesk/StyleText", "") },
	{ ENUM("Helpdesk/FetcherType", 0, fetcher) },
	{ SWITCH("Helpdesk/FacebookAllow", 0) },
	{ TEXT("Helpdesk/FacebookId", "") },
	{ TEXT("Helpdesk/FacebookSecret", "") },
	{ SWITCH("Helpdesk/GoogleAllow", 0) },
	{ TEXT("Helpdesk/GoogleId", "") },
	{ TEXT("Helpdesk/GoogleSecret", "") },
	{ SWITCH("Helpdesk/TwitterAllow", 0) },
	{ TEXT("Helpdesk/TwitterId", "") },
	{ TEXT("Helpdesk/TwitterSecret", "") },
};

const size_t setting_count = sizeof(setting_keys) / sizeof(setting_keys[0]);
