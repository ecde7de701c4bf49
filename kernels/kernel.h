/* SPDX-License-Identifier: Apache-2.0
 *
 * Problems, ops and kernel rows: what is computed, and by which code.
 *
 * An op is an operator; a problem is an op with its shape, dtype and
 * parameters; a row is one implementation of an op for one dtype on one
 * backend. Rows are listed once, in kernels/<op>/<op>.def, from which the
 * prototypes and the registry follow. Everything here is immutable after
 * program start and may be used from any thread.
 */
#ifndef ASSAY_KERNELS_KERNEL_H
#define ASSAY_KERNELS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act.h"
#include "status.h"
#include "attention/attention.h"
#include "batchnorm/batchnorm.h"
#include "binary/binary.h"
#include "cast/cast.h"
#include "concat/concat.h"
#include "conv2d/conv2d.h"
#include "dense/dense.h"
#include "depthwise/depthwise.h"
#include "dropout/dropout.h"
#include "dequantize/dequantize.h"
#include "gather/gather.h"
#include "layernorm/layernorm.h"
#include "lowrank/lowrank.h"
#include "matmul/matmul.h"
#include "pad/pad.h"
#include "pool/pool.h"
#include "reduce/reduce.h"
#include "rmsnorm/rmsnorm.h"
#include "quantize/quantize.h"
#include "signpack/signpack.h"
#include "slice/slice.h"
#include "softmax/softmax.h"
#include "sparse/sparse.h"
#include "transpose/transpose.h"
#include "unary/unary.h"

enum assay_op {
#define ASSAY_OP(enumerator, name) ASSAY_OP_##enumerator,
#include "ops.def"
#undef ASSAY_OP
    ASSAY_OPS
};

/* Element types. Those before ASSAY_DTYPES are dtypes of problems and rows;
 * arrays of such a problem may have the others too. */
enum assay_dtype {
    ASSAY_F32,
    ASSAY_F16, /* IEEE binary16; sums are kept in f32 and rounded once */
    ASSAY_S8,
    ASSAY_B1, /* ±1: an element is a word of 32, the lowest bit first; a set
                 bit is -1 */
    ASSAY_DTYPES,
    ASSAY_U8 = ASSAY_DTYPES,
    ASSAY_S32,
    ASSAY_ELEMENTS
};

enum assay_api {
    ASSAY_API_CPU,
    ASSAY_API_OPENCL,
    ASSAY_API_VULKAN,
    ASSAY_API_NULL,
    ASSAY_APIS
};

extern const char *const assay_dtype_names[];     /* "f32", … then NULL */
extern const char *const assay_api_names[];       /* "cpu", … then NULL */
size_t assay_dtype_bytes(enum assay_dtype dtype); /* of one element */

/* Type of the output of a problem of that dtype with `out`, an enum assay_out
 * (quantized.h). */
enum assay_dtype assay_out_type(enum assay_dtype dtype, int64_t out);

/* What kind of processor executes a row. A GPU row and a row for CPU drivers
 * (PoCL, llvmpipe) differ in memory access, not in result. */
enum assay_device_class {
    ASSAY_CLASS_CPU,
    ASSAY_CLASS_GPU,
    ASSAY_CLASS_ANY, /* of a row: fits both */
};

/* Instruction-set levels and features of devices, each a bit; a row names all
 * that it needs. */
enum {
    ASSAY_ISA_AVX2 = 1 << 0,   /* AVX2, FMA, F16C */
    ASSAY_ISA_AVX512 = 1 << 1, /* AVX-512 F, BW, DQ, VL */
    ASSAY_ISA_VNNI = 1 << 2,
    ASSAY_ISA_VPOPCNTDQ = 1 << 3,
    ASSAY_ISA_FP16 = 1 << 4,
    ASSAY_ISA_NEON = 1 << 5,
    ASSAY_ISA_NEON_DOT = 1 << 6,
    /* Vulkan: 8-bit and 16-bit elements in storage buffers, with 8-bit and
     * 16-bit integer arithmetic. OpenCL has both, f16 by vload_half. */
    ASSAY_HAS_STORAGE8 = 1 << 16,
    ASSAY_HAS_STORAGE16 = 1 << 17,
    ASSAY_HAS_F16 = 1 << 18,     /* f16 arithmetic */
    ASSAY_HAS_INT_DOT = 1 << 19, /* dot products of four 8-bit integers */
};

