/* SPDX-License-Identifier: Apache-2.0
 *
 * The bounds that kernels/act_vector.h and function_vector.h state, on a sweep
 * through all floats, at every ISA level that this machine has; partial loads
 * and stores; and that kernels/half_vector.h converts as kernels/half.h does.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "backends/backend.h"
#include "kernels/random.h"
#include "kernels/half.h"
#include "tests/act_vector_level.h"

static const struct {
    const char *name;
    unsigned isa;
    const struct act_vector_level *level;
} levels[] = {
    {"baseline", 0, &act_vector_baseline},
#ifdef __x86_64__
    {"avx2", ASSAY_ISA_AVX2, &act_vector_avx2},
    {"avx512", ASSAY_ISA_AVX512, &act_vector_avx512},
#endif
};
enum { LEVELS = sizeof levels / sizeof *levels };

/* A prime: 2^32 / STRIDE samples of every exponent and sign. */
static const uint64_t STRIDE = 10007;

static double ulp(double x)
{
    const float f = fabsf((float)x);
    return (double)nextafterf(f, INFINITY) - (double)f;
}

/* The error in the unit of the function's bound; infinite if it is wrong. */
static double exp_error(float x, float y)
{
    const double want = exp((double)x);
    if (isnan(x))
        return isnan(y) ? 0 : INFINITY;
    if (isinf((float)want))
        return isinf(y) || (double)y > 3.4e38 ? 0 : INFINITY;
    if (want < 0x1p-126)
        return fabs((double)y - want) / 1.5e-45;
    return fabs((double)y - want) / ulp(want) / 2;
}

static double curve_error(enum assay_act act, float x, float y)
{
    if (isnan(x))
        return isnan(y) ? 0 : INFINITY;
    if (act == ASSAY_ACT_GELU && isinf(x))
        return y == (x > 0 ? INFINITY : 0) ? 0 : INFINITY;
    if (act == ASSAY_ACT_GELU && fabsf(x) >= 5.5f)
        return y == (x > 0 ? x : 0) ? 0 : INFINITY;
    const double want = assay_act_apply(act, (double)x);
    if (act == ASSAY_ACT_TANH)
        return fabs((double)y - want) / fmax(ulp(want), 1e-45) / 6;
    if (isinf(want))
        return (double)y == want ? 0 : INFINITY;
    const double unit = act == ASSAY_ACT_GELU || act == ASSAY_ACT_SIGMOID
                            ? 1
                            : fmax(1, fabs((double)x));
    return fabs((double)y - want) / 5e-7 / unit;
}

static double clamp_error(enum assay_act act, float x, float y)
{
    const float want = (float)assay_act_apply(act, (double)x);
    return (isnan(x) ? isnan(y) : y == want) ? 0 : INFINITY;
}

/* Within 2 ulp, or 1e-7 where ln passes 0. */
static double log_error(float x, float y)
{
    if (!(x >= 0x1p-126f) || isinf(x)) {
        const double want = isnan(x) || x < 0 ? (double)NAN
                            : x > 1           ? (double)INFINITY
                                              : -(double)INFINITY;
        return (isnan(want) ? isnan(y) : (double)y == want) ? 0 : INFINITY;
    }
    const double want = log((double)x);
    return fabs((double)y - want) / fmax(2 * ulp(want), 1e-7);
}

static double function_error(int function, float x, float y)
{
    const struct assay_unary d = {.act = function, .alpha = 1};
    const double want = assay_unary_apply(&d, (double)x);
    if (isnan(want) || isinf(want))
        return (isnan(want) ? isnan(y) : (double)y == want) ? 0 : INFINITY;
    switch (function) {
    case ASSAY_FUNCTION_ERF:
        return fabs((double)y - want) / fmax(ulp(want), 1e-45) / 7;
    case ASSAY_FUNCTION_ELU:
    case ASSAY_FUNCTION_SOFTPLUS:
        return fabs((double)y - want) / 5e-7 / fmax(1, fabs((double)x));
    default:
        return y == (float)want ? 0 : INFINITY;
    }
}

static double error_of(int function, float x, float y)
{
    if (function == ASSAY_FUNCTION_EXP)
        return exp_error(x, y);
    if (function == ASSAY_FUNCTION_LOG)
        return log_error(x, y);
    if (function >= ASSAY_FUNCTION_FIRST)
        return function_error(function, x, y);
    if (function >= ASSAY_ACT_GELU)
        return curve_error((enum assay_act)function, x, y);
    return clamp_error((enum assay_act)function, x, y);
}

