/* SPDX-License-Identifier: Apache-2.0
 *
 * What the peer rows of XNNPACK share: the library is initialized once, a row
 * holds an operator and a thread pool of its own. Bounds of the result are the
 * only activations that the operators fuse.
 */
#ifndef ASSAY_KERNELS_XNNPACK_PEER_H
#define ASSAY_KERNELS_XNNPACK_PEER_H

#include <xnnpack.h>

#include "kernel.h"

struct assay_xnnpack {
    xnn_operator_t operator;
    pthreadpool_t pool;    /* NULL: one thread */
    float *before, *after; /* the row's own, freed by close */
};

/* Initialize the library and start the threads; *state is zero but for the
 * pool. UNSUPPORTED if the activation is more than bounds. */
enum assay_status assay_xnnpack_open(int64_t act, size_t threads,
                                     struct assay_xnnpack **state);
void assay_xnnpack_close(void *state);

/* A failed call of the library, as UNSUPPORTED or NOMEM with its number. */
enum assay_status assay_xnnpack_fail(const char *what, enum xnn_status status);

/* "XNNPACK": the library tells no version. */
const char *assay_xnnpack_configuration(void);

#endif
