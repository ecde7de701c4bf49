/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of dense in f16, s8 and b1 on cases computed by hand, and what
 * is refused: parameters that do not fit, and constants that are not legal.
 * Those of f32: test_reference.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/kernel.h"

static enum assay_status make(enum assay_dtype dtype, const char *text,
                              struct assay_problem *problem)
{
    char copy[200], *rest = copy;
    assay_problem_init(problem, ASSAY_OP_DENSE, dtype);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        char *value = strchr(name, '=');
        *value++ = '\0';
        if (assay_problem_set(problem, name, value))
            return ASSAY_INVALID;
    }
    return assay_problem_check(problem);
}

/* Constants in the order of quantized.h. */
struct constants {
    const void *w, *bias;
    const float *scale;
    const int8_t *wzero;
    const int32_t *threshold;
    const uint32_t *flip;
};

static void run(enum assay_dtype dtype, const char *text, const void *x,
                struct constants c, void *y)
{
    struct assay_problem problem;
    const void *const constants[] = {c.w,     c.bias,      c.scale,
                                     c.wzero, c.threshold, c.flip};
    if (make(dtype, text, &problem))
        fail_msg("%s: %s", text, assay_message());
    if (assay_reference_run(&problem, (const void *[]){x}, constants, y))
        fail_msg("%s: %s", text, assay_message());
}

static void s8_by_hand(void **state)
{
    static const int8_t x[] = {1, -2, 3, 127, -128, 0},
                        w[] = {4, 5, -6, 1, 1, 1};
    static const int32_t bias[] = {100, -7};
    static const int8_t wzero[] = {1, -1};
    int32_t sum[4];
    float real[4];
    int8_t y[4];
    (void)state;
    /* 4 - 10 - 18, 1 - 2 + 3; 508 - 640, 127 - 128 */
    run(ASSAY_S8, "m=2 n=2 k=3 out=s32", x, (struct constants){.w = w}, sum);
    assert_memory_equal(sum, ((int32_t[]){-24, 2, -132, -1}), sizeof sum);
    run(ASSAY_S8, "m=2 n=2 k=3 out=s32 bias=1", x,
        (struct constants){.w = w, .bias = bias}, sum);
    assert_memory_equal(sum, ((int32_t[]){76, -5, -32, -8}), sizeof sum);
    /* x + 128: 129 126 131, 255 0 128; w: 3 4 -7, 2 2 2 */
    run(ASSAY_S8, "m=2 n=2 k=3 out=s32 bias=1 x_zero=-128 wzero=1", x,
        (struct constants){.w = w, .bias = bias, .wzero = wzero}, sum);
    assert_memory_equal(sum,
                        ((int32_t[]){387 + 504 - 917 + 100, 258 + 252 + 262 - 7,
                                     765 - 896 + 100, 510 + 256 - 7}),
                        sizeof sum);
    run(ASSAY_S8, "m=2 n=2 k=3 out=f32", x,
        (struct constants){.w = w, .scale = (float[]){0.5f, -3}}, real);
    assert_memory_equal(real, ((float[]){-12, -6, -66, 3}), sizeof real);
    /* -6, 0.5; -33, -0.25: halves go to the even. */
    run(ASSAY_S8, "m=2 n=2 k=3 y_zero=10", x,
        (struct constants){.w = w, .scale = (float[]){0.25f, 0.25f}}, y);
    assert_memory_equal(y, ((int8_t[]){4, 10, -23, 10}), sizeof y);
    /* -2.4 to -2, 1; -13.2 to -13, -0.5 to 0; then 120 more. */
    run(ASSAY_S8, "m=2 n=2 k=3 y_zero=120 low=110 high=118", x,
        (struct constants){.w = w, .scale = (float[]){0.1f, 0.5f}}, y);
    assert_memory_equal(y, ((int8_t[]){118, 118, 110, 118}), sizeof y);
    /* Beyond what int32, and what float holds. */
    run(ASSAY_S8, "m=2 n=2 k=3", x,
        (struct constants){.w = w, .scale = (float[]){1e30f, 3e38f}}, y);
    assert_memory_equal(y, ((int8_t[]){-128, 127, -128, -128}), sizeof y);
    /* 0.5, 1.5 and 2.5 of the last place. */
    run(ASSAY_S8, "m=1 n=3 k=1", (int8_t[]){1},
        (struct constants){.w = (int8_t[]){1, 3, 5},
                           .scale = (float[]){0.5f, 0.5f, 0.5f}},
        y);
    assert_memory_equal(y, ((int8_t[]){0, 2, 2}), 3);
}

