/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: every row of every .def file in one array. A row that this
 * build leaves out (another processor, a missing library) stays listed, with
 * no code, so that its absence can be told.
 */
#include "kernel.h"

#include <string.h>

/* Prototypes. Peer rows come with a `struct assay_peer` of the same name. */
#define ASSAY_CPU(op, dtype, variant, isa, tile_m, tile_n)                     \
    assay_cpu_function assay_##op##_##dtype##_##variant;
#define ASSAY_PEER(op, dtype, variant)                                         \
    assay_cpu_function assay_##op##_##dtype##_##variant;                       \
    extern const struct assay_peer assay_##op##_##dtype##_##variant##_peer;
#define ASSAY_OPENCL(op, dtype, variant, device, needs, tile_m, tile_n)        \
    extern const struct assay_code assay_##op##_##dtype##_opencl_##variant;
#define ASSAY_VULKAN(op, dtype, variant, device, needs, tile_m, tile_n)        \
    extern const struct assay_code assay_##op##_##dtype##_vulkan_##variant;
#define ASSAY_OPENCL_PEER(op, dtype, variant)                                  \
    extern const struct assay_opencl_peer                                      \
        assay_##op##_##dtype##_##variant##_peer;
#include "rows.h"
#undef ASSAY_CPU
#undef ASSAY_PEER
#undef ASSAY_OPENCL_PEER
#undef ASSAY_OPENCL
#undef ASSAY_VULKAN

/* The names of the .def files as enumerators. */
enum {
#define ASSAY_OP(enumerator, name) OP_##name = ASSAY_OP_##enumerator,
#include "ops.def"
#undef ASSAY_OP
    DTYPE_f32 = ASSAY_F32,
    DTYPE_f16 = ASSAY_F16,
    DTYPE_s8 = ASSAY_S8,
    DTYPE_b1 = ASSAY_B1,
};

/* ISA levels that this compilation target has files for. */
#if defined(__x86_64__)
#define ISA_BUILT                                                              \
    (ASSAY_ISA_AVX2 | ASSAY_ISA_AVX512 | ASSAY_ISA_VNNI |                      \
     ASSAY_ISA_VPOPCNTDQ | ASSAY_ISA_FP16)
#elif defined(__aarch64__)
#define ISA_BUILT (ASSAY_ISA_NEON | ASSAY_ISA_NEON_DOT)
#else
#define ISA_BUILT 0
#endif

#ifdef ASSAY_HAVE_ONEDNN
#define PEER_onednn(x) x
#else
#define PEER_onednn(x) NULL
#endif
#ifdef ASSAY_HAVE_OPENBLAS
#define PEER_openblas(x) x
#else
#define PEER_openblas(x) NULL
#endif
#ifdef ASSAY_HAVE_CLBLAST
#define PEER_clblast(x) x
#else
#define PEER_clblast(x) NULL
#endif
#ifdef ASSAY_HAVE_XNNPACK
#define PEER_xnnpack(x) x
#else
#define PEER_xnnpack(x) NULL
#endif
#ifdef ASSAY_HAVE_OPENCL
#define OPENCL_CODE(x) x
#else
#define OPENCL_CODE(x) NULL
#endif
#ifdef ASSAY_HAVE_VULKAN
#define VULKAN_CODE(x) x
#else
#define VULKAN_CODE(x) NULL
#endif