struct assay_problem {
    enum assay_op op;
    enum assay_dtype dtype;
    union {
#define ASSAY_OP(enumerator, name) struct assay_##name name;
#include "ops.def"
#undef ASSAY_OP
    } as;
};

/* The arrays of an op are numbered: inputs first, then constants (known at
 * prepare), then the one output. */
enum {
    ASSAY_MAX_INPUTS = 4,
    ASSAY_MAX_CONSTANTS = 6,
    ASSAY_MAX_ARRAYS = ASSAY_MAX_INPUTS + ASSAY_MAX_CONSTANTS + 1,
    ASSAY_MAX_PUSH_WORDS = 32, /* Vulkan guarantees 128 bytes */
};

/* One parameter of an op's shape struct: an int64_t, or a double if `real`. */
struct assay_param {
    const char *name;         /* as suites spell it */
    size_t offset;            /* of the field, from &problem->as */
    double min, max;          /* inclusive; integers of at most 2^53 */
    double standard;          /* the value where a suite is silent */
    bool required;            /* then `standard` is not used */
    const char *const *names; /* values by name (NULL-terminated), or NULL */
    bool real;
};

struct assay_random; /* seeded generator, see random.h */

/* What a CPU row sees. Called once on each of `threads` threads, which share
 * the work by their number; no thread may wait for another. */
struct assay_cpu_call {
    const struct assay_problem *problem;
    const void *const *inputs; /* in the op's order */
    const void *packed;        /* what the op's pack wrote, 64-byte aligned */
    void *output;
    void *scratch; /* this thread's own, 64-byte aligned, not cleared */
    void *state;   /* of a peer row's open, else NULL */
    size_t thread, threads;
};
typedef void assay_cpu_function(const struct assay_cpu_call *call);

/* A peer row brings a library's own preparation and its own threads: its
 * function is called on one thread with threads = 1, outside any parallel
 * region. open gets the problem's constants in the op's order. */
struct assay_peer {
    enum assay_status (*open)(const struct assay_problem *problem,
                              const void *const *constants, size_t threads,
                              void **state);
    void (*close)(void *state);
    const char *(*configuration)(void); /* the library's version and ISA */
};

/* A peer row of OpenCL. context, queue, arrays and event are the cl_context,
 * cl_command_queue, cl_mem and cl_event of the backend, as pointers. run
 * enqueues; the caller releases *event. */
struct assay_opencl_peer {
    enum assay_status (*open)(const struct assay_problem *problem,
                              const void *const *constants, void *context,
                              void **state);
    void (*close)(void *state);
    enum assay_status (*run)(void *state, void *queue, void *const *inputs,
                             void *output, void **event);
    const char *(*configuration)(void);
};

/* A device program: OpenCL C text (NUL-terminated, not counted) or SPIR-V
 * (32-bit words, 4-byte aligned). */
struct assay_code {
    const unsigned char *bytes;
    size_t size;
};

struct assay_row {
    const char *symbol;  /* "assay_dense_f32_avx2" */
    const char *variant; /* "ref", "c", "avx2", "cpu" or "gpu" (drivers) … */
    enum assay_op op;
    enum assay_dtype dtype;
    enum assay_api api;
    enum assay_device_class device_class;
    unsigned isa; /* ASSAY_ISA_* and ASSAY_HAS_* that must all be there */
    unsigned tile_m, tile_n; /* the row's blocking, meaning set by the op */
    bool is_peer;            /* a library's, to compare with */
    /* CPU rows. NULL: not part of this build. */
    assay_cpu_function *run;
    const struct assay_peer *peer;
    /* Device rows. NULL: not part of this build. The entry point is the
     * symbol in OpenCL, "main" in Vulkan. Buffers are bound in this order:
     * inputs, the packed constants if the op has any, the output (Vulkan: set
     * 0, bindings 0, 1, …); then, in OpenCL, the launch's words as one by-value
     * struct of uint (Vulkan: push constants). */
    const struct assay_code *code;
    const struct assay_opencl_peer *opencl_peer; /* in place of code */
};

