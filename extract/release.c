#include <stddef.h>
#include <strings.h>

#include "release.h"

const struct release_table release_tables[] = {
	{ "awm_accounts",
	  "id_acct int,id_user int,id_domain int,id_tenant int,def_acct tinyint,"
	  "deleted tinyint,quota int unsigned,email varchar(255),"
	  "friendly_nm varchar(255),mail_protocol tinyint,mail_inc_host varchar(255),"
	  "mail_inc_port int,mail_inc_login varchar(255),mail_inc_pass varchar(255),"
	  "mail_inc_ssl tinyint,mail_out_host varchar(255),mail_out_port int,"
	  "mail_out_login varchar(255),mail_out_pass varchar(255),"
	  "mail_out_auth tinyint,mail_out_ssl tinyint,signature mediumtext,"
	  "signature_type tinyint,signature_opt tinyint,mailbox_size bigint,"
	  "mailing_list tinyint,hide_in_gab tinyint,custom_fields text,"
	  "is_password_specified tinyint,allow_mail tinyint" },
	{ "awm_settings",
	  "id_setting int,id_user int,id_subscription int,id_helpdesk_user int,"
	  "msgs_per_page smallint,contacts_per_page smallint,created_time datetime,"
	  "last_login datetime,last_login_now datetime,logins_count int,"
	  "last_login_ip varchar(255),last_login_ip_now varchar(255),"
	  "last_login_ua varchar(255),last_login_ua_now varchar(255),"
	  "auto_checkmail_interval int,def_skin varchar(255),def_editor tinyint,"
	  "layout tinyint,save_mail tinyint,def_timezone smallint,"
	  "def_time_fmt varchar(255),def_lang varchar(255),def_date_fmt varchar(100),"
	  "mailbox_limit bigint,incoming_charset varchar(30),question_1 varchar(255),"
	  "answer_1 varchar(255),question_2 varchar(255),answer_2 varchar(255),"
	  "sip_enable tinyint,sip_impi varchar(255),sip_password varchar(255),"
	  "twilio_number varchar(255),twilio_enable tinyint,"
	  "twilio_default_number tinyint,files_enable tinyint,"
	  "helpdesk_signature varchar(255),helpdesk_signature_enable tinyint,"
	  "use_threads tinyint,save_replied_messages_to_current_folder tinyint,"
	  "compose_plain_text_default tinyint,desktop_notifications tinyint,"
	  "allow_change_input_direction tinyint,allow_helpdesk_notifications tinyint,"
	  "enable_open_pgp tinyint,allow_autosave_in_drafts tinyint,"
	  "autosign_outgoing_emails tinyint,capa varchar(255),"
	  "client_timezone varchar(100),custom_fields text,"
	  "email_notification varchar(255),password_reset_hash varchar(255)" },
	{ "awm_domains",
	  "id_domain int,id_tenant int,name varchar(255),url varchar(255),"
	  "user_quota int,override_settings tinyint,mail_protocol tinyint,"
	  "mail_inc_host varchar(255),mail_inc_port int,mail_inc_ssl tinyint,"
	  "mail_out_host varchar(255),mail_out_port int,mail_out_auth tinyint,"
	  "mail_out_login varchar(255),mail_out_pass varchar(255),mail_out_ssl tinyint,"
	  "mail_out_method tinyint,quota_mbytes_limit int unsigned,"
	  "quota_usage_bytes bigint unsigned,quota_usage_messages bigint unsigned,"
	  "allow_webmail tinyint,site_name varchar(255),"
	  "allow_change_interface_settings tinyint,allow_users_add_acounts tinyint,"
	  "allow_change_account_settings tinyint,allow_new_users_register tinyint,"
	  "allow_open_pgp tinyint,def_user_timezone int,def_user_timeformat tinyint,"
	  "def_user_dateformat varchar(100),msgs_per_page smallint,skin varchar(255),"
	  "lang varchar(255),ext_imap_host varchar(255),ext_smtp_host varchar(255),"
	  "ext_dav_host varchar(255),allow_contacts tinyint,contacts_per_page smallint,"
	  "allow_calendar tinyint,cal_week_starts_on tinyint,cal_show_weekends tinyint,"
	  "cal_workday_starts tinyint,cal_workday_ends tinyint,"
	  "cal_show_workday tinyint,cal_default_tab tinyint,layout tinyint,"
	  "xlist tinyint,global_addr_book tinyint,check_interval int,"
	  "allow_registration tinyint,allow_pass_reset tinyint,allow_files tinyint,"
	  "allow_helpdesk tinyint,use_threads tinyint,is_internal tinyint,"
	  "disabled tinyint,default_tab varchar(255),is_default_for_tenant tinyint,"
	  "collaboration tinyint" },
	{ "awm_system_folders",
	  "id int,id_acct int,id_user int,folder_full_name varchar(255),"
	  "system_type tinyint" },
	{ "awm_folders_order",
	  "id int,id_acct int,folders_order text" },
	{ "awm_identities",
	  "id_identity int,id_user int,id_acct int,def_identity tinyint,"
	  "enabled tinyint,email varchar(255),friendly_nm varchar(255),"
	  "signature mediumtext,signature_type tinyint,use_signature tinyint" },
	{ "awm_social",
	  "id int,id_acct int,id_social varchar(255),type int,type_str varchar(255),"
	  "name varchar(255),email varchar(255),access_token text,"
	  "refresh_token varchar(255),scopes varchar(255),disabled tinyint" },
	{ "awm_addr_book",
	  "id_addr bigint,id_user int,id_domain int,id_tenant int,str_id varchar(255),"
	  "type tinyint,type_id varchar(100),deleted tinyint,date_created datetime,"
	  "date_modified datetime,fullname varchar(255),view_email varchar(255),"
	  "use_friendly_nm tinyint,firstname varchar(100),surname varchar(100),"
	  "nickname varchar(100),skype varchar(100),facebook varchar(255),"
	  "h_email varchar(255),h_street varchar(255),h_city varchar(200),"
	  "h_state varchar(200),h_zip varchar(10),h_country varchar(200),"
	  "h_phone varchar(50),h_fax varchar(50),h_mobile varchar(50),"
	  "h_web varchar(255),b_email varchar(255),b_company varchar(200),"
	  "b_street varchar(255),b_city varchar(200),b_state varchar(200),"
	  "b_zip varchar(10),b_country varchar(200),b_job_title varchar(100),"
	  "b_department varchar(200),b_office varchar(200),b_phone varchar(50),"
	  "b_fax varchar(50),b_web varchar(255),other_email varchar(255),"
	  "primary_email tinyint,birthday_day tinyint,birthday_month tinyint,"
	  "birthday_year smallint,id_addr_prev bigint,tmp tinyint,use_frequency int,"
	  "auto_create tinyint,notes varchar(255),etag varchar(100),"
	  "shared_to_all tinyint,hide_in_gab tinyint" },
	{ "awm_addr_groups",
	  "id_group int,id_user int,group_nm varchar(255),group_str_id varchar(100),"
	  "use_frequency int,email varchar(255),company varchar(200),"
	  "street varchar(255),city varchar(200),state varchar(200),zip varchar(10),"
	  "country varchar(200),phone varchar(50),fax varchar(50),web varchar(255),"
	  "organization tinyint" },
	{ "awm_addr_groups_contacts",
	  "id_addr bigint,id_group int" },
	{ "acal_users_data",
	  "settings_id int,user_id int,showweekends tinyint,workdaystarts tinyint,"
	  "workdayends tinyint,showworkday tinyint,weekstartson tinyint,"
	  "defaulttab tinyint" },
	{ "adav_principals",
	  "id int unsigned,uri varchar(255),email varchar(80),vcardurl varchar(80),"
	  "displayname varchar(80)" },
	{ "adav_calendars",
	  "id int unsigned,principaluri varchar(255),displayname varchar(100),"
	  "uri varchar(255),ctag int unsigned,description text,"
	  "calendarorder int unsigned,calendarcolor varchar(10),timezone text,"
	  "components varchar(20),transparent tinyint" },
	{ "adav_calendarobjects",
	  "id int unsigned,calendardata mediumtext,uri varchar(255),"
	  "calendarid int unsigned,lastmodified int,etag varchar(32),size int unsigned,"
	  "componenttype varchar(8),firstoccurence int unsigned,"
	  "lastoccurence int unsigned" },
	{ "adav_calendarshares",
	  "id int unsigned,calendarid int unsigned,member int unsigned,status tinyint,"
	  "readonly tinyint,summary varchar(150),displayname varchar(100),"
	  "color varchar(10),principaluri varchar(255)" },
	{ "adav_reminders",
	  "id int unsigned,user varchar(100),calendaruri varchar(255),"
	  "eventid varchar(255),time int,starttime int,allday tinyint" },
	{ "adav_addressbooks",
	  "id int unsigned,principaluri varchar(255),displayname varchar(255),"
	  "uri varchar(200),description text,ctag int unsigned" },
	{ "adav_cards",
	  "id int unsigned,addressbookid int unsigned,carddata mediumtext,"
	  "uri varchar(255),lastmodified int unsigned" },
	{ NULL, NULL }
};

