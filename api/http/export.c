#include "api/http/export.h"

#include "api/now.h"
#include "api/render/xlsx.h"
#include "api/service.h"
#include "api/settings.h"
#include "domain/base/log.h"

#include <stdlib.h>

enum { ROWS_AT_A_TIME = 200, EXPORT_ARENA_MAX = 64 * 1024 * 1024 };

struct export
{
    struct http_stream stream;
    struct arena *arena; /* of the transaction and the views: the whole stream */
    struct arena *page;  /* of the bytes of one fetch */
    struct error error;
    struct tx *tx;
    enum media media;
    enum column_view *views;
    struct xlsx *sheet; /* of MEDIA_XLSX, which has no bytes before its last row is in */
    bool packed;
    struct buffer pending;
    size_t sent; /* of pending */
    bool ended;
    int64_t deadline; /* monotonic: the pool is small, a slow reader may not keep its connection */
};

static void export_destroy(struct export *export)
{
    tx_end(export->tx);
    xlsx_destroy(export->sheet);
    arena_destroy(export->page);
    arena_destroy(export->arena);
    free(export);
}

static char separator(enum media media)
{
    return media == MEDIA_CSV_EXCEL ? ';' : ',';
}

/* Quoted when RFC 4180 asks for it. For a spreadsheet, a cell that would be read as a formula is
 * made text with a leading apostrophe. */
static void add_cell(struct export *export, const char *s, size_t len)
{
    struct buffer *out = &export->pending;
    char mark = separator(export->media);
    bool formula = export->media == MEDIA_CSV_EXCEL && len > 0 && strchr("=+-@\t\r", s[0]) &&
                   !(s[0] == '-' && strspn(s + 1, "0123456789") == len - 1);
    bool quoted = memchr(s, '"', len) || memchr(s, mark, len) || memchr(s, '\n', len) ||
                  memchr(s, '\r', len) || formula;
    if (quoted)
        buffer_add_char(out, '"');
    if (formula)
        buffer_add_char(out, '\'');
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '"')
            buffer_add_char(out, '"');
        buffer_add_char(out, s[i]);
    }
    if (quoted)
        buffer_add_char(out, '"');
}

static void add_header(struct export *export, const struct rows *rows)
{
    bool first = true;
    if (export->media == MEDIA_CSV_EXCEL)
        buffer_add_string(&export->pending, "\xEF\xBB\xBF");
    for (size_t i = 0; i < rows_columns(rows); i++) {
        if (export->views[i] == COLUMN_HIDDEN)
            continue;
        if (!first)
            buffer_add_char(&export->pending, separator(export->media));
        first = false;
        buffer_add_string(&export->pending, rows_column_name(rows, i));
    }
    buffer_add_string(&export->pending, "\r\n");
}

static void add_csv_row(struct export *export, const struct rows *rows, size_t row)
{
    bool first = true;
    for (size_t i = 0; i < rows_columns(rows); i++) {
        if (export->views[i] == COLUMN_HIDDEN)
            continue;
        if (!first)
            buffer_add_char(&export->pending, separator(export->media));
        first = false;
        if (export->views[i] == COLUMN_MASKED)
            continue;
        struct buffer cell;
        buffer_init(&cell, export->page, 64);
        rows_write_text(rows, row, i, &cell);
        if (cell.len > 0)
            add_cell(export, cell.data, cell.len);
    }
    buffer_add_string(&export->pending, "\r\n");
}

static void add_ndjson_row(struct export *export, const struct rows *rows, size_t row)
{
    rows_write_object(rows, row, export->views, &export->pending);
    buffer_add_string(&export->pending, "}\n");
}

static bool open_sheet(struct export *export, const struct rows *rows, const char *name)
{
    static const enum xlsx_kind kinds[] = {
        [COLUMN_TEXT] = XLSX_TEXT, [COLUMN_INTEGER] = XLSX_INTEGER, [COLUMN_BOOLEAN] = XLSX_BOOLEAN,
        [COLUMN_DAY] = XLSX_DAY,   [COLUMN_INSTANT] = XLSX_INSTANT,
    };
    struct xlsx_column *columns = arena_array(export->page, struct xlsx_column, rows_columns(rows));
    size_t count = 0;
    for (size_t i = 0; i < rows_columns(rows); i++)
        if (export->views[i] != COLUMN_HIDDEN)
            columns[count++] = (struct xlsx_column){
                .name = arena_format(export->arena, "%s", rows_column_name(rows, i)),
                .kind = kinds[rows_column_kind(rows, i)]};
    export->sheet = xlsx_create(name, columns, count);
    return export->sheet != NULL;
}

static struct xlsx_cell cell_of(struct export *export, const struct rows *rows, size_t row,
                                size_t column)
{
    struct xlsx_cell cell = {.given = export->views[column] == COLUMN_SHOWN &&
                                      !rows_is_null(rows, row, column)};
    if (!cell.given)
        return cell;
    if (rows_column_kind(rows, column) != COLUMN_TEXT) {
        cell.number = rows_number(rows, row, column);
        return cell;
    }
    struct buffer text;
    buffer_init(&text, export->page, 64);
    rows_write_text(rows, row, column, &text);
    cell.text = text_of(text.data ? text.data : "");
    return cell;
}

static bool add_sheet_row(struct export *export, const struct rows *rows, size_t row)
{
    struct xlsx_cell *cells = arena_array(export->page, struct xlsx_cell, rows_columns(rows));
    size_t count = 0;
    for (size_t i = 0; i < rows_columns(rows); i++)
        if (export->views[i] != COLUMN_HIDDEN)
            cells[count++] = cell_of(export, rows, row, i);
    return xlsx_add_row(export->sheet, cells);
}

