/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of binary, unary, quantize, dequantize, signpack and cast on
 * cases computed by hand, in every dtype, and what their tables refuse.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/binary/binary_pack.h"
#include "kernels/element.h"
#include "kernels/half.h"

enum { MOST = 70 };

/* One array as numbers, which are stored in the array's type. */
struct numbers {
    size_t n;
    double value[MOST];
};

#define NUMBERS(...)                                                           \
    &(struct numbers)                                                          \
    {                                                                          \
        sizeof((double[]){__VA_ARGS__}) / sizeof(double),                      \
        {                                                                      \
            __VA_ARGS__                                                        \
        }                                                                      \
    }

struct hand_case {
    const char *op, *dtype, *params;
    const struct numbers *arrays[4]; /* inputs, then constants */
    const struct numbers *want;
};

static void store(enum assay_dtype type, void *array, size_t i, double value)
{
    switch (type) {
    case ASSAY_S8:
        ((int8_t *)array)[i] = (int8_t)value;
        break;
    case ASSAY_S32:
        ((int32_t *)array)[i] = (int32_t)value;
        break;
    default:
        assay_element_set(type, array, i, value);
    }
}

static enum assay_status parse(const char *op, const char *dtype,
                               const char *params,
                               struct assay_problem *problem)
{
    char copy[200], *rest = copy;
    enum assay_op number;
    enum assay_dtype type = ASSAY_F32;
    assert_true(assay_op_find(op, &number));
    while (strcmp(assay_dtype_names[type], dtype) != 0)
        type++;
    assay_problem_init(problem, number, type);
    snprintf(copy, sizeof copy, "%s", params);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        char *value = strchr(name, '=');
        *value++ = '\0';
        if (assay_problem_set(problem, name, value))
            return ASSAY_INVALID;
    }
    return assay_problem_check(problem);
}

static void compute(const struct hand_case *hand)
{
    struct assay_problem problem;
    float data[4][MOST], got[MOST];
    const void *arrays[4] = {NULL};
    if (parse(hand->op, hand->dtype, hand->params, &problem))
        fail_msg("%s %s: %s", hand->op, hand->params, assay_message());
    const struct assay_op_info *info = assay_op_info(problem.op);
    const unsigned output = assay_problem_output(&problem);
    for (unsigned i = 0; i < output; i++) {
        const size_t n = info->elements(&problem, i);
        assert_int_equal(n, hand->arrays[i] ? hand->arrays[i]->n : 0);
        for (size_t j = 0; j < n; j++)
            store(assay_problem_type(&problem, i), data[i], j,
                  hand->arrays[i]->value[j]);
        arrays[i] = n ? data[i] : NULL;
    }
    assert_int_equal(info->elements(&problem, output), hand->want->n);
    if (assay_reference_run(&problem, arrays, arrays + info->inputs, got))
        fail_msg("%s %s: %s", hand->op, hand->params, assay_message());
    for (size_t i = 0; i < hand->want->n; i++) {
        const enum assay_dtype type = assay_problem_type(&problem, output);
        const double is = assay_element(type, got, i);
        const double want = hand->want->value[i];
        const double slack = type == ASSAY_F32 ? 1e-6 * fmax(1, fabs(want)) : 0;
        if (isnan(want) ? !isnan(is)
                        : !(is == want || fabs(is - want) <= slack))
            fail_msg("%s %s %s: element %zu: got %.9g, want %.9g", hand->op,
                     hand->dtype, hand->params, i, is, want);
    }
}

#define COMPUTE_ALL(cases)                                                     \
    for (size_t i = 0; i < sizeof(cases) / sizeof *(cases); i++)               \
    compute(&(cases)[i])

