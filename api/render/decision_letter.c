#include "api/render/decision_letter.h"

#include "api/render/day.h"
#include "api/render/pdf.h"
#include "domain/notify/letter.h"

#include <inttypes.h>

/* {facts} as in domain/notify/letter.h: basis_title, network, own_share_nok, report_due_on. */
struct words {
    const char *title, *date, *reference, *about;
    const char *granted, *partially_granted, *refused;
    const char *to_you, *whole, *sum;
    const char *conditions, *reason, *payment, *own_share, *report, *appeal, *appeal_how, *regards;
};

static const struct words words[] = {
    [LETTER_NB] =
        {
            .title = "Vedtak om tilskudd",
            .date = "Dato",
            .reference = "Vår referanse",
            .about = "Vi har behandlet beslutningsgrunnlaget «{basis_title}» fra {network}.",
            .granted = "Tilskuddet er innvilget.",
            .partially_granted = "Tilskuddet er delvis innvilget.",
            .refused = "Søknaden er avslått.",
            .to_you = "Tilskudd til dere",
            .whole = "Slik er hele tilskuddet fordelt",
            .sum = "Sum",
            .conditions = "Vilkår",
            .reason = "Begrunnelse",
            .payment = "Midlene utbetales når alle de fire kriteriene for ordningen er oppfylt.",
            .own_share = "Ordningen krever en egenandel. Egenandelen deres er {own_share_nok}.",
            .report = "Partnerskapet skal rapportere om bruken av midlene innen {report_due_on}.",
            .appeal = "Klage",
            .appeal_how = "Dere kan klage på vedtaket innen tre uker etter at dere fikk dette "
                          "brevet. Send klagen til oss, og oppgi referansen over.",
            .regards = "Med hilsen",
        },
    [LETTER_NN] =
        {
            .title = "Vedtak om tilskot",
            .date = "Dato",
            .reference = "Vår referanse",
            .about = "Vi har handsama avgjerdsgrunnlaget «{basis_title}» frå {network}.",
            .granted = "Tilskotet er innvilga.",
            .partially_granted = "Tilskotet er delvis innvilga.",
            .refused = "Søknaden er avslått.",
            .to_you = "Tilskot til dykk",
            .whole = "Slik er heile tilskotet fordelt",
            .sum = "Sum",
            .conditions = "Vilkår",
            .reason = "Grunngjeving",
            .payment = "Midlane blir utbetalte når alle dei fire kriteria for ordninga er "
                       "oppfylte.",
            .own_share = "Ordninga krev ein eigendel. Eigendelen dykkar er {own_share_nok}.",
            .report = "Partnarskapet skal rapportere om bruken av midlane innan {report_due_on}.",
            .appeal = "Klage",
            .appeal_how = "De kan klage på vedtaket innan tre veker etter at de fekk dette "
                          "brevet. Send klaga til oss, og gje opp referansen over.",
            .regards = "Med helsing",
        },
};

/* A letter with the words of its language. */
struct page {
    struct pdf *pdf;
    const struct decision_letter *letter;
    const struct words *w;
    enum letter_language language;
    enum language days;
    struct arena *arena;
};

static const char *amount(const struct page *page, int64_t nok)
{
    return letter_amount(page->arena, nok, page->language);
}

static void write_text(const struct page *page, const char *text)
{
    pdf_paragraph(page->pdf, PDF_BODY, PDF_LEFT, text);
}

/* With the facts of the letter in it. */
static void write_facts(const struct page *page, const char *text)
{
    const struct decision_letter *letter = page->letter;
    const char *own_share = arena_format(page->arena, "%" PRId64, letter->own_share_nok);
    const struct text names[] = {text_of("basis_title"), text_of("network"),
                                 text_of("own_share_nok"), text_of("report_due_on")};
    const struct text values[] = {letter->basis_title, letter->network, text_of(own_share),
                                  letter->report_due_on};
    const struct facts facts = {names, values, sizeof names / sizeof names[0]};
    write_text(page, letter_fill(page->arena, text, &facts, page->language));
}

