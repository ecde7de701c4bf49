/* SPDX-License-Identifier: Apache-2.0
 *
 * Model files as bytes: cut short, flipped, or of something else. None may
 * crash, and what is accepted must run. Meant for ASan and UBSan as well.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "suites/model/model.h"
#include "tests/model_cases.h"

static char path[64];

static enum assay_status load(const uint8_t *bytes, size_t size)
{
    struct assay_model *model;
    build_write(path, bytes, size);
    enum assay_status status = assay_model_load(path, &model);
    assert_int_equal(status == ASSAY_OK, model != NULL);
    assay_model_free(&model);
    return status;
}

static void truncated(void **state)
{
    (void)state;
    struct build b;
    size_t size;
    model_sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    for (size_t i = 0; i < size; i++) {
        if (load(bytes, i) == ASSAY_OK)
            fail_msg("cut to %zu of %zu bytes: accepted", i, size);
        assert_non_null(strstr(assay_message(), path));
    }
    printf("refused at each of %zu lengths\n", size);
    build_free(&b);
}

/* Whatever a flipped file is taken for, it must be dealt with in order; what
 * is accepted must run. */
static void flipped(void **state)
{
    (void)state;
    struct build b;
    size_t size, good = 0;
    uint64_t seed = 7;
    model_sound(&b);
    const uint8_t *bytes = build_pack(&b, &size);
    uint8_t *copy = build_alloc(&b, size, 1);
    enum { TRIES = 4000 };
    for (int i = 0; i < TRIES; i++) {
        memcpy(copy, bytes, size);
        for (int j = 0; j <= i % 4; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            /* Most of the bytes are weights, whose flips are harmless. */
            size_t at = (size_t)(seed >> 33) % size;
            if (i % 2)
                at %= 420;
            copy[at] = i % 3 ? (uint8_t)(copy[at] ^ 1u << (seed >> 20 & 7))
                             : (uint8_t)(seed >> 24);
        }
        struct assay_model *model;
        struct assay_lowered *lowered;
        build_write(path, copy, size);
        if (assay_model_load(path, &model))
            continue;
        if (assay_model_lower(model, 3, &lowered) == ASSAY_OK &&
            lowered->flop < 1e8 && lowered->arena_bytes < 1 << 24) {
            float *x = calloc(lowered->input_elements, sizeof *x);
            float *y = calloc(lowered->output_elements, sizeof *y);
            assert_int_equal(assay_lowered_reference(lowered, x, y), ASSAY_OK);
            free(x);
            free(y);
            good++;
        }
        assay_lowered_free(&lowered);
        assay_model_free(&model);
    }
    printf("%d flipped files: %zu still ran\n", TRIES, good);
    build_free(&b);
}

/* Bytes that are no message, and files that are none. */
static void not_onnx(void **state)
{
    (void)state;
    static const uint8_t text[] = "Hello, world! This is not a model.";
    static const uint8_t groups[] = {0x0b, 0x0c};
    static const uint8_t huge[] = {0x3a, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0xff, 0x7f, 0};
    static const uint8_t endless[] = {0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    static const uint8_t field_0[] = {0x00, 0x01};
    struct assay_model *model;
    assert_int_equal(load(text, sizeof text), ASSAY_INVALID);
    assert_int_equal(load(groups, sizeof groups), ASSAY_INVALID);
    assert_int_equal(load(huge, sizeof huge), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "byte 1: a length"));
    assert_int_equal(load(endless, sizeof endless), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "byte 1: a number"));
    assert_int_equal(load(field_0, sizeof field_0), ASSAY_INVALID);
    assert_int_equal(load(text, 0), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "empty"));
    assert_int_equal(assay_model_load("/nonexistent/x.onnx", &model),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "/nonexistent/x.onnx"));
    assert_int_equal(assay_model_load("/tmp", &model), ASSAY_INVALID);
    assert_null(model);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(assay_model_load(path, &model), ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "not a regular file"));
    unlink(path);
}

/* Two bytes a node in the file, two hundred in memory: refused before that
 * memory is asked for. */
static void amplified(void **state)
{
    (void)state;
    const size_t n = 8 << 20;
    uint8_t *bytes = malloc(2 * n + 16);
    size_t at = 0;
    assert_non_null(bytes);
    bytes[at++] = 0x3a; /* graph */
    for (size_t rest = 2 * n; rest; rest >>= 7)
        bytes[at++] = (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    for (size_t i = 0; i < n; i++) {
        bytes[at++] = 0x0a; /* node */
        bytes[at++] = 0;
    }
    assert_int_equal(load(bytes, at), ASSAY_UNSUPPORTED);
    assert_non_null(strstr(assay_message(), "too many small parts"));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncated),
        cmocka_unit_test(flipped),
        cmocka_unit_test(not_onnx),
        cmocka_unit_test(amplified),
    };
    snprintf(path, sizeof path, "/tmp/assay-bytes-%ld.onnx", (long)getpid());
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed != 0;
}
