/*
 * Pictures without what they tell about their maker: place, time, camera, owner, comments, thumbnails.
 * A school's photographs carry the position at which they were taken, and what was cut away may still
 * be in the thumbnail. Nothing is decoded and nothing loses quality: the parts of the file that draw
 * the picture are copied, by a list of what is kept, and everything else is left out.
 *
 *   PNG    critical chunks, transparency, colour, resolution, animation
 *   JPEG   all but APPn and comments; of these the JFIF header, the colour profile, Adobe's marker. The
 *          orientation is kept in an Exif segment of its own, or the picture would lie on its side
 *   WebP   the picture, its frames, transparency and colour profile. The orientation is lost
 *
 * What stands behind the end of a picture (a film, a second picture, an archive) goes too.
 */
#ifndef LOFT_DOMAIN_BASE_IMAGE_H
#define LOFT_DOMAIN_BASE_IMAGE_H

#include "domain/base/arena.h"

#define IMAGE_PNG "image/png"
#define IMAGE_JPEG "image/jpeg"
#define IMAGE_WEBP "image/webp"

/* What is left, on the arena; false, and `ret` untouched, when the file is not one of that type from
 * beginning to end, or of another type than these. */
bool image_strip(struct arena *arena, struct text media_type, struct bytes image,
                 struct bytes *ret);

#endif
