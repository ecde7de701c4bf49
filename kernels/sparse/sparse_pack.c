/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/sparse/sparse_pack.h"

#include <string.h>

#include "kernels/shape.h"

/* Weights as the constants have them. */
struct weights {
    enum assay_dtype dtype;
    const void *w;
    int64_t n, k;
};

static bool not_zero(const struct weights *w, int64_t output, int64_t k)
{
    const int64_t i = output * w->k + k;
    return w->dtype == ASSAY_F32 ? ((const float *)w->w)[i] != 0
                                 : ((const int8_t *)w->w)[i] != 0;
}

/* Whether any weight of the block at (output, k) is not zero. */
static bool used(const struct weights *w, int64_t output, int64_t k,
                 int64_t height, int64_t width)
{
    for (int64_t i = output; i < output + height && i < w->n; i++)
        for (int64_t j = k; j < k + width && j < w->k; j++)
            if (not_zero(w, i, j))
                return true;
    return false;
}

static int64_t height_of(enum assay_dtype dtype,
                         enum assay_sparse_format format)
{
    switch (format) {
    case ASSAY_SPARSE_BLOCK4X4:
        return 4;
    case ASSAY_SPARSE_NM24:
        return dtype == ASSAY_F32 ? 1 : 16;
    case ASSAY_SPARSE_CSR:
        return 1;
    default:
        return 16;
    }
}

/* The columns of a strip within k = first … end - 1, into `columns` unless it
 * is NULL, as sparse_pack.h has them; how many. */
static int64_t list_columns(const struct weights *w, bool fours, int64_t output,
                            int64_t height, int64_t first, int64_t end,
                            uint16_t *columns)
{
    const int64_t width = height == 4 ? 4 : 1;
    int64_t count = 0;
    for (int64_t k = first; k < end; k += width) {
        if (!used(w, output, k, height, width))
            continue;
        if (width == 4 && fours) {
            if (columns)
                columns[count] = (uint16_t)(k / 4);
            count++;
            continue;
        }
        for (int64_t j = k; j < k + width && j < end; j++, count++)
            if (columns)
                columns[count] = (uint16_t)(j - first);
    }
    if (fours && height == 16)
        for (; count % 4; count++)
            if (columns)
                columns[count] = columns[count & ~(int64_t)3];
    return count;
}

/* Columns of all strips. */
static int64_t count_columns(const struct weights *w, bool fours,
                             int64_t height)
{
    int64_t count = 0;
    for (int64_t output = 0; output < w->n; output += height)
        count += list_columns(w, fours, output, height, 0, w->k, NULL);
    return count;
}

int64_t assay_sparse_stored(enum assay_dtype dtype,
                            enum assay_sparse_format format, const void *w,
                            int64_t n, int64_t k)
{
    const int64_t height = height_of(dtype, format);
    return height *
           count_columns(&(struct weights){dtype, w, n, k}, false, height);
}

int64_t assay_sparse_fours(enum assay_sparse_format format, const int8_t *w,
                           int64_t n, int64_t k)
{
    const int64_t height = height_of(ASSAY_S8, format);
    const int64_t count =
        count_columns(&(struct weights){ASSAY_S8, w, n, k}, true, height);
    return height == 16 ? count / 4 : count;
}

bool assay_sparse_holds(enum assay_dtype dtype, enum assay_sparse_format format,
                        const void *w, int64_t n, int64_t k, int64_t *output,
                        int64_t *column)
{
    const struct weights weights = {dtype, w, n, k};
    const int64_t height = format == ASSAY_SPARSE_NM24V ? 16 : 1;
    if (format != ASSAY_SPARSE_NM24 && format != ASSAY_SPARSE_NM24V)
        return true;
    for (*output = 0; *output < n; *output += height) {
        for (int64_t first = 0; first < k; first += 4) {
            int count = 0;
            for (*column = first; *column < first + 4 && *column < k;
                 (*column)++) {
                count += used(&weights, *output, *column, height, 1);
                if (count > 2)
                    return false;
            }
        }
    }
    return true;
}

