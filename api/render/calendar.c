#include "api/render/calendar.h"

#include <libical/ical.h>
#include <stdlib.h>

#define ZONE "Europe/Oslo"

/* Summer time as the EU has had it since 1996, before any SMART course. */
static const char zone_rules[] =
    "BEGIN:VTIMEZONE\r\n"
    "TZID:" ZONE
    "\r\n"
    "BEGIN:DAYLIGHT\r\n"
    "TZNAME:CEST\r\n"
    "DTSTART:19960331T020000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0100\r\n"
    "TZOFFSETTO:+0200\r\n"
    "END:DAYLIGHT\r\n"
    "BEGIN:STANDARD\r\n"
    "TZNAME:CET\r\n"
    "DTSTART:19961027T030000\r\n"
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
    "TZOFFSETFROM:+0200\r\n"
    "TZOFFSETTO:+0100\r\n"
    "END:STANDARD\r\n"
    "END:VTIMEZONE\r\n";

/* A day of eight digits is in no zone. */
static void add_local(icalcomponent *event, icalproperty *property, const char *local)
{
    icalproperty_add_parameter(property, strchr(local, 'T')
                                             ? icalparameter_new_tzid(ZONE)
                                             : icalparameter_new_value(ICAL_VALUE_DATE));
    icalcomponent_add_property(event, property);
}

static icalcomponent *event_of(const struct calendar_entry *entry)
{
    icalcomponent *event = icalcomponent_new_vevent();
    struct icaltimetype modified = icaltime_from_string(entry->modified);
    icalcomponent_add_property(event, icalproperty_new_uid(entry->uid));
    icalcomponent_add_property(event, icalproperty_new_sequence((int)entry->sequence));
    icalcomponent_add_property(event, icalproperty_new_dtstamp(modified));
    icalcomponent_add_property(event, icalproperty_new_lastmodified(modified));
    add_local(event, icalproperty_new_dtstart(icaltime_from_string(entry->starts_local)),
              entry->starts_local);
    add_local(event, icalproperty_new_dtend(icaltime_from_string(entry->ends_local)),
              entry->ends_local);
    icalcomponent_add_property(event, icalproperty_new_summary(entry->summary));
    if (entry->location)
        icalcomponent_add_property(event, icalproperty_new_location(entry->location));
    icalcomponent_add_property(
        event,
        icalproperty_new_status(entry->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
    return event;
}

static icalproperty *name_of(const char *name)
{
    icalproperty *property = icalproperty_new_x(name);
    icalproperty_set_x_name(property, "X-WR-CALNAME");
    return property;
}

const char *calendar_render(const char *name, const struct calendar_entry *entries, size_t count,
                            struct arena *arena, size_t *ret_len)
{
    icalcomponent *calendar = icalcomponent_vanew(
        ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
        icalproperty_new_prodid("-//Loft//Calendar//NO"), (void *)0);
    if (!calendar)
        return NULL;
    icalcomponent_add_property(calendar, name_of(name));
    icalcomponent_add_component(calendar, icalcomponent_new_from_string(zone_rules));
    for (size_t i = 0; i < count; i++)
        icalcomponent_add_component(calendar, event_of(&entries[i]));
    char *made = icalcomponent_as_ical_string_r(calendar);
    const char *bytes = made ? arena_string(arena, made) : NULL;
    *ret_len = bytes ? strlen(bytes) : 0;
    icalmemory_free_buffer(made);
    icalcomponent_free(calendar);
    return bytes;
}
