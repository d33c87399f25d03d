#include "api/render/pdf.h"

#include "domain/base/log.h"

#include <cairo-pdf.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <pthread.h>

/* Of Debian's fonts-dejavu-core: Latin letters with all that Norwegian and Sámi names need. */
#define FONTS "/usr/share/fonts/truetype/dejavu/"
static const char *const files[] = {FONTS "DejaVuSans.ttf", FONTS "DejaVuSans-Bold.ttf",
                                    FONTS "DejaVuSerif.ttf", FONTS "DejaVuSerif-Bold.ttf"};

/* A4 in points, margins, the frame's distance from the edge, the width of a table's labels. */
#define WIDTH 595.276
#define HEIGHT 841.890
#define MARGIN 72.0
#define FRAME 28.0
#define LABELS 150.0
#define FOOT 44.0 /* above the lower edge of the page */
#define COLUMN (WIDTH - 2 * MARGIN)

struct style {
    const char *font;
    double after; /* points below */
};
static const struct style styles[PDF_STYLE_COUNT] = {
    [PDF_TITLE] = {"DejaVu Serif 30", 14},     [PDF_HEADING] = {"DejaVu Serif Bold 17", 8},
    [PDF_STRONG] = {"DejaVu Sans Bold 11", 6}, [PDF_BODY] = {"DejaVu Sans 11", 6},
    [PDF_SMALL] = {"DejaVu Sans 8.5", 4},
};

struct pdf {
    struct buffer bytes;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *context;
    double y;
    bool page_begun, framed;
    const char *footer;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static PangoFontMap *map;

/* The fonts of every document, read once. NULL when the directory has none. */
static PangoFontMap *fonts(void)
{
    if (map)
        return map;
    FcConfig *config = FcConfigCreate();
    bool found = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        found = FcConfigAppFontAddFile(config, (const FcChar8 *)files[i]) && found;
    if (found) {
        map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), config);
    } else {
        log_write(LOG_ERRORS, "fonts", "fonts-dejavu-core is not complete in " FONTS);
    }
    FcConfigDestroy(config);
    return map;
}

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned int len)
{
    buffer_add(closure, (const char *)data, len);
    return CAIRO_STATUS_SUCCESS;
}