static size_t place(size_t *end, size_t bytes)
{
    const size_t at = *end;
    *end = (at + bytes + 63) & ~(size_t)63;
    return at;
}

enum assay_sparse_user assay_sparse_user(const struct assay_row *row)
{
    if (row->api != ASSAY_API_CPU)
        return ASSAY_SPARSE_DEVICE;
    if (strcmp(row->variant, "ref") == 0)
        return ASSAY_SPARSE_REFERENCE;
    return row->isa & ASSAY_ISA_VNNI ? ASSAY_SPARSE_CPU_VNNI : ASSAY_SPARSE_CPU;
}

void assay_sparse_layout(enum assay_sparse_user user,
                         const struct assay_problem *problem,
                         struct assay_sparse_layout *l)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const bool s8 = problem->dtype == ASSAY_S8;
    size_t end = 0;
    memset(l, 0, sizeof *l);
    l->height = height_of(problem->dtype, (enum assay_sparse_format)s->format);
    l->strips = (s->n + l->height - 1) / l->height;
    const bool device = user == ASSAY_SPARSE_DEVICE;
    l->fours = s8 && !device;
    l->wide = user == ASSAY_SPARSE_CPU && s8;
    if (user == ASSAY_SPARSE_CPU_VNNI)
        *(l->height == 16 ? &l->offset_w : &l->offset_x) = 128;
    if (l->fours || (device && !s8 && l->height == 16))
        l->depth = s->k;
    else if (device)
        l->depth = ASSAY_SPARSE_DEPTH_DEVICE;
    else
        l->depth = ASSAY_SPARSE_DEPTH;
    l->blocks = (s->k + l->depth - 1) / l->depth;
    l->entries = l->fours ? s->fours : s->stored / l->height;
    const size_t outputs = (size_t)(l->strips * l->height);
    l->bias = place(&end, outputs * 4);
    l->scale = place(&end, s8 ? outputs * 4 : 0);
    l->begins = place(&end, (size_t)(l->blocks * l->strips + 1) * 4);
    const size_t entries = (size_t)l->entries;
    const size_t in_entry = (size_t)l->height * (l->fours ? 4 : 1);
    l->columns = place(&end, entries * (l->fours && l->height == 16 ? 8 : 2));
    l->weights = place(&end, entries * in_entry * (!s8 ? 4 : l->wide ? 2 : 1));
    l->bytes = end;
    if (user == ASSAY_SPARSE_REFERENCE) {
        end = 0;
        l->weights = place(&end, (size_t)(s->n * s->k) * (s8 ? 1 : 4));
        l->bias = place(&end, (size_t)s->n * 4);
        l->scale = place(&end, s8 ? (size_t)s->n * 4 : 0);
        l->bytes = end;
    }
}

static void pack_reference(const struct assay_sparse_layout *l,
                           const struct assay_problem *problem,
                           const void *const *constants, char *packed)
{
    const struct assay_sparse *s = &problem->as.sparse;
    memset(packed, 0, l->bytes);
    memcpy(packed + l->weights, constants[0],
           (size_t)(s->n * s->k) * assay_dtype_bytes(problem->dtype));
    if (constants[1])
        memcpy(packed + l->bias, constants[1], (size_t)s->n * 4);
    if (problem->dtype == ASSAY_S8 && constants[2])
        memcpy(packed + l->scale, constants[2], (size_t)s->n * 4);
}

/* Weight (output, k) to number `at` of the packed ones. */
static void put(const struct assay_sparse_layout *l, const struct weights *w,
                char *to, size_t at, int64_t output, int64_t k)
{
    const bool inside = output < w->n && k < w->k;
    const size_t i = inside ? (size_t)(output * w->k + k) : 0;
    if (w->dtype == ASSAY_F32)
        ((float *)to)[at] = inside ? ((const float *)w->w)[i] : 0;
    else if (l->wide)
        ((int16_t *)to)[at] = inside ? ((const int8_t *)w->w)[i] : 0;
    else
        ((uint8_t *)to)[at] =
            (uint8_t)((inside ? ((const int8_t *)w->w)[i] : 0) + l->offset_w);
}

