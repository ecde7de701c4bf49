/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of the ops that move elements, and of pool's places and s8
 * averages, on cases computed by hand, and what their tables refuse.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/element.h"
#include "kernels/half.h"
#include "kernels/kernel.h"

enum { MOST = 40 };

/* The input holds 1, 2, 3 … where x is absent. */
struct hand_case {
    enum assay_op op;
    const char *params;
    double want[MOST];
    const double *x;
    int32_t indices[6];
};

static enum assay_status parse(enum assay_op op, enum assay_dtype dtype,
                               const char *params,
                               struct assay_problem *problem)
{
    char text[200], *rest = text;
    assay_problem_init(problem, op, dtype);
    snprintf(text, sizeof text, "%s", params);
    for (char *name; (name = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(name, '=');
        assert_non_null(value);
        *value++ = '\0';
        enum assay_status status = assay_problem_set(problem, name, value);
        if (status)
            return status;
    }
    return assay_problem_check(problem);
}

static void put(enum assay_dtype dtype, void *array, size_t i, double value)
{
    if (dtype == ASSAY_F32)
        ((float *)array)[i] = (float)value;
    else if (dtype == ASSAY_F16)
        ((uint16_t *)array)[i] = assay_half_from_float((float)value);
    else
        ((int8_t *)array)[i] = (int8_t)value;
}

static void compute(const struct hand_case *hand, enum assay_dtype dtype)
{
    struct assay_problem problem;
    float x[4][MOST], y[MOST + 1];
    if (parse(hand->op, dtype, hand->params, &problem))
        fail_msg("%s: %s", hand->params, assay_message());
    const struct assay_op_info *info = assay_op_info(hand->op);
    const unsigned output = assay_problem_output(&problem);
    const size_t n = info->elements(&problem, output);
    assert_true(n <= MOST);
    double next = 1;
    for (unsigned a = 0; a < info->inputs; a++) {
        const size_t elements = info->elements(&problem, a);
        assert_true(elements <= MOST);
        for (size_t i = 0; i < elements; i++, next++)
            put(dtype, x[a], i, hand->x ? hand->x[i] : next);
    }
    if (hand->op == ASSAY_OP_GATHER)
        memcpy(x[1], hand->indices, sizeof hand->indices);
    memset(y, 0x55, sizeof y);
    assert_int_equal(
        assay_reference_run(&problem, (const void *[]){x[0], x[1], x[2], x[3]},
                            NULL, y),
        ASSAY_OK);
    const enum assay_dtype type = assay_problem_type(&problem, output);
    for (size_t i = 0; i < n; i++) {
        const double got = assay_element(type, y, i);
        if (!(fabs(got - hand->want[i]) <= 0))
            fail_msg("%s %s: element %zu: got %g, want %g",
                     assay_dtype_names[dtype], hand->params, i, got,
                     hand->want[i]);
    }
    const unsigned char *behind = (const unsigned char *)y;
    assert_int_equal(behind[n * assay_dtype_bytes(type)], 0x55);
}

static void compute_all(const struct hand_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        compute(&cases[i], ASSAY_F32);
        compute(&cases[i], ASSAY_F16);
        compute(&cases[i], ASSAY_S8);
    }
}
#define COMPUTE(cases) compute_all(cases, sizeof cases / sizeof *(cases))

