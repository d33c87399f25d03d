#include "api/render/xlsx.h"
#include "domain/base/clock.h"
#include "tests/unit/support.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

/* Whether others can read the file is asked by tests/api/test_xlsx.py, with their library. */

static const struct xlsx_column columns[] = {
    {"text", XLSX_TEXT}, {"number", XLSX_INTEGER}, {"yes", XLSX_BOOLEAN},
    {"day", XLSX_DAY},   {"at", XLSX_INSTANT},
};
enum { COLUMNS = COUNT(columns) };

static struct xlsx_cell number(int64_t value)
{
    return (struct xlsx_cell){.given = true, .number = value};
}

static struct xlsx_cell text(const char *s)
{
    return (struct xlsx_cell){.given = true, .text = text_of(s)};
}

static size_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static struct xlsx *some_sheet(size_t rows)
{
    struct xlsx *xlsx = xlsx_create("a_name_that_is_longer_than_a_sheet_may_have", columns,
                                    COLUMNS);
    assert_non_null(xlsx);
    for (size_t i = 0; i < rows; i++) {
        const struct xlsx_cell row[COLUMNS] = {text("=1+1"), number((int64_t)i), number(1),
                                               number(20000), number(INT64_C(1700000000000000))};
        assert_true(xlsx_add_row(xlsx, row));
    }
    return xlsx;
}

static size_t read_all(struct xlsx *xlsx, char *first)
{
    char block[777];
    size_t size = 0;
    int64_t count;
    while ((count = xlsx_read(xlsx, block, sizeof block)) > 0) {
        if (size == 0)
            memcpy(first, block, 4);
        size += (size_t)count;
    }
    assert_int_equal(count, 0);
    return size;
}

enum { XML_MAX = 1 << 22 };

/* The XML of the sheet: the member of the zip file whose data follow its name. */
static char *xml_of(struct xlsx *xlsx)
{
    static const char name[] = "xl/worksheets/sheet1.xml";
    static char file[XML_MAX];
    char *xml = calloc(1, XML_MAX);
    size_t size = 0;
    int64_t count;
    assert_non_null(xml);
    while ((count = xlsx_read(xlsx, file + size, sizeof file - size)) > 0)
        size += (size_t)count;
    char *data = memmem(file, size, name, strlen(name));
    assert_non_null(data);
    size_t extra = (unsigned char)data[-2] + ((size_t)(unsigned char)data[-1] << 8);
    data += strlen(name) + extra;
    z_stream stream = {.next_in = (Bytef *)data,
                       .avail_in = (uInt)(size - (size_t)(data - file)),
                       .next_out = (Bytef *)xml,
                       .avail_out = XML_MAX - 1};
    assert_int_equal(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    return xml;
}

static void a_sheet_is_a_zip_file(void **state)
{
    (void)state;
    char first[4];
    struct xlsx *small = some_sheet(0), *large = some_sheet(5000);
    assert_true(xlsx_finish(small) && xlsx_finish(large));
    size_t size = read_all(small, first);
    assert_memory_equal(first, "PK\x03\x04", 4);
    assert_true(size > 1000 && read_all(large, first) > 10 * size);
    assert_memory_equal(first, "PK\x03\x04", 4);
    xlsx_destroy(small);
    xlsx_destroy(large);
}

static void nothing_is_left_open(void **state)
{
    (void)state;
    char first[4];
    size_t before = open_files();
    for (size_t rows = 0; rows < 3; rows++) {
        xlsx_destroy(some_sheet(rows));
        struct xlsx *finished = some_sheet(rows);
        assert_true(xlsx_finish(finished));
        xlsx_destroy(finished);
        struct xlsx *sent = some_sheet(rows);
        assert_true(xlsx_finish(sent) && read_all(sent, first) > 0);
        xlsx_destroy(sent);
    }
    xlsx_destroy(NULL);
    assert_int_equal(open_files(), before);
}

static void every_value_finds_a_cell(void **state)
{
    (void)state;
    static const int64_t numbers[] = {
        0,         -1,       INT64_C(1) << 53, (INT64_C(1) << 53) + 1, -(INT64_C(1) << 53) - 1,
        INT64_MAX, INT64_MIN};
    static const int64_t days[] = {0, -25508, -25509, -719162, 2932896, 2932897};
    static const int64_t instants[] = {0, -1, INSTANT_MIN, INSTANT_MAX};
    struct xlsx *xlsx = some_sheet(0);
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){{0}, number(numbers[i])}));
    for (size_t i = 0; i < COUNT(days); i++)
        assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){[3] = number(days[i])}));
    for (size_t i = 0; i < COUNT(instants); i++)
        assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){[4] = number(instants[i])}));
    assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){text("=1+1"), [2] = number(1)}));
    assert_true(xlsx_finish(xlsx));
    static const char *const shown[] = {
        "<v>9007199254740992</v>",
        "<t>9007199254740993</t>",
        "<t>-9007199254740993</t>",
        "<t>9223372036854775807</t>",
        "<t>-9223372036854775808</t>",
        "<v>25569</v>",
        "<v>61</v>",
        "<t>1900-02-28</t>",
        "<t>0001-01-01</t>",
        "<v>2958465</v>",
        "<t>10000-01-01</t>",
        "<t>=1+1</t>",
        "<t>0001-01-01 01:00:00</t>",
        "<t>at (Europe/Oslo)</t>",
        "t=\"b\"><v>1</v>",
        "<v>25569.04166666667</v>",
        "<t>10000-01-01 00:59:59</t>",
    };
    char *xml = xml_of(xlsx);
    for (size_t i = 0; i < COUNT(shown); i++)
        if (!strstr(xml, shown[i]))
            fail_msg("no %s in %s", shown[i], xml);
    assert_null(strstr(xml, "<f>"));
    free(xml);
    xlsx_destroy(xlsx);
}

