#include "api/render/mail.h"

#include <openssl/evp.h>

/* Lines have at most 76 characters: an encoded word has a frame of 12, and "Subject: " before it. */
enum { ENCODED_BYTES = 39, ENCODED_CHARS = 52, LINE_MAX_CHARS = 76 };

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* The longest piece of whole characters. */
static size_t piece_of(const char *s, size_t len)
{
    if (len <= ENCODED_BYTES)
        return len;
    size_t piece = ENCODED_BYTES;
    while (piece > 0 && is_continuation(s[piece]))
        piece--;
    return piece;
}

/* =?UTF-8?B?...?= as often as it takes, each on a line of its own. Control characters are spaces. */
static void add_encoded(struct buffer *out, const char *words)
{
    char *plain = arena_string(out->arena, words);
    size_t len = strlen(plain);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)plain[i] < 0x20 || plain[i] == 0x7f)
            plain[i] = ' ';
    for (size_t at = 0; at < len;) {
        unsigned char encoded[ENCODED_CHARS + 1];
        size_t piece = piece_of(plain + at, len - at);
        EVP_EncodeBlock(encoded, (const unsigned char *)plain + at, (int)piece);
        buffer_add_string(out, at > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        buffer_add_string(out, (const char *)encoded);
        buffer_add_string(out, "?=");
        at += piece;
    }
}

static void add_header(struct buffer *out, const char *name, const char *value)
{
    buffer_add_string(out, name);
    buffer_add_string(out, ": ");
    buffer_add_string(out, value);
    buffer_add_string(out, "\r\n");
}

static void add_mailbox(struct buffer *out, const char *header, const char *name,
                        const char *address)
{
    buffer_add_string(out, header);
    buffer_add_string(out, ": ");
    if (name && *name) {
        add_encoded(out, name);
        buffer_add_string(out, "\r\n ");
    }
    buffer_add_char(out, '<');
    buffer_add_string(out, address);
    buffer_add_string(out, ">\r\n");
}

/* Quoted-printable: what is not plain ASCII, the equals sign, and a space at the end of a line. */
static void add_line(struct buffer *out, const char *line, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t column = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];
        bool plain = c >= 0x20 && c < 0x7f && c != '=' && (c != ' ' || i + 1 < len);
        if (column + (plain ? 1 : 3) >= LINE_MAX_CHARS) {
            buffer_add_string(out, "=\r\n");
            column = 0;
        }
        if (plain)
            buffer_add_char(out, (char)c);
        else {
            buffer_add_char(out, '=');
            buffer_add_char(out, digits[c >> 4]);
            buffer_add_char(out, digits[c & 15]);
        }
        column += plain ? 1 : 3;
    }
    buffer_add_string(out, "\r\n");
}

const char *mail_render(const struct mail *mail, struct arena *arena, size_t *ret_len)
{
    struct buffer out;
    buffer_init(&out, arena, 4096);
    add_header(&out, "Date", mail->dated);
    add_mailbox(&out, "From", mail->sender, mail->from);
    add_mailbox(&out, "To", mail->name, mail->to);
    buffer_add_string(&out, "Subject: ");
    add_encoded(&out, mail->subject);
    buffer_add_string(&out, "\r\n");
    add_header(&out, "Message-ID", arena_format(arena, "<%s>", mail->message_id));
    add_header(&out, "Auto-Submitted", "auto-generated");
    add_header(&out, "MIME-Version", "1.0");
    add_header(&out, "Content-Type", "text/plain; charset=UTF-8");
    add_header(&out, "Content-Transfer-Encoding", "quoted-printable");
    add_header(&out, "Content-Language", mail->language);
    buffer_add_string(&out, "\r\n");
    for (const char *line = mail->body; *line;) {
        size_t len = strcspn(line, "\n");
        add_line(&out, line, len);
        line += len + (line[len] == '\n');
    }
    *ret_len = out.len;
    return out.data;
}
