#include "api/render/certificate.h"

#include "api/render/day.h"
#include "api/render/pdf.h"
#include "domain/base/text.h"

#include <inttypes.h>

/* The initials of the SMART values are Norwegian, so English says both. */
struct words {
    const char *title, *states_that, *has_completed;
    const char *held_on, *attended, *of, *days; /* 7 of 8 days */
    const char *values_heading, *values;
    const char *issued_on, *organiser, *serial_no, *verify;
};

static const struct words words[LANGUAGE_COUNT] = {
    [LANGUAGE_NB] =
        {
            .title = "Sertifikat",
            .states_that = "Dette bekrefter at",
            .has_completed = "har gjennomført",
            .held_on = "Samlinger",
            .attended = "Deltakelse",
            .of = "av",
            .days = "samlingsdager",
            .values_heading = "SMART-verdiene",
            .values = "Styrkefokus\nMedvirkning\nAnerkjennelse\nRelasjoner\nTrening",
            .issued_on = "Utstedt",
            .organiser = "Arrangør",
            .serial_no = "Serienummer",
            .verify = "Ektheten kan kontrolleres på",
        },
    [LANGUAGE_NN] =
        {
            .title = "Sertifikat",
            .states_that = "Dette stadfestar at",
            .has_completed = "har gjennomført",
            .held_on = "Samlingar",
            .attended = "Deltaking",
            .of = "av",
            .days = "samlingsdagar",
            .values_heading = "SMART-verdiane",
            .values = "Styrkefokus\nMedverknad\nAnerkjenning\nRelasjonar\nTrening",
            .issued_on = "Utferda",
            .organiser = "Arrangør",
            .serial_no = "Serienummer",
            .verify = "Du kan kontrollere at sertifikatet er ekte på",
        },
    [LANGUAGE_EN] =
        {
            .title = "Certificate",
            .states_that = "This is to certify that",
            .has_completed = "has completed",
            .held_on = "Gatherings",
            .attended = "Attendance",
            .of = "of",
            .days = "gathering days",
            .values_heading = "The SMART values",
            .values = "Strengths (styrkefokus)\nParticipation (medvirkning)\n"
                      "Appreciation (anerkjennelse)\nRelationships (relasjoner)\n"
                      "Practice (trening)",
            .issued_on = "Issued",
            .organiser = "Organiser",
            .serial_no = "Serial number",
            .verify = "This certificate can be verified at",
        },
};

/* Long names and titles are set smaller, so that all stays on one page. */
static enum pdf_style style_of(struct text text)
{
    return utf8_length(text.s, text.len) > 80 ? PDF_STRONG : PDF_HEADING;
}

static void write_heading(struct pdf *pdf, const struct certificate *certificate,
                          const struct words *w)
{
    pdf_space(pdf, 60);
    pdf_paragraph(pdf, PDF_TITLE, PDF_CENTRE, w->title);
    pdf_space(pdf, 36);
    pdf_paragraph(pdf, PDF_BODY, PDF_CENTRE, w->states_that);
    pdf_space(pdf, 10);
    pdf_paragraph(pdf, style_of(certificate->participant_name), PDF_CENTRE,
                  certificate->participant_name.s);
    pdf_space(pdf, 10);
    pdf_paragraph(pdf, PDF_BODY, PDF_CENTRE, w->has_completed);
    pdf_space(pdf, 10);
    pdf_paragraph(pdf, style_of(certificate->course_title), PDF_CENTRE,
                  certificate->course_title.s);
    pdf_space(pdf, 30);
    pdf_rule(pdf);
    pdf_space(pdf, 18);
}

static void write_particulars(struct pdf *pdf, const struct certificate_paper *paper,
                              const struct words *w, struct arena *arena)
{
    const struct certificate *certificate = paper->certificate;
    struct pdf_row rows[5];
    size_t count = 0;
    if (certificate->held_on.count > 0) {
        rows[count++] = (struct pdf_row){
            w->held_on, render_days(arena, &certificate->held_on, paper->language, "\n")};
        rows[count++] = (struct pdf_row){
            w->attended, arena_format(arena, "%" PRId64 " %s %zu %s", certificate->attended_days,
                                      w->of, certificate->held_on.count, w->days)};
    }
    if (given(certificate->organiser_name.is))
        rows[count++] = (struct pdf_row){w->organiser, certificate->organiser_name.s};
    rows[count++] = (struct pdf_row){w->issued_on,
                                     render_day(arena, certificate->issued_on, paper->language)};
    rows[count++] = (struct pdf_row){w->serial_no, certificate->serial_no.s};
    pdf_table(pdf, rows, count);
}

static void write_values(struct pdf *pdf, const struct words *w)
{
    pdf_space(pdf, 30);
    pdf_paragraph(pdf, PDF_STRONG, PDF_CENTRE, w->values_heading);
    pdf_paragraph(pdf, PDF_BODY, PDF_CENTRE, w->values);
}

bool certificate_render(const struct certificate_paper *paper, struct arena *arena,
                        struct bytes *ret_bytes)
{
    const struct certificate *certificate = paper->certificate;
    const struct words *w = &words[paper->language];
    const struct pdf_about about = {
        .title = arena_format(arena, "%s %s", w->title, certificate->serial_no.s),
        .author = certificate->organiser_name.s,
        .created_on = certificate->issued_on.s,
    };
    struct pdf *pdf = pdf_begin(&about, arena);
    if (!pdf)
        return false;
    pdf_frame(pdf);
    pdf_footer(pdf, arena_format(arena, "%s\n%s", w->verify, paper->verify_url));
    write_heading(pdf, certificate, w);
    write_particulars(pdf, paper, w, arena);
    write_values(pdf, w);
    return pdf_end(pdf, ret_bytes);
}
