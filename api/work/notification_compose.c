#include "api/work/notification_compose.h"

#include "api/service.h"
#include "api/settings.h"
#include "domain/notify/letter.h"
#include "domain/notify/notification.h"
#include "storage/statements.h"

struct wordless {
    struct text id;
    struct text kind;
    struct text language;
    struct text_list names;
    struct text_list values;
};
SHAPE(wordless_shape, struct wordless, FIELD(struct wordless, id), FIELD(struct wordless, kind),
      FIELD(struct wordless, language), FIELD(struct wordless, names),
      FIELD(struct wordless, values));

struct worded {
    struct text id;
    struct text subject;
    struct text body;
    bool mailed;
};
SHAPE(worded_shape, struct worded, FIELD(struct worded, id), FIELD(struct worded, subject),
      FIELD(struct worded, body), FIELD(struct worded, mailed));

_Static_assert((int)LETTER_NB == (int)LANGUAGE_NB && (int)LETTER_NN == (int)LANGUAGE_NN &&
                   (int)LETTER_EN == (int)LANGUAGE_EN,
               "letters have the languages of the contract, in its order");

struct known {
    struct text_list kinds;
};
SHAPE(known_shape, struct known, FIELD(struct known, kinds));

static struct known known_kinds(struct arena *arena)
{
    struct text *kinds = arena_array(arena, struct text, letter_count);
    for (size_t i = 0; i < letter_count; i++)
        kinds[i] = text_of(letters[i].kind);
    return (struct known){.kinds = {.is = GIVEN, .items = kinds, .count = letter_count}};
}

/* One of those that were asked for. */
static const struct letter *letter_find(struct text kind)
{
    const struct letter *letter = letters;
    while (!text_is(kind, letter->kind))
        letter++;
    return letter;
}

static enum letter_language language_find(struct text word)
{
    for (size_t i = 0; languages[i]; i++)
        if (text_is(word, languages[i]))
            return (enum letter_language)i;
    return LETTER_NB;
}

static struct worded put_into_words(struct call *call, const struct wordless *in)
{
    const struct letter *letter = letter_find(in->kind);
    const enum letter_language language = language_find(in->language);
    const struct facts facts = {
        .names = in->names.items, .values = in->values.items, .count = in->names.count};
    return (struct worded){
        .id = in->id,
        .subject = text_of(letter_fill(call->arena, letter->subject[language], &facts, language)),
        .body = text_of(letter_fill(call->arena, letter->body[language], &facts, language)),
        .mailed = *call->service->settings->smtp_url != '\0',
    };
}

enum outcome notification_compose_item(struct call *call, bool *ret_found)
{
    struct wordless *found = NULL;
    size_t count = 0;
    const struct known known = known_kinds(call->arena);
    enum outcome outcome = tx_load_all(call->tx, &sql_notification_wordless,
                                       SOURCES({&known_shape, &known}), &wordless_shape, &found,
                                       &count);
    if (outcome != DONE || count == 0)
        return outcome;
    const struct worded worded = put_into_words(call, found);
    *ret_found = true;
    return tx_execute(call->tx, &sql_notification_word, SOURCES({&worded_shape, &worded}), NULL);
}
