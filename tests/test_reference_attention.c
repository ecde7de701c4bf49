/* SPDX-License-Identifier: Apache-2.0
 *
 * The references of attention and matmul on cases computed by hand, how far
 * the integers of s8 attention are from real ones, and what is refused.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/attention/attention_pack.h"
#include "kernels/element.h"
#include "kernels/half.h"
#include "kernels/kernel.h"

/* INVALID where a value is refused already. */
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

enum { MOST = 64 };

/* Arrays as numbers, whatever the element type. */
static void put(enum assay_dtype type, const double *from, size_t n, void *to)
{
    for (size_t i = 0; i < n; i++) {
        if (type == ASSAY_F32)
            ((float *)to)[i] = (float)from[i];
        else if (type == ASSAY_F16)
            ((uint16_t *)to)[i] = assay_half_from_float((float)from[i]);
        else
            ((int8_t *)to)[i] = (int8_t)from[i];
    }
}

static void expect(enum assay_op op, enum assay_dtype dtype, const char *text,
                   const double *const *in, const uint8_t *pattern,
                   const double *want, double tolerance)
{
    struct assay_problem problem;
    float arrays[4][MOST];
    const void *inputs[] = {arrays[0], arrays[1], arrays[2]};
    assert_int_equal(make(op, dtype, text, &problem), ASSAY_OK);
    const struct assay_op_info *info = assay_op_info(op);
    const unsigned output = assay_problem_output(&problem);
    const size_t n = info->elements(&problem, output);
    for (unsigned i = 0; i < info->inputs; i++)
        put(dtype, in[i], info->elements(&problem, i), arrays[i]);
    memset(arrays[3], 0x55, sizeof arrays[3]);
    assert_int_equal(assay_reference_run(&problem, inputs,
                                         (const void *[]){pattern}, arrays[3]),
                     ASSAY_OK);
    for (size_t i = 0; i < n; i++) {
        const double got =
            assay_element(assay_problem_type(&problem, output), arrays[3], i);
        if (!(fabs(got - want[i]) <= tolerance))
            fail_msg("%s: element %zu: got %.9g, want %.9g", text, i, got,
                     want[i]);
    }
}

/* Keys 0, ln 3 and ln 4 weigh 1, 3 and 4 for a query of 1 and a scale of 1. */
#define LN3 1.0986122886681098
#define LN4 1.3862943611198906
static const double ones[] = {1, 1, 1, 1}, keys[] = {0, LN3, LN4},
                    values[] = {4, 8, 16};

#define VALUES(...) ((const double[]){__VA_ARGS__})
#define ATTEND(text, q, k, v, pattern, ...)                                    \
    do {                                                                       \
        const double *const in_[] = {q, k, v};                                 \
        expect(ASSAY_OP_ATTENTION, ASSAY_F32, text, in_, pattern,              \
               VALUES(__VA_ARGS__), 1e-6);                                     \
        expect(ASSAY_OP_ATTENTION, ASSAY_F16, text, in_, pattern,              \
               VALUES(__VA_ARGS__), 0.01);                                     \
    } while (0)

static void attention_by_hand(void **state)
{
    (void)state;
    ATTEND("sq=1 skv=2 d=1 scale=1", ones, keys, values, NULL, 7);
    ATTEND("sq=2 skv=2 d=1 causal=1", ones, keys, values, NULL, 4, 7);
    /* The last query stands at the last key. */
    ATTEND("sq=2 skv=3 d=1 causal=1", ones, keys, values, NULL, 7, 11.5);
    ATTEND("sq=3 skv=1 d=1 causal=1", ones, keys, values, NULL, 0, 0, 4);
    ATTEND("sq=3 skv=3 d=1 window=1", ones, keys, values, NULL, 4, 8, 16);
    ATTEND("sq=3 skv=3 d=1 window=2", ones, keys, values, NULL, 7, 11.5,
           88 / 7.0);
    ATTEND("sq=3 skv=3 d=1 window=2 causal=1", ones, keys, values, NULL, 4, 7,
           88 / 7.0);
    /* The standard scale is 1 / sqrt(d). */
    ATTEND("sq=1 skv=2 d=4", VALUES(1, 0, 0, 0),
           VALUES(0, 0, 0, 0, 2 * LN3, 5, 5, 5),
           VALUES(4, 0, -1, 1, 8, 4, -1, 1), NULL, 7, 3, -1, 1);
    ATTEND("sq=1 skv=2 d=1 scale=2", ones, VALUES(0, LN3 / 2), values, NULL, 7);
    /* Scores whose exponentials would overflow. */
    ATTEND("sq=1 skv=2 d=1", ones, VALUES(1000, 2000), values, NULL, 8);
}

