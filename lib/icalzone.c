#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "icalzone.h"

/* Names of Windows without their " Standard Time", and the city that it means by them. */
static const struct {
	const char *name, *city;
} windows[] = {
	{ "AUS Central", "Australia/Darwin" }, { "AUS Eastern", "Australia/Sydney" },
	{ "Afghanistan", "Asia/Kabul" }, { "Alaskan", "America/Anchorage" },
	{ "Arab", "Asia/Riyadh" }, { "Arabian", "Asia/Dubai" }, { "Arabic", "Asia/Baghdad" },
	{ "Argentina", "America/Argentina/Buenos_Aires" }, { "Atlantic", "America/Halifax" },
	{ "Azerbaijan", "Asia/Baku" }, { "Azores", "Atlantic/Azores" },
	{ "Bangladesh", "Asia/Dhaka" }, { "Belarus", "Europe/Minsk" },
	{ "Canada Central", "America/Regina" }, { "Cape Verde", "Atlantic/Cape_Verde" },
	{ "Caucasus", "Asia/Yerevan" }, { "Cen. Australia", "Australia/Adelaide" },
	{ "Central America", "America/Guatemala" }, { "Central Asia", "Asia/Almaty" },
	{ "Central Brazilian", "America/Cuiaba" }, { "Central Europe", "Europe/Budapest" },
	{ "Central European", "Europe/Warsaw" }, { "Central Pacific", "Pacific/Guadalcanal" },
	{ "Central", "America/Chicago" }, { "Central (Mexico)", "America/Mexico_City" },
	{ "China", "Asia/Shanghai" }, { "E. Africa", "Africa/Nairobi" },
	{ "E. Australia", "Australia/Brisbane" }, { "E. Europe", "Europe/Chisinau" },
	{ "E. South America", "America/Sao_Paulo" }, { "Eastern", "America/New_York" },
	{ "Egypt", "Africa/Cairo" }, { "Ekaterinburg", "Asia/Yekaterinburg" },
	{ "FLE", "Europe/Kiev" }, { "Fiji", "Pacific/Fiji" }, { "GMT", "Europe/London" },
	{ "GTB", "Europe/Bucharest" }, { "Georgian", "Asia/Tbilisi" },
	{ "Greenland", "America/Godthab" }, { "Greenwich", "Atlantic/Reykjavik" },
	{ "Hawaiian", "Pacific/Honolulu" }, { "India", "Asia/Kolkata" },
	{ "Iran", "Asia/Tehran" }, { "Israel", "Asia/Jerusalem" }, { "Jordan", "Asia/Amman" },
	{ "Kaliningrad", "Europe/Kaliningrad" }, { "Korea", "Asia/Seoul" },
	{ "Mauritius", "Indian/Mauritius" }, { "Middle East", "Asia/Beirut" },
	{ "Montevideo", "America/Montevideo" }, { "Morocco", "Africa/Casablanca" },
	{ "Mountain", "America/Denver" }, { "Mountain (Mexico)", "America/Chihuahua" },
	{ "Myanmar", "Asia/Yangon" }, { "N. Central Asia", "Asia/Novosibirsk" },
	{ "Namibia", "Africa/Windhoek" }, { "Nepal", "Asia/Kathmandu" },
	{ "New Zealand", "Pacific/Auckland" }, { "Newfoundland", "America/St_Johns" },
	{ "North Asia East", "Asia/Irkutsk" }, { "North Asia", "Asia/Krasnoyarsk" },
	{ "Pacific SA", "America/Santiago" }, { "Pacific", "America/Los_Angeles" },
	{ "Pakistan", "Asia/Karachi" }, { "Romance", "Europe/Paris" },
	{ "Russian", "Europe/Moscow" }, { "SA Eastern", "America/Cayenne" },
	{ "SA Pacific", "America/Bogota" }, { "SA Western", "America/La_Paz" },
	{ "SE Asia", "Asia/Bangkok" }, { "Samoa", "Pacific/Apia" },
	{ "Singapore", "Asia/Singapore" }, { "South Africa", "Africa/Johannesburg" },
	{ "Sri Lanka", "Asia/Colombo" }, { "Syria", "Asia/Damascus" },
	{ "Taipei", "Asia/Taipei" }, { "Tokyo", "Asia/Tokyo" },
	{ "Tonga", "Pacific/Tongatapu" }, { "Turkey", "Europe/Istanbul" },
	{ "US Eastern", "America/Indiana/Indianapolis" },
	{ "US Mountain", "America/Phoenix" }, { "Ulaanbaatar", "Asia/Ulaanbaatar" },
	{ "Venezuela", "America/Caracas" }, { "Vladivostok", "Asia/Vladivostok" },
	{ "W. Australia", "Australia/Perth" }, { "W. Central Africa", "Africa/Lagos" },
	{ "W. Europe", "Europe/Berlin" }, { "West Asia", "Asia/Tashkent" },
	{ "West Pacific", "Pacific/Port_Moresby" }, { "Yakutsk", "Asia/Yakutsk" },
};

static icaltimezone *of_windows(const char *name)
{
	static const char word[] = " Standard Time";
	const char *p = strstr(name, word);
	char shorter[40];
	size_t i;

	if (p == NULL || snprintf(shorter, sizeof(shorter), "%.*s%s", (int)(p - name), name,
	    p + sizeof(word) - 1) >= (int)sizeof(shorter))
		return NULL;
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		if (strcmp(windows[i].name, shorter) == 0)
			return icaltimezone_get_builtin_timezone(windows[i].city);
	return NULL;
}

icaltimezone *icalzone_named(const char *name)
{
	icaltimezone *z = name[0] != '/' ? icaltimezone_get_builtin_timezone(name) : NULL;
	const char *p = name;

	/* The longest end of a path: America/Indiana/Vincennes has three parts. */
	while (z == NULL && name[0] == '/' && (p = strchr(p, '/')) != NULL && *++p != '\0')
		z = icaltimezone_get_builtin_timezone(p);
	return z != NULL ? z : of_windows(name);
}

/* GMT+0200, UTC+02:00, (GMT+02:00) Athens. */
icaltimezone *icalzone_hours(const char *name)
{
	const char *p = name + (*name == '(');
	char city[16];

	if (strncmp(p, "GMT", 3) != 0 && strncmp(p, "UTC", 3) != 0)
		return NULL;
	p += 3;
	if ((*p != '+' && *p != '-') || !isdigit((unsigned char)p[1]) ||
	    !isdigit((unsigned char)p[2]))
		return NULL;
	/* The sign of these cities is what must be added for the time of Greenwich. */
	snprintf(city, sizeof(city), "Etc/GMT%c%d", *p == '+' ? '-' : '+',
	    10 * (p[1] - '0') + p[2] - '0');
	return icaltimezone_get_builtin_timezone(city);
}
