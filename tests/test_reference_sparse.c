/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of sparse and lowrank on cases computed by hand, what the
 * formats store, which one is chosen, and what is refused.
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

#include "kernels/kernel.h"
#include "kernels/random.h"
#include "kernels/sparse/sparse_choose.h"

static enum assay_status make(enum assay_op op, enum assay_dtype dtype,
                              const char *text, struct assay_problem *problem)
{
    char copy[200], *rest = copy;
    assay_problem_init(problem, op, dtype);
    snprintf(copy, sizeof copy, "%s", text);
    for (char *name; (name = strtok_r(rest, " ", &rest));) {
        char *value = strchr(name, '=');
        *value++ = '\0';
        if (assay_problem_set(problem, name, value))
            return ASSAY_INVALID;
    }
    return assay_problem_check(problem);
}

static void run(enum assay_op op, enum assay_dtype dtype, const char *text,
                const void *x, const void *const *constants, void *y)
{
    struct assay_problem problem;
    if (make(op, dtype, text, &problem) ||
        assay_reference_run(&problem, (const void *[]){x}, constants, y))
        fail_msg("%s: %s", text, assay_message());
}

static const float w32[] = {0, 2, 0, -1, 0, 0, 0, 0};
static const int8_t w8[] = {0, 5, 0, 2, 1, 0, 0, 0};

static void sparse_by_hand(void **state)
{
    static const float x[] = {INFINITY, 2, NAN, 4, 5, 6, 7, 8};
    static const float bias[] = {1, -2};
    float y[4];
    (void)state;
    run(ASSAY_OP_SPARSE, ASSAY_F32, "m=2 n=2 k=4 bias=1", x,
        (const void *[]){w32, bias, NULL}, y);
    assert_memory_equal(y, ((float[]){1, -2, 5, -2}), sizeof y);
    run(ASSAY_OP_SPARSE, ASSAY_F32, "m=2 n=2 k=4 bias=1 act=relu", x,
        (const void *[]){w32, bias, NULL}, y);
    assert_memory_equal(y, ((float[]){1, 0, 5, 0}), sizeof y);
    run(ASSAY_OP_SPARSE, ASSAY_F32, "m=2 n=2 k=4 format=nm24v", x,
        (const void *[]){w32, NULL, NULL}, y);
    assert_memory_equal(y, ((float[]){0, 0, 4, 0}), sizeof y);
}

static void sparse_s8_by_hand(void **state)
{
    static const int8_t x[] = {10, -3, 127, -128};
    static const int32_t bias[] = {7, 0};
    int32_t sums[2];
    int8_t y[2];
    (void)state;
    /* x + 3: 13 0 130 -125 */
    run(ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=2 k=4 x_zero=-3 bias=1 out=s32", x,
        (const void *[]){w8, bias, NULL}, sums);
    assert_memory_equal(sums, ((int32_t[]){-243, 13}), sizeof sums);
    /* -121.5 to -122, 6.5 to 6; then 1 more. */
    run(ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=2 k=4 x_zero=-3 y_zero=1 bias=1", x,
        (const void *[]){w8, bias, (float[]){0.5f, 0.5f}}, y);
    assert_memory_equal(y, ((int8_t[]){-121, 7}), sizeof y);
}

static void lowrank_by_hand(void **state)
{
    float y[4];
    int8_t bytes[2];
    int32_t sums[2];
    (void)state;
    /* t: 3, 7 */
    run(ASSAY_OP_LOWRANK, ASSAY_F32, "m=2 n=2 k=2 r=1 bias=1",
        (float[]){1, 2, 3, 4},
        (const void *[]){(float[]){1, 1}, (float[]){2, -3}, (float[]){1, 10},
                         NULL, NULL},
        y);
    assert_memory_equal(y, ((float[]){7, 1, 15, -11}), sizeof y);
    /* x - 1: 3 -3; sums 12, 18; t + 100: 3, 9; sums 25, -3. */
    const int8_t x[] = {4, -2}, u[] = {5, 1, 2, -4}, v[] = {1, 2, -1, 0};
    const int32_t bias[] = {4, 0};
    const float scale[] = {1, -2};
    const char *const zeros = "m=1 n=2 k=2 r=2 bias=1 x_zero=1 mid_zero=-100";
    char text[96];
    run(ASSAY_OP_LOWRANK, ASSAY_S8, zeros, x,
        (const void *[]){u, v, bias, scale, (float[]){0.25f, 0.5f}}, bytes);
    assert_memory_equal(bytes, ((int8_t[]){25, 6}), sizeof bytes);
    snprintf(text, sizeof text, "%s y_zero=2 high=20", zeros);
    run(ASSAY_OP_LOWRANK, ASSAY_S8, text, x,
        (const void *[]){u, v, bias, scale, (float[]){0.25f, 0.5f}}, bytes);
    assert_memory_equal(bytes, ((int8_t[]){20, 8}), sizeof bytes);
    /* The first of t saturates: 127, which is 227 above its zero point. */
    snprintf(text, sizeof text, "%s out=s32", zeros);
    run(ASSAY_OP_LOWRANK, ASSAY_S8, text, x,
        (const void *[]){u, v, bias, NULL, (float[]){100, 0.5f}}, sums);
    assert_memory_equal(sums, ((int32_t[]){249, -227}), sizeof sums);
}