static void attention_groups_heads(void **state)
{
    (void)state;
    ATTEND("sq=1 skv=2 hq=2 d=1", VALUES(1, 0), keys, values, NULL, 7, 6);
    ATTEND("sq=1 skv=2 hq=2 hkv=2 d=1", ones, VALUES(0, LN3, LN3, 0),
           VALUES(4, 1, 8, 5), NULL, 7, 2);
    /* Heads 0 and 1 share keys, as do 2 and 3. */
    ATTEND("sq=1 skv=2 hq=4 hkv=2 d=1", VALUES(1, 0, 1, 0),
           VALUES(0, LN3, LN3, 0), VALUES(4, 1, 8, 5), NULL, 7, 6, 2, 3);
    ATTEND("batch=2 sq=1 skv=2 d=1", ones, VALUES(0, LN3, LN3, 0),
           VALUES(4, 8, 4, 8), NULL, 7, 5);
}

static void attention_follows_the_pattern(void **state)
{
    static const uint8_t crossed[] = {0, 1, 1, 0}, left[] = {1, 0},
                         none[] = {0, 1};
    (void)state;
    ATTEND("sq=2 skv=2 d=1 block=1", ones, keys, values, crossed, 8, 4);
    ATTEND("sq=1 skv=3 d=1 block=2", ones, keys, values, left, 7);
    ATTEND("sq=2 skv=4 d=1 block=2 causal=1", ones, VALUES(0, LN3, LN4, 0),
           VALUES(4, 8, 16, 1), left, 7, 7);
    ATTEND("sq=2 skv=1 d=1 block=1", ones, keys, values, none, 0, 4);
}

static void halves_are_rounded_once(void **state)
{
    (void)state;
    /* Halfway between two halves: to the even one. */
    const double *const in[] = {ones, VALUES(0, 0), VALUES(1, 1 + 0x1p-10)};
    expect(ASSAY_OP_ATTENTION, ASSAY_F16, "sq=1 skv=2 d=1", in, NULL, VALUES(1),
           0);
    const double *const a[] = {VALUES(1, 0x1p-11), VALUES(1, 1)};
    expect(ASSAY_OP_MATMUL, ASSAY_F16, "m=1 n=1 k=2", a, NULL, VALUES(1), 0);
    const double *const b[] = {VALUES(1 + 0x1p-10, 0x1p-11), VALUES(1, 1)};
    expect(ASSAY_OP_MATMUL, ASSAY_F16, "m=1 n=1 k=2", b, NULL,
           VALUES(1 + 0x1p-9), 0);
}

