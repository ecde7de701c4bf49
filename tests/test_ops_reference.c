/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of pool, binary, unary and softmax on cases computed by hand,
 * and what the tables refuse. Movement: test_reference_move.c.
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

static struct assay_problem make(enum assay_op op, const char *text)
{
    struct assay_problem problem;
    char copy[200], *rest = copy;
    assay_problem_init(&problem, op, ASSAY_F32);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        char *value = strchr(name, '=');
        *value++ = '\0';
        assert_int_equal(assay_problem_set(&problem, name, value), ASSAY_OK);
    }
    return problem;
}

static void expect(enum assay_op op, const char *text, const float *a,
                   const float *b, const float *want, size_t n)
{
    const struct assay_problem problem = make(op, text);
    float got[64];
    assert_int_equal(assay_problem_check(&problem), ASSAY_OK);
    assert_int_equal(
        assay_problem_bytes(&problem, assay_problem_output(&problem)),
        n * sizeof *got);
    assert_int_equal(
        assay_reference_run(&problem, (const void *[]){a, b}, NULL, got),
        ASSAY_OK);
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(got[i] - want[i]) <= 1e-6f)) {
            print_error("%s: element %zu: got %g, want %g\n", text, i,
                        (double)got[i], (double)want[i]);
            fail();
        }
    }
}
#define EXPECT(op, text, a, b, ...)                                            \
    expect(op, text, a, b, (const float[]){__VA_ARGS__},                       \
           sizeof((const float[]){__VA_ARGS__}) / sizeof(float))

static void pool_by_hand(void **state)
{
    /* 3 x 4, one channel: 1 … 12 */
    static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    (void)state;
    EXPECT(ASSAY_OP_POOL, "kind=max h=3 w=4 c=1 r=2 s=2", x, NULL, 6, 7, 8, 10,
           11, 12);
    EXPECT(ASSAY_OP_POOL, "kind=average h=3 w=4 c=1 r=2 s=2 stride_w=2", x,
           NULL, 3.5f, 5.5f, 7.5f, 9.5f);
    EXPECT(ASSAY_OP_POOL, "kind=average h=3 w=4 c=1 r=3 s=4", x, NULL, 6.5f);
    /* Two channels of 3 x 2. */
    EXPECT(ASSAY_OP_POOL, "kind=average h=3 w=2 c=2 r=3 s=2", x, NULL, 6, 7);
    /* Padding above and left: the corner window holds the 1 alone. */
    EXPECT(ASSAY_OP_POOL,
           "kind=average h=3 w=4 c=1 r=2 s=2 pad_top=1 pad_left=1 stride_h=2 "
           "stride_w=2",
           x, NULL, 1, 2.5f, 7, 8.5f);
    EXPECT(ASSAY_OP_POOL,
           "kind=average h=3 w=4 c=1 r=2 s=2 pad_top=1 pad_left=1 stride_h=2 "
           "stride_w=2 count_pad=1",
           x, NULL, 0.25f, 1.25f, 3.5f, 8.5f);
    /* Taps two apart: rows 0 and 2, columns 0 and 2 or 1 and 3. */
    EXPECT(ASSAY_OP_POOL, "kind=average h=3 w=4 c=1 r=2 s=2 dil_h=2 dil_w=2", x,
           NULL, 6, 7);
    EXPECT(ASSAY_OP_POOL, "kind=max h=3 w=4 c=1 r=1 s=3 pad_right=2", x, NULL,
           3, 4, 4, 4, 7, 8, 8, 8, 11, 12, 12, 12);
}

static void pool_refusals(void **state)
{
    static const char *const bad[] = {
        "kind=max h=3 w=3 c=1 r=4 s=1",             /* too tall */
        "kind=max h=3 w=3 c=1 r=2 s=2 pad_top=2",   /* only padding */
        "kind=max h=3 w=3 c=1 r=2 s=2 pad_right=2", /* only padding */
        "kind=max h=1 w=1 c=1 r=2 s=1 dil_h=2 pad_top=1 pad_bottom=1",
        "kind=max n=65536 h=65536 w=1 c=1 r=1 s=1", /* too many */
        "kind=max h=1 w=1 c=2147483648 r=1 s=2 pad_right=1 pad_left=1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const struct assay_problem problem = make(ASSAY_OP_POOL, bad[i]);
        if (assay_problem_check(&problem) != ASSAY_INVALID) {
            print_error("accepted: %s\n", bad[i]);
            fail();
        }
    }
    const struct assay_problem many =
        make(ASSAY_OP_TRANSPOSE, "d0=3 d1=32768 d2=32768");
    assert_int_equal(assay_problem_check(&many), ASSAY_INVALID);
    const struct assay_problem wide =
        make(ASSAY_OP_SOFTMAX, "rows=65536 cols=65536");
    assert_int_equal(assay_problem_check(&wide), ASSAY_INVALID);
    const struct assay_problem none = make(ASSAY_OP_UNARY, "n=4");
    assert_int_equal(assay_problem_check(&none), ASSAY_INVALID);
}

static void elementwise_by_hand(void **state)
{
    static const float a[] = {-3, -0.5f, 0, 0.5f, 2, 7},
                       b[] = {1, 1, 1, -1, 3, 0};
    (void)state;
    EXPECT(ASSAY_OP_BINARY, "kind=add d3=6", a, b, -2, 0.5f, 1, -0.5f, 5, 7);
    EXPECT(ASSAY_OP_BINARY, "kind=add d3=6 act=relu", a, b, 0, 0.5f, 1, 0, 5,
           7);
    EXPECT(ASSAY_OP_BINARY, "kind=add d3=6 act=relu6", a, b, 0, 0.5f, 1, 0, 5,
           6);
    EXPECT(ASSAY_OP_UNARY, "n=6 act=relu6", a, NULL, 0, 0, 0, 0.5f, 2, 6);
    /* 1/(1+e^3), 1/(1+e^0.5) …, and x times the normal distribution of x. */
    EXPECT(ASSAY_OP_UNARY, "n=6 act=sigmoid", a, NULL, 0.04742587f, 0.37754067f,
           0.5f, 0.62245933f, 0.88079708f, 0.99908895f);
    EXPECT(ASSAY_OP_UNARY, "n=6 act=gelu", a, NULL, -0.00404969f, -0.15426877f,
           0, 0.34573123f, 1.95449974f, 7);
}

static void softmax_by_hand(void **state)
{
    /* ln 1, ln 2, ln 5; then the same shifted by 100; then equal ones. */
    static const float x[] = {
        0, 0.69314718f, 1.60943791f, 100, 100.69315f, 101.60944f, -7, -7, -7};
    (void)state;
    EXPECT(ASSAY_OP_SOFTMAX, "rows=1 cols=3", x, NULL, 0.125f, 0.25f, 0.625f);
    EXPECT(ASSAY_OP_SOFTMAX, "rows=1 cols=1", x, NULL, 1);
    EXPECT(ASSAY_OP_SOFTMAX, "rows=1 cols=3", x + 6, NULL, 1 / 3.0f, 1 / 3.0f,
           1 / 3.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_by_hand),
        cmocka_unit_test(pool_refusals),
        cmocka_unit_test(elementwise_by_hand),
        cmocka_unit_test(softmax_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
