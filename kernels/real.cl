/* SPDX-License-Identifier: Apache-2.0
 *
 * For OpenCL rows whose code is the same for f32 and f16: the including file
 * defines HALF for f16. REAL is the element type in memory; registers hold
 * floats, rounded to nearest even once when they are stored. Loads and stores
 * of halves are in the core language, arithmetic on them is not needed.
 */
#ifdef HALF
#define REAL half
#define LOAD(from, i) vload_half(i, from)
#define LOAD16(from) vload_half16(0, from)
#define STORE(to, i, v) vstore_half_rte(v, i, to)
#define STORE16(to, v) vstore_half16_rte(v, 0, to)
#else
#define REAL float
#define LOAD(from, i) (from)[i]
#define LOAD16(from) vload16(0, from)
#define STORE(to, i, v) (to)[i] = (v)
#define STORE16(to, v) vstore16(v, 0, to)
#endif

/* The first n < 16 elements, then `fill`. */
static inline float16 load_part(__global const REAL *x, const uint n,
                                const float fill)
{
    float part[16];
    vstore16((float16)(fill), 0, part);
    for (uint i = 0; i < n; i++)
        part[i] = LOAD(x, i);
    return vload16(0, part);
}

static inline void store_part(__global REAL *y, const uint n, const float16 v)
{
    float part[16];
    vstore16(v, 0, part);
    for (uint i = 0; i < n; i++)
        STORE(y, i, part[i]);
}

/* The first n elements, or 16 if n is more; then 0. */
static inline float16 load_most(__global const REAL *x, const uint n)
{
    return n >= 16 ? LOAD16(x) : load_part(x, n, 0.0f);
}

static inline void store_most(__global REAL *y, const uint n, const float16 v)
{
    if (n >= 16)
        STORE16(y, v);
    else
        store_part(y, n, v);
}

/* One number from the lanes, folded in halves. */
static inline float fold_max(const float16 v)
{
    const float8 a = fmax(v.lo, v.hi);
    const float4 b = fmax(a.lo, a.hi);
    const float2 c = fmax(b.lo, b.hi);
    return fmax(c.x, c.y);
}

static inline float fold_sum(const float16 v)
{
    const float8 a = v.lo + v.hi;
    const float4 b = a.lo + a.hi;
    const float2 c = b.lo + b.hi;
    return c.x + c.y;
}
