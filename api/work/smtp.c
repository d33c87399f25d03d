#include "api/work/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONNECT_MAX_S = 10 };

struct smtp {
    const struct settings *settings;
    const atomic_bool *stopping;
    CURL *easy; /* NULL: no connection */
    const struct smtp_message *message;
    size_t given; /* bytes of it that the library has */
    bool begun;   /* the server wants the text: it knows sender and addressee */
};

struct smtp *smtp_create(const struct settings *settings, const atomic_bool *stopping)
{
    struct smtp *smtp = calloc(1, sizeof *smtp);
    if (!smtp || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(smtp);
        return NULL;
    }
    smtp->settings = settings;
    smtp->stopping = stopping;
    return smtp;
}

static curl_socket_t socket_of(CURL *easy)
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (easy && curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK)
        return CURL_SOCKET_BAD;
    return socket;
}

/* Cleaning up would say QUIT and wait two minutes for an answer, so the socket is closed before. */
static void break_off(struct smtp *smtp)
{
    curl_socket_t socket = socket_of(smtp->easy);
    if (socket != CURL_SOCKET_BAD)
        shutdown(socket, SHUT_RDWR);
    curl_easy_cleanup(smtp->easy);
    smtp->easy = NULL;
}

/* A connection that is not to be used again ends with a QUIT that keeps to the time limits; NOOP,
 * because something has to be asked. */
void smtp_hang_up(struct smtp *smtp)
{
    if (socket_of(smtp->easy) != CURL_SOCKET_BAD && !atomic_load(smtp->stopping)) {
        curl_easy_setopt(smtp->easy, CURLOPT_UPLOAD, 0L);
        curl_easy_setopt(smtp->easy, CURLOPT_NOBODY, 1L);
        curl_easy_setopt(smtp->easy, CURLOPT_CUSTOMREQUEST, "NOOP");
        curl_easy_setopt(smtp->easy, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_perform(smtp->easy);
    }
    break_off(smtp);
}

void smtp_destroy(struct smtp *smtp)
{
    if (!smtp)
        return;
    break_off(smtp);
    curl_global_cleanup();
    free(smtp);
}

static size_t give(char *out, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    size_t left = smtp->message->len - smtp->given;
    size_t len = left < size * count ? left : size * count;
    memcpy(out, smtp->message->bytes + smtp->given, len);
    smtp->given += len;
    smtp->begun = true;
    return len;
}

/* Once the server has all of it, only its answer tells whether it is delivered: worth the wait. */
static int go_on(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct smtp *smtp = context;
    (void)a, (void)b, (void)c, (void)d;
    bool complete = smtp->message && smtp->given == smtp->message->len;
    return atomic_load(smtp->stopping) && !complete;
}

/* A password is sent over TLS alone. Without one, TLS that the server offers is taken unverified:
 * better than none, and no worse against somebody who could as well have hidden the offer. */
static void set_tls(CURL *easy, const struct settings *settings)
{
    bool demanded = settings->smtp_starttls || *settings->smtp_user;
    bool verified = demanded || strncmp(settings->smtp_url, "smtps:", 6) == 0;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(demanded ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verified ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verified ? 2L : 0L);
    if (*settings->smtp_ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->smtp_ca);
}

static CURL *open_easy(struct smtp *smtp)
{
    const struct settings *settings = smtp->settings;
    int64_t connect_s = settings->mail_timeout_s < CONNECT_MAX_S ? settings->mail_timeout_s
                                                                 : CONNECT_MAX_S;
    CURL *easy = curl_easy_init();
    if (!easy)
        return NULL;
    curl_easy_setopt(easy, CURLOPT_URL, settings->smtp_url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)connect_s);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)settings->mail_timeout_s);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)settings->mail_timeout_s);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, smtp);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, smtp);
    if (*settings->smtp_user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, settings->smtp_user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, settings->smtp_password);
    }
    set_tls(easy, settings);
    return easy;
}

/* A 4xx or 5xx is about the message when it answers MAIL, RCPT or DATA (CURLE_SEND_ERROR) or comes
 * after the text; a greeting or a login that fails is about the server, and so is 421, its good-bye. */
static enum smtp_result judge(const struct smtp *smtp, CURLcode code, long answer)
{
    bool about_message = code == CURLE_SEND_ERROR || smtp->begun;
    if (code == CURLE_OK)
        return SMTP_ACCEPTED;
    if (!about_message || answer == 421)
        return SMTP_UNREACHABLE;
    if (answer >= 500 && answer <= 599)
        return SMTP_REFUSED;
    return answer >= 400 && answer <= 499 ? SMTP_DEFERRED : SMTP_UNREACHABLE;
}

enum smtp_result smtp_send(struct smtp *smtp, const struct smtp_message *message,
                           char ret_error[static SMTP_ERROR_MAX])
{
    long answer = 0;
    if (!smtp->easy)
        smtp->easy = open_easy(smtp);
    struct curl_slist *to = curl_slist_append(NULL, message->to);
    ret_error[0] = '\0';
    if (!smtp->easy || !to) {
        curl_slist_free_all(to);
        snprintf(ret_error, SMTP_ERROR_MAX, "out of memory");
        return SMTP_UNREACHABLE;
    }
    smtp->message = message;
    smtp->given = 0;
    smtp->begun = false;
    curl_easy_setopt(smtp->easy, CURLOPT_MAIL_FROM, message->from);
    curl_easy_setopt(smtp->easy, CURLOPT_MAIL_RCPT, to);
    CURLcode code = curl_easy_perform(smtp->easy);
    curl_easy_getinfo(smtp->easy, CURLINFO_RESPONSE_CODE, &answer);
    enum smtp_result result = judge(smtp, code, answer);
    if (result == SMTP_REFUSED || result == SMTP_DEFERRED)
        snprintf(ret_error, SMTP_ERROR_MAX, "SMTP %ld", answer);
    else if (result == SMTP_UNREACHABLE)
        snprintf(ret_error, SMTP_ERROR_MAX, "%s", curl_easy_strerror(code));
    curl_easy_setopt(smtp->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    smtp->message = NULL;
    if (result == SMTP_UNREACHABLE)
        break_off(smtp);
    return result;
}
