/* SPDX-License-Identifier: Apache-2.0
 *
 * What the OpenCL rows of the moving ops share. A launch moves units of SPEC0
 * bytes: elements, or as many as always go together. A work-item writes the
 * `chunk` units of y that begin at move_begin(), run by run: stretches whose
 * units are the same distance apart in x. On a GPU the chunk is one unit, so
 * that neighbours write neighbours; on a CPU driver a chunk is long, the
 * work-group one work-item, and the loops over a run become vectors.
 */
#include "group.cl"

#if SPEC0 == 1
typedef uchar unit;
#elif SPEC0 == 2
typedef ushort unit;
#elif SPEC0 == 4
typedef uint unit;
#else
typedef uint4 unit;
#endif

static inline uint move_begin(const uint n, const uint chunk)
{
    const uint item =
        group_number() * (uint)get_local_size(0) + (uint)get_local_id(0);
    return min(item * chunk, n);
}

/* `step` is a signed distance in two's complement. */
static inline void move_run(__global unit *restrict y,
                            __global const unit *restrict x, const uint n,
                            const uint step)
{
    if (step == 1) {
        for (uint k = 0; k < n; k++)
            y[k] = x[k];
    } else {
        const int distance = as_int(step);
        for (uint k = 0; k < n; k++)
            y[k] = x[(long)k * distance];
    }
}

static inline void move_fill(__global unit *restrict y, const uint n,
                             const unit value)
{
    for (uint k = 0; k < n; k++)
        y[k] = value;
}