/* What function_vector.h has, besides the activations. */
static const int functions[] = {
    ASSAY_FUNCTION_EXP,   ASSAY_FUNCTION_LOG,   ASSAY_FUNCTION_ERF,
    ASSAY_FUNCTION_SQRT,  ASSAY_FUNCTION_ELU,   ASSAY_FUNCTION_SOFTPLUS,
    ASSAY_FUNCTION_FLOOR, ASSAY_FUNCTION_ROUND,
};
enum { FUNCTIONS = ASSAY_ACTS + sizeof functions / sizeof *functions };

static int function_number(int i)
{
    return i < ASSAY_ACTS ? i : functions[i - ASSAY_ACTS];
}

static double sweep(const struct act_vector_level *level, int function,
                    float *where)
{
    double worst = 0;
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32;) {
        float x[ACT_VECTOR_MOST], y[ACT_VECTOR_MOST];
        for (int i = 0; i < level->lanes; i++, bits += STRIDE) {
            const uint32_t word = (uint32_t)bits;
            memcpy(&x[i], &word, sizeof word);
        }
        level->apply(function, x, y);
        for (int i = 0; i < level->lanes; i++) {
            const double error = error_of(function, x[i], y[i]);
            if (!(error <= worst)) {
                worst = error;
                *where = x[i];
            }
        }
    }
    return worst;
}

static void functions_hold_their_bounds(void **state)
{
    (void)state;
    for (int l = 0; l < LEVELS; l++) {
        if (levels[l].isa & ~assay_cpu_isa()) {
            printf("%s: not on this machine\n", levels[l].name);
            continue;
        }
        for (int i = 0; i < FUNCTIONS; i++) {
            const int f = function_number(i);
            float where = 0;
            const double worst = sweep(levels[l].level, f, &where);
            printf("%s %s: %.3f of the bound, at %g\n", levels[l].name,
                   assay_function_names[f], worst, (double)where);
            assert_true(worst <= 1);
        }
    }
}

static void infinities_and_nan(void **state)
{
    (void)state;
    for (int l = 0; l < LEVELS; l++) {
        if (levels[l].isa & ~assay_cpu_isa())
            continue;
        const float x[] = {INFINITY, -INFINITY, NAN, -NAN};
        for (int j = 0; j < FUNCTIONS; j++) {
            const int f = function_number(j);
            float in[ACT_VECTOR_MOST], out[ACT_VECTOR_MOST];
            for (int i = 0; i < levels[l].level->lanes; i++)
                in[i] = x[i % 4];
            levels[l].level->apply(f, in, out);
            for (int i = 0; i < levels[l].level->lanes; i++)
                assert_true(error_of(f, in[i], out[i]) <= 1);
            if (f == ASSAY_FUNCTION_EXP)
                assert_true(out[0] == INFINITY && out[1] == 0);
        }
    }
}

/* Relative to 2^-23 (2 + 1.5 |b ln a|). */
static void powers_hold_their_bound(void **state)
{
    (void)state;
    for (int l = 0; l < LEVELS; l++) {
        struct assay_random random;
        double worst = 0;
        if (levels[l].isa & ~assay_cpu_isa())
            continue;
        assay_random_seed(&random, 11);
        for (int round = 0; round < 100000; round++) {
            float a[ACT_VECTOR_MOST], b[ACT_VECTOR_MOST], y[ACT_VECTOR_MOST];
            assay_random_fill_f32(&random, a, ACT_VECTOR_MOST);
            assay_random_fill_f32(&random, b, ACT_VECTOR_MOST);
            for (int i = 0; i < ACT_VECTOR_MOST; i++) {
                const bool whole = assay_random_range(&random, 0, 1);
                b[i] = whole ? rintf(9 * b[i]) : 9 * b[i];
                a[i] = ldexpf(a[i], (int)assay_random_range(&random, -9, 9));
                a[i] = whole ? a[i] : fabsf(a[i]);
            }
            levels[l].level->power(a, b, y);
            for (int i = 0; i < levels[l].level->lanes; i++) {
                const double want = pow((double)a[i], (double)b[i]);
                const double size =
                    fabs((double)b[i] * log(fabs((double)a[i])));
                if (fabs(want) < 1e-37 || fabs(want) > 3e38)
                    continue;
                const double error =
                    fabs((double)y[i] / want - 1) * 0x1p23 / (2 + 1.5 * size);
                worst = error <= worst ? worst : error;
            }
        }
        printf("%s pow: %.3f of the bound\n", levels[l].name, worst);
        assert_true(worst <= 1);
    }
}