static void b1_by_hand(void **state)
{
    /* 32 channels: two bits of the 32 differ, none, all. */
    static const uint32_t x[] = {0x80000001}, w[] = {0, 0x80000001, 0x7ffffffe};
    static const float scale[] = {0.5f, 2, -1}, bias[] = {1, 0.25f, 0};
    float real[3];
    (void)state;
    run(ASSAY_B1, "m=1 n=3 k=32 out=f32", x,
        (struct constants){.w = w, .scale = scale}, real);
    assert_memory_equal(real, ((float[]){14, 64, 32}), sizeof real);
    run(ASSAY_B1, "m=1 n=3 k=32 out=f32 bias=1", x,
        (struct constants){.w = w, .scale = scale, .bias = bias}, real);
    assert_memory_equal(real, ((float[]){15, 64.25f, 32}), sizeof real);
    /* The product is rounded before the bias is added: 60 * (1/60) is 1 in
     * float, a little less exactly. */
    const uint32_t long_x[] = {0, 0}, long_w[] = {3, 0};
    const float third[] = {1.0f / 60}, minus[] = {-1};
    run(ASSAY_B1, "m=1 n=1 k=64 out=f32 bias=1", long_x,
        (struct constants){.w = long_w, .scale = third, .bias = minus}, real);
    assert_true(real[0] == (float)(60.0 * (double)third[0]) - 1);

    /* Output j differs from x in j of 32 channels: acc = 32 - 2 j. */
    uint32_t ladder[32], y[2];
    int32_t threshold[32];
    const uint32_t flip[] = {0xf0000000}, both[] = {0, 0xffffffff};
    for (uint32_t j = 0; j < 32; j++) {
        ladder[j] = (1u << j) - 1;
        threshold[j] = 0;
    }
    /* acc < 0 for j > 16; the last four turned around. The second row is the
     * opposite of the first, acc = 2 j - 32, < 0 for j < 16. */
    run(ASSAY_B1, "m=2 n=32 k=32", both,
        (struct constants){.w = ladder, .threshold = threshold, .flip = flip},
        y);
    assert_int_equal(y[0], 0xfffe0000 ^ 0xf0000000);
    assert_int_equal(y[1], 0x0000ffff ^ 0xf0000000);
    /* Odd thresholds, and beyond any sum. */
    for (uint32_t j = 0; j < 32; j++)
        threshold[j] = j < 8 ? INT32_MIN : j < 16 ? INT32_MAX : 1;
    run(ASSAY_B1, "m=1 n=32 k=32 out=b1", both,
        (struct constants){
            .w = ladder, .threshold = threshold, .flip = (uint32_t[]){0}},
        y);
    assert_int_equal(y[0], 0xffffff00);
}

static void f16_by_hand(void **state)
{
    /* 1, 2, 0.5, -3 as bits; 2048 and its neighbour 2050. */
    static const uint16_t x[] = {0x3c00, 0x4000},
                          w[] = {0x3800, 0xc200, 0x6800, 0x3800};
    uint16_t y[2];
    (void)state;
    /* 0.5 - 6; 2048 + 1, halfway to 2050, goes to the even. */
    run(ASSAY_F16, "m=1 n=2 k=2", x, (struct constants){.w = w}, y);
    assert_memory_equal(y, ((uint16_t[]){0xc580, 0x6800}), sizeof y);
    run(ASSAY_F16, "m=1 n=2 k=2 act=relu bias=1", x,
        (struct constants){.w = w, .bias = (uint16_t[]){0x3c00, 0x3c00}}, y);
    assert_memory_equal(y, ((uint16_t[]){0, 0x6801}), sizeof y);
}

