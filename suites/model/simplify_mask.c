/* SPDX-License-Identifier: Apache-2.0
 *
 * A constant that is added to the scores of attention, as the parameters of the
 * kernel: later keys hidden, a window around each query, or blocks of queries
 * and keys that see each other or not.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels/half.h"
#include "suites/model/simplify.h"

enum { LARGEST_BLOCK = 64 };

/* Query i stands at key i + skv - sq; seen[i * skv + j]: it sees key j. */
struct sight {
    int64_t sq, skv;
    const uint8_t *seen;
};

static int64_t distance(const struct sight *s, int64_t i, int64_t j)
{
    return j - (i + s->skv - s->sq);
}

/* Whether a number of the mask hides a key (1), leaves it (0), or neither. */
static int hides(float m)
{
    return m <= -1e4f ? 1 : m < 0 || m > 0 || m != m ? -1 : 0;
}

/* false: the values are no mask, or hide every key from a query. */
static bool read_sight(const struct assay_tensor *mask, struct sight *s,
                       uint8_t *seen)
{
    s->seen = seen;
    for (int64_t i = 0; i < s->sq; i++) {
        bool any = false;
        for (int64_t j = 0; j < s->skv; j++) {
            const size_t at = (size_t)(i * s->skv + j);
            const int hidden = hides(
                mask->element == ASSAY_ELEMENT_FLOAT
                    ? ((const float *)mask->data)[at]
                    : assay_half_to_float(((const uint16_t *)mask->data)[at]));
            if (hidden < 0)
                return false;
            seen[at] = !hidden;
            any = any || !hidden;
        }
        if (!any)
            return false;
    }
    return true;
}

static bool hides_later(const struct sight *s)
{
    for (int64_t i = 0; i < s->sq; i++)
        for (int64_t j = 0; j < s->skv; j++)
            if (s->seen[i * s->skv + j] && distance(s, i, j) > 0)
                return false;
    return true;
}

/* Whether `causal` and a window are the whole mask; then *window is it, 0 if
 * it reaches everywhere. */
static bool is_window(const struct sight *s, bool causal, int64_t *window)
{
    int64_t farthest = 0, possible = 0;
    for (int64_t i = 0; i < s->sq; i++)
        for (int64_t j = 0; j < s->skv; j++) {
            const int64_t d = llabs(distance(s, i, j));
            if (causal && distance(s, i, j) > 0)
                continue;
            possible = d > possible ? d : possible;
            if (s->seen[i * s->skv + j])
                farthest = d > farthest ? d : farthest;
        }
    for (int64_t i = 0; i < s->sq; i++)
        for (int64_t j = 0; j < s->skv; j++) {
            const bool within = llabs(distance(s, i, j)) <= farthest &&
                                !(causal && distance(s, i, j) > 0);
            if (within != s->seen[i * s->skv + j])
                return false;
        }
    *window = farthest < possible ? farthest + 1 : 0;
    return true;
}

/* The pattern of blocks of `size`, keys that `causal` hides left open; false:
 * a block is neither seen nor hidden as a whole. */
static bool fill_pattern(const struct sight *s, bool causal, int64_t size,
                         uint8_t *pattern)
{
    enum { OPEN = 2 };
    const int64_t columns = (s->skv + size - 1) / size;
    const int64_t n = (s->sq + size - 1) / size * columns;
    memset(pattern, OPEN, (size_t)n);
    for (int64_t i = 0; i < s->sq; i++)
        for (int64_t j = 0; j < s->skv; j++) {
            uint8_t *block = &pattern[i / size * columns + j / size];
            const uint8_t seen = s->seen[i * s->skv + j];
            if (causal && distance(s, i, j) > 0)
                continue;
            if (*block == OPEN)
                *block = seen;
            else if (*block != seen)
                return false;
        }
    for (int64_t i = 0; i < n; i++)
        if (pattern[i] == OPEN)
            pattern[i] = 0;
    return true;
}

/* The largest blocks, with later keys hidden apart where that makes them
 * larger. */
static void find_blocks(const struct sight *s, bool later,
                        struct assay_mask *mask, uint8_t *pattern)
{
    const int64_t longest = s->sq > s->skv ? s->sq : s->skv;
    int64_t size = longest < LARGEST_BLOCK ? longest : LARGEST_BLOCK;
    for (;; size--)
        for (int causal = 0; causal <= later; causal++)
            if (fill_pattern(s, causal, size, pattern)) {
                *mask = (struct assay_mask){
                    .causal = causal, .block = size, .pattern = pattern};
                return;
            }
}

bool assay_mask_read(struct assay_lowering *l, uint32_t value,
                     const struct assay_dims *scores, struct assay_mask *mask)
{
    const struct assay_tensor *m = &l->tensors[value];
    const int rank = m->dims.rank;
    struct sight s = {scores->size[scores->rank - 2],
                      scores->size[scores->rank - 1], NULL};
    const int64_t n = s.sq * s.skv;
    if (!m->data || !assay_element_is_float(m->element) || rank < 2 ||
        m->dims.size[rank - 2] != s.sq || m->dims.size[rank - 1] != s.skv ||
        assay_dims_count(&m->dims) != n)
        return false;
    uint8_t *seen = assay_region_alloc(&l->scratch, (size_t)n, 1);
    if (!seen || !read_sight(m, &s, seen))
        return false;
    *mask = (struct assay_mask){.causal = hides_later(&s)};
    const bool later = mask->causal;
    if (is_window(&s, later, &mask->window))
        return true;
    uint8_t *pattern = assay_region_alloc(l->kept, (size_t)n, 1);
    if (pattern)
        find_blocks(&s, later, mask, pattern);
    return pattern != NULL;
}
