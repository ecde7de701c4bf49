/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/quantized_table.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/element.h"

const char *const assay_out_names[] = {"same", "f32", "s8", "s32", "b1", NULL};

enum assay_dtype assay_out_type(enum assay_dtype dtype, int64_t out)
{
    static const enum assay_dtype types[ASSAY_OUTS] = {
        [ASSAY_OUT_F32] = ASSAY_F32,
        [ASSAY_OUT_S8] = ASSAY_S8,
        [ASSAY_OUT_S32] = ASSAY_S32,
        [ASSAY_OUT_B1] = ASSAY_B1,
    };
    return out == ASSAY_OUT_SAME ? dtype : types[out];
}

enum assay_dtype assay_quantized_output(const struct assay_quantized_view *view)
{
    return assay_out_type(view->dtype, view->q->out);
}

enum assay_dtype assay_quantized_type(const struct assay_quantized_view *view,
                                      enum assay_quantized_constant constant)
{
    if (view->dtype != ASSAY_S8 && view->dtype != ASSAY_B1)
        return view->dtype;
    switch (constant) {
    case ASSAY_QUANTIZED_BIAS:
        return view->dtype == ASSAY_S8 ? ASSAY_S32 : ASSAY_F32;
    case ASSAY_QUANTIZED_SCALE:
        return ASSAY_F32;
    case ASSAY_QUANTIZED_WZERO:
        return ASSAY_S8;
    case ASSAY_QUANTIZED_THRESHOLD:
        return ASSAY_S32;
    case ASSAY_QUANTIZED_FLIP:
        return ASSAY_B1;
    case ASSAY_QUANTIZED_W:
    case ASSAY_QUANTIZED_CONSTANTS:
        break;
    }
    return view->dtype;
}

size_t assay_quantized_elements(const struct assay_quantized_view *view,
                                enum assay_quantized_constant constant)
{
    const size_t n = (size_t)view->columns;
    const bool quantized = view->dtype == ASSAY_S8 || view->dtype == ASSAY_B1;
    const enum assay_dtype output = assay_quantized_output(view);
    switch (constant) {
    case ASSAY_QUANTIZED_BIAS:
        return view->bias ? n : 0;
    case ASSAY_QUANTIZED_SCALE:
        return quantized && (output == ASSAY_F32 || output == ASSAY_S8) ? n : 0;
    case ASSAY_QUANTIZED_WZERO:
        return view->dtype == ASSAY_S8 && view->q->wzero ? n : 0;
    case ASSAY_QUANTIZED_THRESHOLD:
        return quantized && output == ASSAY_B1 ? n : 0;
    case ASSAY_QUANTIZED_FLIP:
        return quantized && output == ASSAY_B1 ? n / 32 : 0;
    case ASSAY_QUANTIZED_W:
    case ASSAY_QUANTIZED_CONSTANTS:
        break;
    }
    return 0;
}

/* The largest magnitude of x - x_zero times that of w - wzero. */
static int64_t largest_product(const struct assay_quantized *q)
{
    const int64_t above = 127 - q->x_zero, below = q->x_zero + 128;
    return (above > below ? above : below) * (q->wzero ? 255 : 128);
}

static enum assay_status check_s8(const struct assay_quantized_view *view)
{
    const struct assay_quantized *q = view->q;
    const enum assay_dtype output = assay_quantized_output(view);
    if (output != ASSAY_S8 && output != ASSAY_F32 && output != ASSAY_S32)
        return assay_fail(ASSAY_INVALID,
                          "%s: out: a product of s8 is s8, f32 or s32",
                          view->name);
    if (output == ASSAY_S8 && q->low > q->high)
        return assay_fail(ASSAY_INVALID, "%s: low is above high", view->name);
    if (view->terms > INT32_MAX / largest_product(q))
        return assay_fail(ASSAY_INVALID,
                          "%s: a sum of %" PRId64 " products can leave int32; "
                          "%" PRId64 " are allowed",
                          view->name, view->terms,
                          INT32_MAX / largest_product(q));
    return ASSAY_OK;
}

