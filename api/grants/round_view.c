#include "api/calendar.h"
#include "domain/grants/round.h"
#include "domain/notify/notification.h"
#include "operations.h"
#include "storage/statements.h"

/* Steps are named in the language that the caller accepts. */
struct calendar_asked {
    struct text id;
    struct text language;
};
SHAPE(calendar_asked_shape, struct calendar_asked, FIELD(struct calendar_asked, id),
      FIELD(struct calendar_asked, language));

enum outcome get_round_calendar(struct call *call, const struct round_action *in)
{
    const struct calendar_asked asked = {.id = in->id,
                                         .language = text_of(languages[call->language])};
    return calendar_answer(call, &sql_round_wheel_entries,
                           &(struct object){&calendar_asked_shape, &asked}, "Kompetanseløftet");
}
