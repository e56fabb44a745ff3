// SPDX-License-Identifier: MIT
// The machine's limit: what a first index of a tree of .cbz costs where nothing is kept, checked or isolated.
//
// usage: floor [-t THREADS] [-s walk|open|read|draw] [-w WIDTH] [-h HEIGHT] [-q QUALITY] [-m METHOD] [-o OUTPUT] TREE
//
// It lists the tree and asks for every file's size and time, reads every ZIP's directory, takes out ComicInfo.xml and
// the first picture, decodes it scaled within the DCT, shrinks it into the box, encodes it as WebP, writes and renames
// it. -s ends it after a stage. It prints one JSON object. It trusts what it reads: libraries that were made for it.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>
#include <zlib.h>

enum stage { WALK, OPEN, READ, DRAW };

static struct {
    enum stage stage;
    int threads, width, height, quality, method;
    const char *output;
} wish = {DRAW, 2, 400, 600, 75, 2, NULL};

struct file {
    char *path;
    off_t size;
};

static struct file *files;
static size_t fileCount, fileRoom, directoryCount;
static atomic_size_t next, opened, documents, drawn, failed, written;

static void die(const char *what) {
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *reserve(void *old, size_t size) {
    void *memory = realloc(old, size);
    if (!memory) die("memory");
    return memory;
}

static void walk(int parent, const char *name, const char *path) {
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (!directory) die(path);
    directoryCount++;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char *below;
        if (asprintf(&below, "%s/%s", path, entry->d_name) < 0) die("memory");
        struct stat status;
        if (entry->d_type == DT_DIR) {
            walk(descriptor, entry->d_name, below);
        } else if (fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode)) {
            if (fileCount == fileRoom) files = reserve(files, (fileRoom = fileRoom * 2 + 1024) * sizeof *files);
            files[fileCount++] = (struct file){below, status.st_size};
            continue;
        }
        free(below);
    }
    closedir(directory);
}

static uint32_t number(const uint8_t *bytes, int count) {
    uint32_t value = 0;
    while (count--) value = value << 8 | bytes[count];
    return value;
}

struct entry {
    uint32_t method, packed, size, offset;
};

static int isPicture(const char *name, size_t length) {
    static const char *const endings[] = {".jpg", ".jpeg", ".png"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strncasecmp(name + length - ending, endings[i], ending) == 0) return 1;
    }
    return 0;
}

// Finds the picture whose name comes first, and ComicInfo.xml; a size of 0 says that there is none.
static int list(int descriptor, off_t size, struct entry *picture, struct entry *document) {
    uint8_t tail[4096];
    size_t length = size < (off_t)sizeof tail ? (size_t)size : sizeof tail;
    off_t start = size - (off_t)length;
    if (pread(descriptor, tail, length, start) != (ssize_t)length || length < 22) return -1;
    uint8_t *end = tail + length - 22;
    while (end > tail && number(end, 4) != 0x06054b50) end--;
    if (number(end, 4) != 0x06054b50) return -1;
    uint32_t count = number(end + 10, 2), bytes = number(end + 12, 4), at = number(end + 16, 4);
    uint8_t *own = NULL, *record = tail + (at - start);
    if (at < start) {
        record = own = reserve(NULL, bytes);
        if (pread(descriptor, own, bytes, at) != (ssize_t)bytes) return free(own), -1;
    }
    const char *first = NULL;
    size_t firstLength = 0;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = (const char *)record + 46;
        size_t nameLength = number(record + 28, 2);
        struct entry entry = {
            number(record + 10, 2), number(record + 20, 4), number(record + 24, 4), number(record + 42, 4)};
        if (nameLength == 13 && memcmp(name, "ComicInfo.xml", 13) == 0) *document = entry;
        if (isPicture(name, nameLength)) {
            int order = first ? memcmp(name, first, nameLength < firstLength ? nameLength : firstLength) : -1;
            if (order < 0 || (order == 0 && nameLength < firstLength))
                *picture = entry, first = name, firstLength = nameLength;
        }
        record += 46 + nameLength + number(record + 30, 2) + number(record + 32, 2);
    }
    free(own);
    return 0;
}

