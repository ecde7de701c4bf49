/* SPDX-License-Identifier: Apache-2.0
 *
 * Compression of what must be refused: options, files that are cut short or
 * flipped, places that cannot be written. Nothing is ever left behind. Meant
 * for ASan and UBSan as well.
 */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/compress_tools.h"
#include "tests/model_cases.h"

/* Files in the folder, whatever they are called. */
static int files(void)
{
    int n = 0;
    DIR *folder = opendir(tools_folder);
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));)
        n += e->d_name[0] != '.';
    closedir(folder);
    return n;
}

static void refused(struct build *b, struct assay_compress_options options,
                    const char *words)
{
    assert_int_equal(tools_compress(b, &options), ASSAY_INVALID);
    if (!strstr(assay_message(), words))
        fail_msg("'%s' does not say '%s'", assay_message(), words);
    assert_null(tools_report);
    assert_int_equal(files(), 1);
}

static void options(void **state)
{
    (void)state;
    struct build b;
    model_sound(&b);
    refused(&b, (struct assay_compress_options){0}, "nothing to do");
    const double fractions[] = {0, 1, -0.5, 1.5, (double)NAN};
    for (int i = 0; i < 5; i++)
        refused(&b,
                (struct assay_compress_options){.prune = true,
                                                .fraction = fractions[i]},
                "more than 0 and less than 1");
    refused(&b, (struct assay_compress_options){.channels = 1}, "less than 1");
    refused(&b, (struct assay_compress_options){.share = 1}, "2 to 256");
    refused(&b, (struct assay_compress_options){.share = 257}, "2 to 256");
    refused(&b, (struct assay_compress_options){.rank = -1}, "rank");
    refused(&b, (struct assay_compress_options){.rank = 1, .energy = .5},
            "rank");
    refused(&b, (struct assay_compress_options){.int8 = true, .half = true},
            "int8 and half");
    refused(&b, (struct assay_compress_options){.int8 = true, .share = 4},
            "int8 and share");
    refused(&b, (struct assay_compress_options){.int8 = true, .percentile = 40},
            "percentile");
    build_free(&b);
}

/* Where nothing can be written, and what is no file. */
static void places(void **state)
{
    (void)state;
    struct build b;
    struct assay_compress_report *report;
    const struct assay_compress_options half = {.half = true};
    model_sound(&b);
    assert_int_equal(tools_compress(&b, &half), ASSAY_OK);
    assert_int_equal(files(), 2);
    assert_int_equal(
        assay_compress(tools_in, "/nonexistent/x.onnx", &half, &report),
        ASSAY_IO);
    assert_non_null(strstr(assay_message(), "/nonexistent/x.onnx"));
    assert_int_equal(assay_compress(tools_in, tools_folder, &half, &report),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "not a regular file"));
    assert_null(report);
    assert_int_equal(files(), 2);
    /* The rights of the file that is replaced stay. */
    assert_int_equal(chmod(tools_out, 0640), 0);
    struct stat is;
    assert_int_equal(assay_compress(tools_in, tools_out, &half, &report),
                     ASSAY_OK);
    assay_compress_report_free(&report);
    assert_int_equal(stat(tools_out, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0640);
    /* Halves of halves are the same: the file stays. */
    assert_int_equal(assay_compress(tools_out, tools_out, &half, &report),
                     ASSAY_INVALID);
    assert_string_equal(report->rows[0].left,
                        "half: its weights are that already");
    assay_compress_report_free(&report);
    assert_int_equal(files(), 2);
    build_free(&b);
}

static mode_t type_of(const char *path)
{
    struct stat is;
    assert_int_equal(lstat(path, &is), 0);
    return is.st_mode & S_IFMT;
}