static enum assay_status check_b1(const struct assay_quantized_view *view)
{
    const struct assay_quantized *q = view->q;
    const enum assay_dtype output = assay_quantized_output(view);
    if (output != ASSAY_B1 && output != ASSAY_F32)
        return assay_fail(ASSAY_INVALID,
                          "%s: out: a product of b1 is b1 or f32", view->name);
    if (q->x_zero || q->wzero)
        return assay_fail(ASSAY_INVALID, "%s: b1 has no zero points",
                          view->name);
    if (output == ASSAY_B1 && view->bias)
        return assay_fail(ASSAY_INVALID,
                          "%s: an output of b1 has thresholds and no bias",
                          view->name);
    if (output == ASSAY_B1 && view->columns % 32 != 0)
        return assay_fail(ASSAY_INVALID,
                          "%s: an output of b1 fills words of 32 channels, and "
                          "%" PRId64 " is no multiple of 32",
                          view->name, view->columns);
    if (view->terms > INT32_MAX)
        return assay_fail(ASSAY_INVALID, "%s: a sum can leave int32",
                          view->name);
    return ASSAY_OK;
}

enum assay_status assay_quantized_check(const struct assay_quantized_view *view)
{
    const struct assay_quantized *q = view->q;
    if (view->dtype != ASSAY_S8 && view->dtype != ASSAY_B1) {
        if (assay_quantized_output(view) != view->dtype)
            return assay_fail(ASSAY_INVALID, "%s: out: a product of %s is %s",
                              view->name, assay_dtype_names[view->dtype],
                              assay_dtype_names[view->dtype]);
        if (q->x_zero || q->wzero)
            return assay_fail(ASSAY_INVALID,
                              "%s: zero points are for s8 and not for %s",
                              view->name, assay_dtype_names[view->dtype]);
        return ASSAY_OK;
    }
    if (view->act != ASSAY_ACT_NONE)
        return assay_fail(ASSAY_INVALID,
                          "%s: act: %s is for f32 and f16; s8 has low and high",
                          view->name, assay_act_names[view->act]);
    return view->dtype == ASSAY_S8 ? check_s8(view) : check_b1(view);
}

static enum assay_status check_scales(const struct assay_quantized_view *view,
                                      const float *scale)
{
    for (int64_t j = 0; j < view->columns; j++)
        if (!isnormal(scale[j]))
            return assay_fail(ASSAY_INVALID,
                              "%s: scale %" PRId64 " is %g; it must be normal "
                              "and not 0",
                              view->name, j, (double)scale[j]);
    return ASSAY_OK;
}

static enum assay_status check_bias(const struct assay_quantized_view *view,
                                    const void *bias)
{
    const int64_t most =
        INT32_MAX -
        view->terms * (view->dtype == ASSAY_S8 ? largest_product(view->q) : 0);
    for (int64_t j = 0; j < view->columns; j++) {
        if (view->dtype == ASSAY_B1) {
            const float b = ((const float *)bias)[j];
            if (!isfinite(b))
                return assay_fail(ASSAY_INVALID,
                                  "%s: bias %" PRId64 " is not finite",
                                  view->name, j);
            continue;
        }
        const int64_t b = ((const int32_t *)bias)[j];
        if (b > most || b < -most)
            return assay_fail(ASSAY_INVALID,
                              "%s: with bias %" PRId64 ", which is %" PRId64
                              ", a sum can leave int32",
                              view->name, j, b);
    }
    return ASSAY_OK;
}

enum assay_status
assay_quantized_check_constants(const struct assay_quantized_view *view,
                                const void *const *constants)
{
    if (view->dtype != ASSAY_S8 && view->dtype != ASSAY_B1)
        return ASSAY_OK;
    for (int i = ASSAY_QUANTIZED_BIAS; i < ASSAY_QUANTIZED_CONSTANTS; i++)
        if (assay_quantized_elements(view, (enum assay_quantized_constant)i) &&
            !constants[i])
            return assay_fail(ASSAY_INVALID, "%s: constant %d is missing",
                              view->name, i);
    enum assay_status status = ASSAY_OK;
    if (assay_quantized_elements(view, ASSAY_QUANTIZED_SCALE))
        status = check_scales(view, constants[ASSAY_QUANTIZED_SCALE]);
    if (!status && assay_quantized_elements(view, ASSAY_QUANTIZED_BIAS))
        status = check_bias(view, constants[ASSAY_QUANTIZED_BIAS]);
    return status;
}