static void binary_by_hand(void **state)
{
    const struct numbers *a = NUMBERS(1, 2, 3, 4, 5, 6);
    const struct numbers *row = NUMBERS(10, 20, 30), *column = NUMBERS(2, -2);
    const struct hand_case cases[] = {
        {"binary",
         "f32",
         "kind=sub d2=2 d3=3 b2=0",
         {a, row},
         NUMBERS(-9, -18, -27, -6, -15, -24)},
        {"binary",
         "f32",
         "kind=sub d2=2 d3=3 a2=0",
         {row, a},
         NUMBERS(9, 18, 27, 6, 15, 24)},
        {"binary",
         "f32",
         "kind=mul d2=2 d3=3 b3=0",
         {a, column},
         NUMBERS(2, 4, 6, -8, -10, -12)},
        {"binary",
         "f32",
         "kind=div d2=2 d3=3 b2=0 b3=0",
         {a, NUMBERS(4)},
         NUMBERS(0.25, 0.5, 0.75, 1, 1.25, 1.5)},
        {"binary",
         "f32",
         "kind=add d2=2 d3=3 a3=0 b2=0",
         {column, row},
         NUMBERS(12, 22, 32, 8, 18, 28)},
        /* a of 2 x 1 x 2, b of 1 x 3 x 1: y of 2 x 3 x 2 */
        {"binary",
         "f32",
         "kind=add d1=2 d2=3 d3=2 a2=0 b1=0 b3=0",
         {NUMBERS(1, 2, 3, 4), row},
         NUMBERS(11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34)},
        {"binary",
         "f32",
         "kind=min d3=3",
         {NUMBERS(1, 2, 3), NUMBERS(3, 2, 1)},
         NUMBERS(1, 2, 1)},
        {"binary",
         "f32",
         "kind=max d3=3 act=relu",
         {NUMBERS(-1, 2, 3), NUMBERS(-3, -2, 4)},
         NUMBERS(0, 2, 4)},
        {"binary",
         "f32",
         "kind=pow d3=6",
         {NUMBERS(2, 2, -2, -2, 0, 9), NUMBERS(10, -1, 3, 0.5, 0, 0.5)},
         NUMBERS(1024, 0.5, -8, (double)NAN, 1, 3)},
        /* Rounded once, to even: 2048 and 2050 are neighbours. */
        {"binary",
         "f16",
         "kind=add d3=3",
         {NUMBERS(2048, 2050, 1), NUMBERS(1, 1, 0.25)},
         NUMBERS(2048, 2052, 1.25)},
        {"binary",
         "f16",
         "kind=mul d3=2 b3=0",
         {NUMBERS(300, -1), NUMBERS(300)},
         NUMBERS((double)INFINITY, -300)},
    };
    (void)state;
    COMPUTE_ALL(cases);
}

/* Scales 1 and 1 to 2: halves are ties, and go to the even neighbour. */
static void binary_s8_by_hand(void **state)
{
    const struct numbers *a = NUMBERS(1, 2, 3, -1, -3, 127);
    const struct numbers *b = NUMBERS(0, 0, 0, 0, 0, 127);
    const struct hand_case cases[] = {
        {"binary",
         "s8",
         "kind=add d3=6",
         {a, b, NUMBERS(1, 1, 2)},
         NUMBERS(0, 1, 2, 0, -2, 127)},
        {"binary",
         "s8",
         "kind=sub d3=6",
         {b, a, NUMBERS(1, 1, 2)},
         NUMBERS(0, -1, -2, 0, 2, 0)},
        {"binary",
         "s8",
         "kind=add d3=6 a_zero=1 b_zero=-1 y_zero=5 low=5",
         {a, b, NUMBERS(0.5, 0.25, 0.25)},
         NUMBERS(6, 8, 10, 5, 5, 127)},
        {"binary",
         "s8",
         "kind=mul d3=6",
         {a, NUMBERS(3, 3, 3, 3, 3, -128), NUMBERS(0.5, 0.5, 0.5)},
         NUMBERS(2, 3, 4, -2, -4, -128)},
        {"binary",
         "s8",
         "kind=mul d3=3 b3=0 a_zero=-1 b_zero=2 y_zero=-9",
         {NUMBERS(0, 1, 2), NUMBERS(6), NUMBERS(2, 0.5, 2)},
         NUMBERS(-7, -5, -3)},
    };
    (void)state;
    COMPUTE_ALL(cases);
}

