/* SPDX-License-Identifier: Apache-2.0
 *
 * A chain of kernels for the backend suite: one of every op that the device has
 * a row for, each fed by the one before it, one array a buffer. What fails,
 * fails the running cmocka test.
 */
#ifndef ASSAY_TESTS_BACKEND_CHAIN_H
#define ASSAY_TESTS_BACKEND_CHAIN_H

#include "backends/backend.h"
#include "kernels/random.h"

enum { CHAIN_STEPS = 16, CHAIN_ELEMENTS = 64 * 64 };

/* Arrays of CHAIN_ELEMENTS floats: array 0 is the input, array i + 1 what step
 * i computes. */
struct chain_step {
    struct assay_problem problem;
    const void *constants[ASSAY_MAX_CONSTANTS];
    float *data; /* behind constants */
    struct assay_kernel *kernel;
    unsigned from[ASSAY_MAX_INPUTS]; /* the arrays that it reads */
    struct assay_view views[ASSAY_MAX_INPUTS + 1];
};

struct chain {
    struct assay_device *device;
    size_t n_steps;
    struct chain_step steps[CHAIN_STEPS];
    struct assay_buffer *buffers[CHAIN_STEPS + 1];
    float input[CHAIN_ELEMENTS];
    float kept[CHAIN_STEPS][CHAIN_ELEMENTS];
};

/* At least one step, or the test fails. */
void chain_make(struct chain *chain, struct assay_device *device);
void chain_free(struct chain *chain);

/* A seeded input; every other array becomes NaN. */
void chain_write(struct chain *chain, uint64_t seed);

/* Enqueue the steps one by one, without waiting. */
void chain_run_steps(const struct chain *chain);

/* A sequence of all steps, for the caller to destroy. */
struct assay_kernel *chain_record(const struct chain *chain);

/* Read what every step computed, to compare with later, bit by bit. */
void chain_keep(struct chain *chain);
void chain_compare_kept(const struct chain *chain);

/* Each step's result against its reference on the very inputs that the device
 * gave it; a null device's results are zero instead. */
void chain_compare_reference(const struct chain *chain);

/* How often Vulkan's validation layer complained in this process so far. */
uint64_t chain_driver_findings(void);

#endif
