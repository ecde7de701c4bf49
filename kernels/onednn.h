/* SPDX-License-Identifier: Apache-2.0
 *
 * What the peer rows of oneDNN share: constants reordered into the layout that
 * the library asks for, the activation as a post-operation, a primitive on its
 * own stream. Activations keep our layout (channels last). The library runs
 * its own OpenMP threads, as many as the row was opened with.
 */
#ifndef ASSAY_KERNELS_ONEDNN_H
#define ASSAY_KERNELS_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>

#include "kernel.h"
#include "window.h"

/* Descriptors as an op gives them: `weights` in our layout, NULL if there are
 * none; the operation description asks for weights in any layout and for no
 * bias if `bias` has no dimensions. */
struct assay_onednn_request {
    const void *operation; /* dnnl_convolution_desc_t, … */
    const dnnl_memory_desc_t *src, *weights, *bias, *dst;
    bool scales; /* weights and bias are vectors: scale and shift */
    /* s8 (quantized.h), else NULL: zero points and bounds, and how many outputs
     * have a scale, in the order of the constants there. */
    const struct assay_quantized *q;
    int64_t columns;
    int64_t act;
    size_t threads;
    const void *const *constants; /* weights, bias or NULL */
};

/* Build the primitive. UNSUPPORTED if the library refuses the problem. */
enum assay_status assay_onednn_open(const struct assay_onednn_request *request,
                                    void **state);
void assay_onednn_close(void *state);

/* A convolution of `groups` groups, of f32 or of s8 by quantized.h; our weights
 * have the layout `weights`, with `dims` in the library's order, groups in
 * front if `grouped`. The library chooses the algorithm. */
struct assay_onednn_convolution {
    enum assay_dtype dtype, output;
    struct assay_window_axis rows, columns;
    int64_t n, c, k, groups;
    bool grouped;
    dnnl_format_tag_t weights;
    int64_t bias, act;
    const struct assay_quantized *q;
};
enum assay_status
assay_onednn_convolution_open(const struct assay_onednn_convolution *d,
                              const void *const *constants, size_t threads,
                              void **state);

/* Dense, of f32 or of s8, by an inner product: the `open` of its peers. */
enum assay_status assay_onednn_dense_open(const struct assay_problem *problem,
                                          const void *const *constants,
                                          size_t threads, void **state);

/* The library's name of an element type of arrays: f32, s8 or s32. */
dnnl_data_type_t assay_onednn_type(enum assay_dtype type);

/* Compute call->output from call->inputs[0]; waits for the end. */
void assay_onednn_run(const struct assay_cpu_call *call);

/* "oneDNN 2.6.3, avx512_core_bf16": version and the instruction set that it
 * dispatches to on this machine. */
const char *assay_onednn_configuration(void);

/* A failed call of the library, as UNSUPPORTED or NOMEM with its number. */
enum assay_status assay_onednn_fail(const char *what, dnnl_status_t status);

#endif
