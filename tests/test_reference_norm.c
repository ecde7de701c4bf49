/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of layernorm, rmsnorm, batchnorm, reduce, softmax in f16 and
 * dropout on cases computed by hand, in f32 and f16; the known answers of the
 * generator; what is refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/dropout/philox.h"
#include "kernels/element.h"
#include "tests/kernel_data.h"

enum { MOST = 64 };

/* Arrays in an op's order, inputs and constants, as floats; an absent one has
 * no elements. */
struct arrays {
    const float *values[ASSAY_MAX_ARRAYS];
};

static void expect_as(const char *op, const char *dtype, const char *params,
                      const struct arrays *arrays, const float *want, size_t n)
{
    struct assay_problem problem;
    uint32_t memory[ASSAY_MAX_ARRAYS][MOST] = {{0}};
    const void *array[ASSAY_MAX_ARRAYS];
    kernel_problem(&(struct kernel_case){op, dtype, params}, &problem);
    const struct assay_op_info *info = assay_op_info(problem.op);
    const unsigned output = assay_problem_output(&problem);
    assert_int_equal(info->elements(&problem, output), n);
    for (unsigned a = 0; a < output; a++) {
        const size_t length = info->elements(&problem, a);
        assert_true(length <= MOST);
        for (size_t i = 0; i < length; i++)
            assay_element_set(problem.dtype, memory[a], i,
                              (double)arrays->values[a][i]);
        array[a] = length ? memory[a] : NULL;
    }
    assert_int_equal(assay_reference_run(&problem, array, array + info->inputs,
                                         memory[output]),
                     ASSAY_OK);
    const double unit = problem.dtype == ASSAY_F16 ? 0x1p-11 : 0x1p-23;
    for (size_t i = 0; i < n; i++) {
        const double got = assay_element(problem.dtype, memory[output], i);
        if (!(fabs(got - (double)want[i]) <= unit * fabs((double)want[i]))) {
            print_error("%s %s %s: element %zu: got %g, want %g\n", op, dtype,
                        params, i, got, (double)want[i]);
            fail();
        }
    }
}

static void expect(const char *op, const char *params,
                   const struct arrays *arrays, const float *want, size_t n)
{
    expect_as(op, "f32", params, arrays, want, n);
    expect_as(op, "f16", params, arrays, want, n);
}
#define ARRAYS(...)                                                            \
    &(const struct arrays)                                                     \
    {                                                                          \
        {                                                                      \
            __VA_ARGS__                                                        \
        }                                                                      \
    }
#define EXPECT(op, params, arrays, ...)                                        \
    expect(op, params, arrays, (const float[]){__VA_ARGS__},                   \
           sizeof((const float[]){__VA_ARGS__}) / sizeof(float))

static void layernorm_by_hand(void **state)
{
    /* mean 2.5, variance 1.25: with eps = 1 the deviation is 1.5 */
    static const float x[] = {1, 2, 3, 4, -1, -2, -3, -4};
    static const float gamma[] = {1, 2, 3, 4}, beta[] = {10, 20, 30, 40};
    static const float same[] = {7, 7, 7, 7};
    (void)state;
    EXPECT("layernorm", "rows=1 cols=4 eps=1", ARRAYS(x, gamma, beta), 9,
           20 - 2 / 3.0f, 31, 44);
    EXPECT("layernorm", "rows=2 cols=4 eps=1 bias=0", ARRAYS(x, gamma), -1,
           -2 / 3.0f, 1, 4, 1, 2 / 3.0f, -1, -4);
    EXPECT("layernorm", "rows=1 cols=4 eps=1 affine=0", ARRAYS(x, NULL, beta),
           9, 20 - 1 / 3.0f, 30 + 1 / 3.0f, 41);
    EXPECT("layernorm", "rows=1 cols=4 affine=0 bias=0 eps=1", ARRAYS(x), -1,
           -1 / 3.0f, 1 / 3.0f, 1);
    /* no variance at all: eps keeps it finite */
    EXPECT("layernorm", "rows=1 cols=4", ARRAYS(same, gamma, beta), 10, 20, 30,
           40);
    EXPECT("layernorm", "rows=4 cols=1", ARRAYS(x, gamma, beta), 10, 10, 10,
           10);
}

static void rmsnorm_by_hand(void **state)
{
    /* mean square 3: with eps = 1 the divisor is 2 */
    static const float x[] = {1, 2, -2, 0, 0, 0}, gamma[] = {2, 4, 8};
    (void)state;
    EXPECT("rmsnorm", "rows=2 cols=3 eps=1", ARRAYS(x, gamma), 1, 4, -8, 0, 0,
           0);
    EXPECT("rmsnorm", "rows=1 cols=3 eps=1 affine=0", ARRAYS(x), 0.5f, 1, -1);
}

