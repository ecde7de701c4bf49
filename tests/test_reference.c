/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of dense, conv2d and depthwise on cases computed by hand, and
 * what their tables refuse. Those of the other ops: test_ops_reference.c.
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

struct hand_case {
    enum assay_op op;
    const char *params;
    float x[18], w[16], bias[3], want[9];
};

static enum assay_status parse(const struct hand_case *hand,
                               struct assay_problem *problem)
{
    char text[200], *rest = text;
    assay_problem_init(problem, hand->op, ASSAY_F32);
    snprintf(text, sizeof text, "%s", hand->params);
    for (char *name; (name = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(name, '=');
        assert_non_null(value);
        *value++ = '\0';
        if (assay_problem_set(problem, name, value))
            fail_msg("%s: %s", hand->params, assay_message());
    }
    return assay_problem_check(problem);
}

static void compute(const struct hand_case *hand)
{
    struct assay_problem problem;
    if (parse(hand, &problem))
        fail_msg("%s: %s", hand->params, assay_message());
    const bool bias = assay_problem_bytes(&problem, 2) != 0;
    const void *constants[] = {hand->w, bias ? hand->bias : NULL};
    const unsigned output = assay_problem_output(&problem);
    const size_t n = assay_problem_bytes(&problem, output) / 4;
    float got[10];
    assert_true(n <= 9);
    assert_true(assay_problem_bytes(&problem, 0) <= sizeof hand->x);
    assert_true(assay_problem_bytes(&problem, 1) <= sizeof hand->w);
    for (int i = 0; i < 10; i++)
        got[i] = -99;
    assert_int_equal(assay_reference_run(&problem, (const void *[]){hand->x},
                                         constants, got),
                     ASSAY_OK);
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(got[i] - hand->want[i]) <= 1e-6f))
            fail_msg("%s: element %zu: got %g, want %g", hand->params, i,
                     (double)got[i], (double)hand->want[i]);
    assert_true(got[n] == -99);
}

