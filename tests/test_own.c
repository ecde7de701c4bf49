/* SPDX-License-Identifier: Apache-2.0
 *
 * A user's own data set: arrays of NumPy, good and malformed in every way that
 * the format allows, data.yaml with every fault, and the order in which a model
 * gets its images.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "suites/data/array.h"
#include "suites/data/dataset.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char folder[] = "/tmp/assay-own-XXXXXX";

static void put(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static void clear(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s/*", folder);
    assert_int_equal(system(command), 0);
}

/* A file of version 1.0 to 3.0; the header gets no padding of its own. */
static size_t npy(unsigned char *to, int version, const char *header,
                  const void *data, size_t size)
{
    const size_t n = strlen(header), wide = version == 1 ? 2 : 4;
    memcpy(to, "\x93NUMPY", 6);
    to[6] = (unsigned char)version;
    to[7] = 0;
    for (size_t i = 0; i < wide; i++)
        to[8 + i] = (unsigned char)(n >> 8 * i);
    memcpy(to + 8 + wide, header, n);
    if (size)
        memcpy(to + 8 + wide + n, data, size);
    return 8 + wide + n + size;
}

static void put_npy(const char *name, const char *type, const char *shape,
                    const void *data, size_t size)
{
    unsigned char bytes[4096];
    char header[200];
    snprintf(header, sizeof header,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s, }     \n",
             type, shape);
    put(name, bytes, npy(bytes, 1, header, data, size));
}

static enum assay_status read_npy(const char *name, struct assay_array *array)
{
    struct assay_source *source = NULL;
    enum assay_status status = assay_source_open(folder, name, &source);
    *array = (struct assay_array){0};
    if (status == ASSAY_OK)
        status = assay_npy_read(source, "values", array);
    assay_source_close(source);
    return status;
}

static void types_and_versions_are_read(void **state)
{
    (void)state;
    static const uint8_t u1[] = {0, 1, 200, 255, 7, 8};
    static const int8_t i1[] = {0, -1, -128, 127, 7, 8};
    static const float f4[] = {0, -1.5F, 3e38F, 1e-40F, 7, 8};
    static const double f8[] = {0, -1.5, 0.1, 1e300, 7, 8};
    static const int32_t i4[] = {0, -1, INT32_MIN, INT32_MAX, 7, 8};
    static const int64_t i8[] = {0, -1, INT64_MIN, INT64_MAX, 7, 8};
    static const struct {
        const char *type;
        const void *data;
        size_t size;
        enum assay_array_type kept;
    } rows[] = {
        {"|u1", u1, sizeof u1, ASSAY_ARRAY_U8},
        {"|i1", i1, sizeof i1, ASSAY_ARRAY_I8},
        {"<f4", f4, sizeof f4, ASSAY_ARRAY_F32},
        {"<f8", f8, sizeof f8, ASSAY_ARRAY_F32},
        {"<i4", i4, sizeof i4, ASSAY_ARRAY_I64},
        {"<i8", i8, sizeof i8, ASSAY_ARRAY_I64},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int version = 1; version <= 3; version++) {
            unsigned char bytes[1000];
            char header[200];
            struct assay_array a;
            snprintf(header, sizeof header,
                     version == 1 ? "{'descr': '%s', 'fortran_order': False, "
                                    "'shape': (2, 3), }          \n"
                     : version == 2
                         ? "{\"shape\":(2,3),\"fortran_order\":False,"
                           "\"descr\":\"%s\"}\n"
                         : "{ 'fortran_order' : False , 'descr' : '%s' , "
                           "'shape' : ( 2 , 3 , ) }\n",
                     rows[i].type);
            put("x.npy", bytes,
                npy(bytes, version, header, rows[i].data, rows[i].size));
            if (read_npy("x.npy", &a) != ASSAY_OK)
                fail_msg("%s", assay_message());
            assert_true(a.type == rows[i].kept && a.rank == 2 &&
                        a.sizes[0] == 2 && a.sizes[1] == 3 && a.elements == 6);
            for (size_t j = 0; j < 6; j++)
                if (rows[i].data == f8)
                    assert_true(((float *)a.data)[j] == (float)f8[j]);
                else if (rows[i].data == i4)
                    assert_true(((int64_t *)a.data)[j] == i4[j]);
            if (rows[i].data != f8 && rows[i].data != i4)
                assert_memory_equal(a.data, rows[i].data, rows[i].size);
            assert_int_equal(assay_array_byte(&a, 1),
                             8 + (version == 1 ? 2 : 4) + strlen(header) +
                                 rows[i].size / 6);
            assay_array_free(&a);
        }
}

