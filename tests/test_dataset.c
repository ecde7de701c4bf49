/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader of IDX files: files made here, good and bad in every way that the
 * format allows, and the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "suites/data/dataset.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { IMAGES = 7, HEIGHT = 3, WIDTH = 2, PIXELS = IMAGES * HEIGHT * WIDTH };

static const char *const names[] = {
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
};
static char folder[] = "/tmp/assay-data-XXXXXX";

struct file {
    unsigned char bytes[60000];
    size_t size;
};

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static void clear_folder(void)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
        strcat(path, ".gz");
        unlink(path);
    }
}

static int remove_folder(void **state)
{
    (void)state;
    clear_folder();
    return rmdir(folder);
}

static void put(const char *name, const char *suffix, const void *bytes,
                size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* Compressed as gzip into `to`; its size. */
static size_t gzip(const struct file *file, unsigned char *to, size_t room)
{
    z_stream z = {0};
    assert_int_equal(
        deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    z.next_in = (unsigned char *)file->bytes;
    z.avail_in = (uInt)file->size;
    z.next_out = to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    const size_t size = z.total_out;
    deflateEnd(&z);
    return size;
}

static void header(struct file *f, const uint32_t *sizes, unsigned rank)
{
    static const unsigned char start[] = {0, 0, 8};
    memcpy(f->bytes, start, 3);
    f->bytes[3] = (unsigned char)rank;
    f->size = 4;
    for (unsigned i = 0; i < rank; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            f->bytes[f->size++] = (unsigned char)(sizes[i] >> shift);
}

static void make_images(struct file *f, uint32_t images)
{
    header(f, (uint32_t[]){images, HEIGHT, WIDTH}, 3);
    for (uint32_t i = 0; i < images * HEIGHT * WIDTH; i++)
        f->bytes[f->size++] = (unsigned char)(i * 5 % 256);
}

static void make_labels(struct file *f, uint32_t images)
{
    header(f, &images, 1);
    for (uint32_t i = 0; i < images; i++)
        f->bytes[f->size++] = (unsigned char)(i % 10);
}

static struct file images, labels;

static void put_good(void)
{
    clear_folder();
    make_images(&images, IMAGES);
    make_labels(&labels, IMAGES);
    put(names[0], "", images.bytes, images.size);
    put(names[1], "", labels.bytes, labels.size);
}

static void test_good(void **state)
{
    (void)state;
    struct assay_dataset *d = NULL;
    unsigned char packed[1000];
    put_good();
    for (int round = 0; round < 2; round++) {
        assert_int_equal(assay_dataset_load(folder, ASSAY_SPLIT_TEST, &d),
                         ASSAY_OK);
        assert_int_equal(d->images, IMAGES);
        assert_int_equal(d->height, HEIGHT);
        assert_int_equal(d->width, WIDTH);
        assert_int_equal(d->channels, 1);
        assert_int_equal(d->classes, 10);
        assert_string_equal(d->name, folder + strlen("/tmp/"));
        assert_false(d->fashion_mnist || d->own);
        assert_memory_equal(d->pixels, images.bytes + 16, PIXELS);
        for (size_t i = 0; i < IMAGES; i++)
            assert_int_equal(d->labels[i], labels.bytes[8 + i]);
        float out[2 * HEIGHT * WIDTH];
        assay_dataset_fill(d, 2, 2, out);
        for (size_t i = 0; i < COUNT(out); i++)
            assert_true(out[i] ==
                        (float)images.bytes[16 + 2 * HEIGHT * WIDTH + i] /
                            255.0f);
        assay_dataset_free(&d);
        assert_null(d);
        clear_folder();
        put(names[0], ".gz", packed, gzip(&images, packed, sizeof packed));
        put(names[1], ".gz", packed, gzip(&labels, packed, sizeof packed));
    }
}

static void test_splits(void **state)
{
    (void)state;
    struct assay_dataset *d = NULL;
    clear_folder();
    make_images(&images, 5003);
    make_labels(&labels, 5003);
    put(names[2], "", images.bytes, images.size);
    put(names[3], "", labels.bytes, labels.size);
    assert_int_equal(assay_dataset_load(folder, ASSAY_SPLIT_TRAIN, &d),
                     ASSAY_OK);
    assert_int_equal(d->images, 3);
    assert_memory_equal(d->pixels, images.bytes + 16, 3 * HEIGHT * WIDTH);
    assay_dataset_free(&d);
    assert_int_equal(assay_dataset_load(folder, ASSAY_SPLIT_VALIDATION, &d),
                     ASSAY_OK);
    assert_int_equal(d->images, 5000);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(d->labels[i], labels.bytes[8 + 3 + i]);
    assert_memory_equal(d->pixels, images.bytes + 16 + 3 * HEIGHT * WIDTH,
                        5000 * HEIGHT * WIDTH);
    assay_dataset_free(&d);
    make_images(&images, 5000);
    make_labels(&labels, 5000);
    put(names[2], "", images.bytes, images.size);
    put(names[3], "", labels.bytes, labels.size);
    assert_int_equal(assay_dataset_load(folder, ASSAY_SPLIT_TRAIN, &d),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "5000 of the validation split"));
}

static void refuse(const char *part)
{
    struct assay_dataset *d = NULL;
    const enum assay_status status =
        assay_dataset_load(folder, ASSAY_SPLIT_TEST, &d);
    if (status != ASSAY_INVALID || d || !strstr(assay_message(), folder) ||
        !strstr(assay_message(), part))
        fail_msg("wanted '%s', got %s '%s'", part, assay_status_name(status),
                 assay_message());
}

/* One byte or the length of a good file changed. */
static void test_headers(void **state)
{
    (void)state;
    static const struct {
        bool label;
        size_t at;
        int value; /* of the byte; -1: cut there, -2: add so many bytes */
        const char *part;
    } rows[] = {
        {false, 0, 1, "images-idx3-ubyte: byte 0: magic 01000803 is not"},
        {false, 1, 1, "byte 0: magic"},
        {false, 2, 0x0d, "byte 0: magic"},
        {false, 3, 1, "byte 0: magic"},
        {true, 3, 3, "labels-idx1-ubyte: byte 0: magic"},
        {false, 7, 0, "byte 4: size 0 is not within 1 to 1000000"},
        {false, 4, 0xff, "byte 4: size 4278190087 is not within"},
        {false, 10, 0x10, "byte 8: size 4099 is not within 1 to 4096"},
        {false, 9, 1, "byte 8: size 65539 is not within 1 to 4096"},
        {false, 15, 0, "byte 12: size 0"},
        {false, 12, 0x80, "byte 12: size"},
        {false, 7, IMAGES + 1,
         "byte 4: the header announces 48 bytes; the file"},
        {false, 7, IMAGES - 1, "byte 52: bytes follow the data"},
        {true, 7, IMAGES + 1, "byte 4: the header announces"},
        {true, 7, IMAGES - 1, "byte 14: bytes follow"},
        {false, 0, -1, "byte 0: the header ends here, 4 bytes too early"},
        {false, 15, -1, "byte 15: the header ends here, 1 bytes too early"},
        {false, 16, -1, "byte 4: the header announces 42 bytes; the file is"},
        {false, 57, -1, "byte 4: the header announces"},
        {true, 5, -1, "byte 5: the header ends"},
        {true, 14, -1, "byte 4: the header announces"},
        {false, 1, -2, "byte 58: bytes follow the data"},
        {true, 3, -2, "byte 15: bytes follow the data"},
        {true, 8, 10, "byte 8: label 10 is not within 0 to 9"},
        {true, 14, 255, "byte 14: label 255"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_good();
        struct file *f = rows[i].label ? &labels : &images;
        if (rows[i].value >= 0)
            f->bytes[rows[i].at] = (unsigned char)rows[i].value;
        else
            f->size = rows[i].value == -1 ? rows[i].at : f->size + rows[i].at;
        put(names[rows[i].label], "", f->bytes, f->size);
        refuse(rows[i].part);
    }
    print_message("%zu malformed plain files refused\n", COUNT(rows));
}

static void test_gzip(void **state)
{
    (void)state;
    unsigned char good[1000], bad[1200];
    put_good();
    const size_t size = gzip(&images, good, sizeof good);
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, names[0]);
    unlink(path);
    size_t refused = 0;
    for (size_t cut = 0; cut < size; cut++, refused++) {
        put(names[0], ".gz", good, cut);
        refuse(".gz: byte ");
    }
    put(names[0], ".gz", good, size - 4);
    refuse("the file is cut off");
    /* The checksum and the length at the end. */
    for (size_t i = size - 8; i < size; i++, refused++) {
        memcpy(bad, good, size);
        bad[i] ^= 1;
        put(names[0], ".gz", bad, size);
        refuse("damaged gzip data: incorrect");
    }
    memcpy(bad, good, size);
    memcpy(bad + size, good, size);
    put(names[0], ".gz", bad, 2 * size);
    refuse("bytes follow the gzip data");
    put(names[0], ".gz", bad, size + 1);
    refuse("bytes follow the gzip data");
    put(names[0], ".gz", images.bytes, images.size);
    refuse("damaged gzip data: incorrect header check");
    /* Inside: bytes missing, bytes too many, and a header that announces a
     * gigabyte in a file of a hundred bytes. */
    images.size--;
    put(names[0], ".gz", bad, gzip(&images, bad, sizeof bad));
    refuse("byte 57: the pixels end here, 1 bytes too early");
    images.size += 2;
    put(names[0], ".gz", bad, gzip(&images, bad, sizeof bad));
    refuse("byte 58: bytes follow the data");
    header(&images, (uint32_t[]){500, 1024, 2048}, 3);
    put(names[0], ".gz", bad, gzip(&images, bad, sizeof bad));
    refuse("byte 4: the header announces 1048576000 bytes; the file is too");
    header(&images, (uint32_t[]){1000000, 4096, 4096}, 3);
    put(names[0], ".gz", bad, gzip(&images, bad, sizeof bad));
    refuse("at most 2^31");
    print_message("%zu malformed gzip files refused\n", refused + 8);
}

static void test_missing(void **state)
{
    (void)state;
    put_good();
    labels.bytes[7]--;
    put(names[1], "", labels.bytes, labels.size - 1);
    refuse("6 labels, but t10k-images-idx3-ubyte has 7 images");
    clear_folder();
    refuse(": holds no images: neither data.yaml nor t10k-images-idx3-ubyte "
           "(or t10k-images-idx3-ubyte.gz) is there; --data DIR names");
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, names[0]);
    assert_int_equal(symlink("/dev/zero", path), 0);
    refuse("not a regular file");
    unlink(path);
    struct assay_dataset *d = NULL;
    assert_int_equal(
        assay_dataset_load("/no/such/folder", ASSAY_SPLIT_TEST, &d),
        ASSAY_INVALID);
    assert_string_equal(assay_message(),
                        "/no/such/folder: there is no such folder; --data DIR "
                        "names one of images");
    assert_int_equal(
        assay_dataset_load("/no/such/folder", ASSAY_SPLIT_TRAIN, &d),
        ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "--calibrate DIR"));
    assert_int_equal(assay_dataset_load("/dev/zero", ASSAY_SPLIT_TEST, &d),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "/dev/zero: is no folder"));
    put(names[0], "", images.bytes, images.size);
    refuse("t10k-labels-idx1-ubyte: not found, nor with .gz");
    clear_folder();
}

