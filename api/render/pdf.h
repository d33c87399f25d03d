/*
 * PDF documents on A4, for any letter or paper: headings, paragraphs, tables of two columns, a footer
 * on each page, page breaks where they are needed. Fonts are those of one directory, embedded,
 * whatever else the machine has. The same calls make the same bytes: no clock, no randomness.
 *
 * Pango and cairo share font caches behind the scenes, so documents are made one at a time: pdf_begin
 * takes a lock that pdf_end gives back. A document is a few milliseconds of work; nothing that waits
 * (storage) belongs in between.
 */
#ifndef LOFT_API_RENDER_PDF_H
#define LOFT_API_RENDER_PDF_H

#include "domain/base/arena.h"

struct pdf;

struct pdf_about {
    const char *title;
    const char *author;     /* NULL: not said */
    const char *created_on; /* YYYY-MM-DD: what the document says of its making */
};

enum pdf_style { PDF_TITLE, PDF_HEADING, PDF_STRONG, PDF_BODY, PDF_SMALL, PDF_STYLE_COUNT };
enum pdf_align { PDF_LEFT, PDF_CENTRE };

struct pdf_row {
    const char *label;
    const char *value;
};

/* NULL, with a log line, when there are no fonts to set it in. */
struct pdf *pdf_begin(const struct pdf_about *about, struct arena *arena);

/* Text flows down the page; plain UTF-8, no markup. */
void pdf_paragraph(struct pdf *pdf, enum pdf_style style, enum pdf_align align, const char *text);
/* Labels to the left, values beside them. */
void pdf_table(struct pdf *pdf, const struct pdf_row *rows, size_t count);
void pdf_space(struct pdf *pdf, double points);
void pdf_rule(struct pdf *pdf); /* a thin line across */

/* A line around every page from here on, and a text at the foot of every page; before the first
 * text. */
void pdf_frame(struct pdf *pdf);
void pdf_footer(struct pdf *pdf, const char *text);

/* Ends the document. False, with a log line, when it could not be made; the bytes are on the arena
 * otherwise. */
bool pdf_end(struct pdf *pdf, struct bytes *ret_bytes);

/* Lets go of the fonts, when no document will be made any more. */
void pdf_close(void);

#endif