static bool add_rows(struct export *export, const struct rows *rows)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        if (export->media == MEDIA_NDJSON)
            add_ndjson_row(export, rows, i);
        else if (export->media != MEDIA_XLSX)
            add_csv_row(export, rows, i);
        else if (!add_sheet_row(export, rows, i))
            return false;
    }
    return true;
}

static enum outcome fetch(struct export *export, struct rows **ret_rows)
{
    arena_reset(export->page);
    buffer_init(&export->pending, export->page, 16384);
    export->sent = 0;
    enum outcome outcome = tx_fetch(export->tx, ROWS_AT_A_TIME, ret_rows);
    if (outcome == DONE && rows_count(*ret_rows) < ROWS_AT_A_TIME)
        export->ended = true;
    return outcome;
}

static bool broken(enum log_level level, const char *why)
{
    log_write(level, "export_broken", "%s", why);
    return false;
}

/* The next rows, where there are more. */
static bool go_on(struct export *export)
{
    struct rows *rows = NULL;
    if (export->ended)
        return true;
    if (fetch(export, &rows) != DONE)
        return broken(LOG_ERRORS, export->error.code);
    return add_rows(export, rows) || broken(LOG_ERRORS, "no room for a spreadsheet");
}

static bool pack(struct export *export)
{
    export->packed = xlsx_finish(export->sheet);
    return export->packed || broken(LOG_ERRORS, "no room for a spreadsheet");
}

/* A few rows at a time, then the packing, then the bytes. */
static int64_t read_sheet(struct export *export, char *out, size_t max)
{
    if (!export->ended)
        return go_on(export) ? HTTP_STREAM_LATER : -1;
    if (!export->packed && !pack(export))
        return -1;
    return xlsx_read(export->sheet, out, max);
}

static int64_t export_read(void *context, char *out, size_t max)
{
    struct export *export = context;
    if (now_monotonic() > export->deadline) {
        broken(LOG_WARNINGS, "the client was slower than LOFT_EXPORT_S allows");
        return -1;
    }
    if (export->media == MEDIA_XLSX)
        return read_sheet(export, out, max);
    if (export->sent == export->pending.len && !go_on(export))
        return -1;
    size_t left = export->pending.len - export->sent;
    size_t count = left < max ? left : max;
    memcpy(out, export->pending.data + export->sent, count);
    export->sent += count;
    return (int64_t)count;
}

static void export_done(void *context)
{
    export_destroy(context);
}

/* Before the first byte, while a refusal can still be told. */
static enum outcome check_length(struct export *export, const struct export_request *request)
{
    const struct operation *op = request->call->operation;
    int64_t count = 0;
    enum outcome outcome = tx_count(export->tx, op->statement,
                                    SOURCES({op->input_shape, request->input}), &count);
    if (outcome != DONE || count <= XLSX_ROWS_MAX)
        return outcome;
    error_arg_int(request->call->error, "limit", XLSX_ROWS_MAX);
    return error_refuse(&export->error, MALFORMED, "spreadsheet_too_long", NULL);
}

static enum outcome begin(struct export *export, const struct export_request *request)
{
    const struct call *call = request->call;
    const struct tx_context context = {
        .principal = call->principal, .now = call->now_text, .request_id = call->request_id};
    struct rows *rows = NULL;
    enum outcome outcome = tx_begin(call->service->exports, &context, export->arena, &export->error,
                                    &export->tx);
    if (outcome == DONE && export->media == MEDIA_XLSX)
        outcome = check_length(export, request);
    if (outcome == DONE)
        outcome = tx_open_cursor(export->tx, call->operation->statement,
                                 SOURCES({call->operation->input_shape, request->input}),
                                 &request->sort->order);
    if (outcome == DONE)
        outcome = fetch(export, &rows);
    if (outcome == DONE && rows_count(rows) == 0)
        outcome = answer_check_parent(export->tx, call->operation, request->input, &export->error);
    if (outcome != DONE)
        return outcome;
    export->views = answer_views(call->operation, call->principal, request->selection, rows,
                                 export->arena);
    if (export->media == MEDIA_CSV || export->media == MEDIA_CSV_EXCEL)
        add_header(export, rows);
    bool added = (export->media != MEDIA_XLSX || open_sheet(export, rows, call->operation->id)) &&
                 add_rows(export, rows);
    if (added)
        return DONE;
    export->error.retry_after_s = 1;
    return error_refuse(&export->error, UNAVAILABLE, "busy", NULL);
}

enum outcome export_open(const struct export_request *request, struct http_stream **ret_stream,
                         struct export_failure *ret_failure)
{
    struct error *error = request->call->error;
    struct export *export = calloc(1, sizeof *export);
    if (!export)
        return error_refuse(error, UNAVAILABLE, "busy", NULL);
    export->arena = arena_create(EXPORT_ARENA_MAX);
    export->page = arena_create(EXPORT_ARENA_MAX);
    export->media = request->media;
    if (!export->arena || !export->page) {
        export_destroy(export);
        return error_refuse(error, UNAVAILABLE, "busy", NULL);
    }
    export->deadline = now_monotonic() + request->call->service->settings->export_s * 1000000;
    error_init(&export->error, export->arena);
    enum outcome outcome = begin(export, request);
    if (outcome != DONE) {
        /* The refusal outlives the export: its texts are literals, no argument of it is kept. */
        error_refuse(error, outcome, export->error.code, NULL);
        error->retry_after_s = export->error.retry_after_s;
        *ret_failure = (struct export_failure){
            .retryable = export->tx && tx_retryable(export->tx),
            .stale = export->tx && tx_grants_stale(export->tx),
        };
        export_destroy(export);
        return outcome;
    }
    export->stream = (struct http_stream){
        .read = export_read, .done = export_done, .context = export};
    *ret_stream = &export->stream;
    return DONE;
}