#define HEADER(descr, order, shape)                                            \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"
#define SHAPE(shape) HEADER("'|u1'", "False", shape)
#define TYPE(descr) HEADER(descr, "False", "(6,)")

/* Each header stands before six bytes of data. */
static void malformed_headers_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *header, *part;
    } rows[] = {
        {HEADER("'|u1'", "True", "(2, 3)"), "byte 44: the array is in Fortran"},
        {HEADER("'|u1'", "true", "(2, 3)"), "neither True nor False"},
        {HEADER("'|u1'", "Fals", "(6,)"), "neither True nor False"},
        {TYPE("'>u2'"), "byte 20: elements of type '>u2'; read are"},
        {TYPE("'>f4'"), "elements of type '>f4'"},
        {TYPE("'|O'"), "elements of type '|O'"},
        {TYPE("'<f2'"), "elements of type '<f2'"},
        {TYPE("'|b1'"), "elements of type '|b1'"},
        {TYPE("'u1'"), "elements of type 'u1'"},
        {TYPE("'|u1\\'"), "does not end"},
        {TYPE("'|u1|u1|u1|u1|u1|u1'"), "does not end, or is too long"},
        {TYPE("[('a', '|u1')]"), "an array of records"},
        {TYPE("|u1"), "no quoted word here"},
        {SHAPE("()"), "a single number"},
        {SHAPE("(6)"), "'shape' has no ',' here"},
        {SHAPE("(2 3)"), "'shape' has no ',' here"},
        {SHAPE("6"), "no '(' here"},
        {SHAPE("(2, 3"), "no number here"},
        {SHAPE("(-6,)"), "no number here"},
        {SHAPE("(+6,)"), "no number here"},
        {SHAPE("(6L,)"), "no ',' here"},
        {SHAPE("(,)"), "no number here"},
        {SHAPE("(6,,)"), "no number here"},
        {SHAPE("(0,)"), "is not within 1 to 1000000"},
        {SHAPE("(1000001,)"), "is not within 1 to 1000000"},
        {SHAPE("(1, 0)"), "is not within 1 to 2^31"},
        {SHAPE("(1, 99999999999999999999999)"), "is not within 1 to 2^31"},
        {SHAPE("(1, 2147483648, 2)"), "more than 2^31 elements"},
        {SHAPE("(65536, 65536, 65536, 65536)"), "more than 2^31 elements"},
        {SHAPE("(1, 1, 1, 2, 3)"), "more than 4 dimensions"},
        {SHAPE("(7,)"), "announces 7 bytes of data; the file is too short"},
        {SHAPE("(1000000, 2147)"), "the file is too short"},
        {HEADER("'<f8'", "False", "(1000000, 2000)"), "at most 2^31 are read"},
        {SHAPE("(5,)"), "bytes follow the data"},
        {"{'descr': '|u1', 'shape': (6,), }\n", "lacks 'fortran_order'"},
        {"{'fortran_order': False, 'shape': (6,), }\n", "lacks 'descr'"},
        {"{'descr': '|u1', 'fortran_order': False}\n", "lacks 'shape'"},
        {"{}\n", "lacks 'descr'"},
        {"{'descr': '|u1', 'descr': '|u1', }\n", "has 'descr' twice"},
        {"{'colour': 1, }\n", "unknown key 'colour'"},
        {"{'descr' '|u1'}\n", "no ':' here"},
        {"{'descr': '|u1' 'shape': (6,)}\n", "no ',' here"},
        {"'descr': '|u1'\n", "no '{' here"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }",
         "does not end with blanks and a line feed"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), } x\n",
         "does not end with"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (6,), }\n\n",
         "does not end with"},
        {"{", "no quoted word here"},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (", "no number"},
        {"{'", "does not end"},
        {"\n", "no '{' here"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned char bytes[1000];
        struct assay_array a;
        put("x.npy", bytes, npy(bytes, 1, rows[i].header, "abcdef", 6));
        if (read_npy("x.npy", &a) != ASSAY_INVALID || a.data ||
            !strstr(assay_message(), "/x.npy: byte ") ||
            !strstr(assay_message(), rows[i].part))
            fail_msg("%s: '%s', not '%s'", rows[i].header, assay_message(),
                     rows[i].part);
    }
    print_message("%zu malformed headers named\n", COUNT(rows));
}

