#include "auth/keys.h"

#include "domain/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PEM_FILE_MAX = 16 * 1024, FILE_NAME_MAX = KID_MAX + 4 };

/* What a directory holds: enough to notice any change without reading the files. */
struct listed {
    char name[FILE_NAME_MAX + 1];
    struct timespec modified; /* decides which key is the newest */
    struct timespec changed;  /* a chmod may be what makes a refused file good */
    ino_t inode;
};

struct listing {
    size_t count;
    struct listed files[KEYS_MAX]; /* newest first */
    bool unusable;                 /* a name that is no kid, or too many */
};

struct keys {
    char *directory;
    pthread_mutex_t swap; /* guards `set` for as long as it takes to count a reference */
    struct key_set *set;
    atomic_uint_fast64_t generation;
    pthread_mutex_t look; /* one thread at a time looks at the directory */
    struct listing listing;
    atomic_int_fast64_t looked_at;
};

/* ---- the directory ---- */

static bool has_suffix(const char *name, const char *suffix)
{
    size_t len = strlen(name), tail = strlen(suffix);
    return len >= tail && strcmp(name + len - tail, suffix) == 0;
}

static int compare_times(const struct timespec *a, const struct timespec *b)
{
    if (a->tv_sec != b->tv_sec)
        return a->tv_sec < b->tv_sec ? -1 : 1;
    return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

static int newest_first(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    int order = compare_times(&b->modified, &a->modified);
    return order ? order : strcmp(b->name, a->name);
}

static bool same_listing(const struct listing *a, const struct listing *b)
{
    if (a->count != b->count || a->unusable != b->unusable)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct listed *one = &a->files[i], *other = &b->files[i];
        if (strcmp(one->name, other->name) != 0 || one->inode != other->inode ||
            compare_times(&one->modified, &other->modified) != 0 ||
            compare_times(&one->changed, &other->changed) != 0)
            return false;
    }
    return true;
}

/* Files that come and go while we look are as good as not there. */
static void list_file(int directory, const char *name, struct listing *ret)
{
    struct stat stat;
    if (name[0] == '.' || !has_suffix(name, ".pem") || fstatat(directory, name, &stat, 0) != 0)
        return;
    size_t len = strlen(name);
    if (!kid_valid(name, len - 4) || ret->count == KEYS_MAX) {
        ret->unusable = true;
        return;
    }
    struct listed *file = &ret->files[ret->count++];
    memcpy(file->name, name, len + 1);
    file->modified = stat.st_mtim;
    file->changed = stat.st_ctim;
    file->inode = stat.st_ino;
}

static bool list_directory(int directory, struct listing *ret)
{
    *ret = (struct listing){.count = 0};
    int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again < 0 ? NULL : fdopendir(again);
    if (!entries) {
        if (again >= 0)
            close(again);
        return false;
    }
    const struct dirent *entry;
    while ((entry = readdir(entries)))
        list_file(directory, entry->d_name, ret);
    closedir(entries);
    qsort(ret->files, ret->count, sizeof ret->files[0], newest_first);
    return true;
}

/* ---- one key ---- */

static int refuse_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/* Takes the text out of a memory BIO and wipes what the BIO held. */
static char *take_text(BIO *bio, int *ret_len)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);
    char *text = len > 0 ? malloc((size_t)len + 1) : NULL;
    if (text) {
        memcpy(text, bytes, (size_t)len);
        text[len] = '\0';
        *ret_len = (int)len;
    }
    if (len > 0)
        OPENSSL_cleanse(bytes, (size_t)len);
    return text;
}

static char *private_text(const EVP_PKEY *pkey, int *ret_len)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1)
        text = take_text(bio, ret_len);
    BIO_free(bio);
    return text;
}

static char *public_text(const EVP_PKEY *pkey, int *ret_len)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (bio && PEM_write_bio_PUBKEY(bio, pkey) == 1)
        text = take_text(bio, ret_len);
    BIO_free(bio);
    return text;
}

static bool is_sound_p256(EVP_PKEY *pkey)
{
    char group[32];
    if (!EVP_PKEY_is_a(pkey, "EC") ||
        EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1 ||
        strcmp(group, "prime256v1") != 0)
        return false;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pkey, NULL);
    bool sound = context && EVP_PKEY_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return sound;
}

static bool read_coordinate(const EVP_PKEY *pkey, const char *name, unsigned char ret[static 32])
{
    BIGNUM *number = NULL;
    bool read = EVP_PKEY_get_bn_param(pkey, name, &number) == 1 &&
                BN_bn2binpad(number, ret, 32) == 32;
    BN_free(number);
    return read;
}

static void key_clear(struct key *key)
{
    if (key->private_pem)
        OPENSSL_cleanse(key->private_pem, (size_t)key->private_len);
    free(key->private_pem);
    free(key->public_pem);
    *key = (struct key){.private_pem = NULL};
}