static void parts_touch_nothing_else(void **state)
{
    enum { BEFORE = 3, AFTER = 20 };
    (void)state;
    for (int l = 0; l < LEVELS; l++) {
        if (levels[l].isa & ~assay_cpu_isa())
            continue;
        const int lanes = levels[l].level->lanes;
        for (int n = 0; n <= lanes; n++) {
            float x[ACT_VECTOR_MOST], loaded[ACT_VECTOR_MOST];
            float y[BEFORE + ACT_VECTOR_MOST + AFTER];
            for (int i = 0; i < ACT_VECTOR_MOST; i++)
                x[i] = (float)i;
            for (int i = 0; i < BEFORE + ACT_VECTOR_MOST + AFTER; i++)
                y[i] = -1;
            levels[l].level->copy_part(x, y + BEFORE, n, -2, loaded);
            for (int i = 0; i < lanes; i++)
                assert_true(loaded[i] == (i < n ? (float)i : -2));
            for (int i = 0; i < BEFORE + ACT_VECTOR_MOST + AFTER; i++)
                assert_true(
                    y[i] ==
                    (i >= BEFORE && i < BEFORE + n ? (float)(i - BEFORE) : -1));
        }
    }
}

static bool same(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static bool same_half(uint16_t a, uint16_t b)
{
    return a == b || ((a & 0x7fff) > 0x7c00 && (b & 0x7fff) > 0x7c00);
}

/* Every half; and floats of every exponent, among them those whose cut-off
 * bits are next to a tie. */
static void halves_convert_at(const struct act_vector_level *level)
{
    uint16_t h[ACT_VECTOR_MOST] = {0};
    float f[ACT_VECTOR_MOST] = {0};
    for (int i = 0; i < 0x10000; i++) {
        h[0] = h[level->lanes - 1] = (uint16_t)i;
        level->widen(h, f, level->lanes, 0);
        assert_true(same(f[0], assay_half_to_float((uint16_t)i)));
        assert_true(same(f[level->lanes - 1], f[0]));
    }
    for (uint64_t bits = 0; bits < UINT64_C(1) << 32; bits += 0xfff) {
        const uint32_t words[] = {(uint32_t)bits & ~0x1fffu,
                                  ((uint32_t)bits & ~0x1fffu) | 0x1000,
                                  (uint32_t)bits, (uint32_t)bits + 1};
        memcpy(f, words, sizeof words);
        level->narrow(f, h, level->lanes);
        for (int i = 0; i < 4; i++)
            assert_true(same_half(h[i], assay_half_from_float(f[i])));
    }
}

static void halves_convert(void **state)
{
    (void)state;
    for (int l = 0; l < LEVELS; l++) {
        if (levels[l].isa & ~assay_cpu_isa())
            continue;
        const int lanes = levels[l].level->lanes;
        halves_convert_at(levels[l].level);
        for (int n = 0; n < lanes; n++) {
            uint16_t h[ACT_VECTOR_MOST], to[ACT_VECTOR_MOST];
            float f[ACT_VECTOR_MOST];
            for (int i = 0; i < ACT_VECTOR_MOST; i++) {
                h[i] = (uint16_t)(0x3c00 + i); /* 1 + i / 1024 */
                to[i] = 77;
            }
            levels[l].level->widen(h, f, n, -2);
            for (int i = 0; i < lanes; i++)
                assert_true(f[i] == (i < n ? 1 + (float)i / 1024 : -2.0f));
            levels[l].level->narrow(f, to, n);
            for (int i = 0; i < ACT_VECTOR_MOST; i++)
                assert_int_equal(to[i], i < n ? h[i] : 77);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_hold_their_bounds),
        cmocka_unit_test(infinities_and_nan),
        cmocka_unit_test(powers_hold_their_bound),
        cmocka_unit_test(parts_touch_nothing_else),
        cmocka_unit_test(halves_convert),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