static void describe(cairo_surface_t *surface, const struct pdf_about *about, struct arena *arena)
{
    const char *at = arena_format(arena, "%sT00:00:00Z", about->created_on);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
    if (about->author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
}

struct pdf *pdf_begin(const struct pdf_about *about, struct arena *arena)
{
    pthread_mutex_lock(&lock);
    if (!fonts()) {
        pthread_mutex_unlock(&lock);
        return NULL;
    }
    struct pdf *pdf = arena_new(arena, struct pdf);
    buffer_init(&pdf->bytes, arena, 65536);
    pdf->surface = cairo_pdf_surface_create_for_stream(write_bytes, &pdf->bytes, WIDTH, HEIGHT);
    describe(pdf->surface, about, arena);
    pdf->cairo = cairo_create(pdf->surface);
    pdf->context = pango_font_map_create_context(map);
    pango_cairo_update_context(pdf->cairo, pdf->context);
    return pdf;
}

static PangoLayout *lay_out(struct pdf *pdf, enum pdf_style style, double width, const char *text)
{
    PangoLayout *layout = pango_layout_new(pdf->context);
    PangoFontDescription *font = pango_font_description_from_string(styles[style].font);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

static void draw_frame(struct pdf *pdf)
{
    cairo_set_line_width(pdf->cairo, 1.5);
    cairo_rectangle(pdf->cairo, FRAME, FRAME, WIDTH - 2 * FRAME, HEIGHT - 2 * FRAME);
    cairo_stroke(pdf->cairo);
}

static void draw_footer(struct pdf *pdf)
{
    PangoLayout *layout = lay_out(pdf, PDF_SMALL, COLUMN, pdf->footer);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    cairo_move_to(pdf->cairo, MARGIN, HEIGHT - FOOT - height_of(layout));
    pango_cairo_show_layout(pdf->cairo, layout);
    g_object_unref(layout);
}

static void begin_page(struct pdf *pdf)
{
    pdf->page_begun = true;
    pdf->y = MARGIN;
    if (pdf->framed)
        draw_frame(pdf);
    if (pdf->footer)
        draw_footer(pdf);
}

/* Makes sure that so much fits below: on this page or on the next. */
static void make_room(struct pdf *pdf, double height)
{
    if (pdf->page_begun && pdf->y + height > HEIGHT - MARGIN) {
        cairo_show_page(pdf->cairo);
        pdf->page_begun = false;
    }
    if (!pdf->page_begun)
        begin_page(pdf);
}

/* Line by line, so that a long text goes on on the next page. */
static void draw(struct pdf *pdf, PangoLayout *layout, double x)
{
    PangoLayoutIter *line = pango_layout_get_iter(layout);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(line, NULL, &box);
        double height = (double)box.height / PANGO_SCALE;
        double above = (double)(pango_layout_iter_get_baseline(line) - box.y) / PANGO_SCALE;
        make_room(pdf, height);
        cairo_move_to(pdf->cairo, x + (double)box.x / PANGO_SCALE, pdf->y + above);
        pango_cairo_show_layout_line(pdf->cairo, pango_layout_iter_get_line_readonly(line));
        pdf->y += height;
    } while (pango_layout_iter_next_line(line));
    pango_layout_iter_free(line);
}

void pdf_paragraph(struct pdf *pdf, enum pdf_style style, enum pdf_align align, const char *text)
{
    PangoLayout *layout = lay_out(pdf, style, COLUMN, text);
    if (align == PDF_CENTRE)
        pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    draw(pdf, layout, MARGIN);
    pdf->y += styles[style].after;
    g_object_unref(layout);
}

static void draw_row(struct pdf *pdf, const struct pdf_row *row)
{
    PangoLayout *label = lay_out(pdf, PDF_STRONG, LABELS, row->label);
    PangoLayout *value = lay_out(pdf, PDF_BODY, COLUMN - LABELS, row->value);
    double height = height_of(label) > height_of(value) ? height_of(label) : height_of(value);
    make_room(pdf, height);
    double top = pdf->y;
    draw(pdf, label, MARGIN);
    pdf->y = top;
    draw(pdf, value, MARGIN + LABELS);
    pdf->y = top + height + styles[PDF_BODY].after;
    g_object_unref(label);
    g_object_unref(value);
}

void pdf_table(struct pdf *pdf, const struct pdf_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        draw_row(pdf, &rows[i]);
}

void pdf_space(struct pdf *pdf, double points)
{
    make_room(pdf, points);
    pdf->y += points;
}

void pdf_rule(struct pdf *pdf)
{
    make_room(pdf, 1);
    cairo_set_line_width(pdf->cairo, 0.7);
    cairo_move_to(pdf->cairo, MARGIN, pdf->y);
    cairo_line_to(pdf->cairo, WIDTH - MARGIN, pdf->y);
    cairo_stroke(pdf->cairo);
}

void pdf_frame(struct pdf *pdf)
{
    pdf->framed = true;
}

void pdf_footer(struct pdf *pdf, const char *text)
{
    pdf->footer = text;
}

bool pdf_end(struct pdf *pdf, struct bytes *ret_bytes)
{
    g_object_unref(pdf->context);
    cairo_destroy(pdf->cairo);
    cairo_surface_finish(pdf->surface);
    cairo_status_t status = cairo_surface_status(pdf->surface);
    cairo_surface_destroy(pdf->surface);
    pthread_mutex_unlock(&lock);
    if (status != CAIRO_STATUS_SUCCESS) {
        log_write(LOG_ERRORS, "pdf", "%s", cairo_status_to_string(status));
        return false;
    }
    *ret_bytes = (struct bytes){.is = GIVEN, .data = pdf->bytes.data, .len = pdf->bytes.len};
    return true;
}

void pdf_close(void)
{
    pthread_mutex_lock(&lock);
    if (map) {
        pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(map), NULL); /* or it would keep it */
        g_object_unref(map);
    }
    map = NULL;
    cairo_debug_reset_static_data(); /* it keeps fonts as well */
    FcFini();
    pthread_mutex_unlock(&lock);
}