static void formats_store_what_they_should(void **state)
{
    static const struct {
        enum assay_dtype dtype;
        const char *text;
        int64_t stored, fours;
    } cases[] = {
        {ASSAY_F32, "m=1 n=2 k=4 format=csr", 2, 0},
        {ASSAY_F32, "m=1 n=2 k=4 format=block16x1", 32, 0},
        {ASSAY_F32, "m=1 n=2 k=4 format=block4x4", 16, 0},
        {ASSAY_F32, "m=1 n=2 k=4 format=nm24", 2, 0},
        {ASSAY_F32, "m=1 n=2 k=4 format=nm24v", 32, 0},
        {ASSAY_S8, "m=1 n=2 k=4 format=block16x1", 48, 1},
        {ASSAY_S8, "m=1 n=2 k=4 format=block4x4", 16, 1},
        {ASSAY_S8, "m=1 n=2 k=4 format=nm24", 48, 1},
        /* Two outputs of three k each: the last four has none of the second. */
        {ASSAY_F32, "m=1 n=2 k=3 format=block4x4", 12, 0},
    };
    static const float scale[] = {1, 1};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_problem p;
        const void *const w =
            cases[i].dtype == ASSAY_F32 ? (const void *)w32 : w8;
        assert_int_equal(
            make(ASSAY_OP_SPARSE, cases[i].dtype, cases[i].text, &p), ASSAY_OK);
        if (assay_problem_specialize(&p, (const void *[]){w, NULL, scale}))
            fail_msg("%s: %s", cases[i].text, assay_message());
        if (p.as.sparse.stored != cases[i].stored ||
            p.as.sparse.fours != cases[i].fours)
            fail_msg("%s: stores %lld, %lld", cases[i].text,
                     (long long)p.as.sparse.stored,
                     (long long)p.as.sparse.fours);
    }
}

static enum assay_sparse_format chosen(const char *text)
{
    struct assay_problem p;
    struct assay_random random;
    assert_int_equal(make(ASSAY_OP_SPARSE, ASSAY_F32, text, &p), ASSAY_OK);
    float *w = calloc(1, assay_problem_bytes(&p, 1));
    assert_non_null(w);
    assay_random_seed(&random, 3);
    assay_problem_fill(&random, &p, 1, w);
    const enum assay_sparse_format format = assay_sparse_choose(
        ASSAY_F32, w, p.as.sparse.m, p.as.sparse.n, p.as.sparse.k);
    p.as.sparse.format = ASSAY_SPARSE_AUTO;
    assert_int_equal(assay_problem_specialize(&p, (const void *[]){w, NULL, 0}),
                     ASSAY_OK);
    assert_int_equal(p.as.sparse.format, format == ASSAY_SPARSE_DENSE
                                             ? ASSAY_SPARSE_BLOCK16X1
                                             : format);
    free(w);
    return format;
}

static void the_zeros_choose_the_format(void **state)
{
    (void)state;
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=0"), ASSAY_SPARSE_DENSE);
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=30"), ASSAY_SPARSE_DENSE);
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=95"), ASSAY_SPARSE_CSR);
    assert_int_equal(chosen("m=1 n=256 k=256 zeros=95"),
                     ASSAY_SPARSE_BLOCK16X1);
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=70 format=block16x1"),
                     ASSAY_SPARSE_BLOCK16X1);
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=50 format=nm24v"),
                     ASSAY_SPARSE_BLOCK16X1);
    assert_int_equal(chosen("m=64 n=256 k=256 zeros=80 format=block4x4"),
                     ASSAY_SPARSE_BLOCK4X4);
}