static void unary_by_hand(void **state)
{
    const struct numbers *x = NUMBERS(-4, -0.5, 0, 0.5, 2.5);
    const struct hand_case cases[] = {
        {"unary", "f32", "n=5 act=identity", {x}, x},
        {"unary", "f32", "n=5 act=neg", {x}, NUMBERS(4, 0.5, 0, -0.5, -2.5)},
        {"unary", "f32", "n=5 act=abs", {x}, NUMBERS(4, 0.5, 0, 0.5, 2.5)},
        {"unary", "f32", "n=5 act=sign", {x}, NUMBERS(-1, -1, 0, 1, 1)},
        {"unary", "f32", "n=5 act=floor", {x}, NUMBERS(-4, -1, 0, 0, 2)},
        {"unary", "f32", "n=5 act=ceil", {x}, NUMBERS(-4, 0, 0, 1, 3)},
        {"unary", "f32", "n=5 act=round", {x}, NUMBERS(-4, 0, 0, 0, 2)},
        {"unary",
         "f32",
         "n=5 act=clip low=-1 high=2",
         {x},
         NUMBERS(-1, -0.5, 0, 0.5, 2)},
        {"unary",
         "f32",
         "n=5 act=leakyrelu alpha=0.25",
         {x},
         NUMBERS(-1, -0.125, 0, 0.5, 2.5)},
        {"unary",
         "f32",
         "n=5 act=hardsigmoid",
         {x},
         NUMBERS(0, 0.4, 0.5, 0.6, 1)},
        {"unary",
         "f32",
         "n=5 act=hardswish",
         {x},
         NUMBERS(0, -0.20833333, 0, 0.29166667, 2.29166667)},
        {"unary",
         "f32",
         "n=5 act=elu alpha=2",
         {x},
         NUMBERS(-1.96336872, -0.78693868, 0, 0.5, 2.5)},
        {"unary",
         "f32",
         "n=5 act=softplus",
         {x},
         NUMBERS(0.01814993, 0.47407698, 0.69314718, 0.97407698, 2.57888973)},
    };
    (void)state;
    COMPUTE_ALL(cases);
}

static void curves_by_hand(void **state)
{
    const struct numbers *x = NUMBERS(-4, -0.5, 0, 0.5, 2.5);
    const struct hand_case cases[] = {
        {"unary",
         "f32",
         "n=5 act=tanh",
         {x},
         NUMBERS(-0.99932930, -0.46211716, 0, 0.46211716, 0.98661430)},
        {"unary",
         "f32",
         "n=5 act=erf",
         {x},
         NUMBERS(-0.99999998, -0.52049988, 0, 0.52049988, 0.99959305)},
        {"unary",
         "f32",
         "n=5 act=gelu_tanh",
         {x},
         NUMBERS(-0.00007023, -0.15428599, 0, 0.34571401, 2.48491568)},
        {"unary",
         "f32",
         "n=5 act=exp",
         {x},
         NUMBERS(0.01831564, 0.60653066, 1, 1.64872127, 12.18249396)},
        {"unary",
         "f32",
         "n=4 act=log",
         {NUMBERS(0.5, 1, 0, -1)},
         NUMBERS(-0.69314718, 0, -(double)INFINITY, (double)NAN)},
        {"unary",
         "f32",
         "n=4 act=sqrt",
         {NUMBERS(0.25, 9, 0, -1)},
         NUMBERS(0.5, 3, 0, (double)NAN)},
        {"unary",
         "f32",
         "n=3 act=reciprocal",
         {NUMBERS(4, -0.5, 0)},
         NUMBERS(0.25, -2, (double)INFINITY)},
        {"unary",
         "f16",
         "n=3 act=exp",
         {NUMBERS(0, 12, -20)},
         NUMBERS(1, (double)INFINITY, 0)},
        /* Three real units a step to two: ties to even. */
        {"unary",
         "s8",
         "n=5 act=identity x_zero=1 y_zero=-3",
         {NUMBERS(1, 2, 3, 0, 127), NUMBERS(3, 2)},
         NUMBERS(-3, -1, 0, -5, 127)},
        {"unary",
         "s8",
         "n=4 act=relu x_zero=-128",
         {NUMBERS(-128, -127, 0, 127), NUMBERS(0.5, 1)},
         NUMBERS(0, 0, 64, 127)},
        /* 1 / 256 a step from -128 on */
        {"unary",
         "s8",
         "n=3 act=sigmoid y_zero=-128",
         {NUMBERS(0, 127, -128), NUMBERS(1, 0.00390625)},
         NUMBERS(0, 127, -128)},
        {"unary",
         "s8",
         "n=2 act=log y_zero=7",
         {NUMBERS(-1, 1), NUMBERS(1, 1)},
         NUMBERS(7, 7)},
    };
    (void)state;
    COMPUTE_ALL(cases);
}

