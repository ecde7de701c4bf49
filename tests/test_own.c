/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's own data set: data.yaml with every fault, values, and the order in
 * which a model gets its images.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "npy_files.h"
#include "suites/data/dataset.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char plain[] = "images: i.npy\nlabels: l.npy\nlayout: nchw\n"
                            "classes: 3\n";

static void put_yaml(const char *text)
{
    assay_test_put("data.yaml", text, strlen(text));
}

/* The plain one, and more. */
static void put_plain(const char *more)
{
    char text[400];
    snprintf(text, sizeof text, "%s%s", plain, more);
    put_yaml(text);
}

/* Two images of 2 channels, 2 x 3, whose values count. */
static void put_good(void)
{
    uint8_t pixels[24];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(10 * i);
    assay_test_clear();
    put_yaml(plain);
    assay_test_put_npy("i.npy", "|u1", "(2, 2, 2, 3)", pixels, sizeof pixels);
    assay_test_put_npy("l.npy", "<i8", "(2,)", (int64_t[]){2, 0}, 16);
}

static struct assay_dataset *loaded(void)
{
    struct assay_dataset *d = NULL;
    if (assay_dataset_load(assay_test_folder, ASSAY_SPLIT_TEST, &d) != ASSAY_OK)
        fail_msg("%s", assay_message());
    return d;
}

static void refuse(const char *part)
{
    struct assay_dataset *d = NULL;
    const enum assay_status status =
        assay_dataset_load(assay_test_folder, ASSAY_SPLIT_TEST, &d);
    if (status != ASSAY_INVALID || d ||
        !strstr(assay_message(), assay_test_folder) ||
        !strstr(assay_message(), part))
        fail_msg("wanted '%s', got %s '%s'", part, assay_status_name(status),
                 assay_message());
}

static void faults_of_data_yaml_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *part;
    } rows[] = {
        {"", "data.yaml:1"},
        {"- a\n", "data.yaml:1: must be a mapping"},
        {"images: i.npy\nlabels: l.npy\nclasses: 3\n", "'layout': missing"},
        {"images: i.npy\nlayout: nchw\nclasses: 3\n", "'labels': missing"},
        {"labels: i.npy\nlayout: nchw\nclasses: 3\n", "'images': missing"},
        {"images: i.npy\nlabels: l.npy\nlayout: nchw\n", "'classes': missing"},
        {"images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\ncolor: 1\n",
         "data.yaml:5: key 'color': unknown; known here are name, images"},
        {"images: i.npy\nlabels: l.npy\nlayout: hwcn\nclasses: 3\n",
         "data.yaml:3: key 'layout': must be nchw, nhwc or nc"},
        {"images: i.npy\nlabels: l.npy\nlayout: nc\nclasses: 3\n",
         "key 'layout': is nc, but i.npy has 4 dimensions, not 2"},
        {"images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 1\n",
         "'1' is not a whole number of 2 to 1000"},
        {"images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 1001\n",
         "not a whole number of 2 to 1000"},
        {"images: ../i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\n",
         "data.yaml:1: key 'images': must be the name of a file in this"},
        {"images: i.npy\nlabels: /l.npy\nlayout: nchw\nclasses: 3\n",
         "data.yaml:2: key 'labels': must be the name of a file"},
        {"images: gone.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\n",
         "/gone.npy: there is no such regular file"},
        {"images: i.npy\nlabels: .\nlayout: nchw\nclasses: 3\n",
         "must be the name of a file"},
        {"images: l.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\n",
         "data.yaml:1: key 'images': l.npy: images are |u1, |i1, <f4 or <f8, "
         "not wide whole numbers"},
        {"images: i.npy\nlabels: i.npy\nlayout: nchw\nclasses: 3\n",
         "data.yaml:2: key 'labels': i.npy: labels are one whole number an "
         "image"},
        {"images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 2\n",
         "l.npy: byte 73: label 0 is 2, not within 0 to 1"},
    };
    static const char *const more[][2] = {
        {"scale: 0\n", "data.yaml:5: key 'scale': is 0"},
        {"scale: x\n", "'x' is not a finite number"},
        {"scale: inf\n", "'inf' is not a finite number"},
        {"scale: 1e300\n", "infinite once normalized"},
        {"std: [1, 0]\n", "data.yaml:5: key 'std': '0' is not above 0"},
        {"std: -1\n", "key 'std': '-1' is not above 0"},
        {"std: nan\n", "not a finite number"},
        {"std: []\n", "must have 1 to 4096 values"},
        {"mean: [1, 2, 3]\n",
         "key 'mean': has 3 values; i.npy needs one, or one for each of its 2 "
         "channels"},
        {"mean: {a: 1}\n", "key 'mean'"},
        {"mean: [[1]]\n", "key 'mean'"},
        {"name: [a]\n", "key 'name': must be a single value"},
        {"name: "
         "0123456789012345678901234567890123456789012345678901234567890123"
         "456789\n",
         "must be a text of 1 to 63 bytes"},
        {"images: i.npy\n", "images"},
    };
    put_good();
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_yaml(rows[i].yaml);
        refuse(rows[i].part);
    }
    for (size_t i = 0; i < COUNT(more); i++) {
        put_plain(more[i][0]);
        refuse(more[i][1]);
    }
    put_good();
    struct assay_dataset *d = NULL;
    assert_int_equal(
        assay_dataset_load(assay_test_folder, ASSAY_SPLIT_VALIDATION, &d),
        ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "has no validation split"));
    assert_int_equal(
        assay_dataset_load(assay_test_folder, ASSAY_SPLIT_TRAIN, &d), ASSAY_OK);
    assay_dataset_free(&d);
    print_message("%zu faults of data.yaml named\n", COUNT(rows) + COUNT(more));
}