/* A link stays one, and what it leads to is written, if that is a file. */
static void links(void **state)
{
    (void)state;
    struct build b;
    struct assay_compress_report *report;
    const struct assay_compress_options half = {.half = true};
    char link[96], other[96], pipe[96];
    struct stat before, after;
    model_sound(&b);
    assert_int_equal(tools_compress(&b, &half), ASSAY_OK);
    assert_int_equal(stat(tools_out, &before), 0);
    snprintf(link, sizeof link, "%s/link", tools_folder);
    snprintf(other, sizeof other, "%s/other", tools_folder);
    snprintf(pipe, sizeof pipe, "%s/pipe", tools_folder);
    assert_int_equal(symlink("out.onnx", link), 0);
    assert_int_equal(symlink(link, other), 0);
    assert_int_equal(assay_compress(tools_in, other, &half, &report), ASSAY_OK);
    assay_compress_report_free(&report);
    assert_int_equal(type_of(other), S_IFLNK);
    assert_int_equal(type_of(link), S_IFLNK);
    assert_int_equal(stat(tools_out, &after), 0);
    assert_true(before.st_ino != after.st_ino &&
                before.st_size == after.st_size);
    assert_int_equal(files(), 4);
    unlink(tools_out);
    assert_int_equal(assay_compress(tools_in, other, &half, &report),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "leads nowhere"));
    unlink(link);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(symlink(pipe, link), 0);
    const char *const outs[] = {pipe, link, other};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(assay_compress(tools_in, outs[i], &half, &report),
                         ASSAY_INVALID);
        assert_non_null(strstr(assay_message(), "not a regular file"));
        assert_int_equal(type_of(outs[i]), i ? S_IFLNK : S_IFIFO);
    }
    assert_int_equal(files(), 4);
    unlink(pipe);
    unlink(link);
    unlink(other);
    build_free(&b);
}