/* Written anew from the parsed key, so that what libjwt gets is plain whatever the file held. */
static bool key_fill(EVP_PKEY *pkey, const char *kid, size_t kid_len, struct key *ret)
{
    struct key key = {.private_pem = NULL};
    memcpy(key.kid, kid, kid_len);
    if (is_sound_p256(pkey) && read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key.x) &&
        read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key.y) &&
        (key.private_pem = private_text(pkey, &key.private_len)) &&
        (key.public_pem = public_text(pkey, &key.public_len))) {
        *ret = key;
        return true;
    }
    key_clear(&key);
    return false;
}

/* The file's bytes, or -1 and what is wrong with it. */
static ssize_t read_file(int directory, const char *name, char bytes[static PEM_FILE_MAX],
                         const char **ret_fault)
{
    struct stat stat;
    ssize_t len = -1;
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &stat) != 0)
        *ret_fault = "cannot be opened";
    else if (!S_ISREG(stat.st_mode) || stat.st_size > PEM_FILE_MAX)
        *ret_fault = "is not a file of at most 16 KiB";
    else if (stat.st_mode & S_IRWXO)
        *ret_fault = "is open to everyone (chmod 600)";
    else if ((len = read(file, bytes, PEM_FILE_MAX)) < 0)
        *ret_fault = "cannot be read";
    if (file >= 0)
        close(file);
    return len;
}

static bool key_load(int directory, const struct listed *file, struct key *ret)
{
    char bytes[PEM_FILE_MAX];
    const char *fault = "is not an unencrypted EC P-256 private key";
    EVP_PKEY *pkey = NULL;
    bool loaded = false;

    ssize_t len = read_file(directory, file->name, bytes, &fault);
    if (len >= 0) {
        BIO *bio = BIO_new_mem_buf(bytes, (int)len);
        pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL) : NULL;
        BIO_free(bio);
        loaded = pkey && key_fill(pkey, file->name, strlen(file->name) - 4, ret);
    }
    if (!loaded)
        log_write(LOG_ERRORS, "key_refused", "%s %s", file->name, fault);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    OPENSSL_cleanse(bytes, sizeof bytes);
    return loaded;
}

/* ---- a set of keys ---- */

/* Every value is base64url or a kid, so that nothing needs an escape. */
static char *write_jwks(const struct key_set *set)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    fputs("{\"keys\":[", out);
    for (size_t i = 0; i < set->count; i++) {
        const struct key *key = &set->keys[i];
        char x[45], y[45];
        base64url_encode(key->x, sizeof key->x, x);
        base64url_encode(key->y, sizeof key->y, y);
        fprintf(out,
                "%s{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"sig\",\"alg\":\"ES256\","
                "\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}",
                i > 0 ? "," : "", key->kid, x, y);
    }
    fputs("]}", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void set_destroy(struct key_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        key_clear(&set->keys[i]);
    free(set->jwks);
    free(set);
}

/* A set of one reference from the files of a listing. With `strict`, any bad file refuses all. */
static struct key_set *set_load(int directory, const struct listing *listing, bool strict)
{
    if (listing->unusable) {
        log_write(LOG_ERRORS, "key_refused",
                  "a .pem file is named as no kid can be (1 to %d of A-Z a-z 0-9 . _ -), "
                  "or there are more than %d",
                  KID_MAX, KEYS_MAX);
        if (strict)
            return NULL;
    }
    struct key_set *set = calloc(1, sizeof *set);
    if (!set)
        return NULL;
    bool refused = false;
    for (size_t i = 0; i < listing->count; i++) {
        if (key_load(directory, &listing->files[i], &set->keys[set->count]))
            set->count++;
        else
            refused = true;
    }
    atomic_init(&set->references, 1);
    if ((refused && strict) || set->count == 0 || !(set->jwks = write_jwks(set))) {
        set_destroy(set);
        return NULL;
    }
    return set;
}

const struct key *key_set_find(const struct key_set *set, const char *kid)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->keys[i].kid, kid) == 0)
            return &set->keys[i];
    return NULL;
}

/* ---- the first key ---- */

/* A kid of its own for every key that is ever made: the start of a SHA-256 of the public point. */
static bool name_key(const EVP_PKEY *pkey, char ret[static FILE_NAME_MAX + 1])
{
    unsigned char point[64], digest[EVP_MAX_MD_SIZE];
    if (!read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, point) ||
        !read_coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, point + 32) ||
        EVP_Digest(point, sizeof point, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    int len = 0;
    for (int i = 0; i < 8; i++)
        len += sprintf(ret + len, "%02x", digest[i]);
    memcpy(ret + len, ".pem", 5);
    return true;
}

static bool write_file(int directory, const char *name, const char *bytes, size_t len)
{
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool written = write(file, bytes, len) == (ssize_t)len && fsync(file) == 0;
    return close(file) == 0 && written;
}