const char *const release_others[] = {
	"a_users", "acal_appointments", "acal_awm_fnbl_runs", "acal_calendars",
	"acal_cron_runs", "acal_eventrepeats", "acal_events", "acal_exclusions",
	"acal_publications", "acal_reminders", "acal_sharing", "adav_cache",
	"adav_delegates", "adav_groupmembers", "adav_locks", "ahd_attachments",
	"ahd_fetcher", "ahd_online", "ahd_posts", "ahd_reads", "ahd_threads", "ahd_users",
	"awm_account_quotas", "awm_addr_groups_events", "awm_channels", "awm_columns",
	"awm_domain_quotas", "awm_fetchers", "awm_filters", "awm_folders",
	"awm_folders_order_names", "awm_folders_tree", "awm_mailaliases",
	"awm_mailforwards", "awm_mailinglists", "awm_messages", "awm_messages_body",
	"awm_min", "awm_reads", "awm_realms", "awm_senders", "awm_subadmin_domains",
	"awm_subadmins", "awm_subscriptions", "awm_tenant_quotas", "awm_tenant_socials",
	"awm_tenants", "twofa_accounts", NULL
};

bool release_knows(const char *name)
{
	size_t i;

	for (i = 0; release_tables[i].name != NULL; i++)
		if (strcasecmp(release_tables[i].name, name) == 0)
			return true;
	for (i = 0; release_others[i] != NULL; i++)
		if (strcasecmp(release_others[i], name) == 0)
			return true;
	return false;
}