static uint8_t *contents(int descriptor, const struct entry *entry) {
    uint8_t local[30];
    if (pread(descriptor, local, sizeof local, entry->offset) != sizeof local) return NULL;
    off_t start = (off_t)entry->offset + 30 + number(local + 26, 2) + number(local + 28, 2);
    uint8_t *packed = reserve(NULL, entry->packed + 1);
    if (pread(descriptor, packed, entry->packed, start) != (ssize_t)entry->packed) return free(packed), NULL;
    if (entry->method == 0) return packed;
    uint8_t *plain = reserve(NULL, entry->size + 1);
    z_stream stream = {.next_in = packed, .avail_in = entry->packed, .next_out = plain, .avail_out = entry->size};
    int status = inflateInit2(&stream, -MAX_WBITS) == Z_OK ? inflate(&stream, Z_FINISH) : Z_MEM_ERROR;
    inflateEnd(&stream);
    free(packed);
    return status == Z_STREAM_END ? plain : (free(plain), NULL);
}

// The box's size for a picture, never enlarged.
static void target(int width, int height, int *toWidth, int *toHeight) {
    double factor = 1;
    if ((double)wish.width / width < factor) factor = (double)wish.width / width;
    if ((double)wish.height / height < factor) factor = (double)wish.height / height;
    *toWidth = (int)(width * factor + 0.5) > 0 ? (int)(width * factor + 0.5) : 1;
    *toHeight = (int)(height * factor + 0.5) > 0 ? (int)(height * factor + 0.5) : 1;
}

static int room(WebPPicture *picture, int width, int height) {
    picture->use_argb = 1;
    picture->width = width;
    picture->height = height;
    return WebPPictureAlloc(picture);
}

static int decodeJPEG(tjhandle jpeg, const uint8_t *bytes, size_t size, WebPPicture *picture, int *width, int *height) {
    int subsampling, space, count;
    if (tjDecompressHeader3(jpeg, bytes, size, width, height, &subsampling, &space)) return 0;
    int fullWidth = *width, fullHeight = *height;
    target(fullWidth, fullHeight, width, height);
    int bestWidth = fullWidth, bestHeight = fullHeight;
    tjscalingfactor *factors = tjGetScalingFactors(&count);
    for (int i = 0; i < count; i++) {
        int scaledWidth = TJSCALED(fullWidth, factors[i]), scaledHeight = TJSCALED(fullHeight, factors[i]);
        if (scaledWidth >= *width && scaledHeight >= *height && scaledWidth < bestWidth)
            bestWidth = scaledWidth, bestHeight = scaledHeight;
    }
    if (!room(picture, bestWidth, bestHeight)) return 0;
    uint8_t *pixels = (uint8_t *)picture->argb;
    int stride = picture->argb_stride * 4;
    return tjDecompress2(jpeg, bytes, size, pixels, bestWidth, stride, bestHeight, TJPF_BGRA, 0) == 0;
}

static int decodePNG(const uint8_t *bytes, size_t size, WebPPicture *picture, int *width, int *height) {
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, bytes, size)) return 0;
    image.format = PNG_FORMAT_BGRA;
    target((int)image.width, (int)image.height, width, height);
    int done = room(picture, (int)image.width, (int)image.height)
        && png_image_finish_read(&image, NULL, picture->argb, picture->argb_stride * 4, NULL);
    png_image_free(&image);
    return done;
}

static int keep(const WebPMemoryWriter *webp, size_t index) {
    char temporary[4096], path[4096];
    snprintf(temporary, sizeof temporary, "%s/%zu.part", wish.output, index);
    snprintf(path, sizeof path, "%s/%02zx/%zu.webp", wish.output, index % 256, index);
    int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) return 0;
    int done = write(descriptor, webp->mem, webp->size) == (ssize_t)webp->size;
    close(descriptor);
    return done && rename(temporary, path) == 0;
}