static void test_real(void **state)
{
    (void)state;
    static const struct {
        enum assay_split split;
        size_t images;
        uint8_t first[5];
    } rows[] = {
        {ASSAY_SPLIT_TRAIN, 55000, {9, 0, 0, 3, 0}},
        {ASSAY_SPLIT_VALIDATION, 5000, {0, 8, 0, 6, 5}},
        {ASSAY_SPLIT_TEST, 10000, {9, 2, 1, 1, 6}},
    };
    if (access("/usr/share/datasets/fashion-mnist", R_OK) != 0) {
        print_message("dataset-fashion-mnist is not installed: skipped\n");
        skip();
    }
    size_t counts[10] = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct assay_dataset *d = NULL;
        if (assay_dataset_load(NULL, rows[i].split, &d) != ASSAY_OK)
            fail_msg("%s", assay_message());
        assert_string_equal(d->name, "fashion-mnist");
        assert_true(d->fashion_mnist);
        assert_int_equal(d->images, rows[i].images);
        assert_int_equal(d->height, 28);
        assert_int_equal(d->width, 28);
        for (size_t j = 0; j < 5; j++)
            assert_int_equal(d->labels[j], rows[i].first[j]);
        for (size_t j = 0; j < d->images; j++)
            counts[d->labels[j]]++;
        assay_dataset_free(&d);
    }
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(counts[i], 7000);
    print_message("55000 + 5000 + 10000 images, 7000 of each class\n");
}

static void test_names(void **state)
{
    (void)state;
    static const char *const ends[] = {"", "///", "/.", "/./"};
    const char *base = folder + strlen("/tmp/");
    put_good();
    for (size_t i = 0; i < COUNT(ends); i++) {
        struct assay_dataset *d = NULL;
        char path[128];
        snprintf(path, sizeof path, "%s%s", folder, ends[i]);
        assert_int_equal(assay_dataset_load(path, ASSAY_SPLIT_TEST, &d),
                         ASSAY_OK);
        assert_string_equal(d->name, base);
        assay_dataset_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),    cmocka_unit_test(test_splits),
        cmocka_unit_test(test_headers), cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_missing), cmocka_unit_test(test_names),
        cmocka_unit_test(test_real),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