/* scale_qk 1/41: an index is the difference of two integer scores. */
#define INDEX "scale_qk=0.024390243902439025 "
static void integers_by_hand(void **state)
{
    (void)state;
    /* Weights 255 and 255 / e = 94: 255 * 100 - 94 * 50 = 20800 of 349. */
    const double *const in[] = {ones, VALUES(41, 0), VALUES(100, -50)};
    const double *const negative[] = {ones, VALUES(41, 0), VALUES(-100, 50)};
    const double mean = 3905870; /* 20800 * 65536 / 349 = 3905870.48 */
#define S8(text, in, ...)                                                      \
    expect(ASSAY_OP_ATTENTION, ASSAY_S8, text, in, NULL, VALUES(__VA_ARGS__), 0)
    S8(INDEX "sq=1 skv=2 d=1", in, mean / 65536);
    S8(INDEX "sq=1 skv=2 d=1", negative, -mean / 65536);
    S8(INDEX "sq=1 skv=2 d=1 scale_out=0.5", in, mean / 131072);
    S8(INDEX "sq=1 skv=2 d=1 output=s8", in, 60);
    S8(INDEX "sq=1 skv=2 d=1 output=s8 y_zero=3", in, 63);
    S8(INDEX "sq=1 skv=2 d=1 output=s8 scale_out=2", in, 119);
    S8(INDEX "sq=1 skv=2 d=1 output=s8 scale_out=9", in, 127);
    S8(INDEX "sq=1 skv=2 d=1 output=s8 scale_out=1e20", negative, -128);
    /* Halves to even: 1 / 2 of 5 is 2.5. */
    const double *const half[] = {ones, VALUES(1, 1), VALUES(5, 5)};
    S8(INDEX "sq=1 skv=2 d=1 output=s8 scale_out=0.5", half, 2);
    /* An index of 254 weighs 1, one of 255 and more nothing. */
    const double *const edge[] = {VALUES(1, 1), VALUES(127, -127, -128),
                                  VALUES(0, 127, 127)};
    S8(INDEX "sq=1 skv=2 d=1", edge, (double)(127 * 65536 / 256) / 65536);
    const double *const far[] = {VALUES(1, 1), VALUES(127, -128),
                                 VALUES(0, 127)};
    S8(INDEX "sq=1 skv=2 d=1", far, 0);
    S8(INDEX "sq=2 skv=1 d=1 causal=1", in, 0, 100);
    S8(INDEX "sq=2 skv=1 d=1 causal=1 output=s8 y_zero=-7", in, -7, 93);
}

enum { D = 64, ROWS = 8, KEYS = 512, DEVIATIONS = 5 };

/* |y - the mean of v by the formula in double|, y in units of v. */
static void add_errors(const struct assay_attention *d, const int8_t *q,
                       const int8_t *k, const int8_t *v, const float *y,
                       double *worst, double *squares)
{
    static double p[KEYS];
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int64_t j = 0; j < d->skv; j++) {
            int32_t s = 0;
            for (int c = 0; c < D; c++)
                s += q[i * D + c] * k[j * D + c];
            p[j] = exp(s * d->scale_qk);
            sum += p[j];
        }
        for (int c = 0; c < D; c++) {
            double mean = 0;
            for (int64_t j = 0; j < d->skv; j++)
                mean += p[j] * v[j * D + c] / sum;
            const double error = fabs(mean - (double)y[i * D + c]);
            *worst = error > *worst ? error : *worst;
            *squares += error * error / (ROWS * D);
        }
    }
}

/* Means over 64 to 512 keys of random bytes, scores with a deviation of 1/4 to
 * 4. What weighs less than 1/510 of the heaviest key is lost, which tells where
 * scores differ much. */
static void integers_are_close_to_real_ones(void **state)
{
    static int8_t q[ROWS * D], k[KEYS * D], v[KEYS * D];
    static float y[ROWS * D];
    static const double most[DEVIATIONS] = {0.4, 0.4, 0.6, 6, 6},
                        mean[DEVIATIONS] = {0.08, 0.08, 0.12, 0.8, 0.9};
    struct assay_random random;
    (void)state;
    assay_random_seed(&random, 7);
    for (int deviation = 0; deviation < DEVIATIONS; deviation++) {
        double worst = 0, squares = 0;
        for (int trial = 0; trial < 4; trial++) {
            struct assay_problem problem;
            assay_problem_init(&problem, ASSAY_OP_ATTENTION, ASSAY_S8);
            struct assay_attention *d = &problem.as.attention;
            d->sq = ROWS;
            d->skv = 64 << trial;
            d->d = D;
            d->scale_qk = ldexp(1 / (5476 * sqrt(D)), deviation - 2);
            assert_int_equal(assay_problem_check(&problem), ASSAY_OK);
            assay_fill(&random, ASSAY_S8, q, sizeof q);
            assay_fill(&random, ASSAY_S8, k, sizeof k);
            assay_fill(&random, ASSAY_S8, v, sizeof v);
            assert_int_equal(assay_reference_run(&problem,
                                                 (const void *[]){q, k, v},
                                                 (const void *[]){NULL}, y),
                             ASSAY_OK);
            add_errors(d, q, k, v, y, &worst, &squares);
        }
        printf("s8 attention, deviation %g: error %.3f at most, %.4f rms, of "
               "values to 127\n",
               ldexp(0.25, deviation), worst, sqrt(squares / 4));
        assert_true(worst < most[deviation]);
        assert_true(sqrt(squares / 4) < mean[deviation]);
    }
}