/* Whole or not at all: the name appears with the bytes on disk behind it. */
static bool store_key(int directory, const char *name, const char *pem, size_t len)
{
    char draft[FILE_NAME_MAX + 16];
    snprintf(draft, sizeof draft, ".%s.new", name);
    if (!write_file(directory, draft, pem, len) ||
        renameat(directory, draft, directory, name) != 0) {
        unlinkat(directory, draft, 0);
        return false;
    }
    fsync(directory);
    return true;
}

static bool make_first_key(int directory)
{
    char name[FILE_NAME_MAX + 1];
    int len = 0;
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    char *pem = pkey ? private_text(pkey, &len) : NULL;
    bool made = pem && name_key(pkey, name) && store_key(directory, name, pem, (size_t)len);
    if (made)
        log_write(LOG_INFORMATION, "key_made", "%s", name);
    else
        log_write(LOG_ERRORS, "key_not_made", "%s", strerror(errno));
    if (pem)
        OPENSSL_cleanse(pem, (size_t)len);
    free(pem);
    EVP_PKEY_free(pkey);
    return made;
}

/* Lists the directory and makes the first key when there is none. The lock keeps processes that
 * start together from making one each; where a file system has no such lock they do, and both keys
 * are good. */
static bool list_or_begin(int directory, struct listing *ret)
{
    if (!list_directory(directory, ret))
        return false;
    if (ret->count > 0 || ret->unusable)
        return true;
    flock(directory, LOCK_EX);
    bool listed = list_directory(directory, ret) &&
                  (ret->count > 0 || ret->unusable ||
                   (make_first_key(directory) && list_directory(directory, ret)));
    flock(directory, LOCK_UN);
    return listed;
}

/* ---- the swap ---- */

struct key_set *keys_acquire(struct keys *keys)
{
    pthread_mutex_lock(&keys->swap);
    struct key_set *set = keys->set;
    atomic_fetch_add(&set->references, 1);
    pthread_mutex_unlock(&keys->swap);
    return set;
}

void keys_release(struct key_set *set)
{
    if (set && atomic_fetch_sub(&set->references, 1) == 1)
        set_destroy(set);
}

uint64_t keys_generation(struct keys *keys)
{
    return atomic_load(&keys->generation);
}

static void swap_set(struct keys *keys, struct key_set *set)
{
    pthread_mutex_lock(&keys->swap);
    struct key_set *old = keys->set;
    set->generation = old ? old->generation + 1 : 1;
    keys->set = set;
    atomic_store(&keys->generation, set->generation);
    pthread_mutex_unlock(&keys->swap);
    keys_release(old);
}

/* Under `look`. A directory that cannot be read or holds no key (an unmounted volume) tells nothing
 * about keys: the old set stays. Only a start makes a first key. */
static void look(struct keys *keys)
{
    struct listing listing;
    int directory = open(keys->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || !list_directory(directory, &listing)) {
        log_write(LOG_ERRORS, "keys_unreadable", "%s: %s", keys->directory, strerror(errno));
    } else if (listing.count > 0 && !same_listing(&listing, &keys->listing)) {
        keys->listing = listing;
        struct key_set *set = set_load(directory, &listing, false);
        if (set) {
            log_write(LOG_INFORMATION, "keys_changed", "%zu keys, %s signs", set->count,
                      set->keys[0].kid);
            swap_set(keys, set);
        } else {
            log_write(LOG_ERRORS, "keys_changed", "no usable key, the old ones stay");
        }
    }
    if (directory >= 0)
        close(directory);
}

int64_t keys_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void keys_refresh(struct keys *keys, int64_t now, int64_t interval)
{
    if (now - atomic_load(&keys->looked_at) < interval)
        return;
    pthread_mutex_lock(&keys->look);
    if (now - atomic_load(&keys->looked_at) >= interval) {
        atomic_store(&keys->looked_at, now);
        look(keys);
    }
    pthread_mutex_unlock(&keys->look);
}

struct keys *keys_open(const char *directory)
{
    struct keys *keys = calloc(1, sizeof *keys);
    if (!keys || !(keys->directory = strdup(directory))) {
        free(keys);
        return NULL;
    }
    pthread_mutex_init(&keys->swap, NULL);
    pthread_mutex_init(&keys->look, NULL);
    atomic_init(&keys->looked_at, INT64_MIN / 2);
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        log_write(LOG_WARNINGS, "keys_unreadable", "%s: %s", directory, strerror(errno));
    int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct key_set *set = NULL;
    if (at < 0 || !list_or_begin(at, &keys->listing))
        log_write(LOG_ERRORS, "keys_unreadable", "%s: %s", directory, strerror(errno));
    else
        set = set_load(at, &keys->listing, true);
    if (at >= 0)
        close(at);
    if (!set) {
        keys_close(keys);
        return NULL;
    }
    swap_set(keys, set);
    return keys;
}

void keys_close(struct keys *keys)
{
    if (!keys)
        return;
    keys_release(keys->set);
    pthread_mutex_destroy(&keys->look);
    pthread_mutex_destroy(&keys->swap);
    free(keys->directory);
    free(keys);
}