static void beginnings_and_lengths_are_checked(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        int value;
        const char *part;
    } rows[] = {
        {0, 'N', "byte 0: this is no file of NumPy"},
        {5, 'y', "this is no file of NumPy"},
        {6, 0, "version 0.0; read are"},
        {6, 4, "version 4.0; read are 1.0, 2.0 and 3.0"},
        {7, 1, "version 1.1"},
        {8, 0, "byte 8: a header of 0 bytes"},
        {9, 1, "the header ends here"},
    };
    unsigned char good[1000], bad[70000];
    struct assay_array a;
    const size_t size = npy(good, 1, SHAPE("(6,)"), "abcdef", 6);
    for (size_t i = 0; i < COUNT(rows); i++) {
        memcpy(bad, good, size);
        bad[rows[i].at] = (unsigned char)rows[i].value;
        put("x.npy", bad, size);
        if (read_npy("x.npy", &a) != ASSAY_INVALID ||
            !strstr(assay_message(), rows[i].part))
            fail_msg("'%s', not '%s'", assay_message(), rows[i].part);
    }
    for (size_t cut = 0; cut < size; cut++) {
        put("x.npy", good, cut);
        assert_int_equal(read_npy("x.npy", &a), ASSAY_INVALID);
        assert_non_null(strstr(assay_message(), "x.npy: byte "));
    }
    /* Lengths of a header of version 2, up to 4 GiB. */
    static const unsigned char wide[] = {0xff, 0xff, 0xff, 0xff};
    const size_t second = npy(bad, 2, SHAPE("(6,)"), "abcdef", 6);
    memcpy(bad + 8, wide, 4);
    put("x.npy", bad, second);
    assert_int_equal(read_npy("x.npy", &a), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "a header of 4294967295 bytes"));
    assert_int_equal(read_npy("gone.npy", &a), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "gone.npy: there is no such"));
    print_message("%zu cut off files named\n", size);
}

/* Any bytes: no crash, and what is read is what was written. */
static void random_damage_is_survived(void **state)
{
    (void)state;
    unsigned char good[1000], bad[1000];
    unsigned seed = 3, named = 0;
    const size_t size = npy(good, 1, SHAPE("(2, 3)"), "abcdef", 6);
    for (int round = 0; round < 5000; round++) {
        struct assay_array a;
        memcpy(bad, good, size);
        for (int i = rand_r(&seed) % 4; i >= 0; i--)
            bad[(size_t)rand_r(&seed) % size] =
                round % 2 ? (unsigned char)rand_r(&seed)
                          : good[(size_t)rand_r(&seed) % size];
        put("x.npy", bad, size);
        if (read_npy("x.npy", &a) != ASSAY_OK)
            named++;
        assay_array_free(&a);
    }
    assert_true(named > 2500);
    print_message("5000 damaged arrays, %u of them refused\n", named);
}

static const char plain[] = "images: i.npy\nlabels: l.npy\nlayout: nchw\n"
                            "classes: 3\n";

static void put_yaml(const char *text)
{
    put("data.yaml", text, strlen(text));
}

/* Two images of 2 channels, 2 x 3, whose values count. */
static void put_good(void)
{
    uint8_t pixels[24];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(10 * i);
    clear();
    put_yaml(plain);
    put_npy("i.npy", "|u1", "(2, 2, 2, 3)", pixels, sizeof pixels);
    put_npy("l.npy", "<i8", "(2,)", (int64_t[]){2, 0}, 16);
}

static struct assay_dataset *loaded(void)
{
    struct assay_dataset *d = NULL;
    if (assay_dataset_load(folder, ASSAY_SPLIT_TEST, &d) != ASSAY_OK)
        fail_msg("%s", assay_message());
    return d;
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
         "l.npy: images are |u1, |i1, <f4 or <f8, not wide whole numbers"},
        {"images: i.npy\nlabels: i.npy\nlayout: nchw\nclasses: 3\n",
         "i.npy: labels are one whole number an image"},
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
        char text[400];
        snprintf(text, sizeof text, "%s%s", plain, more[i][0]);
        put_yaml(text);
        refuse(more[i][1]);
    }
    put_good();
    struct assay_dataset *d = NULL;
    assert_int_equal(assay_dataset_load(folder, ASSAY_SPLIT_TRAIN, &d),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "has no training images"));
    print_message("%zu faults of data.yaml named\n", COUNT(rows) + COUNT(more));
}

