#include "domain/base/image.h"

/* Bytes that are read once from front to back. Every read checks what is left. */
struct reader {
    const unsigned char *at;
    size_t left;
};

/* What is kept; never more than was read, and one orientation. */
struct writer {
    char *data;
    size_t len;
};

enum { ORIENTATION_SEGMENT = 36 };

static bool take(struct reader *in, size_t len, const unsigned char **ret)
{
    if (in->left < len) {
        return false;
    }
    *ret = in->at;
    in->at += len;
    in->left -= len;
    return true;
}

static void keep(struct writer *out, const void *bytes, size_t len)
{
    memcpy(out->data + out->len, bytes, len);
    out->len += len;
}

static size_t big_endian(const unsigned char *bytes, int len)
{
    size_t value = 0;

    for (int i = 0; i < len; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static size_t little_endian(const unsigned char *bytes, int len)
{
    size_t value = 0;

    while (len-- > 0) {
        value = value << 8 | bytes[len];
    }
    return value;
}

/* `words` are of `len` bytes each, one after the other. */
static bool is_among(const unsigned char *name, const char *words, size_t len)
{
    for (; *words; words += len) {
        if (memcmp(name, words, len) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- PNG (ISO 15948) -------------------------------------------------------------------------- */

static bool strip_png(struct reader *in, struct writer *out)
{
    static const char kept[] = "IHDRPLTEIDATIENDtRNScHRMgAMAiCCPsBITsRGBbKGDpHYsacTLfcTLfdAT";
    const unsigned char *head = NULL, *rest = NULL;
    bool first = true;

    if (!take(in, 8, &head) || memcmp(head, "\x89PNG\r\n\x1a\n", 8) != 0) {
        return false;
    }
    keep(out, head, 8);
    while (take(in, 8, &head)) {
        size_t len = big_endian(head, 4);
        if (!take(in, len, &rest) || !take(in, 4, &rest)) {
            return false;
        }
        if (first != (memcmp(head + 4, "IHDR", 4) == 0)) {
            return false;
        }
        first = false;
        if (is_among(head + 4, kept, 4)) {
            keep(out, head, len + 12);
        }
        if (memcmp(head + 4, "IEND", 4) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- JPEG (ISO 10918-1) ----------------------------------------------------------------------- */

enum { JPEG_SOI = 0xD8, JPEG_EOI = 0xD9, JPEG_SOS = 0xDA, JPEG_APP0 = 0xE0 };

/* Of an Exif segment's first directory: 1 to 8, or 1 when it says nothing that can be read. */
static unsigned orientation_of(const unsigned char *exif, size_t len)
{
    static const unsigned upright = 1, tag = 0x0112;
    const unsigned char *tiff = exif + 6;

    if (len < 6 + 8 + 2 || memcmp(exif, "Exif\0\0", 6) != 0) {
        return upright;
    }
    bool big = tiff[0] == 'M';
    size_t (*number)(const unsigned char *, int) = big ? big_endian : little_endian;
    size_t size = len - 6, directory = number(tiff + 4, 4);
    if (directory > size - 2) {
        return upright;
    }
    size_t entries = number(tiff + directory, 2), at = directory + 2;
    for (; entries > 0 && size - at >= 12; entries--, at += 12) {
        if (number(tiff + at, 2) == tag) {
            size_t value = number(tiff + at + 8, 2);
            return value >= 1 && value <= 8 ? (unsigned)value : upright;
        }
    }
    return upright;
}

/* An Exif segment that says this and nothing else. */
static void keep_orientation(struct writer *out, unsigned orientation)
{
    unsigned char segment[ORIENTATION_SEGMENT] = {
        0xFF, 0xE1, 0,    ORIENTATION_SEGMENT - 2,
        'E',  'x',  'i',  'f',
        0,    0, /* marker, length */
        'M',  'M',  0,    42,
        0,    0,    0,    8, /* TIFF, big-endian */
        0,    1,    0x01, 0x12,
        0,    3,    0,    0,
        0,    1, /* one SHORT */
        0,    0,    0,    0,
        0,    0,    0,    0, /* value, the end */
    };

    segment[29] = (unsigned char)orientation;
    keep(out, segment, sizeof segment);
}

static bool begins_with(const unsigned char *data, size_t len, const char *word, size_t word_len)
{
    return len >= word_len && memcmp(data, word, word_len) == 0;
}

static bool is_kept(unsigned marker, const unsigned char *data, size_t len)
{
    return marker < JPEG_APP0 ||
           (marker == JPEG_APP0 + 2 && begins_with(data, len, "ICC_PROFILE", 12)) ||
           (marker == JPEG_APP0 + 14 && begins_with(data, len, "Adobe", 5));
}

/* The JFIF header without its thumbnail. */
static void keep_jfif(struct writer *out, const unsigned char *data)
{
    enum { TO_THUMBNAIL = 12 };
    static const unsigned char marker[] = {0xFF, JPEG_APP0, 0, 2 + TO_THUMBNAIL + 2};

    keep(out, marker, sizeof marker);
    keep(out, data, TO_THUMBNAIL);
    keep(out, "\0", 2);
}

/* The coded picture up to the next marker: FF 00 is a byte of it, FF D0 to D7 are restarts. */
static void keep_scan(struct reader *in, struct writer *out)
{
    size_t len = 0;

    while (len + 1 < in->left && (in->at[len] != 0xFF || in->at[len + 1] == 0 ||
                                  (in->at[len + 1] >= 0xD0 && in->at[len + 1] <= 0xD7))) {
        len++;
    }
    keep(out, in->at, len);
    in->at += len;
    in->left -= len;
}

/* One segment with its length; false when it is cut. Only the first orientation counts. */
static bool strip_segment(struct reader *in, struct writer *out, unsigned marker, bool *turned)
{
    const unsigned char *length = NULL, *data = NULL;

    if (!take(in, 2, &length)) {
        return false;
    }
    size_t len = big_endian(length, 2);
    if (len < 2 || !take(in, len - 2, &data)) {
        return false;
    }
    if (marker == JPEG_APP0 && len >= 16 && begins_with(data, len - 2, "JFIF", 5)) {
        keep_jfif(out, data);
    } else if (is_kept(marker, data, len - 2)) {
        keep(out, (const unsigned char[]){0xFF, (unsigned char)marker}, 2);
        keep(out, length, len);
    } else if (marker == JPEG_APP0 + 1 && !*turned && orientation_of(data, len - 2) > 1) {
        *turned = true;
        keep_orientation(out, orientation_of(data, len - 2));
    }
    if (marker == JPEG_SOS) {
        keep_scan(in, out);
    }
    return true;
}

static bool strip_jpeg(struct reader *in, struct writer *out)
{
    const unsigned char *byte = NULL;
    bool turned = false, drawn = false;

    if (!take(in, 2, &byte) || byte[0] != 0xFF || byte[1] != JPEG_SOI) {
        return false;
    }
    keep(out, byte, 2);
    while (take(in, 1, &byte) && *byte == 0xFF) {
        do { /* any number of FF may stand before a marker */
            if (!take(in, 1, &byte)) {
                return false;
            }
        } while (*byte == 0xFF);
        unsigned marker = *byte;
        if (marker == JPEG_EOI) {
            keep(out, (const unsigned char[]){0xFF, JPEG_EOI}, 2);
            return drawn;
        }
        if (marker < 0xC0 || (marker >= 0xD0 && marker <= JPEG_SOI) ||
            !strip_segment(in, out, marker, &turned)) {
            return false;
        }
        drawn = drawn || marker == JPEG_SOS;
    }
    return false;
}

/* ---- WebP (RFC 9649) -------------------------------------------------------------------------- */

static bool strip_webp(struct reader *in, struct writer *out)
{
    enum { FLAG_XMP = 0x04, FLAG_EXIF = 0x08, RIFF_HEAD = 8 };
    static const char kept[] = "VP8 VP8LVP8XALPHANIMANMFICCP", drawing[] = "VP8 VP8LANMF";
    const unsigned char *head = NULL, *data = NULL;
    bool drawn = false;

    if (!take(in, 12, &head) || memcmp(head, "RIFF", 4) != 0 || memcmp(head + 8, "WEBP", 4) != 0) {
        return false;
    }
    size_t riff = little_endian(head + 4, 4);
    if (riff < 4 || riff - 4 > in->left) {
        return false;
    }
    in->left = riff - 4;
    keep(out, head, 12);
    while (in->left > 0) {
        if (!take(in, 8, &head)) {
            return false;
        }
        size_t len = little_endian(head + 4, 4);
        if (len > in->left || !take(in, len + (len & 1 && in->left > len), &data)) {
            return false;
        }
        if (!is_among(head, kept, 4)) {
            continue;
        }
        keep(out, head, 8);
        if (memcmp(head, "VP8X", 4) == 0 && len > 0) {
            keep(out, (const unsigned char[]){data[0] & (unsigned char)~(FLAG_XMP | FLAG_EXIF)}, 1);
            keep(out, data + 1, len - 1);
        } else {
            keep(out, data, len);
        }
        if (len & 1) {
            keep(out, "", 1);
        }
        drawn = drawn || is_among(head, drawing, 4);
    }
    riff = out->len - RIFF_HEAD;
    for (int i = 0; i < 4; i++) {
        out->data[4 + i] = (char)(riff >> (8 * i) & 0xFF);
    }
    return drawn;
}

/* ---------------------------------------------------------------------------------------------- */

bool image_strip(struct arena *arena, struct text media_type, struct bytes image, struct bytes *ret)
{
    struct reader in = {.at = (const unsigned char *)image.data, .left = image.len};
    struct writer out = {.data = arena_alloc(arena, image.len + ORIENTATION_SEGMENT + 2)};
    bool done = false;

    if (text_is(media_type, IMAGE_PNG)) {
        done = strip_png(&in, &out);
    } else if (text_is(media_type, IMAGE_JPEG)) {
        done = strip_jpeg(&in, &out);
    } else if (text_is(media_type, IMAGE_WEBP)) {
        done = strip_webp(&in, &out);
    }
    if (done) {
        *ret = (struct bytes){.is = GIVEN, .data = out.data, .len = out.len};
    }
    return done;
}