/* Who only looks at the images needs no labels. */
static void labels_may_be_left_out(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "images: i.npy\nlayout: nchw\n",
        "images: i.npy\nlayout: nchw\nlabels: gone.npy\nclasses: 3\n"};
    put_good();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct assay_dataset *d = NULL;
        put_yaml(rows[i]);
        refuse(i ? "gone.npy" : "'labels': missing");
        if (assay_dataset_load(assay_test_folder, ASSAY_SPLIT_UNLABELLED, &d))
            fail_msg("%s", assay_message());
        assert_true(d->own && d->images == 2 && !d->labels && !d->classes);
        assay_dataset_free(&d);
    }
    struct assay_dataset *d = NULL;
    put_yaml("layout: nchw\n");
    assert_int_equal(
        assay_dataset_load(assay_test_folder, ASSAY_SPLIT_UNLABELLED, &d),
        ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "'images': missing"));
}

static void faults_of_arrays_are_named(void **state)
{
    (void)state;
    static const float odd[] = {1, 2, 3, NAN, 5, 6, 7, INFINITY};
    static const double large[] = {1, 2, 3, 1e39};
    put_good();
    assay_test_put_npy("l.npy", "|u1", "(3,)", "\0\1\2", 3);
    refuse("data.yaml:2: key 'labels': l.npy has 3 labels, but i.npy has 2 "
           "images");
    assay_test_put_npy("l.npy", "<i4", "(2,)", (int32_t[]){1, -1}, 8);
    refuse("l.npy: byte 77: label 1 is -1, not within 0 to 2");
    assay_test_put_npy("l.npy", "<i8", "(2,)", (int64_t[]){1, 4294967296}, 16);
    refuse("label 1 is 4294967296, not within 0 to 2");
    assay_test_put_npy("l.npy", "<f4", "(2,)", (float[]){1, 0}, 8);
    refuse("labels are one whole number an image");
    assay_test_put_npy("l.npy", "|u1", "(2, 1)", "\0\1", 2);
    refuse("labels are one whole number an image");
    put_good();
    assay_test_put_npy("i.npy", "<f4", "(2, 1, 1, 4)", odd, sizeof odd);
    refuse("value 3 of image 0 is not a number");
    assay_test_put_npy("i.npy", "<f4", "(2, 1, 1, 2)", odd + 4, 16);
    refuse("i.npy: byte 93: value 1 of image 1 is infinite as float32");
    assay_test_put_npy("i.npy", "<f8", "(2, 1, 1, 2)", large, sizeof large);
    refuse("value 1 of image 1 is infinite as float32");
    assay_test_put_npy("i.npy", "|u1", "(2,)", "ab", 2);
    refuse("i.npy has 1 dimension, not 3 or 4");
}

