#include "api/render/mail.h"
#include "tests/unit/support.h"

static struct mail plain_mail(void)
{
    return (struct mail){
        .from = "smart@example.no",
        .to = "kari@example.no",
        .subject = "Emne",
        .body = "Hei",
        .language = "nb",
        .message_id = "1@example.no",
        .dated = "Wed, 22 Mar 2023 08:00:00 +0000",
    };
}

static const char *render(struct fixture *fixture, const struct mail *mail)
{
    size_t len = 0;
    const char *bytes = mail_render(mail, fixture->arena, &len);
    assert_int_equal(len, strlen(bytes));
    return bytes;
}

static void the_whole_of_it(void **state)
{
    const struct mail mail = plain_mail();
    assert_string_equal(render(*state, &mail),
                        "Date: Wed, 22 Mar 2023 08:00:00 +0000\r\n"
                        "From: <smart@example.no>\r\n"
                        "To: <kari@example.no>\r\n"
                        "Subject: =?UTF-8?B?RW1uZQ==?=\r\n"
                        "Message-ID: <1@example.no>\r\n"
                        "Auto-Submitted: auto-generated\r\n"
                        "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=UTF-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n"
                        "Content-Language: nb\r\n"
                        "\r\n"
                        "Hei\r\n");
}

static size_t longest_line(const char *bytes)
{
    size_t longest = 0;
    while (*bytes) {
        size_t len = strcspn(bytes, "\r\n");
        longest = len > longest ? len : longest;
        bytes += len + strspn(bytes + len, "\r\n");
    }
    return longest;
}

/* However long words are and wherever their characters begin. */
static void lines_are_short(void **state)
{
    struct fixture *fixture = *state;
    struct mail mail = plain_mail();
    for (int spaces = 0; spaces < 80; spaces++) {
        struct buffer words;
        buffer_init(&words, fixture->arena, 256);
        for (int i = 0; i < spaces; i++)
            buffer_add_char(&words, ' ');
        for (int i = 0; i < 60; i++)
            buffer_add_string(&words, i % 2 ? "æ" : "\U0001F600");
        mail.subject = mail.sender = mail.name = mail.body = words.data;
        const char *bytes = render(fixture, &mail);
        assert_in_range(longest_line(bytes), 60, 76);
        assert_null(strstr(bytes, "\xc3")); /* ASCII alone */
    }
}

static void no_header_comes_from_words(void **state)
{
    struct mail mail = plain_mail();
    mail.subject = mail.sender = mail.name = "x\r\nBcc: y@example.no\r\n\r\nz\x7f";
    const char *bytes = render(*state, &mail);
    const char *body = strstr(bytes, "\r\n\r\n");
    assert_string_equal(body, "\r\n\r\nHei\r\n");
    assert_null(strstr(bytes, "Bcc"));
}

static void quoted_printable(void **state)
{
    static const char *const cases[][2] = {
        {"a=b", "a=3Db\r\n"},
        {"slutt \nneste", "slutt=20\r\nneste\r\n"},
        {"å", "=C3=A5\r\n"},
        {"tab\there", "tab=09here\r\n"},
        {"A\n\nB", "A\r\n\r\nB\r\n"},
        {".\nFrom x", ".\r\nFrom x\r\n"},
        {"", ""},
    };
    struct mail mail = plain_mail();
    for (size_t i = 0; i < COUNT(cases); i++) {
        mail.body = cases[i][0];
        const char *body = strstr(render(*state, &mail), "\r\n\r\n") + 4;
        assert_string_equal(body, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_whole_of_it),
        TEST(lines_are_short),
        TEST(no_header_comes_from_words),
        TEST(quoted_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