static void batchnorm_by_hand(void **state)
{
    /* scale 2/sqrt(3 + 1) = 1 and 1/sqrt(0 + 1) = 1, shift 1 - 3 and 0 + 1 */
    static const float x[] = {5, -4, 0, 2, 9, 0};
    static const float gamma[] = {2, 1}, beta[] = {1, 0}, mean[] = {3, -1},
                       var[] = {3, 0};
    const struct arrays *arrays = ARRAYS(x, gamma, beta, mean, var);
    (void)state;
    EXPECT("batchnorm", "rows=3 c=2 eps=1", arrays, 3, -3, -2, 3, 7, 1);
    EXPECT("batchnorm", "rows=3 c=2 eps=1 act=relu", arrays, 3, 0, 0, 3, 7, 1);
    EXPECT("batchnorm", "rows=3 c=2 eps=1 act=relu6", arrays, 3, 0, 0, 3, 6, 1);
}

static void batchnorm_refuses_constants(void **state)
{
    static const float good[] = {1, 1}, nan_[] = {1, NAN},
                       infinite[] = {INFINITY, 1}, negative[] = {1, -1};
    static const float *const bad[][4] = {
        {nan_, good, good, good},     {good, infinite, good, good},
        {good, good, nan_, good},     {good, good, good, nan_},
        {good, good, good, negative}, {good, good, good, infinite},
    };
    float x[2] = {0}, y[2];
    struct assay_problem problem;
    (void)state;
    kernel_problem(&(struct kernel_case){"batchnorm", "f32", "rows=1 c=2"},
                   &problem);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(assay_reference_run(&problem, (const void *[]){x},
                                             (const void *const *)bad[i], y),
                         ASSAY_INVALID);
}

static void reduce_by_hand(void **state)
{
    static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const float signs[] = {-3, 2, -1};
    (void)state;
    EXPECT("reduce", "kind=sum outer=2 n=3 inner=2", ARRAYS(x), 9, 12, 27, 30);
    EXPECT("reduce", "kind=mean outer=2 n=3 inner=2", ARRAYS(x), 3, 4, 9, 10);
    EXPECT("reduce", "kind=max outer=2 n=3 inner=2", ARRAYS(x), 5, 6, 11, 12);
    EXPECT("reduce", "kind=min outer=2 n=3 inner=2", ARRAYS(x), 1, 2, 7, 8);
    EXPECT("reduce", "kind=sumsq outer=2 n=3 inner=2", ARRAYS(x), 35, 56, 251,
           308);
    EXPECT("reduce", "kind=mean outer=3 n=4", ARRAYS(x), 2.5f, 6.5f, 10.5f);
    EXPECT("reduce", "kind=sum n=12", ARRAYS(x), 78);
    EXPECT("reduce", "kind=max n=3", ARRAYS(signs), 2);
    EXPECT("reduce", "kind=min n=3", ARRAYS(signs), -3);
    EXPECT("reduce", "kind=max n=1 inner=3", ARRAYS(signs), -3, 2, -1);
}

static void softmax_by_hand(void **state)
{
    static const float x[] = {0, 0.69314718f, 1.60943791f}; /* ln 1, 2, 5 */
    (void)state;
    expect_as("softmax", "f32", "rows=1 cols=3", ARRAYS(x),
              (const float[]){0.125f, 0.25f, 0.625f}, 3);
    static const float equal[] = {5, 5, 5, 5};
    EXPECT("softmax", "rows=1 cols=4", ARRAYS(equal), 0.25f, 0.25f, 0.25f,
           0.25f);
}

/* Of Random123: kat_vectors, philox4x32 10. */
static void philox_known_answers(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } known[] = {
        {{0, 0, 0, 0},
         {0, 0},
         {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t word[4];
        memcpy(word, known[i].counter, sizeof word);
        assay_philox(word, known[i].key[0], known[i].key[1]);
        assert_memory_equal(word, known[i].want, sizeof word);
    }
}

static void dropout_by_hand(void **state)
{
    static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8};
    (void)state;
    /* The first known answer as fields: e8d5 6627 c58d e169 ac4c bc57 dbd8
     * 9b00; a rate of 3/4 keeps those of at least c000. */
    EXPECT("dropout", "n=8 rate=0.75", ARRAYS(x), 4, 0, 12, 16, 0, 0, 28, 0);
    EXPECT("dropout", "n=8 rate=0.75 mode=backward", ARRAYS(x), 4, 0, 12, 16, 0,
           0, 28, 0);
    /* The least field that is kept is the threshold itself: ac4c/10000. */
    EXPECT("dropout", "n=8 rate=0.6730346679687500", ARRAYS(x),
           1 / 0.32696533203125f, 0, 3 / 0.32696533203125f,
           4 / 0.32696533203125f, 5 / 0.32696533203125f, 6 / 0.32696533203125f,
           7 / 0.32696533203125f, 0);
    EXPECT("dropout", "n=3 rate=0", ARRAYS(x), 1, 2, 3);
}