/* The library's version and configuration of a peer row; NULL: no peer. */
const char *assay_row_library(const struct assay_row *row);

/* The op's `accepts`. */
enum assay_status assay_row_accepts(const struct assay_row *row,
                                    const struct assay_problem *problem);

/* How a device row is started for one problem. */
struct assay_launch {
    uint32_t subgroup_size; /* of the device; 0: not told */
    int64_t loop_turns;     /* that the driver grants an invocation; 0: any */
    uint32_t groups[3];     /* number of work-groups, each ≥ 1 */
    uint32_t local[3];      /* work-items of a group, each ≥ 1 */
    uint32_t words[ASSAY_MAX_PUSH_WORDS];
    unsigned n_words;
    /* Values fixed at compile time: Vulkan specialization constants 3, 4, …
     * (0 to 2 are the local size), OpenCL -DSPEC0=, -DSPEC1= … */
    uint32_t spec[8];
    unsigned n_spec;
};

struct assay_op_info {
    const char *name;
    unsigned inputs, constants;
    bool in_place; /* the output may be exactly the array of an input that has
                      as many elements of the same type */
    const struct assay_param *params; /* ends with a NULL name */
    /* INVALID with a message unless every size is positive and in range, every
     * product of sizes fits, and the parameters fit each other. */
    enum assay_status (*check)(const struct assay_problem *problem);
    /* Elements of array `array` (inputs, constants, output); 0 if absent. */
    size_t (*elements)(const struct assay_problem *problem, unsigned array);
    /* Their type. NULL: that of the problem. */
    enum assay_dtype (*type)(const struct assay_problem *problem,
                             unsigned array);
    /* Random contents of an input or constant of n elements, where those of
     * assay_fill are not legal or test little. NULL: assay_fill. */
    void (*fill)(struct assay_random *random,
                 const struct assay_problem *problem, unsigned array,
                 void *data, size_t n);
    /* INVALID with a message if the constants are not legal (a scale of 0 or
     * NaN). NULL: all are. */
    enum assay_status (*check_constants)(const struct assay_problem *problem,
                                         const void *const *constants);
    /* Settle what depends on the constants' values (a format, the number of
     * elements to store), before packed_bytes, pack and launch. NULL: nothing
     * does. */
    void (*specialize)(struct assay_problem *problem,
                       const void *const *constants);
    /* The shape as text, "512x512x512", for names of cases. */
    void (*shape)(const struct assay_problem *problem, char *text, size_t size);
    double (*flops)(const struct assay_problem *problem); /* 0: none counted */
    /* The operations that a row executes, where they differ from flops (zeros
     * left out, Winograd). NULL: none differs. */
    double (*executed)(const struct assay_row *row,
                       const struct assay_problem *problem);
    /* UNSUPPORTED with a message if a CPU row cannot do the problem (a device
     * row's launch says so). NULL: every row can. */
    enum assay_status (*accepts)(const struct assay_row *row,
                                 const struct assay_problem *problem);
    /* Whether a row that accepts the problem is faster than those before it.
     * NULL: every row. */
    bool (*suits)(const struct assay_row *row,
                  const struct assay_problem *problem);
    /* Largest |got - reference| that a correct row can show on data of `fill`;
     * the reasoning stands beside each definition. 0: equal to the bit. */
    double (*tolerance)(const struct assay_problem *problem);
    /* A small legal problem of a dtype for which there is a reference, drawn
     * to hit edges (1, primes, tile ± 1). */
    void (*random)(struct assay_random *random, enum assay_dtype dtype,
                   struct assay_problem *problem);
    /* Constants as the row wants them: size, then contents (64-byte aligned).
     * NULL where the op has no constants. An absent constant is NULL. */
    size_t (*packed_bytes)(const struct assay_row *row,
                           const struct assay_problem *problem);
    void (*pack)(const struct assay_row *row,
                 const struct assay_problem *problem,
                 const void *const *constants, void *packed);
    /* Scratch of one thread of a CPU row; NULL: none. */
    size_t (*scratch_bytes)(const struct assay_row *row,
                            const struct assay_problem *problem);
    /* How a device row is started, by API; the launch comes zeroed but for its
     * first field. NULL: the op has no such rows. UNSUPPORTED with a message if
     * the row cannot do this problem. */
    enum assay_status (*launch[ASSAY_APIS])(const struct assay_row *row,
                                            const struct assay_problem *problem,
                                            struct assay_launch *launch);
};

