#include "api/render/xlsx.h"

#include "domain/base/clock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum {
    TEXT_MAX = 32767, /* UTF-16 units in a cell */
    WIDTH_MIN = 8,
    WIDTH_MAX = 60,
    SHEET_NAME_MAX = 31,
    DAY_1970 = 25569,      /* as spreadsheets count, from 1899-12-30 */
    DAY_FIRST = 61,        /* 1900-03-01; before it they count a day that never was */
    DAY_LAST = 2958465,    /* 9999-12-31 */
    NUMBER_DIGITS_MAX = 20 /* of an int64_t and its sign */
};
#define NUMBER_MAX (INT64_C(1) << 53) /* the numbers of a spreadsheet are doubles */
#define ROOM_TO_SPARE (UINT64_C(1) << 20)

struct xlsx {
    struct xlsx_column columns[XLSX_COLUMNS_MAX];
    double widths[XLSX_COLUMNS_MAX];
    size_t count;
    uint32_t rows; /* the header included */
    int file;
    off_t sent;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *bold, *text, *day, *instant;
    char scratch[3 * TEXT_MAX + 1]; /* a unit takes three bytes at most */
};

/* ---- text ------------------------------------------------------------------------------------ */

static size_t sequence_len(const char *s)
{
    unsigned char lead = (unsigned char)*s;
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* "_x000A_" would be read as the character that it names. */
static bool looks_like_escape(const char *s)
{
    return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 &&
           s[6] == '_';
}

/* UTF-16 units that a character of UTF-8 becomes. */
static size_t units_of(const char *s)
{
    if (looks_like_escape(s))
        return sizeof "_x005F_" - 1;
    return sequence_len(s) == 4 ? 2 : 1;
}

/* U+FFFE and U+FFFF: PostgreSQL holds them, XML does not. */
static bool is_no_character(const char *s)
{
    return memcmp(s, "\xEF\xBF", 2) == 0 && (unsigned char)s[2] >= 0xbe;
}

static const char *cell_text(struct xlsx *xlsx, const char *s)
{
    size_t units = 0, used = 0, written = 0;
    for (const char *at = s; *at; at += sequence_len(at))
        units += units_of(at);
    size_t limit = units > TEXT_MAX ? TEXT_MAX - 1 : TEXT_MAX;
    for (; *s && written + units_of(s) <= limit; s += sequence_len(s)) {
        size_t len = sequence_len(s);
        const char *bytes = s;
        if (looks_like_escape(s)) {
            bytes = "_x005F_";
            len = strlen(bytes);
        } else if (len == 3 && is_no_character(s)) {
            bytes = "\uFFFD";
        }
        written += units_of(s);
        memcpy(xlsx->scratch + used, bytes, len);
        used += len;
    }
    strcpy(xlsx->scratch + used, *s ? "…" : "");
    return xlsx->scratch;
}

/* Characters of the first line, more or less. */
static double width_of(const char *s)
{
    double width = 2;
    for (; *s && *s != '\n'; s++)
        width += ((unsigned char)*s & 0xc0) != 0x80;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void widen(struct xlsx *xlsx, size_t column, const char *s)
{
    double width = width_of(s);
    if (width > xlsx->widths[column])
        xlsx->widths[column] = width;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static bool write_text(struct xlsx *xlsx, size_t column, const char *s)
{
    const char *text = cell_text(xlsx, s);
    widen(xlsx, column, text);
    return worksheet_write_string(xlsx->sheet, xlsx->rows, (lxw_col_t)column, text, xlsx->text) ==
           LXW_NO_ERROR;
}

static bool write_number(struct xlsx *xlsx, size_t column, double number, lxw_format *format)
{
    return worksheet_write_number(xlsx->sheet, xlsx->rows, (lxw_col_t)column, number, format) ==
           LXW_NO_ERROR;
}

static bool write_integer(struct xlsx *xlsx, size_t column, int64_t number)
{
    char digits[NUMBER_DIGITS_MAX + 1];
    snprintf(digits, sizeof digits, "%" PRId64, number);
    if (number < -NUMBER_MAX || number > NUMBER_MAX)
        return write_text(xlsx, column, digits);
    widen(xlsx, column, digits);
    return write_number(xlsx, column, (double)number, NULL);
}

/* `day` and `seconds` are those of a calendar and a clock in Norway. */
static bool write_time(struct xlsx *xlsx, size_t column, int64_t day, int64_t seconds, bool instant)
{
    static const char pattern[] = "0000-00-00 00:00:00";
    int64_t serial = day + DAY_1970;
    widen(xlsx, column, instant ? pattern : "0000-00-00");
    if (serial >= DAY_FIRST && serial <= DAY_LAST)
        return write_number(xlsx, column, (double)serial + (double)seconds / 86400,
                            instant ? xlsx->instant : xlsx->day);
    struct arena *arena = arena_create(4096);
    if (!arena)
        return false;
    const char *text = day_format(arena, day);
    if (instant)
        text = arena_format(arena, "%s %02d:%02d:%02d", text, (int)(seconds / 3600),
                            (int)(seconds / 60 % 60), (int)(seconds % 60));
    bool written = write_text(xlsx, column, text);
    arena_destroy(arena);
    return written;
}

static bool write_instant(struct xlsx *xlsx, size_t column, int64_t instant)
{
    int64_t local = instant_in_norway(instant);
    int64_t day = local / MICROSECONDS_PER_DAY - (local % MICROSECONDS_PER_DAY < 0);
    int64_t seconds = (local - day * MICROSECONDS_PER_DAY) / MICROSECONDS_PER_SECOND;
    return write_time(xlsx, column, day, seconds, true);
}

static bool write_cell(struct xlsx *xlsx, size_t column, const struct xlsx_cell *cell)
{
    switch (xlsx->columns[column].kind) {
    case XLSX_TEXT:
        return cell->text.len == 0 || write_text(xlsx, column, cell->text.s);
    case XLSX_INTEGER:
        return write_integer(xlsx, column, cell->number);
    case XLSX_BOOLEAN:
        return worksheet_write_boolean(xlsx->sheet, xlsx->rows, (lxw_col_t)column,
                                       (int)cell->number, NULL) == LXW_NO_ERROR;
    case XLSX_DAY:
        return write_time(xlsx, column, cell->number, 0, false);
    case XLSX_INSTANT:
        return write_instant(xlsx, column, cell->number);
    }
    return false;
}

/* The library does not look whether its rows reached the disk. */
static bool is_sound(const struct xlsx *xlsx)
{
    return ferror(xlsx->sheet->optimize_tmpfile) == 0;
}

bool xlsx_add_row(struct xlsx *xlsx, const struct xlsx_cell *cells)
{
    if (xlsx->rows > XLSX_ROWS_MAX)
        return false;
    for (size_t i = 0; i < xlsx->count; i++)
        if (cells[i].given && !write_cell(xlsx, i, &cells[i]))
            return false;
    xlsx->rows++;
    return is_sound(xlsx);
}

/* ---- the file -------------------------------------------------------------------------------- */

static const char *directory(void)
{
    const char *given = getenv("TMPDIR");
    return given && *given ? given : "/tmp";
}

/* A file without a name; -1 when there is no place for one. */
static int open_file(void)
{
    char path[256];
    if (snprintf(path, sizeof path, "%s/loft-XXXXXX", directory()) >= (int)sizeof path)
        return -1;
    int file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    return file;
}

static lxw_format *number_format(lxw_workbook *workbook, const char *pattern)
{
    lxw_format *format = workbook_add_format(workbook);
    if (format)
        format_set_num_format(format, pattern);
    return format;
}

static bool open_workbook(struct xlsx *xlsx, const char *name)
{
    char path[32], sheet[SHEET_NAME_MAX + 1];
    snprintf(path, sizeof path, "/proc/self/fd/%d", xlsx->file);
    snprintf(sheet, sizeof sheet, "%s", name);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)directory()};
    xlsx->workbook = workbook_new_opt(path, &options);
    if (!xlsx->workbook)
        return false;
    xlsx->sheet = workbook_add_worksheet(xlsx->workbook, sheet);
    xlsx->bold = workbook_add_format(xlsx->workbook);
    xlsx->text = number_format(xlsx->workbook, "@");
    xlsx->day = number_format(xlsx->workbook, "yyyy-mm-dd");
    xlsx->instant = number_format(xlsx->workbook, "yyyy-mm-dd hh:mm:ss");
    return xlsx->sheet && xlsx->sheet->optimize_tmpfile && xlsx->bold && xlsx->text && xlsx->day &&
           xlsx->instant;
}

static bool write_header(struct xlsx *xlsx)
{
    format_set_bold(xlsx->bold);
    worksheet_freeze_panes(xlsx->sheet, 1, 0);
    for (size_t i = 0; i < xlsx->count; i++) {
        const char *zone = xlsx->columns[i].kind == XLSX_INSTANT ? " (Europe/Oslo)" : "";
        char name[128];
        snprintf(name, sizeof name, "%s%s", xlsx->columns[i].name, zone);
        widen(xlsx, i, name);
        if (worksheet_write_string(xlsx->sheet, 0, (lxw_col_t)i, name, xlsx->bold) != LXW_NO_ERROR)
            return false;
    }
    xlsx->rows = 1;
    return true;
}

struct xlsx *xlsx_create(const char *sheet, const struct xlsx_column *columns, size_t count)
{
    struct xlsx *xlsx = count <= XLSX_COLUMNS_MAX ? calloc(1, sizeof *xlsx) : NULL;
    if (!xlsx)
        return NULL;
    memcpy(xlsx->columns, columns, count * sizeof *columns);
    xlsx->count = count;
    xlsx->file = open_file();
    if (xlsx->file >= 0 && open_workbook(xlsx, sheet) && write_header(xlsx))
        return xlsx;
    xlsx_destroy(xlsx);
    return NULL;
}

/* Packing writes the rows once more and then their packed form, and nobody looks in between. */
static bool has_room(const struct xlsx *xlsx)
{
    FILE *rows = xlsx->sheet->optimize_tmpfile;
    struct statvfs space;
    if (fflush(rows) != 0 || !is_sound(xlsx) || fstatvfs(xlsx->file, &space) != 0)
        return false;
    uint64_t needed = 2 * (uint64_t)ftello(rows) + ROOM_TO_SPARE;
    return (uint64_t)space.f_bavail * space.f_frsize >= needed;
}

bool xlsx_finish(struct xlsx *xlsx)
{
    worksheet_autofilter(xlsx->sheet, 0, 0, xlsx->rows - 1, (lxw_col_t)(xlsx->count - 1));
    for (size_t i = 0; i < xlsx->count; i++)
        worksheet_set_column(xlsx->sheet, (lxw_col_t)i, (lxw_col_t)i, xlsx->widths[i], NULL);
    if (!has_room(xlsx))
        return false;
    lxw_error error = workbook_close(xlsx->workbook); /* and frees it, also when it fails */
    xlsx->workbook = NULL;
    return error == LXW_NO_ERROR;
}

int64_t xlsx_read(struct xlsx *xlsx, char *out, size_t max)
{
    ssize_t count = pread(xlsx->file, out, max, xlsx->sent);
    if (count > 0)
        xlsx->sent += count;
    return count;
}

/* The library closes the file of the rows only when it packs them. */
static void discard_workbook(struct xlsx *xlsx)
{
    if (xlsx->sheet && xlsx->sheet->optimize_tmpfile)
        fclose(xlsx->sheet->optimize_tmpfile);
    if (xlsx->sheet)
        xlsx->sheet->optimize_tmpfile = NULL;
    lxw_workbook_free(xlsx->workbook);
}

void xlsx_destroy(struct xlsx *xlsx)
{
    if (!xlsx)
        return;
    if (xlsx->workbook)
        discard_workbook(xlsx);
    if (xlsx->file >= 0)
        close(xlsx->file);
    free(xlsx);
}