static void axes_by_hand(void **state)
{
    static const struct hand_case cases[] = {
        {.op = ASSAY_OP_TRANSPOSE,
         .params = "d0=2 d1=2 d2=3 p1=2 p2=1",
         .want = {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12}},
        {.op = ASSAY_OP_TRANSPOSE,
         .params = "d0=1 d1=3 p0=1 p1=0",
         .want = {1, 2, 3}},
        /* y is 3 x 2 x 2 x 1 of x 2 x 1 x 3 x 2 */
        {.op = ASSAY_OP_TRANSPOSE,
         .params = "d0=2 d2=3 d3=2 p0=2 p1=0 p2=3 p3=1",
         .want = {1, 2, 7, 8, 3, 4, 9, 10, 5, 6, 11, 12}},
        {.op = ASSAY_OP_TRANSPOSE,
         .params = "d0=2 d1=2 d2=2 d3=2 p0=3 p1=2 p2=1 p3=0",
         .want = {1, 9, 5, 13, 3, 11, 7, 15, 2, 10, 6, 14, 4, 12, 8, 16}},
        {.op = ASSAY_OP_SLICE,
         .params = "d0=3 d1=4 start0=1 start1=1 count1=2",
         .want = {6, 7, 10, 11}},
        {.op = ASSAY_OP_SLICE,
         .params = "d0=3 d1=4 start0=2 step0=-2 start1=3 step1=-1 count1=3",
         .want = {12, 11, 10, 4, 3, 2}},
        {.op = ASSAY_OP_SLICE,
         .params = "d0=7 start0=1 step0=3",
         .want = {2, 5}},
        {.op = ASSAY_OP_SLICE,
         .params = "d0=7 start0=5 step0=-4",
         .want = {6, 2}},
        {.op = ASSAY_OP_SLICE,
         .params = "d0=2 d1=2 d2=2 d3=2 d4=2 count0=1 start1=1 step2=-1 "
                   "start2=1 start4=1",
         .want = {14, 16, 10, 12}},
    };
    (void)state;
    COMPUTE(cases);
}

static void pad_by_hand(void **state)
{
    static const struct hand_case cases[] = {
        {.op = ASSAY_OP_PAD,
         .params = "d0=2 d1=2 before0=1 after1=2 value=-3",
         .want = {-3, -3, -3, -3, 1, 2, -3, -3, 3, 4, -3, -3}},
        {.op = ASSAY_OP_PAD,
         .params = "d0=3 interior0=2 before0=1 after0=1",
         .want = {0, 1, 0, 0, 2, 0, 0, 3, 0}},
        {.op = ASSAY_OP_PAD,
         .params = "d0=2 d1=2 interior0=1 interior1=1",
         .want = {1, 0, 2, 0, 0, 0, 3, 0, 4}},
        {.op = ASSAY_OP_PAD,
         .params = "kind=edge d0=2 d1=2 before0=1 after1=2",
         .want = {1, 2, 2, 2, 1, 2, 2, 2, 3, 4, 4, 4}},
        {.op = ASSAY_OP_PAD,
         .params = "kind=reflect d0=4 before0=3 after0=2",
         .want = {4, 3, 2, 1, 2, 3, 4, 3, 2}},
        {.op = ASSAY_OP_PAD,
         .params = "kind=reflect d0=2 d1=3 before0=1 before1=1",
         .want = {5, 4, 5, 6, 2, 1, 2, 3, 5, 4, 5, 6}},
        {.op = ASSAY_OP_PAD, .params = "kind=reflect d0=1", .want = {1}},
    };
    (void)state;
    COMPUTE(cases);
}

static void joins_by_hand(void **state)
{
    static const struct hand_case cases[] = {
        {.op = ASSAY_OP_CONCAT,
         .params = "outer=2 n0=1 n1=2 inner=2",
         .want = {1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12}},
        {.op = ASSAY_OP_CONCAT,
         .params = "n0=2 n1=1 n2=1 n3=3",
         .want = {1, 2, 3, 4, 5, 6, 7}},
        {.op = ASSAY_OP_CONCAT,
         .params = "outer=2 n0=1 n1=1 n2=2",
         .want = {1, 3, 5, 6, 2, 4, 7, 8}},
        {.op = ASSAY_OP_GATHER,
         .params = "n=3 inner=2 count=5",
         .indices = {2, 0, -1, -3, 1},
         .want = {5, 6, 1, 2, 5, 6, 1, 2, 3, 4}},
        /* Out of range takes the nearest. */
        {.op = ASSAY_OP_GATHER,
         .params = "n=3 count=6",
         .indices = {3, -4, INT32_MAX, INT32_MIN, 2, 0},
         .want = {3, 1, 3, 1, 3, 1}},
        {.op = ASSAY_OP_GATHER,
         .params = "outer=2 n=3 count=2",
         .indices = {1, -1},
         .want = {2, 3, 5, 6}},
    };
    (void)state;
    COMPUTE(cases);
}

