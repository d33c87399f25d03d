/*
 * Fuzz target: pictures on their way in. The first byte chooses the type. What must hold, apart from no
 * sanitizer having anything to say: what is kept is not longer than what came but for an orientation,
 * and keeping it again changes nothing.
 */
#include "domain/base/image.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_SIZE = 8 * 1024 * 1024, INPUT_MAX = 100000, ORIENTATION = 36 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {IMAGE_PNG, IMAGE_JPEG, IMAGE_WEBP};
    struct bytes kept, again;
    if (size < 2 || size > INPUT_MAX)
        return 0;
    struct arena *arena = arena_create(ARENA_SIZE);
    struct text type = text_of(types[data[0] % 3]);
    struct bytes image = {GIVEN, (const char *)data + 1, size - 1};
    if (image_strip(arena, type, image, &kept) &&
        (kept.len > image.len + ORIENTATION || !image_strip(arena, type, kept, &again) ||
         again.len != kept.len || memcmp(again.data, kept.data, kept.len) != 0))
        abort();
    arena_destroy(arena);
    return 0;
}