#define ASSAY_CPU(o, d, v, level, m, n)                                        \
    {.symbol = "assay_" #o "_" #d "_" #v,                                      \
     .variant = #v,                                                            \
     .op = (enum assay_op)OP_##o,                                              \
     .dtype = (enum assay_dtype)DTYPE_##d,                                     \
     .api = ASSAY_API_CPU,                                                     \
     .device_class = ASSAY_CLASS_CPU,                                          \
     .isa = level,                                                             \
     .tile_m = m,                                                              \
     .tile_n = n,                                                              \
     .run = ((level) & ~ISA_BUILT) ? NULL : assay_##o##_##d##_##v},
#define ASSAY_PEER(o, d, v)                                                    \
    {.symbol = "assay_" #o "_" #d "_" #v,                                      \
     .variant = #v,                                                            \
     .op = (enum assay_op)OP_##o,                                              \
     .dtype = (enum assay_dtype)DTYPE_##d,                                     \
     .api = ASSAY_API_CPU,                                                     \
     .device_class = ASSAY_CLASS_CPU,                                          \
     .is_peer = true,                                                          \
     .run = PEER_##v(assay_##o##_##d##_##v),                                   \
     .peer = PEER_##v(&assay_##o##_##d##_##v##_peer)},
#define ASSAY_OPENCL_PEER(o, d, v)                                             \
    {.symbol = "assay_" #o "_" #d "_" #v,                                      \
     .variant = #v,                                                            \
     .op = (enum assay_op)OP_##o,                                              \
     .dtype = (enum assay_dtype)DTYPE_##d,                                     \
     .api = ASSAY_API_OPENCL,                                                  \
     .device_class = ASSAY_CLASS_ANY,                                          \
     .is_peer = true,                                                          \
     .opencl_peer = PEER_##v(&assay_##o##_##d##_##v##_peer)},
#define ASSAY_OPENCL(o, d, v, device, needs, m, n)                             \
    {.symbol = "assay_" #o "_" #d "_opencl_" #v,                               \
     .variant = #v,                                                            \
     .op = (enum assay_op)OP_##o,                                              \
     .dtype = (enum assay_dtype)DTYPE_##d,                                     \
     .api = ASSAY_API_OPENCL,                                                  \
     .device_class = device,                                                   \
     .isa = needs,                                                             \
     .tile_m = m,                                                              \
     .tile_n = n,                                                              \
     .code = OPENCL_CODE(&assay_##o##_##d##_opencl_##v)},
#define ASSAY_VULKAN(o, d, v, device, needs, m, n)                             \
    {.symbol = "assay_" #o "_" #d "_vulkan_" #v,                               \
     .variant = #v,                                                            \
     .op = (enum assay_op)OP_##o,                                              \
     .dtype = (enum assay_dtype)DTYPE_##d,                                     \
     .api = ASSAY_API_VULKAN,                                                  \
     .device_class = device,                                                   \
     .isa = needs,                                                             \
     .tile_m = m,                                                              \
     .tile_n = n,                                                              \
     .code = VULKAN_CODE(&assay_##o##_##d##_vulkan_##v)},

const struct assay_row assay_rows[] = {
#include "rows.h"
};
const size_t assay_row_count = sizeof assay_rows / sizeof *assay_rows;

const char *assay_row_library(const struct assay_row *row)
{
    if (row->peer)
        return row->peer->configuration();
    return row->opencl_peer ? row->opencl_peer->configuration() : NULL;
}

const struct assay_row *assay_row_find(const char *symbol)
{
    for (size_t i = 0; i < assay_row_count; i++)
        if (strcmp(assay_rows[i].symbol, symbol) == 0)
            return &assay_rows[i];
    return NULL;
}

static bool is_reference(const struct assay_row *row)
{
    return row->api == ASSAY_API_CPU && strcmp(row->variant, "ref") == 0;
}

const struct assay_row *assay_row_reference(enum assay_op op,
                                            enum assay_dtype dtype)
{
    for (size_t i = 0; i < assay_row_count; i++)
        if (assay_rows[i].op == op && assay_rows[i].dtype == dtype &&
            is_reference(&assay_rows[i]))
            return &assay_rows[i];
    return NULL;
}

static const char *missing_isa(unsigned missing)
{
    static const struct {
        unsigned bit;
        const char *reason;
    } levels[] = {
        {ASSAY_ISA_AVX2, "needs AVX2 and FMA"},
        {ASSAY_ISA_AVX512, "needs AVX-512 F, BW, DQ and VL"},
        {ASSAY_ISA_VNNI, "needs AVX-512 VNNI"},
        {ASSAY_ISA_VPOPCNTDQ, "needs AVX-512 VPOPCNTDQ"},
        {ASSAY_ISA_FP16, "needs AVX-512 FP16"},
        {ASSAY_ISA_NEON, "needs NEON"},
        {ASSAY_ISA_NEON_DOT, "needs the NEON dot product"},
        {ASSAY_HAS_STORAGE8, "needs 8-bit storage"},
        {ASSAY_HAS_STORAGE16, "needs 16-bit storage"},
        {ASSAY_HAS_F16, "needs f16 arithmetic"},
        {ASSAY_HAS_INT_DOT, "needs integer dot products"},
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (missing & levels[i].bit)
            return levels[i].reason;
    return NULL;
}

static const char *why_not(const struct assay_row *row, unsigned isa,
                           enum assay_device_class device_class)
{
    if (!row->run && !row->code && !row->opencl_peer) {
        if (row->is_peer)
            return "built without the library";
        if (row->api == ASSAY_API_OPENCL)
            return "built without OpenCL";
        if (row->api == ASSAY_API_VULKAN)
            return "built without Vulkan";
        return "built for another processor";
    }
    if (row->isa & ~isa)
        return missing_isa(row->isa & ~isa);
    if (row->device_class != ASSAY_CLASS_ANY &&
        row->device_class != device_class)
        return row->device_class == ASSAY_CLASS_GPU ? "needs a GPU"
                                                    : "needs a CPU device";
    return NULL;
}

bool assay_row_available(const struct assay_row *row, unsigned isa,
                         enum assay_device_class device_class,
                         const char **reason)
{
    const char *why = why_not(row, isa, device_class);
    if (reason)
        *reason = why;
    return why == NULL;
}

enum assay_status assay_row_accepts(const struct assay_row *row,
                                    const struct assay_problem *problem)
{
    const struct assay_op_info *info = assay_op_info(row->op);
    return info->accepts && row->api == ASSAY_API_CPU && !row->is_peer
               ? info->accepts(row, problem)
               : ASSAY_OK;
}

const struct assay_row *assay_row_select(const struct assay_problem *problem,
                                         enum assay_api api, unsigned isa,
                                         enum assay_device_class device_class)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    const struct assay_row *best = NULL;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        if (row->op == problem->op && row->dtype == problem->dtype &&
            row->api == api && !row->is_peer &&
            assay_row_available(row, isa, device_class, NULL) &&
            assay_row_accepts(row, problem) == ASSAY_OK &&
            (!info->suits || info->suits(row, problem)))
            best = row;
    }
    return best;
}