static void pool_by_hand(void **state)
{
    static const double x[] = {3, 7, 7, 1, 2, 9, 9, 4, -5, 0, 9, 2};
    static const double y[] = {1, 2, 2, 2, -1, -2, -2, -2, 127, 127, 127, 126};
    static const struct hand_case places[] = {
        /* 3 x 4; of equal ones the first. */
        {.op = ASSAY_OP_POOL,
         .params = "kind=argmax h=3 w=4 c=1 r=2 s=2",
         .x = x,
         .want = {5, 5, 6, 5, 5, 6}},
        {.op = ASSAY_OP_POOL,
         .params = "kind=argmax h=3 w=4 c=1 r=1 s=3 pad_left=2 stride_w=3",
         .x = x,
         .want = {0, 1, 4, 5, 8, 10}},
        {.op = ASSAY_OP_POOL,
         .params = "kind=argmax h=3 w=2 c=2 r=3 s=2",
         .x = x,
         .want = {3, 2}},
    };
    static const struct hand_case averages[] = {
        /* Sums 7, -7, 507 of four: 1.75, -1.75, 126.75. */
        {.op = ASSAY_OP_POOL,
         .params = "kind=average h=3 w=4 c=1 r=1 s=4",
         .x = y,
         .want = {2, -2, 127}},
        /* Halves go to the even one: 1.5, 2, -1.5, -2, 127, 126.5 */
        {.op = ASSAY_OP_POOL,
         .params = "kind=average h=3 w=4 c=1 r=1 s=2 stride_w=2",
         .x = y,
         .want = {2, 2, -2, -2, 127, 126}},
        /* Less 1, halved, plus 3: 3.25, 3.5 rounds to 0 + 3, … */
        {.op = ASSAY_OP_POOL,
         .params = "kind=average h=3 w=4 c=1 r=1 s=2 stride_w=2 ratio=0.5 "
                   "x_zero=1 y_zero=3 high=60",
         .x = y,
         .want = {3, 3, 2, 1, 60, 60}},
        /* Places beyond the image are zeros: (x_zero 1) 0/4, 2/4 … */
        {.op = ASSAY_OP_POOL,
         .params = "kind=average h=3 w=4 c=1 r=1 s=4 pad_left=3 pad_right=3 "
                   "stride_w=3 count_pad=1 x_zero=1 ratio=4 low=-9",
         .x = y,
         .want = {0, 3, 1, -2, -9, -3, 126, 127, 125}},
        {.op = ASSAY_OP_POOL,
         .params = "kind=max h=3 w=4 c=1 r=3 s=2 stride_w=2",
         .x = y,
         .want = {127, 127}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        compute(&places[i], ASSAY_F32);
    for (size_t i = 0; i < sizeof averages / sizeof *averages; i++)
        compute(&averages[i], ASSAY_S8);
}

static void refusals(void **state)
{
    static const struct {
        enum assay_op op;
        enum assay_dtype dtype;
        const char *params, *message;
    } bad[] = {
        {ASSAY_OP_TRANSPOSE, ASSAY_F32, "d0=2 d1=3 p0=1", "permutation"},
        {ASSAY_OP_TRANSPOSE, ASSAY_F32, "d0=0", "within"},
        {ASSAY_OP_TRANSPOSE, ASSAY_F16, "d0=2 p0=6", "within"},
        {ASSAY_OP_TRANSPOSE, ASSAY_S8, "d0=3 d1=32768 d2=32768", "2^31"},
        {ASSAY_OP_TRANSPOSE, ASSAY_B1, "d0=3", "no b1"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d0=3 start0=3", "start0"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d0=3 start0=-1", "within"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d0=3 step0=0", "step0"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d0=3 start0=1 count0=3", "axis 0"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d2=3 start2=1 count2=3 step2=-1",
         "axis 2"},
        {ASSAY_OP_SLICE, ASSAY_F32, "d0=3 count0=2147483648 step0=2147483648",
         "axis 0"},
        {ASSAY_OP_SLICE, ASSAY_S8, "d0=65536 d1=65536", "2^31"},
        {ASSAY_OP_PAD, ASSAY_F32, "d0=3 before0=-1", "within"},
        {ASSAY_OP_PAD, ASSAY_F32, "kind=reflect d0=3 before0=3", "reflect"},
        {ASSAY_OP_PAD, ASSAY_F32, "kind=reflect d1=3 after1=3", "reflect"},
        {ASSAY_OP_PAD, ASSAY_F32, "kind=edge d0=3 interior0=1", "interior"},
        {ASSAY_OP_PAD, ASSAY_F32, "d0=3 value=nan", "within"},
        {ASSAY_OP_PAD, ASSAY_S8, "d0=3 value=0.5", "integer"},
        {ASSAY_OP_PAD, ASSAY_S8, "d0=3 value=128", "integer"},
        {ASSAY_OP_PAD, ASSAY_S8, "d0=3 value=-inf", "integer"},
        {ASSAY_OP_PAD, ASSAY_F32, "d0=2147483648 interior0=2147483648", "2^31"},
        {ASSAY_OP_PAD, ASSAY_F32, "d0=65536 d1=32768 before0=1", "2^31"},
        {ASSAY_OP_CONCAT, ASSAY_F32, "n0=1 n1=0", "within"},
        {ASSAY_OP_CONCAT, ASSAY_F32, "n0=1 n1=1 n3=1", "n3"},
        {ASSAY_OP_CONCAT, ASSAY_F32, "n0=2147483648 n1=1", "2^31"},
        {ASSAY_OP_CONCAT, ASSAY_F32, "outer=65536 n0=32767 n1=2", "2^31"},
        {ASSAY_OP_GATHER, ASSAY_F32, "n=0 count=1", "within"},
        {ASSAY_OP_GATHER, ASSAY_F32, "n=2147483648 count=1", "within"},
        {ASSAY_OP_GATHER, ASSAY_F32, "n=1 count=65536 inner=65536", "2^31"},
        {ASSAY_OP_POOL, ASSAY_S8, "kind=argmax h=2 w=2 c=1 r=1 s=1", "f32"},
        {ASSAY_OP_POOL, ASSAY_S8, "kind=average h=300 w=300 c=1 r=300 s=300",
         "65536"},
        {ASSAY_OP_POOL, ASSAY_S8, "kind=average h=2 w=2 c=1 r=1 s=1 ratio=0",
         "within"},
        {ASSAY_OP_POOL, ASSAY_S8, "kind=average h=2 w=2 c=1 r=1 s=1 ratio=nan",
         "within"},
        {ASSAY_OP_POOL, ASSAY_S8,
         "kind=average h=2 w=2 c=1 r=1 s=1 low=3 high=2", "above"},
        {ASSAY_OP_POOL, ASSAY_S8, "kind=max h=2 w=2 c=1 r=1 s=1 x_zero=3",
         "averages of s8"},
        {ASSAY_OP_POOL, ASSAY_F32, "kind=average h=2 w=2 c=1 r=1 s=1 ratio=0.5",
         "averages of s8"},
        {ASSAY_OP_POOL, ASSAY_F32, "kind=max h=2 w=2 c=1 r=1 s=1 count_pad=1",
         "count_pad"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct assay_problem problem;
        if (parse(bad[i].op, bad[i].dtype, bad[i].params, &problem) !=
            ASSAY_INVALID)
            fail_msg("accepted: %s", bad[i].params);
        if (!strstr(assay_message(), bad[i].message))
            fail_msg("%s: '%s' does not tell of '%s'", bad[i].params,
                     assay_message(), bad[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes_by_hand),  cmocka_unit_test(pad_by_hand),
        cmocka_unit_test(joins_by_hand), cmocka_unit_test(pool_by_hand),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