static void text_of_any_length(void **state)
{
    (void)state;
    static const char *const characters[] = {"a", "å", "😀", "_x000A_", "\uFFFF", "\x01"};
    struct xlsx *xlsx = some_sheet(0);
    char *long_text = malloc(7 * 40000 + 1);
    assert_non_null(long_text);
    for (size_t i = 0; i < COUNT(characters); i++) {
        size_t len = strlen(characters[i]);
        for (size_t k = 0; k < 40000; k++)
            memcpy(long_text + k * len, characters[i], len);
        for (size_t count = 32766; count < 32770; count++) {
            char end = long_text[count * len];
            long_text[count * len] = '\0';
            assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){text(long_text)}));
            long_text[count * len] = end;
        }
        long_text[40000 * len] = '\0';
        assert_true(xlsx_add_row(xlsx, (struct xlsx_cell[COLUMNS]){text(long_text)}));
    }
    free(long_text);
    assert_true(xlsx_finish(xlsx));
    xlsx_destroy(xlsx);
}

static void rows_have_an_end(void **state)
{
    (void)state;
    struct xlsx *xlsx = xlsx_create("rows", columns, 2);
    const struct xlsx_cell row[] = {{0}, number(7)};
    for (size_t i = 0; i < XLSX_ROWS_MAX; i++)
        assert_true(xlsx_add_row(xlsx, row));
    assert_false(xlsx_add_row(xlsx, row));
    assert_true(xlsx_finish(xlsx));
    xlsx_destroy(xlsx);
}

static void no_place_for_files(void **state)
{
    (void)state;
    size_t before = open_files();
    char former[512] = "";
    const char *given = getenv("TMPDIR");
    snprintf(former, sizeof former, "%s", given ? given : "");
    setenv("TMPDIR", "/nowhere/at/all", 1);
    assert_null(xlsx_create("nothing", columns, COLUMNS));
    if (given)
        setenv("TMPDIR", former, 1);
    else
        unsetenv("TMPDIR");
    assert_null(xlsx_create("too many", columns, XLSX_COLUMNS_MAX + 1));
    assert_int_equal(open_files(), before);
}

/* A full disk, as a limit on what this process may write. */
static void no_room_for_rows(void **state)
{
    (void)state;
    size_t before = open_files();
    struct rlimit former, limit;
    struct xlsx *xlsx = some_sheet(0);
    const struct xlsx_cell row[COLUMNS] = {text("to the end")};
    bool added = true;
    getrlimit(RLIMIT_FSIZE, &former);
    limit = (struct rlimit){.rlim_cur = 100000, .rlim_max = former.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    for (size_t i = 0; i < 10000 && added; i++)
        added = xlsx_add_row(xlsx, row);
    bool finished = xlsx_finish(xlsx);
    xlsx_destroy(xlsx);
    setrlimit(RLIMIT_FSIZE, &former);
    assert_false(added);
    assert_false(finished);
    assert_int_equal(open_files(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_is_a_zip_file),    cmocka_unit_test(nothing_is_left_open),
        cmocka_unit_test(every_value_finds_a_cell), cmocka_unit_test(text_of_any_length),
        cmocka_unit_test(rows_have_an_end),         cmocka_unit_test(no_place_for_files),
        cmocka_unit_test(no_room_for_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