/* A folder that can be written to but not opened: nothing is written. */
static void closed_folder(void **state)
{
    (void)state;
    struct build b;
    struct assay_compress_report *report;
    const struct assay_compress_options half = {.half = true};
    const bool root = geteuid() == 0;
    struct stat before, after;
    model_sound(&b);
    assert_int_equal(tools_compress(&b, &half), ASSAY_OK);
    assert_int_equal(stat(tools_out, &before), 0);
    assert_int_equal(chmod(tools_in, 0644), 0);
    if (root) { /* whom no mode stops */
        assert_int_equal(chown(tools_folder, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    assert_int_equal(chmod(tools_folder, 0300), 0);
    const enum assay_status status =
        assay_compress(tools_in, tools_out, &half, &report);
    assert_int_equal(chmod(tools_folder, 0700), 0);
    assert_int_equal(stat(tools_out, &after), 0);
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, ASSAY_IO);
    assert_non_null(strstr(assay_message(), "folder cannot be opened"));
    assert_true(before.st_ino == after.st_ino);
    assert_int_equal(files(), 2);
    build_free(&b);
}

static void quantized(void **state)
{
    (void)state;
    struct build b;
    build_init(&b, 13);
    model_rows(&b, 4);
    build_qdq(&b, "a", "x", "1", 0.1f, 3, 0);
    build_weights(&b, "w", LIST(4, 3), 1);
    build_node(&b, "MatMul", "1 w", "y");
    const struct assay_compress_options prune = {.prune = true,
                                                 .fraction = 0.5};
    const struct assay_compress_options half = {.half = true};
    tools_left(&b, &prune);
    assert_string_equal(tools_report->rows[0].left,
                        "its weights are quantized already");
    tools_left(&b, &half);
    build_random(&b, "v", LIST(3, 40));
    static char h[] = "h";
    b.nodes[b.graph.n_node - 1]->output[0] = h;
    build_node(&b, "MatMul", "h v", "y");
    tools_left(&b, &half);
    assert_string_equal(tools_report->rows[1].left,
                        "half: the model is quantized");
    struct assay_compress_options more = prune;
    more.half = true;
    assert_int_equal(tools_compress(&b, &more), ASSAY_OK);
    assert_string_equal(tools_report->rows[1].done, "prune");
    assert_int_equal(tools_report->changed, 1);
    assert_int_equal(tools_report->left, 1);
    assert_int_equal(tools_report->partly, 1);
    build_free(&b);
}

#ifdef ASSAY_HAVE_LAPACK
#define ENERGY 0.9
#else
#define ENERGY 0
#endif

static const struct assay_compress_options both[] = {
    {.channels = 0.4,
     .energy = ENERGY,
     .prune = true,
     .fraction = 0.5,
     .share = 4,
     .half = true},
    {.channels = 0.4,
     .prune = true,
     .pattern = ASSAY_PATTERN_NM24,
     .int8 = true,
     .percentile = 99,
     .images = 32,
     .calibration = ASSAY_CALIBRATION_PERCENTILE,
     .data = tools_folder},
};

/* Layers that no method takes; and a model without any. */
static void nothing(void **state)
{
    (void)state;
    struct build b;
    const struct assay_compress_options int8 = {
        .int8 = true, .percentile = 100, .data = "/nonexistent"};
    const struct assay_compress_options prune = {.prune = true,
                                                 .fraction = 0.5};
    build_init(&b, 13);
    model_rows(&b, 4);
    Onnx__TensorProto *w = build_bytes(&b, "w", 10, LIST(4, 6));
    w->dims[1] = 3; /* of two bytes each */
    memset(w->raw_data.data, 0x3c, w->raw_data.len);
    build_attr_i(&b, build_node(&b, "Cast", "x", "1"), "to", 10);
    build_node(&b, "MatMul", "1 w", "2");
    build_attr_i(&b, build_node(&b, "Cast", "2", "y"), "to", 1);
    tools_left(&b, &int8); /* and no image was looked for */
    assert_string_equal(tools_report->rows[0].left,
                        "int8: its weights are float16");
    build_free(&b);
    build_init(&b, 13);
    model_rows(&b, 4);
    build_node(&b, "Relu", "x", "y");
    tools_left(&b, &prune);
    assert_non_null(strstr(assay_message(), "no Conv, Gemm or MatMul"));
    build_free(&b);
}

/* As model_sound, of what the images fit. */
static void sound(struct build *b)
{
    static const uint8_t pixels[2 * 36] = {7, 200, 3, 90, 255, 255, 17};
    tools_images(40, 6, 6, pixels, 2);
    model_sound(b);
    b->inputs[0]->type->tensor_type->shape->dim[1]->dim_value = 1;
    b->tensors[0]->dims[1] = 1;
    b->tensors[0]->raw_data.len /= 2;
}

static void truncated(void **state)
{
    (void)state;
    struct build b;
    struct assay_compress_report *report;
    size_t size;
    sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    unlink(tools_out);
    for (size_t i = 0; i < size; i++) {
        build_write(tools_in, bytes, i);
        assert_int_not_equal(
            assay_compress(tools_in, tools_out, &both[i % 2], &report),
            ASSAY_OK);
        assert_null(report);
    }
    assert_int_equal(files(), 2);
    build_free(&b);
}

/* Whatever a flipped file is taken for, it is dealt with in order, and what is
 * written can be read. */
static void flipped(void **state)
{
    (void)state;
    struct build b;
    size_t size, good = 0;
    uint64_t seed = 11;
    sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    uint8_t *copy = build_alloc(&b, size, 1);
    enum { TRIES = 1500 };
    for (int i = 0; i < TRIES; i++) {
        struct assay_compress_report *report;
        struct assay_model *model;
        memcpy(copy, bytes, size);
        for (int j = 0; j <= i % 3; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            size_t at = (size_t)(seed >> 33) % size;
            copy[at] = (uint8_t)(copy[at] ^ 1u << (seed >> 20 & 7));
        }
        build_write(tools_in, copy, size);
        unlink(tools_out);
        if (assay_compress(tools_in, tools_out, &both[i % 8 == 0], &report)) {
            assert_int_equal(access(tools_out, F_OK), -1);
            continue;
        }
        assay_compress_report_free(&report);
        assert_int_equal(assay_model_load(tools_out, &model), ASSAY_OK);
        assay_model_free(&model);
        good++;
    }
    printf("%d flipped files: %zu were compressed\n", TRIES, good);
    assert_true(good > 100);
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options),   cmocka_unit_test(places),
        cmocka_unit_test(links),     cmocka_unit_test(closed_folder),
        cmocka_unit_test(quantized), cmocka_unit_test(nothing),
        cmocka_unit_test(truncated), cmocka_unit_test(flipped),
    };
    return cmocka_run_group_tests(tests, tools_begin, tools_end);
}
