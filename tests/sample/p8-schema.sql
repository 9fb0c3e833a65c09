-- The tables of a blank P8 (release 8.5), as its installer makes them with the prefix au_,
-- and the two rows that it writes: the channel and the tenant that everything belongs to.

set names utf8mb4;
set default_storage_engine = InnoDB;

create table au_eav_entities (
	id		bigint(64) unsigned not null auto_increment,
	uuid		char(36) not null,
	parent_uuid	char(36) not null,
	entity_type	varchar(255),
	module_name	varchar(255),
	primary key (id),
	key idx_uuid (uuid),
	key idx_parent_uuid (parent_uuid),
	key idx_entity_type (entity_type)
) default charset utf8mb3;

create table au_eav_attributes_bool (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		tinyint(1),
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_value (value),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_bool_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_int (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		int(11),
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_value (value),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_int_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_bigint (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		bigint(64),
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_value (value),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_bigint_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_string (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		varchar(255),
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_value (value),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_string_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_datetime (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		datetime,
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_value (value),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_datetime_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_text (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		text,
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_text_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_mediumblob (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		mediumblob,
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_mediumblob_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_eav_attributes_double (
	id		bigint(64) unsigned not null auto_increment,
	id_entity	bigint(64) unsigned,
	name		varchar(255),
	value		double,
	primary key (id),
	unique key idx_unique (id_entity, name),
	key idx_name (name),
	key fk_id_entity_idx (id_entity),
	constraint au_fk_eav_attributes_double_id_entity foreign key (id_entity)
		references au_eav_entities (id) on delete cascade on update no action
) default charset utf8mb3;

create table au_adav_addressbooks (
	id		int(11) unsigned not null auto_increment,
	principaluri	varbinary(255),
	displayname	varchar(255),
	uri		varbinary(255),
	description	text,
	synctoken	int(11) unsigned not null default 1,
	primary key (id),
	unique key principaluri (principaluri(100), uri(100))
) default charset utf8mb3;

create table au_adav_addressbookchanges (
	id		int(11) unsigned not null auto_increment,
	uri		varbinary(255) not null,
	synctoken	int(11) unsigned not null,
	addressbookid	int(11) unsigned not null,
	operation	tinyint(1) not null,
	primary key (id),
	key addressbookid_synctoken (addressbookid, synctoken)
) default charset utf8mb4;

create table au_adav_cards (
	id		int(11) unsigned not null auto_increment,
	addressbookid	int(11) unsigned not null,
	carddata	mediumblob,
	uri		varbinary(255),
	lastmodified	int(11) unsigned,
	etag		varbinary(32),
	size		int(11) unsigned not null,
	primary key (id)
) default charset utf8mb3;

create table au_adav_calendars (
	id		int(10) unsigned not null auto_increment,
	synctoken	int(10) unsigned not null default 1,
	components	varbinary(21),
	primary key (id)
) default charset utf8mb3;

create table au_adav_calendarinstances (
	id			int(10) unsigned not null auto_increment,
	calendarid		int(10) unsigned not null,
	principaluri		varbinary(100),
	access			tinyint(1) not null default 1,
	displayname		varchar(100),
	uri			varbinary(255),
	description		text,
	calendarorder		int(11) unsigned not null default 0,
	calendarcolor		varbinary(10),
	timezone		text,
	transparent		tinyint(1) not null default 0,
	share_href		varbinary(100),
	share_displayname	varchar(100),
	share_invitestatus	tinyint(1) not null default 2,
	public			tinyint(1) not null default 0,
	primary key (id),
	unique key principaluri (principaluri, uri),
	unique key calendarid (calendarid, principaluri),
	unique key calendarid_2 (calendarid, share_href)
) default charset utf8mb3;

create table au_adav_calendarobjects (
	id		int(11) unsigned not null auto_increment,
	calendardata	mediumblob,
	uri		varbinary(255),
	calendarid	int(10) unsigned not null,
	lastmodified	int(11) unsigned,
	etag		varbinary(32),
	size		int(11) unsigned not null,
	componenttype	varbinary(8),
	firstoccurence	int(11) unsigned,
	lastoccurence	int(11) unsigned,
	uid		varbinary(255),
	primary key (id),
	unique key calendarid (calendarid, uri)
) default charset utf8mb3;

create table au_adav_calendarchanges (
	id		int(11) unsigned not null auto_increment,
	uri		varbinary(255) not null,
	synctoken	int(11) unsigned not null,
	calendarid	int(11) unsigned not null,
	operation	tinyint(1) not null,
	primary key (id),
	key calendarid_synctoken (calendarid, synctoken)
) default charset utf8mb4;

create table au_adav_calendarsubscriptions (
	id			int(11) unsigned not null auto_increment,
	uri			varbinary(255) not null,
	principaluri		varbinary(100) not null,
	source			text,
	displayname		varchar(100),
	refreshrate		varchar(10),
	calendarorder		int(11) unsigned not null default 0,
	calendarcolor		varbinary(10),
	striptodos		tinyint(1),
	stripalarms		tinyint(1),
	stripattachments	tinyint(1),
	lastmodified		int(11) unsigned,
	primary key (id),
	unique key principaluri (principaluri, uri)
) default charset utf8mb4;

create table au_adav_schedulingobjects (
	id		int(11) unsigned not null auto_increment,
	principaluri	varbinary(255),
	calendardata	mediumblob,
	uri		varbinary(255),
	lastmodified	int(11) unsigned,
	etag		varbinary(32),
	size		int(11) unsigned not null,
	primary key (id)
) default charset utf8mb4;

create table au_adav_propertystorage (
	id		int(10) unsigned not null auto_increment,
	path		varbinary(1024) not null,
	name		varbinary(100) not null,
	valuetype	int(10) unsigned,
	value		mediumblob,
	primary key (id),
	unique key path_property (path(600), name(100))
) default charset utf8mb4;

create table au_adav_reminders (
	id		int(11) unsigned not null auto_increment,
	user		varchar(100) not null,
	calendaruri	varchar(255),
	eventid		varchar(255),
	time		int(11),
	starttime	int(11),
	allday		tinyint(1) not null default 0,
	primary key (id)
) default charset utf8mb3;

create table au_adav_cache (
	id		int(11) not null auto_increment,
	user		varchar(255),
	calendaruri	varchar(255),
	type		tinyint(4),
	time		int(11),
	starttime	int(11),
	eventid		varchar(45),
	primary key (id)
) default charset utf8mb3;

create table au_adav_groupmembers (
	id		int(11) unsigned not null auto_increment,
	principal_id	int(11) unsigned not null,
	member_id	int(11) unsigned not null,
	primary key (id),
	unique key au_ADAV_GROUPMEMBERS_MEMBER_ID_PRINCIPAL_ID_INDEX (principal_id, member_id)
) default charset utf8mb3;

create table au_adav_locks (
	id		int(10) unsigned not null auto_increment,
	owner		varchar(100),
	timeout		int(10) unsigned,
	created		int(11),
	token		varbinary(100),
	scope		tinyint(4),
	depth		tinyint(4),
	uri		varbinary(1000),
	primary key (id),
	key token (token),
	key uri (uri(100))
) default charset utf8mb3;

create table au_min_hashes (
	hash_id		varchar(32) not null default '',
	user_id		bigint(64),
	hash		varchar(20) not null default '',
	data		text,
	expire_date	int(11),
	key au_min_hash_index (hash)
) default charset utf8mb3;

create table au_activity_history (
	id		int(11) not null auto_increment,
	user_id		bigint(20),
	resource_type	varchar(255),
	resource_id	varchar(255),
	ip_address	varchar(255),
	action		varchar(255),
	time		int(11),
	guest_public_id	varchar(255),
	key id (id)
) default charset utf8mb3;

insert into au_eav_entities (id, uuid, parent_uuid, entity_type, module_name) values
	(1, '2b0e9c51-7c1e-4f0a-9d5e-6a1f0c8d4b11', '', 'Aurora\\Modules\\Core\\Classes\\Channel', 'Core'),
	(2, '8d1f6a34-0b92-4c6d-a3e7-51c2f9e07d22', '', 'Aurora\\Modules\\Core\\Classes\\Tenant', 'Core');
insert into au_eav_attributes_string (id_entity, name, value) values
	(1, 'Login', 'Default'),
	(1, 'Password', '5f0c1b7a9e3d4c268f10a2b4c6d8e0f1'),
	(2, 'Name', 'Default'),
	(2, 'Description', ''),
	(2, 'WebDomain', '');
insert into au_eav_attributes_int (id_entity, name, value) values (2, 'IdChannel', 1);
insert into au_eav_attributes_bool (id_entity, name, value) values (2, 'IsDisabled', 0);