static void values_are_scaled_and_normalized(void **state)
{
    (void)state;
    float out[24];
    put_good();
    put_yaml("name: two\nimages: i.npy\nlabels: l.npy\nlayout: nchw\n"
             "classes: 3\nscale: 0.5\nmean: [1, 2]\nstd: [4, 8]\n");
    struct assay_dataset *d = loaded();
    assert_string_equal(d->name, "two");
    assert_true(d->own && d->images == 2 && d->channels == 2 &&
                d->height == 2 && d->width == 3 && d->classes == 3);
    assert_true(d->labels[0] == 2 && d->labels[1] == 0);
    assay_dataset_fill(d, 0, 2, out);
    for (size_t i = 0; i < 24; i++) {
        const size_t c = i / 6 % 2;
        const double raw = 10.0 * (double)i;
        const double want = c ? (raw * 0.5 - 2) / 8 : (raw * 0.5 - 1) / 4;
        assert_true(out[i] == (float)want);
    }
    const uint32_t crc = d->crc32;
    assay_dataset_free(&d);
    put_plain("std: 2\n");
    d = loaded();
    assert_string_equal(d->name, assay_test_folder + 5);
    assert_true(d->crc32 != crc);
    assay_dataset_fill(d, 1, 1, out);
    assert_true(out[0] == 60 && out[11] == 115);
    assay_dataset_free(&d);
    /* Real values have the mean of their channel, first or last. */
    static const float reals[] = {1, 2, 3, 4, 5, 6, 7, 8};
#define TWO(l)                                                                 \
    "images: i.npy\nlabels: l.npy\nclasses: 3\nmean: [0, 10]\nlayout: " l "\n"
    static const char nchw[] = TWO("nchw"), nhwc[] = TWO("nhwc");
    assay_test_put_npy("i.npy", "<f4", "(2, 2, 1, 2)", reals, sizeof reals);
    for (int last = 0; last < 2; last++) {
        put_yaml(last ? nhwc : nchw);
        d = loaded();
        assay_dataset_fill(d, 0, 2, out);
        for (int i = 0; i < 8; i++)
            assert_true(out[i] ==
                        reals[i] - ((last ? i % 2 : i / 2 % 2) ? 10 : 0));
        assay_dataset_free(&d);
    }
    put_plain("std: 2\n");
    /* Signed bytes, and real values with a mean for each of a vector. */
    assay_test_put_npy("i.npy", "|i1", "(2, 1, 2)", "\0\x80\xff\x7f", 4);
    d = loaded();
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 0 && out[1] == -64 && out[2] == -0.5F &&
                out[3] == 63.5F);
    assay_dataset_free(&d);
    put_yaml("images: i.npy\nlabels: l.npy\nlayout: nc\nclasses: 3\n"
             "mean: [1, 2, 3]\n");
    assay_test_put_npy("i.npy", "<f8", "(2, 3)", (double[]){1, 2, 3, 2, 4, 6},
                       48);
    d = loaded();
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 1 &&
                out[4] == 2 && out[5] == 3);
    assay_dataset_free(&d);
}

static void put_gzip(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", assay_test_folder, name);
    gzFile out = gzopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(gzwrite(out, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(out), Z_OK);
}

static void idx_and_gzip_are_read_too(void **state)
{
    (void)state;
    static const unsigned char images[] = {0, 0, 8, 4, 0, 0, 0, 2, 0, 0, 0, 1,
                                           0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6};
    unsigned char bytes[200];
    float out[4];
    assay_test_clear();
    put_yaml("images: i.idx.gz\nlabels: l.npy.gz\nlayout: nhwc\nclasses: 2\n");
    put_gzip("i.idx.gz", images, sizeof images);
    put_gzip("l.npy.gz", bytes,
             assay_test_npy(
                 bytes, 3,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n",
                 "\1\0", 2));
    struct assay_dataset *d = loaded();
    assert_true(d->channels == 2 && d->height == 1 && d->labels[0] == 1);
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 9 && out[3] == 6);
    assay_dataset_free(&d);
    put_gzip("l.npy.gz", bytes,
             assay_test_npy(
                 bytes, 1,
                 "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n",
                 "\1\0", 2));
    refuse("l.npy.gz: byte 70: the labels end here, 1 bytes too early");
    put_yaml("images: i.bin\nlabels: l.npy.gz\nlayout: nhwc\nclasses: 2\n");
    assay_test_put("i.bin", bytes, 70);
    refuse("an array of NumPy must be named .npy");
}