static void faults_of_arrays_are_named(void **state)
{
    (void)state;
    static const float odd[] = {1, 2, 3, NAN, 5, 6, 7, INFINITY};
    static const double large[] = {1, 2, 3, 1e39};
    put_good();
    put_npy("l.npy", "|u1", "(3,)", "\0\1\2", 3);
    refuse("l.npy: 3 labels, but i.npy has 2 images");
    put_npy("l.npy", "<i4", "(2,)", (int32_t[]){1, -1}, 8);
    refuse("l.npy: byte 77: label 1 is -1, not within 0 to 2");
    put_npy("l.npy", "<i8", "(2,)", (int64_t[]){1, 4294967296}, 16);
    refuse("label 1 is 4294967296, not within 0 to 2");
    put_npy("l.npy", "<f4", "(2,)", (float[]){1, 0}, 8);
    refuse("labels are one whole number an image");
    put_npy("l.npy", "|u1", "(2, 1)", "\0\1", 2);
    refuse("labels are one whole number an image");
    put_good();
    put_npy("i.npy", "<f4", "(2, 1, 1, 4)", odd, sizeof odd);
    refuse("value 3 of image 0 is not a number");
    put_npy("i.npy", "<f4", "(2, 1, 1, 2)", odd + 4, 16);
    refuse("i.npy: byte 93: value 1 of image 1 is infinite as float32");
    put_npy("i.npy", "<f8", "(2, 1, 1, 2)", large, sizeof large);
    refuse("value 1 of image 1 is infinite as float32");
    put_npy("i.npy", "|u1", "(2,)", "ab", 2);
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
    put_yaml("images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\nstd: 2");
    d = loaded();
    assert_string_equal(d->name, folder + 5);
    assert_true(d->crc32 != crc);
    assay_dataset_fill(d, 1, 1, out);
    assert_true(out[0] == 60 && out[11] == 115);
    assay_dataset_free(&d);
    /* Real values have the mean of their channel, first or last. */
    static const float reals[] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const char *const layouts[] = {"nchw", "nhwc"};
    put_npy("i.npy", "<f4", "(2, 2, 1, 2)", reals, sizeof reals);
    for (int last = 0; last < 2; last++) {
        char text[100];
        snprintf(text, sizeof text, "%smean: [0, 10]\n", plain);
        memcpy(strstr(text, "nchw"), layouts[last], 4);
        put_yaml(text);
        d = loaded();
        assay_dataset_fill(d, 0, 2, out);
        for (int i = 0; i < 8; i++)
            assert_true(out[i] ==
                        reals[i] - ((last ? i % 2 : i / 2 % 2) ? 10 : 0));
        assay_dataset_free(&d);
    }
    put_yaml("images: i.npy\nlabels: l.npy\nlayout: nchw\nclasses: 3\nstd: 2");
    /* Signed bytes, and real values with a mean for each of a vector. */
    put_npy("i.npy", "|i1", "(2, 1, 2)", "\0\x80\xff\x7f", 4);
    d = loaded();
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 0 && out[1] == -64 && out[2] == -0.5F &&
                out[3] == 63.5F);
    assay_dataset_free(&d);
    put_yaml("images: i.npy\nlabels: l.npy\nlayout: nc\nclasses: 3\n"
             "mean: [1, 2, 3]\n");
    put_npy("i.npy", "<f8", "(2, 3)", (double[]){1, 2, 3, 2, 4, 6}, 48);
    d = loaded();
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 0 && out[1] == 0 && out[2] == 0 && out[3] == 1 &&
                out[4] == 2 && out[5] == 3);
    assay_dataset_free(&d);
}

static void put_gzip(const char *name, const void *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
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
    clear();
    put_yaml("images: i.idx.gz\nlabels: l.npy.gz\nlayout: nhwc\nclasses: 2\n");
    put_gzip("i.idx.gz", images, sizeof images);
    put_gzip("l.npy.gz", bytes, npy(bytes, 3, SHAPE("(2,)"), "\1\0", 2));
    struct assay_dataset *d = loaded();
    assert_true(d->channels == 2 && d->height == 1 && d->labels[0] == 1);
    assay_dataset_fill(d, 0, 2, out);
    assert_true(out[0] == 9 && out[3] == 6);
    assay_dataset_free(&d);
    put_gzip("l.npy.gz", bytes, npy(bytes, 1, SHAPE("(3,)"), "\1\0", 2));
    refuse("l.npy.gz: byte 70: the labels end here, 1 bytes too early");
    put_yaml("images: i.bin\nlabels: l.npy.gz\nlayout: nhwc\nclasses: 2\n");
    put("i.bin", bytes, 70);
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
    put_npy("i.npy", "|u1", shape, pixels, 12);
    put_npy("l.npy", "|u1", "(1,)", "\0", 1);
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
    clear();
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

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    clear();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_versions_are_read),
        cmocka_unit_test(malformed_headers_are_named),
        cmocka_unit_test(beginnings_and_lengths_are_checked),
        cmocka_unit_test(random_damage_is_survived),
        cmocka_unit_test(faults_of_data_yaml_are_named),
        cmocka_unit_test(faults_of_arrays_are_named),
        cmocka_unit_test(values_are_scaled_and_normalized),
        cmocka_unit_test(idx_and_gzip_are_read_too),
        cmocka_unit_test(images_come_in_the_models_order),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
