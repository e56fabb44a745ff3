// SPDX-License-Identifier: MIT
#include <png.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

// libpng leaves an error by longjmp, which must not cross a frame of Swift's: these call it and land within themselves.
// Each answers whether it went well; after a failure only cpng_close may follow.

/// A PNG that lies in memory, while it is read.
typedef struct {
    png_structp png;
    png_infop info;
    const unsigned char *rest;
    size_t count;

    /// Why reading failed.
    char error[128];

    /// The first warning that tells of damage. Colour profiles were written wrongly by many programs, so that a warning
    /// about one tells of damage only where its checksum is wrong.
    char warning[128];
} cpng_reader;

static inline void cpng_keep_error(png_structp png, png_const_charp message) {
    cpng_reader *reader = (cpng_reader *)png_get_error_ptr(png);
    snprintf(reader->error, sizeof(reader->error), "%s", message);
    png_longjmp(png, 1);
}

static inline void cpng_keep_warning(png_structp png, png_const_charp message) {
    cpng_reader *reader = (cpng_reader *)png_get_error_ptr(png);
    const int is_of_colours = !strncmp(message, "iCCP", 4) || !strncmp(message, "sRGB", 4) ||
        !strncmp(message, "gAMA", 4) || !strncmp(message, "cHRM", 4);
    if (reader->warning[0] || (is_of_colours && !strstr(message, "CRC"))) return;
    snprintf(reader->warning, sizeof(reader->warning), "%s", message);
}

static inline void cpng_take(png_structp png, png_bytep bytes, size_t count) {
    cpng_reader *reader = (cpng_reader *)png_get_io_ptr(png);
    if (count > reader->count) png_error(png, "it ends before its last chunk");
    memcpy(bytes, reader->rest, count);
    reader->rest += count;
    reader->count -= count;
}

/// Reads all that comes before the pixels. `chunk` is the most bytes that one chunk may unpack to.
static inline int cpng_open(cpng_reader *reader, const unsigned char *bytes, size_t count, size_t chunk) {
    memset(reader, 0, sizeof(*reader));
    reader->rest = bytes;
    reader->count = count;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, cpng_keep_error, cpng_keep_warning);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->info) {
        snprintf(reader->error, sizeof(reader->error), "out of memory");
        return 0;
    }
    if (setjmp(png_jmpbuf(reader->png))) return 0;
    png_set_read_fn(reader->png, reader, cpng_take);
    png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(reader->png, chunk);
    png_read_info(reader->png, reader->info);
    return 1;
}

/// Begins the rows, as red, green, blue and alpha of eight bits in sRGB where `converts`, else as they are stored.
///
/// Interlaced pictures come as the smaller pictures they consist of.
static inline int cpng_begin(cpng_reader *reader, int converts) {
    if (setjmp(png_jmpbuf(reader->png))) return 0;
    if (converts) {
        // A picture without a word on gamma is taken for sRGB, a deep one too.
        png_set_alpha_mode(reader->png, PNG_ALPHA_PNG, PNG_DEFAULT_sRGB);
        png_set_expand(reader->png);
        png_set_scale_16(reader->png);
        png_set_gray_to_rgb(reader->png);
        png_set_add_alpha(reader->png, 0xff, PNG_FILLER_AFTER);
    }
    png_read_update_info(reader->png, reader->info);
    return 1;
}

static inline int cpng_read_row(cpng_reader *reader, unsigned char *row) {
    if (setjmp(png_jmpbuf(reader->png))) return 0;
    png_read_row(reader->png, row, NULL);
    return 1;
}

/// Reads what follows the pixels.
static inline int cpng_end(cpng_reader *reader) {
    if (setjmp(png_jmpbuf(reader->png))) return 0;
    png_read_end(reader->png, NULL);
    return 1;
}

static inline void cpng_close(cpng_reader *reader) {
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
}