/* Which value of the file comes where. */
static void order_is(const char *layout, const char *shape, int rank,
                     const int64_t *input, const char *want)
{
    char text[200];
    uint8_t pixels[12];
    float out[12];
    struct assay_image_order order;
    for (size_t i = 0; i < 12; i++)
        pixels[i] = (uint8_t)i;
    snprintf(text, sizeof text,
             "images: i.npy\nlabels: l.npy\nclasses: 3\nlayout: %s\n", layout);
    put_yaml(text);
    assay_test_put_npy("i.npy", "|u1", shape, pixels, 12);
    assay_test_put_npy("l.npy", "|u1", "(1,)", "\0", 1);
    struct assay_dataset *d = loaded();
    const enum assay_status status =
        assay_dataset_order(d, "m.onnx", input, rank, &order);
    if (status == ASSAY_OK) {
        assay_dataset_fill_as(d, &order, 0, 1, out);
        for (size_t i = 0; i < 12; i++)
            text[i] = (char)('a' + (int)out[i]);
        text[12] = '\0';
        assert_string_equal(text, want);
    } else if (!strstr(assay_message(), want)) {
        fail_msg("'%s', not '%s'", assay_message(), want);
    }
    assay_dataset_free(&d);
}

static void images_come_in_the_models_order(void **state)
{
    (void)state;
#define IN(...) ((int64_t[]){-1, __VA_ARGS__})
    assay_test_clear();
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(3, 2, 2), "abcdefghijkl");
    order_is("nhwc", "(1, 2, 2, 3)", 4, IN(3, 2, 2), "adgjbehkcfil");
    order_is("nhwc", "(1, 2, 2, 3)", 4, IN(2, 2, 3), "abcdefghijkl");
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(2, 2, 3), "aeibfjcgkdhl");
    order_is("nchw", "(1, 3, 4)", 4, IN(1, 3, 4), "abcdefghijkl");
    order_is("nhwc", "(1, 3, 4)", 4, IN(1, 3, 4), "abcdefghijkl");
    order_is("nhwc", "(1, 3, 4, 1)", 4, IN(1, 3, 4), "abcdefghijkl");
    order_is("nchw", "(1, 1, 3, 4)", 3, IN(3, 4), "abcdefghijkl");
    order_is("nchw", "(1, 3, 2, 2)", 2, IN(12), "abcdefghijkl");
    order_is("nc", "(1, 12)", 2, IN(12), "abcdefghijkl");
    order_is("nc", "(1, 12)", 4, IN(3, 2, 2), "abcdefghijkl");
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(1, 28, 28),
             "m.onnx takes 1x28x28 an image, the data set ");
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(1, 28, 28), " has 3x2x2");
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(2, 3, 2), "has 3x2x2");
    order_is("nchw", "(1, 3, 2, 2)", 4, IN(3, 4, 1), "has 3x2x2");
    order_is("nchw", "(1, 3, 2, 2)", 3, IN(3, 4), "has 3x2x2");
    order_is("nchw", "(1, 3, 4)", 3, IN(4, 3), "takes 4x3 an image");
    order_is("nc", "(1, 12)", 2, IN(13), "takes 13 an image");
    order_is("nc", "(1, 12)", 1, IN(0), "has 12");
#undef IN
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_of_data_yaml_are_named),
        cmocka_unit_test(labels_may_be_left_out),
        cmocka_unit_test(faults_of_arrays_are_named),
        cmocka_unit_test(values_are_scaled_and_normalized),
        cmocka_unit_test(idx_and_gzip_are_read_too),
        cmocka_unit_test(images_come_in_the_models_order),
    };
    return cmocka_run_group_tests(tests, assay_test_make_folder,
                                  assay_test_remove_folder);
}