static void matmul_by_hand(void **state)
{
    /* 2 x 3 by 3 x 2. */
    static const double a[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
                        b[] = {1, 0, -1, 2, 1, 0, 2, 1, 0, 0, 1, 3};
    const double *const in[] = {a, b};
    (void)state;
    for (enum assay_dtype t = ASSAY_F32; t <= ASSAY_F16; t++) {
#define MATMUL(text, ...)                                                      \
    expect(ASSAY_OP_MATMUL, t, text, in, NULL, VALUES(__VA_ARGS__), 0)
        MATMUL("m=2 n=2 k=3", 2, 4, 5, 10);
        MATMUL("m=2 n=2 k=3 transpose_b=1", -2, 4, -2, 13);
        MATMUL("m=2 n=2 k=3 scale=-0.5", -1, -2, -2.5, -5);
        MATMUL("batch=2 m=2 n=2 k=3", 2, 4, 5, 10, 23, 34, 32, 46);
        MATMUL("batch=2 m=2 n=2 k=3 b_batch=1", 2, 4, 5, 10, 8, 16, 11, 22);
        MATMUL("batch=2 m=2 n=2 k=3 b_batch=2", 2, 4, 5, 10, 23, 34, 32, 46);
        MATMUL("m=1 n=1 k=1", 1);
    }
    /* A sum in float would lose the 1. */
    const double *const wide[] = {VALUES(1e8, 1, -1e8), VALUES(1, 1, 1)};
    expect(ASSAY_OP_MATMUL, ASSAY_F32, "m=1 n=1 k=3", wide, NULL, VALUES(1), 0);
}

static void wrong_problems_are_refused(void **state)
{
    static const struct {
        enum assay_op op;
        enum assay_dtype dtype;
        const char *text;
    } bad[] = {
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 hq=3 hkv=2"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 hq=2 hkv=4"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=0 skv=4 d=8"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 hkv=0"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=-4 d=8"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=65537"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 window=-1"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 block=-1"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 causal=2"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 scale=nan"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 scale=-1"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 scale=inf"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=4 skv=4 d=8 output=s8"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=2147483648 skv=1 d=2"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=1 skv=2147483648 d=2"},
        {ASSAY_OP_ATTENTION, ASSAY_F32, "sq=1048576 skv=1048576 d=1 block=1"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8"}, /* no scale_qk */
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=0"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=nan"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=-1"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=inf"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=1 scale_out=0"},
        {ASSAY_OP_ATTENTION, ASSAY_S8,
         "sq=4 skv=4 d=8 scale_qk=1 scale_out=nan"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=1 skv=65537 d=8 scale_qk=1"},
        {ASSAY_OP_ATTENTION, ASSAY_S8, "sq=4 skv=4 d=8 scale_qk=1 y_zero=128"},
        {ASSAY_OP_ATTENTION, ASSAY_B1, "sq=4 skv=4 d=8"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=2 n=2"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=2 n=-2 k=2"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=2 n=2 k=2 batch=3 b_batch=2"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=2 n=2 k=2 scale=0"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=2 n=2 k=2 scale=nan"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "m=65536 n=65536 k=1"},
        {ASSAY_OP_MATMUL, ASSAY_F32, "batch=2147483648 m=1 n=1 k=2"},
        {ASSAY_OP_MATMUL, ASSAY_S8, "m=2 n=2 k=2"},
    };
    struct assay_problem problem;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (make(bad[i].op, bad[i].dtype, bad[i].text, &problem) !=
            ASSAY_INVALID)
            fail_msg("accepted: %s", bad[i].text);
    static const uint8_t pattern[] = {1, 2};
    assert_int_equal(
        make(ASSAY_OP_ATTENTION, ASSAY_F32, "sq=1 skv=2 d=1 block=1", &problem),
        ASSAY_OK);
    assert_int_equal(
        assay_problem_specialize(&problem, (const void *[]){pattern}),
        ASSAY_INVALID);
}

/* What is counted: visible pairs, and of those what the pattern leaves. */
static void operations_are_counted(void **state)
{
    static const uint8_t pattern[] = {1, 0, 1, 1};
    struct assay_problem problem;
    (void)state;
    const struct assay_op_info *info = assay_op_info(ASSAY_OP_ATTENTION);
    assert_int_equal(make(ASSAY_OP_ATTENTION, ASSAY_F32,
                          "batch=2 sq=4 skv=6 hq=3 d=5 causal=1", &problem),
                     ASSAY_OK);
    assert_true(info->flops(&problem) == 4.0 * 2 * 3 * 5 * (3 + 4 + 5 + 6));
    assert_int_equal(make(ASSAY_OP_ATTENTION, ASSAY_F32,
                          "sq=4 skv=4 d=1 block=2 causal=1", &problem),
                     ASSAY_OK);
    assert_int_equal(
        assay_problem_specialize(&problem, (const void *[]){pattern}),
        ASSAY_OK);
    assert_true(info->flops(&problem) == 4.0 * (1 + 2 + 3 + 4));
    const struct assay_row *row = assay_row_find("assay_attention_f32_c");
    assert_true(info->executed(row, &problem) == 4.0 * (1 + 2 + 3 + 4));
    problem.as.attention.causal = 0;
    assert_int_equal(
        assay_problem_specialize(&problem, (const void *[]){pattern}),
        ASSAY_OK);
    assert_true(info->flops(&problem) == 4.0 * 16);
    assert_true(info->executed(row, &problem) == 4.0 * 12);
}

/* All differences that a score can have keep within 32 bits and to the index
 * that the real product has. */
static void indices_are_exact(void **state)
{
    static const double scales[] = {1e-12,   3e-9, 1e-6, 2.3e-5, 1e-4, 0.0021,
                                    0.02439, 0.3,  5,    1000,   65536};
    static const int64_t heads[] = {1, 64, 65536};
    (void)state;
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
            struct assay_problem problem;
            struct assay_attention_packed packed;
            assay_problem_init(&problem, ASSAY_OP_ATTENTION, ASSAY_S8);
            struct assay_attention *d = &problem.as.attention;
            d->sq = d->skv = 1;
            d->d = heads[h];
            d->scale_qk = scales[i];
            assert_int_equal(assay_problem_check(&problem), ASSAY_OK);
            assay_op_info(ASSAY_OP_ATTENTION)
                ->pack(assay_row_find("assay_attention_s8_ref"), &problem,
                       (const void *[]){NULL}, &packed);
            const double limit = packed.limit, most = 32768.0 * (double)d->d;
            assert_true(limit * packed.multiplier + packed.half < 0x1p32);
            for (int step = 0; step <= 1000; step++) {
                const double difference = floor(most * step / 1000);
                const double real = difference * d->scale_qk * 41;
                const uint32_t t =
                    difference < limit ? (uint32_t)difference : packed.limit;
                const uint32_t index =
                    (t * packed.multiplier + packed.half) >> packed.shift;
                const double error =
                    0.51 +
                    (packed.multiplier ? real / packed.multiplier / 2 : real);
                assert_true(d->d > 64 || real > 255 || error < 0.64);
                if (real < 255 ? fabs(index - real) > error
                               : index < 255 - 255 * error)
                    fail_msg("scale_qk %g, d %d: index %u of %g", d->scale_qk,
                             (int)d->d, index, real);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attention_by_hand),
        cmocka_unit_test(attention_groups_heads),
        cmocka_unit_test(attention_follows_the_pattern),
        cmocka_unit_test(halves_are_rounded_once),
        cmocka_unit_test(integers_by_hand),
        cmocka_unit_test(integers_are_close_to_real_ones),
        cmocka_unit_test(matmul_by_hand),
        cmocka_unit_test(wrong_problems_are_refused),
        cmocka_unit_test(operations_are_counted),
        cmocka_unit_test(indices_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
