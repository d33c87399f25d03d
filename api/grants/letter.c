#include "domain/grants/decision.h"

#include "api/call.h"
#include "api/render/decision_letter.h"
#include "operations.h"
#include "storage/statements.h"

enum outcome get_decision_letter(struct call *call, const struct decision_letter_key *in)
{
    struct decision_letter letter = {0};
    struct decision_letter_line *lines = NULL;
    size_t count = 0;
    enum outcome outcome = tx_load(call->tx, &sql_decision_letter,
                                   SOURCES({&shape_decision_letter_key, in}),
                                   &shape_decision_letter, &letter);
    if (outcome == DONE)
        outcome = decision_letter_check(&letter, call->error);
    if (outcome == DONE)
        outcome = tx_load_all(call->tx, &sql_decision_letter_lines,
                              SOURCES({&shape_decision_letter_key, in}),
                              &shape_decision_letter_line, &lines, &count);
    if (outcome != DONE)
        return outcome;
    struct file file = {.media_type = "application/pdf", .name = "vedtak.pdf", .in_place = true};
    if (!decision_letter_render(&letter, lines, count, call->arena, &file.bytes))
        return error_refuse(call->error, INTERNAL, "internal_error", NULL);
    return call_answer_file(call, &file);
}