static void dropout_run(const char *params, const float *x, float *y)
{
    struct assay_problem problem;
    kernel_problem(&(struct kernel_case){"dropout", "f32", params}, &problem);
    assert_int_equal(
        assay_reference_run(&problem, (const void *[]){x}, NULL, y), ASSAY_OK);
}

static void dropout_numbers_elements(void **state)
{
    enum { N = 1000003 };
    float *x = kernel_allocate(N * sizeof *x), *y = kernel_allocate(N * 4);
    float samples[3 * 11], one[11];
    double kept = 0;
    (void)state;
    for (size_t i = 0; i < N; i++)
        x[i] = 1;
    /* Sample t is the sequence from t * 16 on. */
    dropout_run("n=11 samples=3 seed=5 offset=800", x, samples);
    dropout_run("n=11 seed=5 offset=816", x, one);
    assert_memory_equal(samples + 11, one, sizeof one);
    dropout_run("n=11 seed=5 offset=832", x, one);
    assert_memory_equal(samples + 22, one, sizeof one);
    /* Counters above 2^32 and seeds above it count too. */
    dropout_run("n=11 seed=5 offset=34359739168", x, one);
    assert_memory_not_equal(samples, one, sizeof one);
    dropout_run("n=11 seed=4294967301 offset=800", x, one);
    assert_memory_not_equal(samples, one, sizeof one);
    /* Binomial with mean 0.7 N and a deviation of 458. */
    dropout_run("n=1000003 rate=0.3 seed=1", x, y);
    for (size_t i = 0; i < N; i++)
        kept += y[i] > 0;
    assert_true(fabs(kept - 0.7 * N) < 5 * 458);
    free(x);
    free(y);
}

/* "op parameter=value …", each refused where it is set or by the check. */
static void refusals(void **state)
{
    static const char *const bad[] = {
        "dropout n=0",
        "dropout n=8 rate=1",
        "dropout n=8 rate=0.999995",
        "dropout n=8 rate=-0.1",
        "dropout n=8 rate=nan",
        "dropout n=8 samples=0",
        "dropout n=8 offset=4",
        "dropout n=8 offset=-8",
        "dropout n=8 seed=-1",
        "dropout n=8 mode=sideways",
        "dropout n=65536 samples=32769",
        "layernorm rows=0 cols=1",
        "layernorm rows=1 cols=-1",
        "layernorm rows=65536 cols=32769",
        "layernorm rows=1 cols=1 eps=0",
        "layernorm rows=1 cols=1 eps=nan",
        "layernorm rows=1 cols=1 affine=2",
        "rmsnorm rows=1 cols=0",
        "rmsnorm rows=65536 cols=32769",
        "rmsnorm rows=1 cols=1 eps=-1",
        "batchnorm rows=0 c=1",
        "batchnorm rows=65536 c=32769",
        "batchnorm rows=1 c=1 eps=0",
        "batchnorm rows=1 c=1 act=frown",
        "reduce n=0 kind=sum",
        "reduce n=4 kind=median",
        "reduce n=65536 outer=256 inner=129 kind=sum",
        "softmax rows=0 cols=4",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[96], *rest = text;
        enum assay_op op;
        struct assay_problem problem;
        enum assay_status status = ASSAY_OK;
        snprintf(text, sizeof text, "%s", bad[i]);
        assert_true(assay_op_find(strtok_r(rest, " ", &rest), &op));
        assay_problem_init(&problem, op, i % 2 ? ASSAY_F16 : ASSAY_F32);
        for (char *name;
             status == ASSAY_OK && (name = strtok_r(rest, " ", &rest));) {
            char *value = strchr(name, '=');
            *value++ = '\0';
            status = assay_problem_set(&problem, name, value);
        }
        if (status == ASSAY_OK)
            status = assay_problem_check(&problem);
        if (status != ASSAY_INVALID || !*assay_message()) {
            print_error("accepted: %s\n", bad[i]);
            fail();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layernorm_by_hand),
        cmocka_unit_test(rmsnorm_by_hand),
        cmocka_unit_test(batchnorm_by_hand),
        cmocka_unit_test(batchnorm_refuses_constants),
        cmocka_unit_test(reduce_by_hand),
        cmocka_unit_test(softmax_by_hand),
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(dropout_by_hand),
        cmocka_unit_test(dropout_numbers_elements),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