const struct assay_op_info *assay_op_info(enum assay_op op);

/* The op of that name; false if there is none. */
bool assay_op_find(const char *name, enum assay_op *op);

/* All rows, grouped by op and dtype, slow to fast within a backend; the first
 * of each op and dtype is its reference (variant "ref", backend cpu). */
extern const struct assay_row assay_rows[];
extern const size_t assay_row_count;

const struct assay_row *assay_row_find(const char *symbol); /* or NULL */
const struct assay_row *assay_row_reference(enum assay_op op,
                                            enum assay_dtype dtype);

/* Whether a device could run the row; otherwise `reason` (may be NULL) is set
 * to a static text: "built without OpenCL", "needs AVX-512" …. */
bool assay_row_available(const struct assay_row *row, unsigned isa,
                         enum assay_device_class device_class,
                         const char **reason);

/* The fastest row of our own that the device could run, that accepts the
 * problem and suits it, or NULL. The reference is never chosen while there is
 * another. */
const struct assay_row *assay_row_select(const struct assay_problem *problem,
                                         enum assay_api api, unsigned isa,
                                         enum assay_device_class device_class);

/* Set every parameter to its standard; required ones become 0. */
void assay_problem_init(struct assay_problem *problem, enum assay_op op,
                        enum assay_dtype dtype);

/* Whether `key` sets the parameter of that name: it is the name, or stands for
 * several: window (r, s), stride, pad and dil (those of all sides). */
bool assay_param_covers(const char *key, const char *name);

/* Set one parameter, or those that the name stands for, from text: a number,
 * or a value's name. INVALID if the name is unknown or the value is no such;
 * the problem is then as it was. */
enum assay_status assay_problem_set(struct assay_problem *problem,
                                    const char *name, const char *value);

/* The op's check, after the range of each parameter. */
enum assay_status assay_problem_check(const struct assay_problem *problem);

/* "dense/f32/64x784x256": without the row. The full text is cut to size. */
void assay_problem_name(const struct assay_problem *problem, char *text,
                        size_t size);

/* The type of one array, its bytes, and the number of the output's array.
 * An array fills whole 32-bit words: what lies behind its last element in the
 * last word has no meaning, and a row may read and write it. */
enum assay_dtype assay_problem_type(const struct assay_problem *problem,
                                    unsigned array);
size_t assay_problem_bytes(const struct assay_problem *problem, unsigned array);
/* The least traffic: every array once, in bytes. */
double assay_problem_traffic(const struct assay_problem *problem);
unsigned assay_problem_output(const struct assay_problem *problem);

/* Whether the output may be exactly the array of that input. */
bool assay_problem_in_place(const struct assay_problem *problem,
                            unsigned input);

/* The op's check_constants, then specialize; constants in the op's order. */
enum assay_status assay_problem_specialize(struct assay_problem *problem,
                                           const void *const *constants);

/* Random contents of one array: the op's fill, else assay_fill. */
void assay_problem_fill(struct assay_random *random,
                        const struct assay_problem *problem, unsigned array,
                        void *data);

/* Bytes of the packed constants of a row: 0 if the op has none. */
size_t assay_row_packed_bytes(const struct assay_row *row,
                              const struct assay_problem *problem);

/* Run the problem's reference on the calling thread. inputs and constants in
 * the op's order; an absent constant is NULL. NOMEM is possible. */
enum assay_status assay_reference_run(const struct assay_problem *problem,
                                      const void *const *inputs,
                                      const void *const *constants,
                                      void *output);

#endif