/* Turns half of all arrays into one of large elements of one sign: where x and
 * w are both such, a sum grows as large as it can, and counts in bytes, or f32
 * in the place of int, show whether they are carried over in time. */
static void fill_extreme(struct assay_random *random, enum assay_dtype dtype,
                         void *data, size_t n)
{
    const int64_t kind = assay_random_range(random, 0, 3);
    int8_t *s8 = data;
    if (kind > 1)
        return;
    if (dtype == ASSAY_B1)
        memset(data, kind ? 0xff : 0, n * sizeof(uint32_t));
    else
        for (size_t i = 0; i < n; i++)
            s8[i] = (int8_t)(kind ? 64 + (s8[i] & 63) : (s8[i] & 63) - 128);
}

void assay_quantized_fill(struct assay_random *random,
                          const struct assay_quantized_view *view,
                          enum assay_quantized_constant constant, void *data,
                          size_t n)
{
    const double root = sqrt((double)view->terms);
    float *scale = data;
    int32_t *threshold = data;
    assay_fill(random, assay_quantized_type(view, constant), data, n);
    if (view->dtype != ASSAY_S8 && view->dtype != ASSAY_B1)
        return;
    if (constant == ASSAY_QUANTIZED_W)
        fill_extreme(random, view->dtype, data, n);
    if (constant == ASSAY_QUANTIZED_SCALE) {
        /* The deviation of a product of two uniform s8 is 74 * 74. */
        const double spread =
            view->dtype == ASSAY_B1 ? 1 : 60 / (74 * 74 * root);
        for (size_t i = 0; i < n; i++) {
            const double sign = scale[i] < 0 ? -1 : 1;
            scale[i] = (float)(spread * sign * (0.25 + fabs((double)scale[i])));
        }
    } else if (constant == ASSAY_QUANTIZED_THRESHOLD) {
        const int64_t most = (int64_t)(1.5 * root) + 1;
        for (size_t i = 0; i < n; i++)
            threshold[i] = (int32_t)assay_random_range(random, -most, most);
    }
}

void assay_quantized_random(struct assay_random *random, enum assay_dtype dtype,
                            struct assay_quantized *q)
{
    static const enum assay_out outs[] = {ASSAY_OUT_SAME, ASSAY_OUT_SAME,
                                          ASSAY_OUT_F32, ASSAY_OUT_S32};
    if (dtype == ASSAY_B1) {
        q->out =
            assay_random_range(random, 0, 1) ? ASSAY_OUT_F32 : ASSAY_OUT_SAME;
        return;
    }
    q->out = outs[assay_random_range(random, 0, 3)];
    if (assay_random_range(random, 0, 2) > 0) {
        q->x_zero = assay_random_range(random, -128, 127);
        q->y_zero = assay_random_range(random, -128, 127);
    }
    if (assay_random_range(random, 0, 2) == 0)
        q->low = q->y_zero;
    if (assay_random_range(random, 0, 3) == 0)
        q->high = assay_random_range(random, q->low, 127);
    q->wzero = assay_random_range(random, 0, 2) == 0;
}

void assay_quantized_text(const struct assay_quantized_view *view, char *text,
                          size_t size)
{
    const struct assay_quantized *q = view->q;
    const enum assay_dtype output = assay_quantized_output(view);
    char part[96] = "";
    int at = 0;
    if (output != view->dtype)
        at += snprintf(part + at, sizeof part - (size_t)at, "+%s",
                       assay_out_names[q->out]);
    if (q->x_zero)
        at += snprintf(part + at, sizeof part - (size_t)at, "+x%d",
                       (int)q->x_zero);
    if (view->dtype == ASSAY_S8 && output == ASSAY_S8 && q->y_zero)
        at += snprintf(part + at, sizeof part - (size_t)at, "+y%d",
                       (int)q->y_zero);
    if (view->dtype == ASSAY_S8 && output == ASSAY_S8 &&
        (q->low != -128 || q->high != 127))
        at += snprintf(part + at, sizeof part - (size_t)at, "+%d..%d",
                       (int)q->low, (int)q->high);
    if (q->wzero)
        snprintf(part + at, sizeof part - (size_t)at, "+wzero");
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", part);
}
