#include "settings.h"

#define TEXT(key, def) { key, ST_STR, def, 0, NULL, false }
#define NUMBER(key, def) { key, ST_INT, NULL, def, NULL, false }
#define SWITCH(key, def) { key, ST_BOOL, NULL, def, NULL, false }
#define ENUM(key, def, list) { key, ST_ENUM, NULL, def, list, false }
#define NAME(key, def, list) { key, ST_NAME, def, 0, list, false }

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
	TEXT("Common/SiteName", "AfterLogic"),
	{ "Common/LicenseKey", ST_STR, "", 0, NULL, true },
	TEXT("Common/AdminLogin", "mailadm"),
	{ "Common/AdminPassword", ST_STR, "", 0, NULL, true },
	NAME("Common/DBType", "MySQL", db_type),
	TEXT("Common/DBPrefix", ""),
	TEXT("Common/DBHost", "127.0.0.1"),
	TEXT("Common/DBName", ""),
	TEXT("Common/DBLogin", "root"),
	{ "Common/DBPassword", ST_STR, "", 0, NULL, true },
	SWITCH("Common/UseSlaveConnection", 0),
	TEXT("Common/DBSlaveHost", "127.0.0.1"),
	TEXT("Common/DBSlaveName", ""),
	TEXT("Common/DBSlaveLogin", "root"),
	{ "Common/DBSlavePassword", ST_STR, "", 0, NULL, true },
	TEXT("Common/DefaultLanguage", "English"),
	NUMBER("Common/DefaultTimeZone", 0),
	ENUM("Common/DefaultTimeFormat", 1, time_format),
	NAME("Common/DefaultDateFormat", "MM/DD/YYYY", date_format),
	SWITCH("Common/AllowRegistration", 0),
	TEXT("Common/RegistrationDomains", ""),
	TEXT("Common/RegistrationQuestions", ""),
	SWITCH("Common/AllowPasswordReset", 0),
	SWITCH("Common/EnableLogging", 0),
	SWITCH("Common/EnableEventLogging", 0),
	NAME("Common/LoggingLevel", "Full", log_level),
	SWITCH("Common/EnableMobileSync", 0),
	TEXT("Common/TenantGlobalCapa", ""),
	TEXT("Common/LoginStyleImage", ""),
	TEXT("Common/AppStyleImage", ""),
	TEXT("Common/InvitationEmail", ""),
	TEXT("Common/DefaultTab", ""),
	SWITCH("Common/RedirectToHttps", 0),
	NUMBER("Common/PasswordMinLength", 0),
	SWITCH("Common/PasswordMustBeComplex", 0),
	SWITCH("Common/Collaboration", 1),
	SWITCH("WebMail/AllowWebMail", 1),
	ENUM("WebMail/IncomingMailProtocol", 1, protocol),
	TEXT("WebMail/IncomingMailServer", "127.0.0.1"),
	NUMBER("WebMail/IncomingMailPort", 143),
	SWITCH("WebMail/IncomingMailUseSSL", 0),
	TEXT("WebMail/OutgoingMailServer", "127.0.0.1"),
	NUMBER("WebMail/OutgoingMailPort", 25),
	ENUM("WebMail/OutgoingMailAuth", 2, smtp_auth),
	TEXT("WebMail/OutgoingMailLogin", ""),
	TEXT("WebMail/OutgoingMailPassword", ""),
	SWITCH("WebMail/OutgoingMailUseSSL", 0),
	ENUM("WebMail/OutgoingSendingMethod", 1, sending),
	NUMBER("WebMail/UserQuota", 0),
	SWITCH("WebMail/ShowQuotaBar", 0),
	NUMBER("WebMail/AutoCheckMailInterval", 0),
	TEXT("WebMail/DefaultSkin", "Default"),
	NUMBER("WebMail/MailsPerPage", 20),
	SWITCH("WebMail/AllowUsersChangeInterfaceSettings", 1),
	SWITCH("WebMail/AllowUsersChangeEmailSettings", 1),
	SWITCH("WebMail/EnableAttachmentSizeLimit", 0),
	NUMBER("WebMail/AttachmentSizeLimit", 0),
	NUMBER("WebMail/ImageUploadSizeLimit", 0),
	SWITCH("WebMail/AllowLanguageOnLogin", 1),
	SWITCH("WebMail/FlagsLangSelect", 0),
	ENUM("WebMail/LoginFormType", 0, login_form),
	ENUM("WebMail/LoginSignMeType", 1, sign_me),
	TEXT("WebMail/LoginAtDomainValue", ""),
	SWITCH("WebMail/UseLoginWithoutDomain", 0),
	SWITCH("WebMail/AllowNewUsersRegister", 0),
	SWITCH("WebMail/AllowUsersAddNewAccounts", 1),
	SWITCH("WebMail/AllowOpenPGP", 0),
	SWITCH("WebMail/AllowIdentities", 1),
	SWITCH("WebMail/AllowInsertImage", 1),
	SWITCH("WebMail/AllowBodySize", 0),
	NUMBER("WebMail/MaxBodySize", 600),
	NUMBER("WebMail/MaxSubjectSize", 255),
	ENUM("WebMail/Layout", 0, layout),
	SWITCH("WebMail/AlwaysShowImagesInMessage", 0),
	ENUM("WebMail/SaveMail", 0, save_mail),
	NUMBER("WebMail/IdleSessionTimeout", 0),
	SWITCH("WebMail/UseSortImapForDateMode", 1),
	SWITCH("WebMail/UseThreadsIfSupported", 1),
	SWITCH("WebMail/DetectSpecialFoldersWithXList", 1),
	SWITCH("WebMail/EnableLastLoginNotification", 0),
	TEXT("WebMail/ExternalHostNameOfLocalImap", ""),
	TEXT("WebMail/ExternalHostNameOfLocalSmtp", ""),
	TEXT("WebMail/ExternalHostNameOfDAVServer", ""),
	SWITCH("Calendar/AllowCalendar", 1),
	SWITCH("Calendar/ShowWeekEnds", 0),
	NUMBER("Calendar/WorkdayStarts", 9),
	NUMBER("Calendar/WorkdayEnds", 17),
	SWITCH("Calendar/ShowWorkDay", 1),
	ENUM("Calendar/WeekStartsOn", 0, week_start),
	ENUM("Calendar/DefaultTab", 3, cal_tab),
	SWITCH("Calendar/AllowReminders", 1),
	SWITCH("Contacts/AllowContacts", 1),
	NUMBER("Contacts/ContactsPerPage", 20),
	SWITCH("Contacts/ShowGlobalContactsInAddressBook", 0),
	ENUM("Contacts/GlobalAddressBookVisibility", 1, gab),
	SWITCH("Files/AllowFiles", 1),
	SWITCH("Files/EnableSizeLimit", 0),
	NUMBER("Files/SizeLimit", 0),
	SWITCH("Sip/AllowSip", 0),
	TEXT("Sip/Realm", ""),
	TEXT("Sip/WebsocketProxyUrl", ""),
	TEXT("Sip/OutboundProxyUrl", ""),
	TEXT("Sip/CallerID", ""),
	SWITCH("Twilio/AllowTwilio", 0),
	TEXT("Twilio/PhoneNumber", ""),
	TEXT("Twilio/AccountSID", ""),
	TEXT("Twilio/AuthToken", ""),
	TEXT("Twilio/AppSID", ""),
	SWITCH("Helpdesk/AllowHelpdesk", 1),
	TEXT("Helpdesk/AdminEmailAccount", ""),
	TEXT("Helpdesk/ClientIframeUrl", ""),
	TEXT("Helpdesk/AgentIframeUrl", ""),
	TEXT("Helpdesk/SiteName", ""),
	SWITCH("Helpdesk/StyleAllow", 0),
	TEXT("Helpdesk/StyleImage", ""),
	TEXT("Helpdesk/StyleText", ""),
	ENUM("Helpdesk/FetcherType", 0, fetcher),
	SWITCH("Helpdesk/FacebookAllow", 0),
	TEXT("Helpdesk/FacebookId", ""),
	TEXT("Helpdesk/FacebookSecret", ""),
	SWITCH("Helpdesk/GoogleAllow", 0),
	TEXT("Helpdesk/GoogleId", ""),
	TEXT("Helpdesk/GoogleSecret", ""),
	SWITCH("Helpdesk/TwitterAllow", 0),
	TEXT("Helpdesk/TwitterId", ""),
	TEXT("Helpdesk/TwitterSecret", ""),
};

const size_t setting_count = sizeof(setting_keys) / sizeof(setting_keys[0]);