static void conversions_by_hand(void **state)
{
    const struct numbers *x = NUMBERS(0.25, 0.75, -1.25, 1000, -1000, 1e30);
    const struct hand_case cases[] = {
        /* Halves are ties. */
        {"quantize",
         "s8",
         "rows=2 cols=3",
         {x, NUMBERS(0.5), NUMBERS(0)},
         NUMBERS(0, 2, -2, 127, -128, 127)},
        {"quantize",
         "s8",
         "rows=2 cols=3 scales=row low=-20 high=100",
         {x, NUMBERS(0.25, 100), NUMBERS(1, -10)},
         NUMBERS(2, 4, -4, 0, -20, 100)},
        {"quantize",
         "s8",
         "rows=2 cols=3 scales=column",
         {x, NUMBERS(0.25, 10, 1), NUMBERS(0, 3, -100)},
         NUMBERS(1, 3, -101, 127, -97, 127)},
        {"dequantize",
         "s8",
         "rows=2 cols=2",
         {NUMBERS(-128, 0, 5, 127), NUMBERS(0.5), NUMBERS(5)},
         NUMBERS(-66.5, -2.5, 0, 61)},
        {"dequantize",
         "s8",
         "rows=2 cols=2 scales=row from=s32",
         {NUMBERS(1000, -1000, 16777217, 3), NUMBERS(0.5, 1), NUMBERS(0, -1)},
         NUMBERS(500, -500, 16777218, 4)},
        {"dequantize",
         "s8",
         "rows=2 cols=2 scales=column",
         {NUMBERS(1, 2, 3, 4), NUMBERS(1, 10), NUMBERS(0, 1)},
         NUMBERS(1, 10, 3, 30)},
        {"cast",
         "f16",
         "n=5 to=f16",
         {NUMBERS(2049, 2051, 65519, 65520, 1e-9)},
         NUMBERS(2048, 2052, 65504, (double)INFINITY, 0)},
        {"cast",
         "f16",
         "n=3 to=f32",
         {NUMBERS(0.1, 6e-8, -65504)},
         NUMBERS(0.0999755859375, 0x1p-24, -65504)},
    };
    (void)state;
    COMPUTE_ALL(cases);
}

/* Element 31 of the first word, and elements 0 and 1 of the second. */
static void signs_by_hand(void **state)
{
    struct assay_problem problem;
    float x[64];
    int8_t bytes[64];
    uint32_t y[2];
    (void)state;
    for (int i = 0; i < 64; i++) {
        x[i] = i % 2 ? 0.0f : NAN;
        bytes[i] = 3;
    }
    x[30] = -0.0f;
    x[31] = x[32] = -1e-30f;
    x[33] = -INFINITY;
    assert_int_equal(parse("signpack", "b1", "rows=2 cols=32", &problem), 0);
    assert_int_equal(
        assay_reference_run(&problem, (const void *[]){x}, NULL, y), 0);
    assert_int_equal(y[0], 0x80000000u);
    assert_int_equal(y[1], 3);
    bytes[31] = bytes[32] = 2;
    bytes[33] = -128;
    assert_int_equal(
        parse("signpack", "b1", "cols=64 from=s8 zero=3", &problem), 0);
    assert_int_equal(
        assay_reference_run(&problem, (const void *[]){bytes}, NULL, y), 0);
    assert_int_equal(y[0], 0x80000000u);
    assert_int_equal(y[1], 3);
}

/* 1/3 and 1/6 of 2^22, rounded; and a factor that rounds up to 2^21. */
static void factors_of_sums_have_21_bits(void **state)
{
    static const float scales[][3] = {{1, 0.5f, 3}, {0.99999994f, 1e-9f, 1}};
    static const int32_t want[][3] = {{1398101, -699051, 22}, {1048576, 0, 20}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct assay_problem problem;
        struct assay_binary_scales packed;
        assert_int_equal(parse("binary", "s8", "kind=sub d3=1", &problem), 0);
        assay_binary_pack(NULL, &problem, (const void *[]){scales[i]}, &packed);
        assert_int_equal(packed.a, want[i][0]);
        assert_int_equal(packed.b, want[i][1]);
        assert_int_equal(packed.shift, want[i][2]);
    }
}