static int draw(tjhandle jpeg, const uint8_t *bytes, size_t size, size_t index) {
    WebPPicture picture;
    WebPConfig config;
    WebPMemoryWriter webp;
    int width = 0, height = 0;
    if (!WebPPictureInit(&picture) || !WebPConfigInit(&config)) return 0;
    config.quality = (float)wish.quality;
    config.method = wish.method;
    WebPMemoryWriterInit(&webp);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &webp;
    int isJPEG = size > 2 && bytes[0] == 0xff && bytes[1] == 0xd8;
    int done = isJPEG ? decodeJPEG(jpeg, bytes, size, &picture, &width, &height)
                      : decodePNG(bytes, size, &picture, &width, &height);
    done = done
        && ((picture.width == width && picture.height == height) || WebPPictureRescale(&picture, width, height))
        && WebPEncode(&config, &picture) && (!wish.output || keep(&webp, index));
    written += webp.size;
    WebPMemoryWriterClear(&webp);
    WebPPictureFree(&picture);
    return done;
}

static int treat(tjhandle jpeg, size_t index) {
    struct entry picture = {0}, document = {0};
    int descriptor = open(files[index].path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    int done = list(descriptor, files[index].size, &picture, &document) == 0;
    opened += done;
    if (done && wish.stage >= READ) {
        uint8_t *text = document.size ? contents(descriptor, &document) : NULL;
        documents += text != NULL;
        free(text);
        uint8_t *page = picture.size ? contents(descriptor, &picture) : NULL;
        done = page != NULL;
        if (done && wish.stage >= DRAW) drawn += done = draw(jpeg, page, picture.size, index);
        free(page);
    }
    close(descriptor);
    return done;
}

static void *work(void *none) {
    tjhandle jpeg = tjInitDecompress();
    for (size_t index; (index = next++) < fileCount;) failed += !treat(jpeg, index);
    tjDestroy(jpeg);
    return none;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int count, char **words) {
    static const char *const stages[] = {"walk", "open", "read", "draw"};
    for (int option; (option = getopt(count, words, "t:s:w:h:q:m:o:")) != -1;) {
        switch (option) {
        case 't': wish.threads = atoi(optarg); break;
        case 'w': wish.width = atoi(optarg); break;
        case 'h': wish.height = atoi(optarg); break;
        case 'q': wish.quality = atoi(optarg); break;
        case 'm': wish.method = atoi(optarg); break;
        case 'o': wish.output = optarg; break;
        case 's':
            for (wish.stage = WALK; wish.stage <= DRAW && strcmp(stages[wish.stage], optarg); wish.stage++) {}
            if (wish.stage <= DRAW) break;
            // fall through
        default: return fprintf(stderr, "floor: the options are those at the top of floor.c\n"), 64;
        }
    }
    if (optind + 1 != count) return fprintf(stderr, "floor: one tree, please\n"), 64;
    for (int i = 0; wish.output && i < 256; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%02x", wish.output, i);
        if (mkdir(path, 0755) && errno != EEXIST) die(path);
    }
    double began = seconds(CLOCK_MONOTONIC);
    walk(AT_FDCWD, words[optind], words[optind]);
    if (wish.stage > WALK) {
        pthread_t threads[64];
        if (wish.threads < 1 || wish.threads > 64) wish.threads = 2;
        for (int i = 0; i < wish.threads; i++)
            if (pthread_create(&threads[i], NULL, work, NULL)) die("thread");
        for (int i = 0; i < wish.threads; i++) pthread_join(threads[i], NULL);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf(
        "{\"directories\": %zu, \"files\": %zu, \"opened\": %zu, \"documents\": %zu, \"drawn\": %zu, "
        "\"failed\": %zu, \"thumbnail_bytes\": %zu, \"wall\": %.4f, \"cpu\": %.4f, \"peak_kb\": %ld}\n",
        directoryCount, fileCount, (size_t)opened, (size_t)documents, (size_t)drawn, (size_t)failed, (size_t)written,
        seconds(CLOCK_MONOTONIC) - began, seconds(CLOCK_PROCESS_CPUTIME_ID), usage.ru_maxrss);
    return failed ? 1 : 0;
}
