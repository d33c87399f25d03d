#include "api/http/negotiate.h"

#include <stdlib.h>

const char *const media_types[MEDIA_COUNT] = {
    [MEDIA_JSON] = "application/json",
    [MEDIA_CSV] = "text/csv; charset=utf-8",
    [MEDIA_CSV_EXCEL] = "text/csv; charset=utf-8; excel=no",
    [MEDIA_NDJSON] = "application/x-ndjson",
    [MEDIA_XLSX] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

const char *const language_tags[LANGUAGE_COUNT] = {"nb", "nn", "en"};

/* One member of a comma list with its parameters. */
struct member {
    char value[96]; /* lower-case, without parameters */
    int q;          /* per mille */
    bool excel;     /* ;excel=no */
};

static const char *skip_space(const char *s)
{
    while (*s == ' ' || *s == '\t')
        s++;
    return s;
}

/* "0.8" -> 800; a q that cannot be read counts as 0: what is not understood is not wanted. */
static int parse_q(const char *s)
{
    if (*s != '0' && *s != '1')
        return 0;
    int q = (*s++ - '0') * 1000;
    if (*s == '.')
        for (int scale = 100; scale > 0 && s[1] >= '0' && s[1] <= '9'; scale /= 10)
            q += (*++s - '0') * scale;
    return q > 1000 ? 1000 : q;
}

/* Reads one member and returns the position behind its comma, NULL at the end. */
static const char *next_member(const char *s, struct member *ret)
{
    *ret = (struct member){.q = 1000};
    s = skip_space(s);
    if (!*s)
        return NULL;
    size_t len = strcspn(s, ",; \t");
    for (size_t i = 0; i < len && i < sizeof ret->value - 1; i++)
        ret->value[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
    s += len;
    for (s = skip_space(s); *s == ';'; s = skip_space(s)) {
        s = skip_space(s + 1);
        if (strncasecmp(s, "q=", 2) == 0)
            ret->q = parse_q(s + 2);
        if (strncasecmp(s, "excel=no", 8) == 0)
            ret->excel = true;
        s += strcspn(s, ",;");
    }
    s += strcspn(s, ",");
    return *s == ',' ? s + 1 : s;
}

/* How well a member fits an offer: 0 not at all, 1 by wildcard, 2 by type, 3 exactly. */
static int fit(const struct member *member, enum media media)
{
    const char *type = media_types[media];
    size_t len = strcspn(type, ";");
    size_t slash = strcspn(type, "/");
    if (strcmp(member->value, "*/*") == 0)
        return 1;
    if (strlen(member->value) == slash + 2 && strncmp(member->value, type, slash + 1) == 0 &&
        member->value[slash + 1] == '*')
        return 2;
    bool same = strlen(member->value) == len && strncmp(member->value, type, len) == 0;
    return same && member->excel == (media == MEDIA_CSV_EXCEL) ? 3 : 0;
}

/* The quality of an offer is that of its most specific member. */
static int quality(const char *accept, enum media media)
{
    struct member member;
    int best_fit = 0, q = 0;
    for (const char *s = accept; (s = next_member(s, &member)) != NULL;) {
        int fits = fit(&member, media);
        if (fits > best_fit) {
            best_fit = fits;
            q = member.q;
        }
    }
    return q;
}

bool negotiate_media(struct text accept, bool list, enum media *ret_media)
{
    if (accept.is != GIVEN || !*skip_space(accept.s)) {
        *ret_media = MEDIA_JSON;
        return true;
    }
    int best = 0;
    for (enum media media = MEDIA_JSON; media < (list ? MEDIA_COUNT : MEDIA_CSV); media++) {
        int q = quality(accept.s, media);
        if (q > best) {
            best = q;
            *ret_media = media;
        }
    }
    return best > 0;
}

enum language negotiate_language(struct text accept_language)
{
    enum language best = LANGUAGE_NB;
    int best_q = 0;
    struct member member;
    if (accept_language.is != GIVEN)
        return best;
    for (const char *s = accept_language.s; (s = next_member(s, &member)) != NULL;) {
        member.value[strcspn(member.value, "-")] = '\0';
        if (strcmp(member.value, "no") == 0)
            strcpy(member.value, "nb");
        for (int i = 0; i < LANGUAGE_COUNT; i++)
            if (strcmp(member.value, language_tags[i]) == 0 && member.q > best_q) {
                best = (enum language)i;
                best_q = member.q;
            }
    }
    return best;
}

bool negotiate_dry_run(struct text prefer)
{
    struct member member;
    if (prefer.is != GIVEN)
        return false;
    for (const char *s = prefer.s; (s = next_member(s, &member)) != NULL;)
        if (strcmp(member.value, "tx=rollback") == 0)
            return true;
    return false;
}

bool content_type_is(struct text content_type, const char *media)
{
    if (content_type.is != GIVEN)
        return false;
    size_t len = strcspn(content_type.s, "; \t");
    if (len != strlen(media) || strncasecmp(content_type.s, media, len) != 0)
        return false;
    const char *charset = strcasestr(content_type.s + len, "charset=");
    if (!charset)
        return true;
    charset += strlen("charset=");
    return strncasecmp(charset, "utf-8", 5) == 0 || strncasecmp(charset, "\"utf-8\"", 7) == 0;
}