static void write_section(const struct page *page, const char *heading, struct text text)
{
    if (!given(text.is))
        return;
    pdf_space(page->pdf, 10);
    pdf_paragraph(page->pdf, PDF_STRONG, PDF_LEFT, heading);
    write_text(page, text.s);
}

static void write_head(const struct page *page)
{
    const struct decision_letter *letter = page->letter;
    const struct pdf_row rows[] = {
        {page->w->date, render_day(page->arena, letter->decided_on, page->days)},
        {page->w->reference, letter->reference.s},
    };
    pdf_paragraph(page->pdf, PDF_STRONG, PDF_LEFT, letter->sender.s);
    pdf_space(page->pdf, 18);
    write_text(page, letter->recipient.s);
    pdf_space(page->pdf, 18);
    pdf_table(page->pdf, rows, sizeof rows / sizeof rows[0]);
    pdf_space(page->pdf, 18);
}

static void write_outcome(const struct page *page)
{
    const struct decision_letter *letter = page->letter;
    const struct words *w = page->w;
    pdf_paragraph(page->pdf, PDF_HEADING, PDF_LEFT, w->title);
    pdf_paragraph(page->pdf, PDF_STRONG, PDF_LEFT,
                  arena_format(page->arena, "%s, %s", letter->scheme.s, letter->year.s));
    pdf_space(page->pdf, 6);
    write_facts(page, w->about);
    if (text_is(letter->outcome, OUTCOME_REFUSED))
        write_text(page, w->refused);
    else
        write_text(page,
                   text_is(letter->outcome, OUTCOME_GRANTED) ? w->granted : w->partially_granted);
}

static void write_amounts(const struct page *page, const struct decision_letter_line *lines,
                          size_t count)
{
    struct pdf_row *rows = arena_array(page->arena, struct pdf_row, count + 1);
    const struct pdf_row own = {page->w->to_you, amount(page, page->letter->amount_nok)};
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct pdf_row){amount(page, lines[i].amount_nok), lines[i].recipient.s};
        sum += lines[i].amount_nok;
    }
    rows[count] = (struct pdf_row){amount(page, sum), page->w->sum};
    pdf_space(page->pdf, 10);
    pdf_table(page->pdf, &own, 1);
    pdf_space(page->pdf, 10);
    pdf_paragraph(page->pdf, PDF_STRONG, PDF_LEFT, page->w->whole);
    pdf_table(page->pdf, rows, count + 1);
    pdf_space(page->pdf, 6);
}

static void write_duties(const struct page *page)
{
    const struct decision_letter *letter = page->letter;
    write_text(page, page->w->payment);
    if (letter->own_share_nok > 0)
        write_facts(page, page->w->own_share);
    write_facts(page, page->w->report);
}

static void write_end(const struct page *page)
{
    pdf_space(page->pdf, 18);
    write_text(page, page->w->regards);
    write_text(page, page->letter->sender.s);
}

bool decision_letter_render(const struct decision_letter *letter,
                            const struct decision_letter_line *lines, size_t count,
                            struct arena *arena, struct bytes *ret_bytes)
{
    bool nynorsk = text_is(letter->language, "nn");
    struct page page = {
        .letter = letter,
        .language = nynorsk ? LETTER_NN : LETTER_NB,
        .days = nynorsk ? LANGUAGE_NN : LANGUAGE_NB,
        .arena = arena,
    };
    page.w = &words[page.language];
    const struct pdf_about about = {
        .title = arena_format(arena, "%s %s", page.w->title, letter->reference.s),
        .author = letter->sender.s,
        .created_on = letter->decided_on.s,
    };
    page.pdf = pdf_begin(&about, arena);
    if (!page.pdf)
        return false;
    pdf_footer(page.pdf, arena_format(arena, "%s · %s", letter->sender.s, letter->reference.s));
    write_head(&page);
    write_outcome(&page);
    if (count > 0)
        write_amounts(&page, lines, count);
    write_section(&page, page.w->conditions, letter->conditions);
    write_section(&page, page.w->reason, letter->reason);
    if (count > 0) {
        pdf_space(page.pdf, 10);
        write_duties(&page);
    }
    write_section(&page, page.w->appeal, text_of(page.w->appeal_how));
    write_end(&page);
    return pdf_end(page.pdf, ret_bytes);
}