#define DENSE ASSAY_OP_DENSE
static void dense_by_hand(void **state)
{
    (void)state;
    static const struct hand_case cases[] = {
        {DENSE,
         "m=2 n=2 k=3",
         {1, 2, 3, 4, 5, 6},
         {1, 0, -1, 2, 1, 0},
         {0},
         {-2, 4, -2, 13}},
        {DENSE,
         "m=2 n=2 k=3 bias=1",
         {1, 2, 3, 4, 5, 6},
         {1, 0, -1, 2, 1, 0},
         {10, -10},
         {8, -6, 8, 3}},
        {DENSE,
         "m=2 n=2 k=3 bias=1 act=relu",
         {1, 2, 3, 4, 5, 6},
         {1, 0, -1, 2, 1, 0},
         {10, -10},
         {8, 0, 8, 3}},
        {DENSE,
         "m=2 n=2 k=3 bias=1 act=relu6",
         {1, 2, 3, 4, 5, 6},
         {1, 0, -1, 2, 1, 0},
         {10, -10},
         {6, 0, 6, 3}},
        {DENSE,
         "m=1 n=3 k=1 act=gelu",
         {1},
         {1, -1, 0},
         {0},
         {0.84134474607f, -0.15865525393f, 0}},
        {DENSE,
         "m=1 n=3 k=1 act=sigmoid",
         {1},
         {0, 2, -2},
         {0},
         {0.5f, 0.88079707798f, 0.11920292202f}},
        /* Sums in float would lose the 1. */
        {DENSE, "m=1 n=1 k=3", {1e8f, 1, -1e8f}, {1, 1, 1}, {0}, {1}},
        {DENSE, "m=1 n=1 k=1", {3}, {-7}, {0}, {-21}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compute(&cases[i]);
}

#define IMAGE                                                                  \
    {                                                                          \
        1, 2, 3, 4, 5, 6, 7, 8, 9                                              \
    }
#define CONV ASSAY_OP_CONV2D
static void conv2d_by_hand(void **state)
{
    (void)state;
    static const struct hand_case cases[] = {
        /* Not flipped: the first tap meets the first pixel. */
        {CONV,
         "h=3 w=3 c=1 k=1 r=2 s=2",
         IMAGE,
         {1, 2, 3, 4},
         {0},
         {37, 47, 67, 77}},
        {CONV,
         "h=3 w=3 c=1 k=1 r=2 s=2 bias=1 act=relu",
         IMAGE,
         {1, 2, 3, 4},
         {-50},
         {0, 0, 17, 27}},
        {CONV,
         "h=3 w=3 c=1 k=1 r=2 s=2 pad_top=1 pad_left=1",
         IMAGE,
         {1, 2, 3, 4},
         {0},
         {4, 11, 18, 18, 37, 47, 36, 67, 77}},
        {CONV,
         "h=3 w=3 c=1 k=1 r=2 s=2 stride_h=2 stride_w=2 pad_top=1 pad_left=1 "
         "pad_bottom=1 pad_right=1",
         IMAGE,
         {1, 2, 3, 4},
         {0},
         {4, 18, 36, 77}},
        {CONV,
         "h=3 w=3 c=1 k=1 r=2 s=2 dil_h=2 dil_w=2",
         IMAGE,
         {1, 2, 3, 4},
         {0},
         {64}},
        {CONV,
         "h=1 w=2 c=2 k=3 r=1 s=1 bias=1",
         {1, 2, 3, 4},
         {1, 0, 0, 1, 1, 1},
         {1, 2, 3},
         {2, 4, 6, 4, 6, 10}},
        {CONV,
         "h=1 w=1 c=4 k=2 r=1 s=1 groups=2",
         {1, 2, 3, 4},
         {1, 1, 1, -1},
         {0},
         {3, -1}},
        {CONV, "n=2 h=1 w=1 c=1 k=1 r=1 s=1", {1, 5}, {2}, {0}, {2, 10}},
        {CONV,
         "h=1 w=3 c=1 k=1 r=1 s=3 pad_right=2",
         {1, 2, 3},
         {1, 10, 100},
         {0},
         {321, 32, 3}},
        {CONV,
         "h=3 w=1 c=1 k=1 r=3 s=1 pad_bottom=2",
         {1, 2, 3},
         {1, 10, 100},
         {0},
         {321, 32, 3}},
        {CONV,
         "h=2 w=4 c=1 k=1 r=1 s=1 stride_w=3",
         {1, 2, 3, 4, 5, 6, 7, 8},
         {1},
         {0},
         {1, 4, 5, 8}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compute(&cases[i]);
}

#define DEPTHWISE ASSAY_OP_DEPTHWISE
static void depthwise_by_hand(void **state)
{
    (void)state;
    static const struct hand_case cases[] = {
        {DEPTHWISE,
         "h=2 w=2 c=2 r=2 s=2",
         {1, 10, 2, 20, 3, 30, 4, 40},
         {1, 1, 2, 0, 3, 0, 4, -1},
         {0},
         {30, -30}},
        {DEPTHWISE,
         "h=2 w=2 c=2 r=2 s=2 bias=1 act=relu",
         {1, 10, 2, 20, 3, 30, 4, 40},
         {1, 1, 2, 0, 3, 0, 4, -1},
         {1, 1},
         {31, 0}},
        {DEPTHWISE,
         "h=2 w=2 c=2 r=2 s=2 pad_left=1",
         {1, 10, 2, 20, 3, 30, 4, 40},
         {1, 1, 2, 0, 3, 0, 4, -1},
         {0},
         {14, -30, 30, -30}},
        {DEPTHWISE,
         "h=3 w=3 c=1 r=2 s=2 dil_h=2 dil_w=2",
         IMAGE,
         {1, 2, 3, 4},
         {0},
         {64}},
        {DEPTHWISE,
         "h=3 w=3 c=1 r=1 s=1 stride_h=2 stride_w=2",
         IMAGE,
         {1},
         {0},
         {1, 3, 7, 9}},
        {DEPTHWISE,
         "n=2 h=1 w=1 c=2 r=1 s=1",
         {1, 2, 3, 4},
         {5, 7},
         {0},
         {5, 14, 15, 28}},
        {DEPTHWISE,
         "h=1 w=3 c=1 r=1 s=3 pad_right=2",
         {1, 2, 3},
         {1, 10, 100},
         {0},
         {321, 32, 3}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        compute(&cases[i]);
}

static void shapes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const struct hand_case cases[] = {
        {.op = CONV, .params = "h=2 w=2 c=1 k=1 r=3 s=1"},
        {.op = CONV, .params = "h=2 w=2 c=1 k=1 r=1 s=3"},
        {.op = CONV, .params = "h=4 w=4 c=1 k=1 r=3 s=3 dil_h=2"},
        {.op = CONV, .params = "h=4 w=4 c=3 k=2 r=1 s=1 groups=2"},
        {.op = CONV, .params = "h=4 w=4 c=2 k=3 r=1 s=1 groups=2"},
        {.op = CONV, .params = "h=1 w=1 c=1 k=1 r=1 s=1 pad_left=1"},
        {.op = CONV, .params = "h=65536 w=65536 c=1 k=1 r=1 s=1"},
        {.op = CONV, .params = "h=32768 w=32768 c=1 k=4 r=1 s=1"},
        {.op = CONV, .params = "h=1 w=1 c=65536 k=65536 r=1 s=1"},
        {.op = DEPTHWISE, .params = "h=2 w=2 c=1 r=3 s=1"},
        {.op = DEPTHWISE, .params = "h=2 w=4 c=1 r=1 s=2 dil_w=4"},
        {.op = DEPTHWISE, .params = "h=65536 w=65536 c=1 r=1 s=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_problem problem;
        if (parse(&cases[i], &problem) != ASSAY_INVALID)
            fail_msg("%s was accepted", cases[i].params);
        assert_true(strlen(assay_message()) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_by_hand),
        cmocka_unit_test(conv2d_by_hand),
        cmocka_unit_test(depthwise_by_hand),
        cmocka_unit_test(shapes_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