static void wrong_parameters_are_refused(void **state)
{
    static const struct {
        enum assay_op op;
        enum assay_dtype dtype;
        const char *text;
    } cases[] = {
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=0 n=1 k=1"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=-1 k=1"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=65537"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=2147483648 n=1 k=65536"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=32769 k=65536"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=1 zeros=100.1"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=1 zeros=nan"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=1 format=coo"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=1 x_zero=1"},
        {ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=1 k=1 out=s8"},
        {ASSAY_OP_SPARSE, ASSAY_F16, "m=1 n=1 k=1"},
        {ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=1 k=1 format=csr"},
        {ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=1 k=1 act=relu"},
        {ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=1 k=1 wzero=1"},
        {ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=1 k=1 out=b1"},
        {ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=1 k=1 low=5 high=4"},
        {ASSAY_OP_LOWRANK, ASSAY_F32, "m=1 n=1 k=1 r=0"},
        {ASSAY_OP_LOWRANK, ASSAY_F32, "m=1 n=65536 k=1 r=65536"},
        {ASSAY_OP_LOWRANK, ASSAY_F32, "m=1 n=1 k=1 r=1 mid_zero=1"},
        {ASSAY_OP_LOWRANK, ASSAY_F32, "m=1 n=1 k=1 r=1 x_zero=1"},
        {ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=1 k=1 r=1 act=gelu"},
        {ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=1 k=1 r=1 wzero=1"},
        {ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=1 k=1 r=1 low=5 high=4"},
        {ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=1 k=1 r=200000"},
        {ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=1 k=200000 r=1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_problem p;
        if (make(cases[i].op, cases[i].dtype, cases[i].text, &p) !=
            ASSAY_INVALID)
            fail_msg("accepted: %s", cases[i].text);
        assert_true(strlen(assay_message()) > 0);
    }
}

static void wrong_constants_are_refused(void **state)
{
    /* Output 1 has a third weight in the group of k = 4 to 7. */
    static const float w[] = {1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1};
    static const float good[] = {1, -2};
    static const float bad[][2] = {
        {1, 0}, {NAN, 1}, {1, INFINITY}, {1e-40f, 1}};
    static const int8_t bytes[8] = {1};
    struct assay_problem p;
    (void)state;
    assert_int_equal(
        make(ASSAY_OP_SPARSE, ASSAY_F32, "m=1 n=2 k=8 format=nm24", &p),
        ASSAY_OK);
    assert_int_equal(assay_problem_specialize(&p, (const void *[]){w, NULL, 0}),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "output 1 "));
    assert_non_null(strstr(assay_message(), "k = 7"));
    /* Both outputs together have three k of the first four. */
    p.as.sparse.format = ASSAY_SPARSE_NM24V;
    assert_int_equal(assay_problem_specialize(&p, (const void *[]){w, NULL, 0}),
                     ASSAY_INVALID);
    assert_non_null(strstr(assay_message(), "k = 3"));
    p.as.sparse.format = ASSAY_SPARSE_BLOCK4X4;
    assert_int_equal(assay_problem_specialize(&p, (const void *[]){w, NULL, 0}),
                     ASSAY_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(make(ASSAY_OP_SPARSE, ASSAY_S8, "m=1 n=2 k=4", &p),
                         ASSAY_OK);
        assert_int_equal(
            assay_problem_specialize(&p, (const void *[]){bytes, NULL, bad[i]}),
            ASSAY_INVALID);
        assert_int_equal(
            make(ASSAY_OP_LOWRANK, ASSAY_S8, "m=1 n=2 k=2 r=2", &p), ASSAY_OK);
        const void *const mid[] = {bytes, bytes, NULL, good, bad[i]};
        const void *const last[] = {bytes, bytes, NULL, bad[i], good};
        const void *const none[] = {bytes, bytes, NULL, good, good};
        assert_int_equal(assay_problem_specialize(&p, mid), ASSAY_INVALID);
        assert_int_equal(assay_problem_specialize(&p, last), ASSAY_INVALID);
        assert_int_equal(assay_problem_specialize(&p, none), ASSAY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparse_by_hand),
        cmocka_unit_test(sparse_s8_by_hand),
        cmocka_unit_test(lowrank_by_hand),
        cmocka_unit_test(formats_store_what_they_should),
        cmocka_unit_test(the_zeros_choose_the_format),
        cmocka_unit_test(wrong_parameters_are_refused),
        cmocka_unit_test(wrong_constants_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