static void wrong_problems_are_refused(void **state)
{
    static const struct {
        enum assay_dtype dtype;
        const char *params, *message;
    } wrong[] = {
        {ASSAY_F32, "m=1 n=1 k=1 out=s8", "out"},
        {ASSAY_F32, "m=1 n=1 k=1 x_zero=1", "zero points"},
        {ASSAY_F32, "m=1 n=1 k=1 wzero=1", "zero points"},
        {ASSAY_F16, "m=1 n=1 k=1 out=f32", "out"},
        {ASSAY_F16, "m=0 n=1 k=1", "m"},
        {ASSAY_S8, "m=1 n=1 k=1 act=relu", "act"},
        {ASSAY_S8, "m=1 n=1 k=1 out=b1", "out"},
        {ASSAY_S8, "m=1 n=1 k=1 low=3 high=2", "low"},
        {ASSAY_S8, "m=1 n=1 k=1 x_zero=128", "x_zero"},
        {ASSAY_S8, "m=1 n=1 k=1 y_zero=-129", "y_zero"},
        {ASSAY_S8, "m=1 n=1 k=1 high=128", "high"},
        {ASSAY_S8, "m=1 n=1 k=1 wzero=2", "wzero"},
        {ASSAY_S8, "m=1 n=1 k=-1", "k"},
        {ASSAY_S8, "m=1 n=1 k=131072", "int32"},
        {ASSAY_S8, "m=1 n=1 k=65794 x_zero=127", "int32"},
        {ASSAY_S8, "m=1 n=1 k=33026 x_zero=127 wzero=1", "int32"},
        {ASSAY_S8, "m=65536 n=1 k=65536", ""},
        {ASSAY_B1, "m=1 n=32 k=31", "multiple of 32"},
        {ASSAY_B1, "m=1 n=32 k=33 out=f32", "multiple of 32"},
        {ASSAY_B1, "m=1 n=31 k=32", "multiple of 32"},
        {ASSAY_B1, "m=1 n=32 k=32 bias=1", "bias"},
        {ASSAY_B1, "m=1 n=32 k=32 out=s8", "out"},
        {ASSAY_B1, "m=1 n=32 k=32 out=s32", "out"},
        {ASSAY_B1, "m=1 n=32 k=32 x_zero=1", "zero"},
        {ASSAY_B1, "m=1 n=32 k=32 wzero=1", "zero"},
        {ASSAY_B1, "m=1 n=32 k=32 act=gelu", "act"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct assay_problem problem;
        if (make(wrong[i].dtype, wrong[i].params, &problem) != ASSAY_INVALID)
            fail_msg("accepted: %s", wrong[i].params);
        if (!strstr(assay_message(), wrong[i].message))
            fail_msg("%s: the message is '%s'", wrong[i].params,
                     assay_message());
    }
    /* The largest that are legal. */
    static const char *const largest[] = {"m=1 n=1 k=131071",
                                          "m=1 n=1 k=65793 x_zero=127",
                                          "m=1 n=1 k=33025 x_zero=127 wzero=1"};
    for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
        struct assay_problem problem;
        assert_int_equal(make(ASSAY_S8, largest[i], &problem), ASSAY_OK);
    }
}

static enum assay_status constants_of(enum assay_dtype dtype, const char *text,
                                      struct constants c)
{
    struct assay_problem problem;
    const void *const constants[] = {c.w,     c.bias,      c.scale,
                                     c.wzero, c.threshold, c.flip};
    assert_int_equal(make(dtype, text, &problem), ASSAY_OK);
    return assay_problem_specialize(&problem, constants);
}

static void wrong_constants_are_refused(void **state)
{
    static const int8_t w[2] = {1, 1};
    static const uint32_t bits[32] = {0};
    static const float scales[] = {0, -0.0f, NAN, INFINITY, -INFINITY, 1e-39f};
    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        const float scale[] = {1, scales[i]};
        const struct constants s8 = {.w = w, .scale = scale};
        const struct constants b1 = {.w = bits, .scale = scale};
        assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1", s8),
                         ASSAY_INVALID);
        assert_non_null(strstr(assay_message(), "scale 1"));
        assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1 out=f32", s8),
                         ASSAY_INVALID);
        assert_int_equal(constants_of(ASSAY_B1, "m=1 n=2 k=32 out=f32", b1),
                         ASSAY_INVALID);
    }
    const float one[] = {1, 1};
    const float biases[] = {0, INFINITY};
    assert_int_equal(constants_of(ASSAY_B1, "m=1 n=2 k=32 out=f32 bias=1",
                                  (struct constants){
                                      .w = bits, .scale = one, .bias = biases}),
                     ASSAY_INVALID);
    /* One product of at most 128 * 128 fits beside this bias, no larger. */
    int32_t bias[] = {0, INT32_MAX - 16384};
    const struct constants biased = {.w = w, .scale = one, .bias = bias};
    assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1 bias=1", biased),
                     ASSAY_OK);
    bias[1]++;
    assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1 bias=1", biased),
                     ASSAY_INVALID);
    bias[1] = INT32_MIN;
    assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1 bias=1", biased),
                     ASSAY_INVALID);
    /* What is asked for is there. */
    assert_int_equal(
        constants_of(ASSAY_S8, "m=1 n=2 k=1", (struct constants){.w = w}),
        ASSAY_INVALID);
    assert_int_equal(constants_of(ASSAY_S8, "m=1 n=2 k=1 wzero=1 out=s32",
                                  (struct constants){.w = w}),
                     ASSAY_INVALID);
    assert_int_equal(
        constants_of(ASSAY_B1, "m=1 n=32 k=32", (struct constants){.w = bits}),
        ASSAY_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s8_by_hand),
        cmocka_unit_test(b1_by_hand),
        cmocka_unit_test(f16_by_hand),
        cmocka_unit_test(wrong_problems_are_refused),
        cmocka_unit_test(wrong_constants_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