static void bad_problems_are_refused(void **state)
{
    static const char *const bad[][3] = {
        {"binary", "f32", "kind=add"},
        {"binary", "f32", "kind=add d3=0"},
        {"binary", "f32", "kind=add d3=-1"},
        {"binary", "f32", "kind=add d2=2 d3=4 a2=0 b2=0"},
        {"binary", "f32", "kind=add d3=4 a3=2"},
        {"binary", "f32", "kind=add d2=65536 d3=65536"},
        {"binary", "f32", "kind=add d0=2147483648 d1=2147483648 d3=1"},
        {"binary", "s8", "kind=div d3=4"},
        {"binary", "s8", "kind=add d3=4 act=relu"},
        {"binary", "s8", "kind=add d3=4 low=1 high=0"},
        {"binary", "s8", "kind=add d3=4 a_zero=128"},
        {"binary", "b1", "kind=add d3=4"},
        {"unary", "f32", "n=4"},
        {"unary", "f32", "n=4 act=none"},
        {"unary", "f32", "n=0 act=relu"},
        {"unary", "f32", "n=4 act=clip low=2 high=1"},
        {"unary", "f32", "n=4 act=clip low=nan"},
        {"unary", "f32", "n=4 act=elu alpha=inf"},
        {"unary", "s8", "n=4 act=relu x_zero=-129"},
        {"quantize", "s8", "rows=65536 cols=65536"},
        {"quantize", "s8", "cols=0"},
        {"quantize", "s8", "cols=4 low=5 high=4"},
        {"quantize", "f32", "cols=4"},
        {"dequantize", "s8", "rows=0 cols=1"},
        {"dequantize", "s8", "rows=2147483648 cols=2"},
        {"signpack", "b1", "cols=33"},
        {"signpack", "b1", "rows=2147483648 cols=32"},
        {"signpack", "b1", "rows=-1 cols=32"},
        {"cast", "f16", "n=-4 to=f32"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct assay_problem problem;
        if (parse(bad[i][0], bad[i][1], bad[i][2], &problem) != ASSAY_INVALID)
            fail_msg("%s %s %s was accepted", bad[i][0], bad[i][1], bad[i][2]);
        assert_true(strlen(assay_message()) > 0);
    }
}

static void bad_scales_are_refused(void **state)
{
    static const struct {
        const char *op, *params;
        float scales[3];
        int32_t zero;
    } bad[] = {
        {"binary", "kind=add d3=4", {0, 1, 1}, 0},
        {"binary", "kind=add d3=4", {1, -1, 1}, 0},
        {"binary", "kind=mul d3=4", {1, 1, NAN}, 0},
        {"binary", "kind=mul d3=4", {1, INFINITY, 1}, 0},
        {"binary", "kind=mul d3=4", {1e-30f, 1e-30f, 1}, 0},
        {"binary", "kind=add d3=4", {256, 1, 1}, 0},
        {"binary", "kind=sub d3=4", {1, 1, 1025}, 0},
        {"unary", "n=4 act=relu", {0, 1}, 0},
        {"unary", "n=4 act=relu", {1, NAN}, 0},
        {"quantize", "cols=4", {0}, 0},
        {"quantize", "cols=4", {-1}, 0},
        {"quantize", "cols=4", {NAN}, 0},
        {"quantize", "cols=4", {INFINITY}, 0},
        {"quantize", "cols=4", {1e-40f}, 0},
        {"quantize", "cols=4", {1}, 128},
        {"quantize", "rows=3 cols=4 scales=row", {1, 1, 0}, 0},
        {"dequantize", "cols=4", {0}, 0},
        {"dequantize", "cols=4", {1}, -129},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct assay_problem problem;
        const int32_t zeros[3] = {bad[i].zero};
        assert_int_equal(parse(bad[i].op, "s8", bad[i].params, &problem), 0);
        if (assay_problem_specialize(&problem,
                                     (const void *[]){bad[i].scales, zeros}) !=
            ASSAY_INVALID)
            fail_msg("%s %s: case %zu was accepted", bad[i].op, bad[i].params,
                     i);
        assert_true(strlen(assay_message()) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binary_by_hand),
        cmocka_unit_test(binary_s8_by_hand),
        cmocka_unit_test(factors_of_sums_have_21_bits),
        cmocka_unit_test(unary_by_hand),
        cmocka_unit_test(curves_by_hand),
        cmocka_unit_test(conversions_by_hand),
        cmocka_unit_test(signs_by_hand),
        cmocka_unit_test(bad_problems_are_refused),
        cmocka_unit_test(bad_scales_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