/* The `count` columns of one strip, from entry `entry`. */
static void put_list(const struct assay_sparse_layout *l,
                     const struct weights *w, char *to, int64_t entry,
                     const uint16_t *columns, int64_t count, int64_t output,
                     int64_t first)
{
    if (!l->fours) {
        for (int64_t c = 0; c < count; c++)
            for (int64_t i = 0; i < l->height; i++)
                put(l, w, to, (size_t)((entry + c) * l->height + i), output + i,
                    first + columns[c]);
        return;
    }
    const int64_t entries = l->height == 16 ? count / 4 : count;
    for (int64_t e = 0; e < entries; e++) {
        for (int64_t t = 0; t < 4; t++) {
            const int64_t k =
                l->height == 16 ? columns[e * 4 + t] : columns[e] * 4 + t;
            /* A column that fills up is the first of its four again. */
            const bool fill = l->height == 16 && t > 0 && k == columns[e * 4];
            for (int64_t i = 0; i < l->height; i++) {
                const int64_t at =
                    l->wide ? (((entry + e) * 2 + t / 2) * l->height + i) * 2 +
                                  t % 2
                            : ((entry + e) * l->height + i) * 4 + t;
                put(l, w, to, (size_t)at, output + i, fill ? w->k : k);
            }
        }
    }
}

/* What the sum of an output starts from, so that it is over the elements of x
 * as the row reads them, which are `more` above the zero point. */
static uint32_t bias_s8(const struct weights *w, const int32_t *bias,
                        int64_t output, int64_t more)
{
    int64_t sum = 0;
    for (int64_t k = 0; k < w->k; k++)
        sum += ((const int8_t *)w->w)[output * w->k + k];
    return (uint32_t)(uint64_t)((bias ? bias[output] : 0) - more * sum);
}

void assay_sparse_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed)
{
    const struct assay_sparse *s = &problem->as.sparse;
    const struct weights w = {problem->dtype, constants[0], s->n, s->k};
    struct assay_sparse_layout layout, *l = &layout;
    char *base = packed;
    assay_sparse_layout(assay_sparse_user(row), problem, l);
    if (assay_sparse_user(row) == ASSAY_SPARSE_REFERENCE) {
        pack_reference(l, problem, constants, packed);
        return;
    }
    memset(base, 0, l->weights);
    for (int64_t j = 0; j < s->n; j++) {
        if (problem->dtype == ASSAY_S8) {
            ((uint32_t *)(base + l->bias))[j] =
                bias_s8(&w, constants[1], j, s->q.x_zero + l->offset_x);
            if (constants[2])
                ((float *)(base + l->scale))[j] =
                    ((const float *)constants[2])[j];
        } else if (constants[1]) {
            ((float *)(base + l->bias))[j] = ((const float *)constants[1])[j];
        }
    }
    uint32_t *begins = (uint32_t *)(base + l->begins);
    uint16_t *columns = (uint16_t *)(base + l->columns);
    const int64_t each = l->fours && l->height == 16 ? 4 : 1;
    int64_t entry = 0;
    for (int64_t b = 0; b < l->blocks; b++) {
        const int64_t first = b * l->depth;
        const int64_t end = first + l->depth < s->k ? first + l->depth : s->k;
        for (int64_t strip = 0; strip < l->strips; strip++) {
            uint16_t *list = columns + entry * each;
            *begins++ = (uint32_t)entry;
            const int64_t count = list_columns(&w, l->fours, strip * l->height,
                                               l->height, first, end, list);
            put_list(l, &w, base + l->weights, entry, list, count,
                     strip * l->height, first);
            entry += count / each;
        }
    }
    *begins = (uint32_t)entry;
}
